"""Who may take the trail out of the house: not everybody who reads it."""

from django.db import migrations

from cases.migrations._roles import give


class Migration(migrations.Migration):
    dependencies = [("cases", "0026_case_key")]

    operations = [
        give("export_trail", "Export who did what for a court", "Counsel", "Auditor"),
    ]
