"""Administrators keep people and their roles; each change is in the site's trail."""

from django.conf import settings
from django.db import migrations, models

from cases.migrations._append_only import append_only
from cases.migrations._roles import give


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0014_counsel"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
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
                ],
                "verbose_name": "legal request",
                "verbose_name_plural": "legal requests",
            },
        ),
        migrations.RemoveConstraint(
            model_name="siteevent",
            name="site_event_kind_known",
        ),
        migrations.AlterField(
            model_name="siteevent",
            name="kind",
            field=models.CharField(
                choices=[
                    ("releases.frozen", "All releases stopped"),
                    ("releases.thawed", "Releases opened again"),
                    ("agency.added", "Agency added"),
                    ("agency.changed", "Agency changed"),
                    ("agency.contact.entered", "Delivery address entered"),
                    ("agency.contact.checked", "Delivery address checked"),
                    ("agency.contact.retired", "Delivery address retired"),
                    ("organisation.changed", "Organisation changed"),
                    ("person.added", "Person added"),
                    ("person.changed", "Person's details changed"),
                    ("person.roles.changed", "Person's roles changed"),
                    ("group.changed", "Group changed"),
                ],
                max_length=40,
                verbose_name="event",
            ),
        ),
        migrations.AddConstraint(
            model_name="siteevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "kind__in",
                        [
                            "releases.frozen",
                            "releases.thawed",
                            "agency.added",
                            "agency.changed",
                            "agency.contact.entered",
                            "agency.contact.checked",
                            "agency.contact.retired",
                            "organisation.changed",
                            "person.added",
                            "person.changed",
                            "person.roles.changed",
                            "group.changed",
                        ],
                    )
                ),
                name="site_event_kind_known",
            ),
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
        append_only("cases_siteevent", "site_event"),
        give("keep_people", "Say who has which role", "Administrator"),
    ]
