"""Who did what before stands on each packet, declaration and delivery.

Filled in from the packet's sign-off and revision, under the site's rules of today.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models.deletion import PROTECT

PROFILES = [("two_people", "Two people"), ("standard", "Standard")]


def person(model, name):
    return migrations.AddField(
        model_name=model,
        name=name,
        field=models.ForeignKey(
            null=True, on_delete=PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
        ),
    )


def profile(model):
    return migrations.AddField(
        model_name=model,
        name="profile",
        field=models.CharField(choices=PROFILES, default="standard", max_length=16),
        preserve_default=False,
    )


def fill(apps, _schema_editor):
    site = apps.get_model("cases", "Organisation").objects.first()
    for packet in apps.get_model("disclosures", "Packet").objects.select_related(
        "sign_off", "revision"
    ):
        packet.approved_by_id = packet.sign_off.counsel_id
        packet.save(update_fields=["approved_by"])
        earlier = {
            "profile": site.profile,
            "prepared_by": packet.revision.prepared_by_id,
            "ordered_by": packet.ordered_by_id,
            "approved_by": packet.approved_by_id,
        }
        declared = apps.get_model("disclosures", "Declaration").objects.filter(
            packet=packet
        )
        declared.update(**earlier)
        if signed := declared.first():
            apps.get_model("disclosures", "Delivery").objects.filter(
                packet=packet
            ).update(**earlier, certified_by=signed.custodian_id)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_site_trail"),
        ("disclosures", "0004_freeze"),
    ]
    operations = [
        person("packet", "approved_by"),
        *(
            person("declaration", name)
            for name in ("prepared_by", "ordered_by", "approved_by")
        ),
        profile("declaration"),
        *(
            person("delivery", name)
            for name in ("prepared_by", "approved_by", "certified_by")
        ),
        profile("delivery"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
