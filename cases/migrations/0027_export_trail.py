"""Who may take the trail out of the house: not everybody who reads it."""

from django.db import migrations, models

from cases.migrations._roles import give


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0026_case_key"),
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
                    ("restrict_case", "Restrict a request to named persons"),
                    ("export_trail", "Export who did what for a court"),
                ],
                "verbose_name": "legal request",
                "verbose_name_plural": "legal requests",
            },
        ),
        give("export_trail", "Export who did what for a court", "Counsel", "Auditor"),
    ]
