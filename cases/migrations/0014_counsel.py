"""Counsel's further decisions: conditions, questions, several counsel, objections.

Decisions from before were each the one that was needed; an objection from before has
its ground in its reason. A scope with such an objection gets another digest by that and
has to be decided again.
"""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cases.migrations._append_only import append_only


def fill(apps, _schema_editor):
    apps.get_model("cases", "SignOff").objects.update(place=1)
    objections = apps.get_model("cases", "ScopeItem").objects.filter(decision="object")
    objections.update(ground="other")


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cases", "0013_authenticity_and_notes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Reply",
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
                ("text", models.TextField(blank=True, verbose_name="answer")),
                ("by_name", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "reply to counsel",
                "verbose_name_plural": "replies to counsel",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.RemoveConstraint(
            model_name="event",
            name="event_kind_known",
        ),
        migrations.RemoveConstraint(
            model_name="signoff",
            name="signoff_one_per_scope",
        ),
        migrations.RemoveConstraint(
            model_name="signoff",
            name="signoff_decision_known",
        ),
        migrations.RemoveConstraint(
            model_name="signoff",
            name="signoff_approval_has_basis",
        ),
        migrations.RemoveConstraint(
            model_name="signoff",
            name="signoff_other_decisions_have_note",
        ),
        migrations.AddField(
            model_name="organisation",
            name="counsel_needed",
            field=models.PositiveSmallIntegerField(
                default=1, verbose_name="counsel who must approve"
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="counsel_needed_sensitive",
            field=models.PositiveSmallIntegerField(
                default=2,
                help_text="Content of messages, and national security instruments.",
                verbose_name="counsel who must approve what is sensitive",
            ),
        ),
        migrations.AddField(
            model_name="scopeitem",
            name="ground",
            field=models.CharField(
                blank=True,
                choices=[
                    ("insufficient_process", "Insufficient process"),
                    ("defective", "Defective on its face"),
                    ("overbroad", "Overbroad"),
                    ("vague", "Vague"),
                    ("not_particular", "Not particular enough"),
                    ("unduly_burdensome", "Unduly burdensome"),
                    ("privileged", "Privileged or immune"),
                    ("press", "Protected press material"),
                    ("wrong_entity", "Addressed to the wrong entity"),
                    ("jurisdiction", "No jurisdiction"),
                    ("comity", "Conflict with another country's law"),
                    ("shield_law", "Barred by a shield law"),
                    ("third_party_rights", "Rights of third parties"),
                    ("other", "Other, as stated"),
                ],
                max_length=24,
                verbose_name="ground",
            ),
        ),
        migrations.AddField(
            model_name="scoperevision",
            name="objected_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="scoperevision",
            name="objected_by_name",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name="signoff",
            name="needed",
            field=models.PositiveSmallIntegerField(default=1, editable=False),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="signoff",
            name="place",
            field=models.PositiveSmallIntegerField(
                blank=True, editable=False, null=True
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
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
        migrations.AlterField(
            model_name="signoff",
            name="decision",
            field=models.CharField(
                choices=[
                    ("approved", "Approved"),
                    ("conditional", "Approved with conditions"),
                    ("asked", "Question asked"),
                    ("returned", "Returned"),
                    ("refused", "Refused"),
                ],
                max_length=16,
                verbose_name="decision",
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
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("counsel_needed__gte", 1),
                    ("counsel_needed_sensitive__gte", models.F("counsel_needed")),
                ),
                name="organisation_counsel_needed",
                violation_error_message="At least one counsel approves, and no fewer what is sensitive.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scopeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decision", "object"),
                        (
                            "ground__in",
                            [
                                "insufficient_process",
                                "defective",
                                "overbroad",
                                "vague",
                                "not_particular",
                                "unduly_burdensome",
                                "privileged",
                                "press",
                                "wrong_entity",
                                "jurisdiction",
                                "comity",
                                "shield_law",
                                "third_party_rights",
                                "other",
                            ],
                        ),
                    ),
                    models.Q(
                        models.Q(("decision", "object"), _negated=True), ("ground", "")
                    ),
                    _connector="OR",
                ),
                name="scope_item_objection_has_ground",
                violation_error_message="An objection, and only it, has a ground.",
            ),
        ),
        migrations.AddConstraint(
            model_name="scoperevision",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("objected_by", models.F("prepared_by")), _negated=True
                ),
                name="revision_objected_by_another",
                violation_error_message="Who prepared a scope can't decide on it.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.UniqueConstraint(
                fields=("case", "scope_digest", "place"),
                name="signoff_one_per_place",
                violation_error_message="This scope has been decided already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.UniqueConstraint(
                condition=models.Q(("decision", "asked"), _negated=True),
                fields=("case", "scope_digest", "counsel"),
                name="signoff_one_per_counsel",
                violation_error_message="You have decided on this scope already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "decision__in",
                        ["approved", "conditional", "asked", "returned", "refused"],
                    )
                ),
                name="signoff_decision_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decision", "asked"), ("needed__gte", 1), ("place", None)
                    ),
                    models.Q(
                        models.Q(("decision", "asked"), _negated=True),
                        ("place__gte", 1),
                        ("place__isnull", False),
                        ("place__lte", models.F("needed")),
                    ),
                    _connector="OR",
                ),
                name="signoff_has_its_place",
                violation_error_message="This scope has been decided already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decision__in", ("approved", "conditional")),
                    ("legal_basis", ""),
                    _negated=True,
                ),
                name="signoff_approval_has_basis",
                violation_error_message="An approval names its legal basis.",
            ),
        ),
        migrations.AddConstraint(
            model_name="signoff",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decision__in", ("conditional", "asked", "returned")),
                    ("note", ""),
                    _negated=True,
                ),
                name="signoff_other_decisions_have_note",
                violation_error_message="Conditions, a question or a return need their words.",
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="counsel",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="reply",
            name="sign_off",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reply",
                to="cases.signoff",
            ),
        ),
        migrations.AddConstraint(
            model_name="reply",
            constraint=models.CheckConstraint(
                condition=models.Q(("by", models.F("counsel")), _negated=True),
                name="reply_by_another_than_counsel",
                violation_error_message="Counsel's words want another's reply.",
            ),
        ),
        append_only("cases_event", "event"),
    ]
