import django.db.models.deletion
from django.db import migrations, models

import cases.models.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("disclosures", "0033_blocks"),
    ]

    operations = [
        migrations.CreateModel(
            name="FrozenFacts",
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
                ("document", cases.models.sealed.SealedTextField(editable=False)),
                ("digest", models.CharField(editable=False, max_length=64)),
                ("frozen_at", models.DateTimeField()),
                (
                    "packet",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="frozen",
                        to="disclosures.packet",
                    ),
                ),
            ],
            options={
                "verbose_name": "frozen facts of a packet",
                "verbose_name_plural": "frozen facts of packets",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("document", ""), _negated=True),
                            models.Q(("digest", ""), _negated=True),
                        ),
                        name="frozen_facts_are_written",
                    )
                ],
            },
        ),
    ]
