"""Grants say what became of them, counsel and administrators give them, a case is owned."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

from cases.migrations._append_only import append_only
from cases.migrations._roles import give

KINDS = [
    ("case.opened", "Case opened"),
    ("case.corrected", "Intake facts corrected"),
    ("case.viewed", "Case page opened"),
    ("case.secrecy.recorded", "Secrecy recorded"),
    ("case.document.added", "Document added"),
    ("case.document.opened", "Document opened"),
    ("case.target.added", "Target added"),
    ("case.target.corrected", "Target corrected"),
    ("case.target.removed", "Target removed"),
    ("case.categories.set", "Requested categories set"),
    ("case.item.decided", "Item decided"),
    ("case.scope.submitted", "Scope submitted to counsel"),
    ("case.sign_off.approved", "Scope approved by counsel"),
    ("case.sign_off.returned", "Scope returned by counsel"),
    ("case.sign_off.refused", "Scope refused by counsel"),
    ("case.status.changed", "Status changed"),
    ("case.closed", "Case closed"),
    ("case.handed_over", "Handed over to another owner"),
    ("case.grant.given", "Grant given"),
    ("case.grant.ended", "Grant ended"),
    ("case.grant.refused", "Page refused for want of a grant"),
    ("packet.requested", "Packet ordered"),
    ("packet.collected", "Records collected"),
    ("packet.failed", "Packet failed"),
    ("packet.resumed", "Packet resumed"),
    ("packet.certified", "Declaration signed"),
    ("packet.sealed", "Packet sealed"),
    ("packet.opened", "Packet downloaded"),
    ("packet.download.stopped", "Packet's download broken off"),
    ("packet.released", "Packet handed over"),
    ("packet.superseded", "Packet superseded"),
    ("packet.status.changed", "Packet status changed"),
    ("exhibit.opened", "Exhibit opened"),
]


def name_first_owners(apps, schema_editor):
    apps.get_model("cases", "Case").objects.update(owner=F("opened_by"))


def grants(model, prefix, holder, to):
    return [
        migrations.AlterUniqueTogether(name=model, unique_together=set()),
        migrations.AddField(
            model_name=model,
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name=model,
            name="ends_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="end"),
        ),
        migrations.AlterField(
            model_name=model,
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AlterField(
            model_name=model,
            name="reason",
            field=models.CharField(max_length=200, verbose_name="reason"),
        ),
        migrations.AlterField(
            model_name=model,
            name=holder,
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to=to),
        ),
        migrations.AddConstraint(
            model_name=model,
            constraint=models.UniqueConstraint(
                name=f"{prefix}_one_open",
                fields=(holder, "content_object"),
                condition=Q(closed_at=None),
                violation_error_message="There is an open grant already.",
            ),
        ),
        migrations.AddConstraint(
            model_name=model,
            constraint=models.CheckConstraint(
                name=f"{prefix}_has_a_reason",
                condition=~Q(reason=""),
                violation_error_message="A grant says what it is for.",
            ),
        ),
        migrations.AddConstraint(
            model_name=model,
            constraint=models.CheckConstraint(
                name=f"{prefix}_closed_has_ended",
                condition=Q(closed_at=None)
                | Q(ends_at__isnull=False, ends_at__lte=F("closed_at")),
                violation_error_message="A grant that was closed has ended.",
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_a_case_keeps_its_trail"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="case",
            options={
                "default_permissions": ("view",),
                "ordering": [models.OrderBy(F("due_on"), nulls_last=True), "pk"],
                "permissions": [
                    ("intake_case", "Take in requests"),
                    ("review_case", "Review requests and prepare their scope"),
                    ("sign_off_case", "Decide on a scope as counsel"),
                    ("order_packet", "Order a packet"),
                    ("certify_packet", "Sign the custodian's declaration"),
                    ("release_packet", "Hand a packet over"),
                    ("close_case", "Close a case"),
                    ("read_trail", "Read who did what"),
                    ("read_exhibits", "Open collected records"),
                    ("freeze_releases", "Stop all releases, and open them again"),
                    ("grant_case", "Say who may see a case"),
                ],
                "verbose_name": "legal request",
                "verbose_name_plural": "legal requests",
            },
        ),
        migrations.AddField(
            model_name="case",
            name="owner",
            field=models.ForeignKey(
                null=True,
                help_text="Who sees to it that the request is answered.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
        *grants("casegroupperm", "groupgrant", "group", "auth.group"),
        *grants("caseuserperm", "usergrant", "user", settings.AUTH_USER_MODEL),
        migrations.RemoveConstraint(model_name="event", name="event_kind_known"),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(choices=KINDS, max_length=40, verbose_name="event"),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                name="event_kind_known",
                condition=Q(kind__in=[kind for kind, _ in KINDS]),
            ),
        ),
        append_only("cases_event", "event"),
        migrations.RunPython(name_first_owners, migrations.RunPython.noop),
        give("grant_case", "Say who may see a case", "Counsel", "Administrator"),
    ]
