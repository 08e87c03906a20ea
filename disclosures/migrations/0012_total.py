"""An exhibit keeps how many records there were, beside how many it holds."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0011_named")]

    operations = [
        migrations.AddField(
            model_name="exhibit",
            name="total",
            field=models.PositiveBigIntegerField(blank=True, null=True),
        ),
        migrations.AddConstraint(
            model_name="exhibit",
            constraint=models.CheckConstraint(
                name="exhibit_total_holds_the_rows",
                condition=models.Q(total=None) | models.Q(total__gte=models.F("rows")),
            ),
        ),
    ]
