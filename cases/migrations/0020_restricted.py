"""Cases for named persons alone, and the register of who was told of one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cases.migrations._append_only import append_only
from cases.migrations._roles import give


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0019_glass"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Exposure",
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
                ("name", models.CharField(max_length=150, verbose_name="who")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("compliance", "needed to comply"),
                            ("attorney", "attorney, for advice or help"),
                            ("permitted", "permitted by the agency"),
                        ],
                        max_length=12,
                        verbose_name="ground",
                    ),
                ),
                ("told_at", models.DateTimeField(verbose_name="told on")),
                ("told_by_name", models.CharField(max_length=150)),
                (
                    "bound_at",
                    models.DateTimeField(
                        blank=True, null=True, verbose_name="told of the secrecy"
                    ),
                ),
            ],
            options={
                "verbose_name": "exposure",
                "verbose_name_plural": "exposures",
                "ordering": ["told_at", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.AlterModelOptions(
            name="case",
            options={
                "default_permissions": ("view",),
                "ordering": [models.OrderBy(models.F("due_on"), nulls_last=True), "pk"],
                "permissions": [
                    ("intake_case", "Take in requests"),
                    ("review_case", "Review requests and prepare their scope"),
                    ("authenticate_case", "Check that a paper is genuine"),
                    ("write_note", "Write notes"),
                    ("ask_counsel", "Ask counsel in the privileged thread"),
                    (
                        "read_privileged",
                        "Read and write the privileged thread as counsel",
                    ),
                    ("sign_off_case", "Decide on a scope as counsel"),
                    ("order_packet", "Order a packet"),
                    ("certify_packet", "Sign the custodian's declaration"),
                    ("release_packet", "Hand a packet over"),
                    ("close_case", "Close a case"),
                    ("read_trail", "Read who did what"),
                    ("read_exhibits", "Open collected records"),
                    (
                        "record_withdrawal",
                        "Record that the requester took a request back",
                    ),
                    ("reopen_case", "Reopen a closed case"),
                    ("freeze_releases", "Stop all releases, and open them again"),
                    ("grant_case", "Say who may see a case"),
                    ("check_contact", "Check an agency's delivery address"),
                    ("edit_site", "Change who we are"),
                    ("keep_people", "Say who has which role"),
                    ("restrict_case", "Restrict a request to named persons"),
                ],
                "verbose_name": "legal request",
                "verbose_name_plural": "legal requests",
            },
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_kind_known",
        ),
        migrations.AddField(
            model_name="case",
            name="former_number",
            field=models.CharField(blank=True, editable=False, max_length=20),
        ),
        migrations.AddField(
            model_name="case",
            name="is_restricted",
            field=models.BooleanField(default=False, verbose_name="restricted"),
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
                    ("case.restricted", "Restricted to named persons"),
                    ("case.exposure.recorded", "Told of the request"),
                    ("case.exposure.acknowledged", "Secrecy acknowledged"),
                    ("case.exposure.exported", "Register of the told exported"),
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
                            "case.restricted",
                            "case.exposure.recorded",
                            "case.exposure.acknowledged",
                            "case.exposure.exported",
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
            model_name="exposure",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="exposures",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="exposure",
            name="person",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="exposure",
            name="told_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="exposure",
            constraint=models.UniqueConstraint(
                condition=models.Q(("person__isnull", False)),
                fields=("case", "person"),
                name="exposure_once_per_person",
                violation_error_message="This person is in the register already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="exposure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ground__in", ["compliance", "attorney", "permitted"])
                ),
                name="exposure_ground_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="exposure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("name", ""), _negated=True),
                    models.Q(("told_by_name", ""), _negated=True),
                ),
                name="exposure_has_names",
                violation_error_message="The register names who was told, by whom.",
            ),
        ),
        migrations.AddConstraint(
            model_name="exposure",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("person__isnull", False),
                    ("bound_at__isnull", False),
                    _connector="OR",
                ),
                name="exposure_outside_is_bound",
                violation_error_message="Somebody outside is told of the secrecy with the request.",
            ),
        ),
        append_only("cases_event", "event"),
        give(
            "restrict_case",
            "Restrict a request to named persons",
            "Intake clerk",
            "Analyst",
            "Counsel",
        ),
    ]
