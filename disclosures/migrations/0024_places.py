"""Where the rows of a large exhibit stand in its file."""

import django.db.models.deletion
from django.db import migrations, models

import cases.models.sealed


class Migration(migrations.Migration):
    dependencies = [
        ("disclosures", "0023_examination"),
    ]

    operations = [
        migrations.CreateModel(
            name="RowPlaces",
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
                ("sha256", models.CharField(max_length=64)),
                ("blocks", cases.models.sealed.SealedJSONField(default=list)),
                ("days", cases.models.sealed.SealedJSONField(default=list)),
                (
                    "exhibit",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="places",
                        to="disclosures.exhibit",
                    ),
                ),
            ],
            options={
                "verbose_name": "places of rows",
                "verbose_name_plural": "places of rows",
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("sha256", ""), _negated=True),
                        name="row_places_of_a_file",
                    )
                ],
            },
        ),
    ]
