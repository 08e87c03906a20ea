"""Links and checkpoints over the trail; both tables only grow."""

from django.conf import settings
from django.db import migrations, models

from cases.migrations._append_only import append_only, linked


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                (
                    "number",
                    models.PositiveBigIntegerField(primary_key=True, serialize=False),
                ),
                ("last", models.PositiveBigIntegerField(unique=True)),
                ("document", models.TextField()),
                ("signature", models.CharField(max_length=128)),
                ("made_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "checkpoint",
                "verbose_name_plural": "checkpoints",
                "ordering": ["number"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                (
                    "position",
                    models.PositiveBigIntegerField(primary_key=True, serialize=False),
                ),
                (
                    "trail",
                    models.CharField(
                        choices=[("cases", "of requests"), ("site", "of the site")],
                        max_length=8,
                    ),
                ),
                ("event_id", models.PositiveBigIntegerField()),
                ("case_id", models.PositiveBigIntegerField(null=True)),
                ("of_case", models.PositiveBigIntegerField()),
                ("leaf", models.CharField(max_length=64)),
                ("before", models.CharField(max_length=64)),
                ("hash", models.CharField(max_length=64)),
            ],
            options={
                "verbose_name": "seal",
                "verbose_name_plural": "seals",
                "ordering": ["position"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_kind_known",
        ),
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("case.opened", "Request opened"),
                    ("case.corrected", "Intake facts corrected"),
                    ("case.viewed", "Request page opened"),
                    ("case.secrecy.recorded", "Secrecy recorded"),
                    ("case.document.added", "Document added"),
                    ("case.document.opened", "Document opened"),
                    ("case.authenticity.found", "Paper checked"),
                    ("case.note.written", "Note written"),
                    ("case.privileged.written", "Privileged message written"),
                    ("case.privileged.read", "Privileged thread read"),
                    ("case.target.added", "Target added"),
                    ("case.target.corrected", "Target corrected"),
                    ("case.target.removed", "Target removed"),
                    ("case.categories.set", "Requested categories set"),
                    ("case.item.decided", "Item decided"),
                    ("case.scope.submitted", "Scope submitted to counsel"),
                    ("case.sign_off.approved", "Scope approved by counsel"),
                    (
                        "case.sign_off.conditional",
                        "Scope approved by counsel with conditions",
                    ),
                    (
                        "case.conditions.acknowledged",
                        "Counsel's conditions acknowledged",
                    ),
                    ("case.sign_off.asked", "Question asked by counsel"),
                    ("case.question.answered", "Counsel's question answered"),
                    ("case.sign_off.returned", "Scope returned by counsel"),
                    ("case.sign_off.refused", "Scope refused by counsel"),
                    ("case.status.changed", "Status changed"),
                    ("case.standing.recorded", "Standing recorded"),
                    ("case.objection.lodged", "Objection lodged"),
                    ("case.objection.decided", "Objection decided"),
                    ("case.closed", "Request closed"),
                    ("case.handed_over", "Handed over to another owner"),
                    ("case.grant.given", "Grant given"),
                    ("case.grant.ended", "Grant ended"),
                    ("case.grant.refused", "Page refused for want of a grant"),
                    ("case.trail.exported", "Trail exported"),
                    ("case.reopened", "Request reopened"),
                    ("packet.requested", "Packet ordered"),
                    ("packet.collected", "Records collected"),
                    ("packet.failed", "Packet failed"),
                    ("packet.resumed", "Packet resumed"),
                    ("packet.certified", "Declaration signed"),
                    ("packet.sealed", "Packet sealed"),
                    ("packet.opened", "Packet downloaded"),
                    ("packet.download.stopped", "Packet's download broken off"),
                    ("packet.released", "Packet handed over"),
                    ("packet.acknowledged", "Receipt acknowledged"),
                    ("packet.superseded", "Packet superseded"),
                    ("packet.status.changed", "Packet status changed"),
                    ("exhibit.opened", "Exhibit opened"),
                ],
                max_length=40,
                verbose_name="event",
            ),
        ),
        migrations.AddConstraint(
            model_name="event",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "case.opened",
                            "case.corrected",
                            "case.viewed",
                            "case.secrecy.recorded",
                            "case.document.added",
                            "case.document.opened",
                            "case.authenticity.found",
                            "case.note.written",
                            "case.privileged.written",
                            "case.privileged.read",
                            "case.target.added",
                            "case.target.corrected",
                            "case.target.removed",
                            "case.categories.set",
                            "case.item.decided",
                            "case.scope.submitted",
                            "case.sign_off.approved",
                            "case.sign_off.conditional",
                            "case.conditions.acknowledged",
                            "case.sign_off.asked",
                            "case.question.answered",
                            "case.sign_off.returned",
                            "case.sign_off.refused",
                            "case.status.changed",
                            "case.standing.recorded",
                            "case.objection.lodged",
                            "case.objection.decided",
                            "case.closed",
                            "case.handed_over",
                            "case.grant.given",
                            "case.grant.ended",
                            "case.grant.refused",
                            "case.trail.exported",
                            "case.reopened",
                            "packet.requested",
                            "packet.collected",
                            "packet.failed",
                            "packet.resumed",
                            "packet.certified",
                            "packet.sealed",
                            "packet.opened",
                            "packet.download.stopped",
                            "packet.released",
                            "packet.acknowledged",
                            "packet.superseded",
                            "packet.status.changed",
                            "exhibit.opened",
                        ],
                    )
                ),
                name="event_kind_known",
            ),
        ),
        migrations.AddIndex(
            model_name="auditseal",
            index=models.Index(fields=["case_id", "position"], name="seal_of_case"),
        ),
        migrations.AddConstraint(
            model_name="auditseal",
            constraint=models.UniqueConstraint(
                fields=("trail", "event_id"), name="seal_once_per_event"
            ),
        ),
        migrations.AddConstraint(
            model_name="auditseal",
            constraint=models.CheckConstraint(
                condition=models.Q(("trail__in", ["cases", "site"])),
                name="seal_trail_known",
            ),
        ),
        append_only("cases_event", "event"),
        append_only("cases_auditseal", "seal", key="position"),
        append_only("cases_auditcheckpoint", "checkpoint", key="number"),
        linked("cases_auditseal", "seal"),
    ]
