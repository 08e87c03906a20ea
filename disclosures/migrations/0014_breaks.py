"""Breaks in custody, and what came of each."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0025_custody"),
        ("disclosures", "0013_guard"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CustodyBreak",
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
                ("sentence", models.TextField(verbose_name="what was found")),
                ("found_at", models.DateTimeField(verbose_name="found")),
                (
                    "finding",
                    models.TextField(blank=True, verbose_name="what came of it"),
                ),
                ("settled_by_name", models.CharField(blank=True, max_length=150)),
                (
                    "settled_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="settled"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="custody_breaks",
                        to="cases.case",
                    ),
                ),
                (
                    "exhibit",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="custody_breaks",
                        to="disclosures.exhibit",
                    ),
                ),
                (
                    "packet",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="custody_breaks",
                        to="disclosures.packet",
                    ),
                ),
                (
                    "settled_by",
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
                "verbose_name": "break in custody",
                "verbose_name_plural": "breaks in custody",
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(
                            ("exhibit__isnull", False), ("settled_at", None)
                        ),
                        fields=("packet", "exhibit"),
                        name="custody_break_noted_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("exhibit", None), ("settled_at", None)),
                        fields=("packet",),
                        name="custody_break_of_packet_noted_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("sentence", ""), _negated=True),
                        name="custody_break_says_what",
                        violation_error_message="Say what was found.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("finding", ""),
                                ("settled_at", None),
                                ("settled_by", None),
                                ("settled_by_name", ""),
                            ),
                            models.Q(
                                ("settled_at__gte", models.F("found_at")),
                                ("settled_by__isnull", False),
                                models.Q(("settled_by_name", ""), _negated=True),
                                models.Q(("finding", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="custody_break_settled_as_a_whole",
                        violation_error_message="Settling it takes a person and a finding.",
                    ),
                ],
            },
        ),
    ]
