"""A case that has a trail can't be removed, by the ORM or in SQL."""

import django.db.models.deletion
from django.db import migrations, models

from cases.migrations._append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_site_trail")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="events",
                to="cases.case",
            ),
        ),
        append_only("cases_event", "event"),
    ]
