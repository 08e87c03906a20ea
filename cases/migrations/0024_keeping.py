"""A category says how long the records behind it are kept, as the data map states."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0023_named")]

    operations = [
        migrations.AddField(
            model_name="category",
            name="keeping",
            field=models.JSONField(blank=True, default=list),
        ),
    ]
