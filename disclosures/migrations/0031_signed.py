from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0027_export_trail"),
        ("disclosures", "0030_transmission"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="packet",
            name="signer",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="signed by"
            ),
        ),
        migrations.AddField(
            model_name="packet",
            name="stamped_at",
            field=models.DateTimeField(
                blank=True, null=True, verbose_name="time stamped"
            ),
        ),
        migrations.AddField(
            model_name="packet",
            name="stamper",
            field=models.CharField(
                blank=True, max_length=300, verbose_name="time stamped by"
            ),
        ),
        migrations.AddField(
            model_name="packet",
            name="unsigned_sha256",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="packet",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("signer", ""), ("stamped_at", None), ("stamper", "")),
                    models.Q(
                        models.Q(("signer", ""), _negated=True),
                        models.Q(("stamper", ""), _negated=True),
                        ("stamped_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="packet_signed_as_a_whole",
            ),
        ),
    ]
