"""A key a request: its files at rest open by nothing else."""

import django.db.models.deletion
from django.db import migrations, models

import cases.models.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0025_custody"),
    ]

    operations = [
        migrations.CreateModel(
            name="CaseKey",
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
                ("recipient", models.CharField(editable=False, max_length=100)),
                (
                    "identity",
                    cases.models.sealed.SealedTextField(
                        editable=False, purpose="candor case key"
                    ),
                ),
                ("made_at", models.DateTimeField()),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="key",
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "key of a request",
                "verbose_name_plural": "keys of requests",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("recipient", ""), _negated=True),
                            models.Q(("identity", ""), _negated=True),
                        ),
                        name="case_key_is_whole",
                    )
                ],
            },
        ),
    ]
