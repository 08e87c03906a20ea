"""Marks on exhibits, and what examining them came to."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disclosures", "0020_pull_orders"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Examination",
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
                    "decision",
                    models.CharField(
                        choices=[
                            ("passed", "Passed"),
                            ("returned", "Returned: to be collected anew"),
                        ],
                        max_length=12,
                    ),
                ),
                ("reason", models.TextField(blank=True, verbose_name="reason")),
                ("sha256", models.CharField(max_length=64)),
                ("marks_digest", models.CharField(max_length=64)),
                ("produced_rows", models.PositiveBigIntegerField(default=0)),
                ("produced_size", models.PositiveBigIntegerField(default=0)),
                ("produced_sha256", models.CharField(blank=True, max_length=64)),
                ("log", models.JSONField(blank=True, default=list)),
                ("examined_by_name", models.CharField(max_length=150)),
                ("examined_at", models.DateTimeField()),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "profile",
                    models.CharField(
                        choices=[
                            ("two_people", "Two people"),
                            ("standard", "Standard"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "approved_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "examined_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "exhibit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="examinations",
                        to="disclosures.exhibit",
                    ),
                ),
                (
                    "ordered_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "prepared_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "examination",
                "verbose_name_plural": "examinations",
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("examined_by", models.F("prepared_by")),
                                ("profile", "two_people"),
                                _negated=True,
                            ),
                            models.Q(
                                ("examined_by", models.F("ordered_by")),
                                ("profile", "two_people"),
                                _negated=True,
                            ),
                            models.Q(
                                ("examined_by", models.F("prepared_by")),
                                ("profile", "standard"),
                                _negated=True,
                            ),
                            models.Q(
                                ("examined_by", models.F("ordered_by")),
                                ("profile", "standard"),
                                _negated=True,
                            ),
                            models.Q(
                                ("examined_by", models.F("approved_by")),
                                ("profile", "standard"),
                                _negated=True,
                            ),
                            ("profile__in", ["two_people", "standard"]),
                        ),
                        name="examination_persons_apart",
                        violation_error_message="The site's rules about persons want another person for this.",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("decision", "passed"), ("voided_at", None)),
                        fields=("exhibit",),
                        name="examination_passed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("decision__in", ["passed", "returned"])),
                        name="examination_decision_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decision", "passed"),
                                ("reason", ""),
                                models.Q(("produced_sha256", ""), _negated=True),
                            ),
                            models.Q(
                                ("decision", "returned"),
                                ("voided_at", None),
                                models.Q(("reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="examination_passes_a_file_or_says_why",
                        violation_error_message="Say why it goes back.",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Mark",
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
                ("number", models.PositiveIntegerField()),
                ("rows", models.TextField(blank=True, verbose_name="rows")),
                (
                    "column",
                    models.CharField(blank=True, max_length=100, verbose_name="column"),
                ),
                (
                    "reason",
                    models.CharField(
                        choices=[
                            ("THIRD_PARTY", "About another person than the target"),
                            ("OUT_OF_SCOPE", "Outside the approved scope"),
                            (
                                "INSUFFICIENT_PROCESS",
                                "Not compelled by the legal process served",
                            ),
                            ("PRIVILEGED", "Privileged or immune"),
                            ("PRESS", "Protected press material"),
                            ("SECRET", "Secret that opens an account or a system"),
                        ],
                        max_length=24,
                        verbose_name="reason",
                    ),
                ),
                ("is_of_map", models.BooleanField(default=False)),
                ("made_by_name", models.CharField(max_length=150)),
                ("made_at", models.DateTimeField()),
                ("lifted_by_name", models.CharField(blank=True, max_length=150)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                (
                    "lifted_because",
                    models.TextField(blank=True, verbose_name="why it was lifted"),
                ),
                (
                    "exhibit",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="marks",
                        to="disclosures.exhibit",
                    ),
                ),
                (
                    "lifted_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "redaction mark",
                "verbose_name_plural": "redaction marks",
                "ordering": ["exhibit", "number"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("exhibit", "number"), name="mark_number_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("rows", ""), _negated=True),
                            models.Q(("column", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="mark_says_what",
                        violation_error_message="Name rows, a column, or both.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "reason__in",
                                [
                                    "THIRD_PARTY",
                                    "OUT_OF_SCOPE",
                                    "INSUFFICIENT_PROCESS",
                                    "PRIVILEGED",
                                    "PRESS",
                                    "SECRET",
                                ],
                            )
                        ),
                        name="mark_reason_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("made_by_name", ""), _negated=True),
                            models.Q(
                                models.Q(
                                    ("is_of_map", True), ("made_by", None), ("rows", "")
                                ),
                                models.Q(
                                    ("is_of_map", False), ("made_by__isnull", False)
                                ),
                                _connector="OR",
                            ),
                        ),
                        name="mark_made_by_map_or_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lifted_at", None),
                                ("lifted_because", ""),
                                ("lifted_by", None),
                                ("lifted_by_name", ""),
                            ),
                            models.Q(
                                ("lifted_at__gte", models.F("made_at")),
                                ("lifted_by__isnull", False),
                                models.Q(("lifted_by_name", ""), _negated=True),
                                models.Q(("lifted_because", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="mark_lifted_as_a_whole",
                        violation_error_message="Lifting it takes a person and a reason.",
                    ),
                ],
            },
        ),
    ]
