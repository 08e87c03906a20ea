"""Whether the paper is genuine; notes, the privileged thread; and who may."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cases.migrations._append_only import append_only
from cases.migrations._roles import give


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0012_standing"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AuthenticityFinding",
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
                ("checked_digest", models.CharField(editable=False, max_length=64)),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("authentic", "Authentic"),
                            ("doubtful", "Doubtful"),
                            ("forged", "Forged"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "method",
                    models.CharField(
                        choices=[
                            (
                                "call_back",
                                "Call-back to a number that isn't from the paper",
                            ),
                            ("supervisor", "A supervisor of the officer confirmed it"),
                            (
                                "court_docket",
                                "Looked up in the court's docket or register",
                            ),
                            ("official_domain", "Answered at the official domain"),
                            ("seal", "Seal or signature checked"),
                            (
                                "forensics",
                                "The file examined, compared with known forgeries",
                            ),
                        ],
                        max_length=20,
                        verbose_name="how it was checked",
                    ),
                ),
                (
                    "number_source",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("official_website", "The agency's official website"),
                            ("public_directory", "A public directory"),
                            ("own_records", "Our own records of earlier dealings"),
                            ("switchboard", "Put through by the agency's switchboard"),
                        ],
                        max_length=20,
                        verbose_name="where the number was found",
                    ),
                ),
                ("evidence", models.TextField(verbose_name="what was found")),
                ("found_by_name", models.CharField(max_length=150)),
                ("found_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "check of the paper",
                "verbose_name_plural": "checks of the paper",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Note",
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
                ("text", models.TextField(verbose_name="text")),
                ("written_by_name", models.CharField(max_length=150)),
                ("written_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "note",
                "verbose_name_plural": "notes",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PrivilegedMessage",
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
                ("text", models.TextField(verbose_name="text")),
                ("written_by_name", models.CharField(max_length=150)),
                ("written_at", models.DateTimeField()),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("question", "The desk asks counsel"),
                            ("answer", "Counsel to the desk"),
                            ("among_counsel", "Counsel only"),
                        ],
                        max_length=16,
                        verbose_name="between whom",
                    ),
                ),
            ],
            options={
                "verbose_name": "privileged message",
                "verbose_name_plural": "privileged messages",
                "ordering": ["pk"],
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
                ],
                "verbose_name": "legal request",
                "verbose_name_plural": "legal requests",
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
                    ("case.opened", "Case opened"),
                    ("case.corrected", "Intake facts corrected"),
                    ("case.viewed", "Case page opened"),
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
                    ("case.sign_off.returned", "Scope returned by counsel"),
                    ("case.sign_off.refused", "Scope refused by counsel"),
                    ("case.status.changed", "Status changed"),
                    ("case.standing.recorded", "Standing recorded"),
                    ("case.objection.lodged", "Objection lodged"),
                    ("case.objection.decided", "Objection decided"),
                    ("case.closed", "Case closed"),
                    ("case.handed_over", "Handed over to another owner"),
                    ("case.grant.given", "Grant given"),
                    ("case.grant.ended", "Grant ended"),
                    ("case.grant.refused", "Page refused for want of a grant"),
                    ("case.reopened", "Case reopened"),
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
        migrations.AddField(
            model_name="authenticityfinding",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="authenticity_findings",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="authenticityfinding",
            name="document",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.casedocument",
                verbose_name="paper that shows it",
            ),
        ),
        migrations.AddField(
            model_name="authenticityfinding",
            name="found_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="note",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="privilegedmessage",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="privilegedmessage",
            name="written_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="authenticityfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("outcome__in", ["authentic", "doubtful", "forged"])
                ),
                name="authenticity_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="authenticityfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "method__in",
                        [
                            "call_back",
                            "supervisor",
                            "court_docket",
                            "official_domain",
                            "seal",
                            "forensics",
                        ],
                    )
                ),
                name="authenticity_method_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="authenticityfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(("evidence", ""), _negated=True),
                name="authenticity_has_evidence",
                violation_error_message="Say what was found, in a sentence or two.",
            ),
        ),
        migrations.AddConstraint(
            model_name="authenticityfinding",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("method", "call_back"),
                        (
                            "number_source__in",
                            [
                                "official_website",
                                "public_directory",
                                "own_records",
                                "switchboard",
                            ],
                        ),
                    ),
                    models.Q(
                        models.Q(("method", "call_back"), _negated=True),
                        ("number_source", ""),
                    ),
                    _connector="OR",
                ),
                name="authenticity_call_back_names_its_source",
                violation_error_message="A call-back, and nothing else, says where its number was found.",
            ),
        ),
        migrations.AddConstraint(
            model_name="note",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="note_says_something",
                violation_error_message="Write something first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="privilegedmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True),
                name="privileged_says_something",
                violation_error_message="Write something first.",
            ),
        ),
        migrations.AddConstraint(
            model_name="privilegedmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("kind__in", ["question", "answer", "among_counsel"])
                ),
                name="privileged_kind_known",
            ),
        ),
        append_only("cases_event", "event"),
        append_only("cases_authenticityfinding", "authenticity"),
        append_only("cases_note", "note"),
        append_only("cases_privilegedmessage", "privileged"),
        give(
            "authenticate_case",
            "Check that a paper is genuine",
            "Intake clerk",
            "Analyst",
            "Counsel",
        ),
        give(
            "write_note",
            "Write notes",
            "Intake clerk",
            "Analyst",
            "Custodian",
            "Counsel",
            "Outside counsel",
            "Release officer",
        ),
        give("ask_counsel", "Ask counsel in the privileged thread", "Analyst"),
        give(
            "read_privileged",
            "Read and write the privileged thread as counsel",
            "Counsel",
            "Outside counsel",
        ),
    ]
