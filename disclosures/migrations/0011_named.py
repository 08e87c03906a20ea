"""Named in the order and found in our data are kept apart for each target."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0023_named"),
        ("disclosures", "0010_accounts_to_choose"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="exhibit",
            name="exhibit_collected_answers",
        ),
        migrations.RemoveConstraint(
            model_name="targetaccount",
            name="account_found_has_key",
        ),
        migrations.AddField(
            model_name="targetaccount",
            name="is_named",
            field=models.BooleanField(default=True, verbose_name="named in the order"),
        ),
        migrations.AlterField(
            model_name="exhibit",
            name="response_code",
            field=models.CharField(
                blank=True,
                choices=[
                    ("PRODUCED", "Produced"),
                    ("PRODUCED_PARTIAL", "Produced in part"),
                    ("DERIVED", "Derived from other exhibits"),
                    ("PRODUCED_PUBLIC", "Produced from a public source"),
                    ("NO_RESPONSIVE_RECORDS", "Searched, no responsive records"),
                    ("ACCOUNT_NOT_FOUND", "Account not found"),
                    ("NOT_COLLECTED", "Not collected by the service"),
                    ("NOT_RETAINED", "Not retained"),
                    ("HELD_BY_THIRD_PARTY", "Held by a third party"),
                    ("NOT_NAMED", "Not named in the order"),
                    ("OBJECTED", "Objected"),
                    ("WITHHELD_INSUFFICIENT_PROCESS", "Withheld: insufficient process"),
                    ("OUT_OF_SCOPE_AFTER_NARROWING", "Out of scope after narrowing"),
                    ("PENDING_SUPPLEMENT", "To follow in a supplement"),
                    ("NARRATIVE_ANSWER", "Narrative answer"),
                ],
                max_length=40,
                verbose_name="response code",
            ),
        ),
        migrations.AddConstraint(
            model_name="exhibit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "collected"), _negated=True),
                    models.Q(
                        ("finished_at__isnull", False),
                        (
                            "response_code__in",
                            [
                                "PRODUCED",
                                "PRODUCED_PARTIAL",
                                "DERIVED",
                                "PRODUCED_PUBLIC",
                                "NO_RESPONSIVE_RECORDS",
                                "ACCOUNT_NOT_FOUND",
                                "NOT_COLLECTED",
                                "NOT_RETAINED",
                                "HELD_BY_THIRD_PARTY",
                                "NOT_NAMED",
                                "OBJECTED",
                                "WITHHELD_INSUFFICIENT_PROCESS",
                                "OUT_OF_SCOPE_AFTER_NARROWING",
                                "PENDING_SUPPLEMENT",
                                "NARRATIVE_ANSWER",
                            ],
                        ),
                        models.Q(
                            models.Q(("statement", ""), _negated=True),
                            models.Q(("path", ""), _negated=True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="exhibit_collected_answers",
            ),
        ),
        migrations.AddConstraint(
            model_name="targetaccount",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("is_named", True),
                        ("resolution", "found"),
                        models.Q(("account_key", ""), _negated=True),
                    ),
                    models.Q(
                        models.Q(
                            models.Q(("resolution", "found"), _negated=True),
                            ("is_named", False),
                            _connector="OR",
                        ),
                        ("account_key", ""),
                        ("account_name", ""),
                    ),
                    _connector="OR",
                ),
                name="account_found_has_key",
            ),
        ),
    ]
