"""What became of an instrument, objections to it, and reopening."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cases.migrations._append_only import append_only
from cases.migrations._roles import give


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_directory"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Objection",
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
                (
                    "objector",
                    models.CharField(
                        choices=[("us", "We do"), ("user", "The person concerned")],
                        max_length=10,
                        verbose_name="who objects",
                    ),
                ),
                ("lodged_on", models.DateField(verbose_name="lodged")),
                (
                    "forum",
                    models.CharField(
                        help_text="The court, or the authority itself, and its docket number.",
                        max_length=200,
                        verbose_name="where",
                    ),
                ),
                ("lodged_by_name", models.CharField(max_length=150)),
                ("lodged_at", models.DateTimeField()),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("sustained", "Sustained"),
                            ("overruled", "Overruled"),
                            ("withdrawn", "Taken back"),
                        ],
                        max_length=10,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "resolved_on",
                    models.DateField(blank=True, null=True, verbose_name="decided"),
                ),
                ("resolved_by_name", models.CharField(blank=True, max_length=150)),
                ("resolved_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "verbose_name": "objection",
                "verbose_name_plural": "objections",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="StandingChange",
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
                (
                    "standing",
                    models.CharField(
                        choices=[
                            ("in_force", "In force"),
                            ("stayed", "Stayed"),
                            ("quashed", "Quashed"),
                            ("withdrawn", "Taken back by the requester"),
                        ],
                        max_length=10,
                        verbose_name="standing",
                    ),
                ),
                ("dated_on", models.DateField(verbose_name="date of the paper")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("recorded_by_name", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "change of standing",
                "verbose_name_plural": "changes of standing",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="casedocument",
            name="document_kind_known",
        ),
        migrations.AlterField(
            model_name="casedocument",
            name="kind",
            field=models.CharField(
                choices=[
                    ("process", "Served process"),
                    ("secrecy_order", "Non-disclosure order"),
                    ("court_paper", "Ruling, stay or motion"),
                    ("correspondence", "Correspondence"),
                ],
                max_length=16,
                verbose_name="kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="casedocument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        ["process", "secrecy_order", "court_paper", "correspondence"],
                    )
                ),
                name="document_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="objections",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="lodged_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="outcome_paper",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.casedocument",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="paper",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.casedocument",
            ),
        ),
        migrations.AddField(
            model_name="objection",
            name="resolved_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="standingchange",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="standing_changes",
                to="cases.case",
            ),
        ),
        migrations.AddField(
            model_name="standingchange",
            name="paper",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cases.casedocument",
            ),
        ),
        migrations.AddField(
            model_name="standingchange",
            name="recorded_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(("objector__in", ["us", "user"])),
                name="objection_objector_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("forum", ""), _negated=True),
                    models.Q(("lodged_by_name", ""), _negated=True),
                ),
                name="objection_says_where",
                violation_error_message="Say where the objection was lodged.",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("outcome", ""),
                        ("outcome_paper", None),
                        ("resolved_at", None),
                        ("resolved_by", None),
                        ("resolved_by_name", ""),
                        ("resolved_on", None),
                    ),
                    models.Q(
                        ("outcome__in", ["sustained", "overruled", "withdrawn"]),
                        ("outcome_paper__isnull", False),
                        ("resolved_at__isnull", False),
                        ("resolved_by__isnull", False),
                        ("resolved_on__gte", models.F("lodged_on")),
                        models.Q(("resolved_by_name", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="objection_decided_as_a_whole",
                violation_error_message="An objection is decided by a paper, on a day after it was lodged.",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("standing__in", ["in_force", "stayed", "quashed", "withdrawn"])
                ),
                name="standing_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="standingchange",
            constraint=models.CheckConstraint(
                condition=models.Q(("recorded_by_name", ""), _negated=True),
                name="standing_has_a_recorder",
            ),
        ),
        give(
            "record_withdrawal",
            "Record that the requester took a request back",
            "Analyst",
            "Counsel",
        ),
        give("reopen_case", "Reopen a closed case", "Analyst", "Counsel"),
        migrations.AlterModelOptions(
            name="case",
            options={
                "default_permissions": ("view",),
                "ordering": [models.OrderBy(models.F("due_on"), nulls_last=True), "pk"],
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
        append_only("cases_event", "event"),
    ]
