"""What the guard left out is kept with the exhibit: how many rows, and why."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0012_total")]

    operations = [
        migrations.AddField(
            model_name="exhibit",
            name="left_out",
            field=models.JSONField(blank=True, default=dict),
        ),
    ]
