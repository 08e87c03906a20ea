"""Where agencies take delivery, who checked it, and how long a check holds."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from cases.migrations._append_only import append_only
from cases.migrations._roles import give


class Migration(migrations.Migration):
    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("cases", "0010_every_case_is_owned"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="AgencyContact",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("portal", "Upload portal"),
                            ("email", "E-mail address"),
                            ("postal", "Postal address or office"),
                        ],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                (
                    "recipient",
                    models.CharField(
                        help_text="A named officer or a desk, as the agency calls it.",
                        max_length=200,
                        verbose_name="who is reached there",
                    ),
                ),
                ("address", models.CharField(max_length=320, verbose_name="address")),
                ("entered_by_name", models.CharField(max_length=150)),
                ("entered_at", models.DateTimeField()),
                ("retired_at", models.DateTimeField(blank=True, null=True)),
                (
                    "retire_reason",
                    models.CharField(blank=True, max_length=300, verbose_name="why"),
                ),
            ],
            options={
                "verbose_name": "delivery address",
                "verbose_name_plural": "delivery addresses",
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ContactCheck",
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
                    "outcome",
                    models.CharField(
                        choices=[
                            ("confirmed", "It is the agency's"),
                            ("failed", "It isn't, or nobody could confirm it"),
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
                                "Call-back to a number found elsewhere than in the request",
                            ),
                            (
                                "directory",
                                "Found in an official directory or on the agency's own website",
                            ),
                            (
                                "in_person",
                                "Confirmed in person, against an official badge",
                            ),
                        ],
                        max_length=10,
                        verbose_name="how it was checked",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        max_length=200,
                        verbose_name="where the number or the entry was found",
                    ),
                ),
                ("evidence", models.TextField(verbose_name="what was found")),
                ("checked_by_name", models.CharField(max_length=150)),
                ("checked_at", models.DateTimeField()),
            ],
            options={
                "verbose_name": "check of a delivery address",
                "verbose_name_plural": "checks of delivery addresses",
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
                    ("sign_off_case", "Decide on a scope as counsel"),
                    ("order_packet", "Order a packet"),
                    ("certify_packet", "Sign the custodian's declaration"),
                    ("release_packet", "Hand a packet over"),
                    ("close_case", "Close a case"),
                    ("read_trail", "Read who did what"),
                    ("read_exhibits", "Open collected records"),
                    ("freeze_releases", "Stop all releases, and open them again"),
                    ("check_contact", "Check an agency's delivery address"),
                    ("edit_site", "Change who we are"),
                ],
                "verbose_name": "legal request",
                "verbose_name_plural": "legal requests",
            },
        ),
        migrations.RemoveConstraint(
            model_name="siteevent",
            name="site_event_kind_known",
        ),
        migrations.AddField(
            model_name="organisation",
            name="contact_days",
            field=models.PositiveSmallIntegerField(
                default=180,
                help_text="Then somebody checks it again before anything is sent there.",
                verbose_name="days that a checked address stays good",
            ),
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
                ],
                max_length=40,
                verbose_name="event",
            ),
        ),
        migrations.AddConstraint(
            model_name="organisation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("contact_days__gte", 1), ("contact_days__lte", 730)
                ),
                name="organisation_contacts_go_stale",
                violation_error_message="A check holds from one day to two years.",
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
                        ],
                    )
                ),
                name="site_event_kind_known",
            ),
        ),
        migrations.AddField(
            model_name="agencycontact",
            name="agency",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="contacts",
                to="cases.agency",
            ),
        ),
        migrations.AddField(
            model_name="agencycontact",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="agencycontact",
            name="retired_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contactcheck",
            name="checked_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="contactcheck",
            name="contact",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="checks",
                to="cases.agencycontact",
            ),
        ),
        migrations.AddField(
            model_name="contactcheck",
            name="entered_by",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="agencycontact",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["portal", "email", "postal"])),
                name="contact_kind_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="agencycontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("recipient", ""), _negated=True),
                    models.Q(("address", ""), _negated=True),
                    models.Q(("entered_by_name", ""), _negated=True),
                ),
                name="contact_is_whole",
                violation_error_message="Say who is reached there, and where.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agencycontact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("retire_reason", ""),
                        ("retired_at", None),
                        ("retired_by", None),
                    ),
                    models.Q(
                        ("retired_at__isnull", False),
                        ("retired_by__isnull", False),
                        models.Q(("retire_reason", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="contact_retired_as_a_whole",
                violation_error_message="Say why it is retired.",
            ),
        ),
        migrations.AddConstraint(
            model_name="agencycontact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("retired_at", None)),
                fields=("agency", "kind", "address"),
                name="contact_once_in_use",
                violation_error_message="The agency has this address already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["confirmed", "failed"])),
                name="contact_check_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("method__in", ["call_back", "directory", "in_person"])
                ),
                name="contact_check_method_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("evidence", ""), _negated=True),
                    models.Q(("source", ""), _negated=True),
                    models.Q(("checked_by_name", ""), _negated=True),
                ),
                name="contact_check_has_evidence",
                violation_error_message="Say where the number or the entry was found, and what was said.",
            ),
        ),
        migrations.AddConstraint(
            model_name="contactcheck",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by", models.F("entered_by")), _negated=True
                ),
                name="contact_checked_by_another",
                violation_error_message="Who entered an address can't check it.",
            ),
        ),
        append_only("cases_siteevent", "site_event"),
        give(
            "check_contact",
            "Check an agency's delivery address",
            "Intake clerk",
            "Analyst",
            "Counsel",
        ),
        give("edit_site", "Change who we are", "Administrator"),
    ]
