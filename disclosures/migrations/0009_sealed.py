"""What a run found of a target lies sealed, as the target's identifier does."""

from django.db import migrations

import cases.models.sealed
from cases.migrations._sealed import seal_columns


class Migration(migrations.Migration):
    dependencies = [("cases", "0018_sealed"), ("disclosures", "0008_produced")]

    operations = [
        migrations.AlterField(
            model_name="exhibit",
            name="parameters",
            field=cases.models.sealed.SealedJSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name="producedscope",
            name="document",
            field=cases.models.sealed.SealedTextField(editable=False),
        ),
        migrations.AlterField(
            model_name="targetaccount",
            name="account_key",
            field=cases.models.sealed.SealedTextField(
                blank=True, longest=200, verbose_name="account as resolved"
            ),
        ),
        migrations.AlterField(
            model_name="targetaccount",
            name="account_name",
            field=cases.models.sealed.SealedTextField(blank=True, longest=320),
        ),
        seal_columns("disclosures_exhibit", "parameters"),
        seal_columns("disclosures_producedscope", "document"),
        seal_columns("disclosures_targetaccount", "account_key", "account_name"),
    ]
