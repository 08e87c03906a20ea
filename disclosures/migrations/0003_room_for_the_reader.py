"""As whom a source is read: a MariaDB account is a name and a host, long ones both."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("disclosures", "0002_proof")]

    operations = [
        migrations.AlterField(
            model_name="exhibit",
            name="read_as",
            field=models.CharField(blank=True, max_length=400, verbose_name="read as"),
        ),
    ]
