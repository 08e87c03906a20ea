"""Who broke the glass, and what another person made of it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cases.migrations._append_only import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0018_sealed"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="BrokenGlass",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                ("person_name", models.CharField(max_length=150, verbose_name="who")),
                ("reason", models.TextField(verbose_name="reason")),
                ("broken_at", models.DateTimeField(verbose_name="when")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
                ("reviewed_by_name", models.CharField(blank=True, max_length=150)),
                ("reviewed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "was_right",
                    models.BooleanField(
                        blank=True, null=True, verbose_name="it was right"
                    ),
                ),
                (
                    "finding",
                    models.TextField(blank=True, verbose_name="what was found"),
                ),
            ],
            options={
                "verbose_name": "broken glass",
                "verbose_name_plural": "broken glass",
                "ordering": ["pk"],
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
                    ("case.glass.broken", "Glass broken"),
                    ("case.glass.reviewed", "Broken glass reviewed"),
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
                    ("packet.custody.exported", "Custody ledger exported"),
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
                            "case.glass.broken",
                            "case.glass.reviewed",
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
                            "packet.custody.exported",
                            "exhibit.opened",
                        ],
                    )
                ),
                name="event_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="brokenglass",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="broken_glass",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="brokenglass",
            name="grant",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.caseuserperm",
            ),
        ),
        migrations.AddField(
            model_name="brokenglass",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="brokenglass",
            name="reviewed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="brokenglass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("reason", ""), _negated=True),
                    models.Q(("person_name", ""), _negated=True),
                ),
                name="glass_has_a_reason",
                violation_error_message="Say why it couldn't wait for a grant.",
            ),
        ),
        migrations.AddConstraint(
            model_name="brokenglass",
            constraint=models.CheckConstraint(
                condition=models.Q(("ends_at__gt", models.F("broken_at"))),
                name="glass_ends",
            ),
        ),
        migrations.AddConstraint(
            model_name="brokenglass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("reviewed_by", None),
                    models.Q(("reviewed_by", models.F("person")), _negated=True),
                    _connector="OR",
                ),
                name="glass_reviewed_by_another",
                violation_error_message="Another person reviews it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="brokenglass",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("finding", ""),
                        ("reviewed_at", None),
                        ("reviewed_by", None),
                        ("reviewed_by_name", ""),
                        ("was_right", None),
                    ),
                    models.Q(
                        ("reviewed_at__isnull", False),
                        ("reviewed_by__isnull", False),
                        ("was_right__isnull", False),
                        models.Q(("reviewed_by_name", ""), _negated=True),
                        models.Q(("finding", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="glass_review_is_whole",
                violation_error_message="A review says what was found.",
            ),
        ),
        append_only("cases_event", "event"),
    ]
