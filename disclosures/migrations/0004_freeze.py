"""The switch that stops every release."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disclosures", "0003_room_for_the_reader"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Freeze",
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
                ("reason", models.TextField(verbose_name="reason")),
                ("thrown_by_name", models.CharField(max_length=150)),
                ("thrown_at", models.DateTimeField(verbose_name="stopped")),
                (
                    "lift_reason",
                    models.TextField(blank=True, verbose_name="why it was lifted"),
                ),
                ("lifted_by_name", models.CharField(blank=True, max_length=150)),
                (
                    "lifted_at",
                    models.DateTimeField(blank=True, null=True, verbose_name="lifted"),
                ),
                (
                    "proof_method",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("password", "password"),
                            ("totp", "authenticator app"),
                            ("passkey", "passkey or security key"),
                            ("recovery_code", "recovery code"),
                            ("not_recorded", "not recorded"),
                        ],
                        max_length=16,
                    ),
                ),
                ("proof_at", models.DateTimeField(blank=True, null=True)),
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
                    "thrown_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "stop of all releases",
                "verbose_name_plural": "stops of all releases",
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        models.ExpressionWrapper(
                            models.Q(("lifted_at__isnull", True)),
                            output_field=models.BooleanField(),
                        ),
                        condition=models.Q(("lifted_at__isnull", True)),
                        name="freeze_one_at_a_time",
                        violation_error_message="All releases are stopped already.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("reason", ""), _negated=True),
                            models.Q(("thrown_by_name", ""), _negated=True),
                        ),
                        name="freeze_says_why",
                        violation_error_message="Say why all releases are stopped.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("lift_reason", ""),
                                ("lifted_at", None),
                                ("lifted_by", None),
                                ("lifted_by_name", ""),
                                ("proof_at", None),
                                ("proof_method", ""),
                            ),
                            models.Q(
                                ("lifted_at__gte", models.F("thrown_at")),
                                ("lifted_by__isnull", False),
                                ("proof_at__lte", models.F("lifted_at")),
                                (
                                    "proof_method__in",
                                    [
                                        "password",
                                        "totp",
                                        "passkey",
                                        "recovery_code",
                                        "not_recorded",
                                    ],
                                ),
                                models.Q(("lifted_by_name", ""), _negated=True),
                                models.Q(("lift_reason", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="freeze_lifted_as_a_whole",
                        violation_error_message="Lifting it takes a person and a reason.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("lifted_by", None),
                            models.Q(
                                ("lifted_by", models.F("thrown_by")), _negated=True
                            ),
                            _connector="OR",
                        ),
                        name="freeze_lifted_by_another",
                        violation_error_message="Who stopped all releases can't lift it.",
                    ),
                ],
            },
        ),
    ]
