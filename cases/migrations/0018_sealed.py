"""Identifiers of targets lie sealed, and are found by fingerprints beside them."""

from django.db import migrations, models

import cases.models.sealed
from cases import keys
from cases.migrations._sealed import seal_columns


def fingerprints(apps, schema_editor):
    """Bring them up to what the rows hold."""
    target = keys.Purpose.TARGET
    for row in apps.get_model("cases", "Target").objects.all():
        row.exact = keys.fingerprint(row.identifier, target)
        row.findable = keys.fingerprint(keys.normalised(row.identifier), target)
        row.save(update_fields=["exact", "findable"])


class Migration(migrations.Migration):
    dependencies = [("cases", "0017_ledgers")]

    operations = [
        migrations.RemoveConstraint(model_name="target", name="target_once_per_case"),
        migrations.AddField(
            model_name="target",
            name="exact",
            field=models.CharField(default="", editable=False, max_length=64),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="target",
            name="findable",
            field=models.CharField(
                db_index=True, default="", editable=False, max_length=64
            ),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="scoperevision",
            name="document",
            field=cases.models.sealed.SealedTextField(editable=False),
        ),
        migrations.AlterField(
            model_name="target",
            name="identifier",
            field=cases.models.sealed.SealedTextField(
                help_text="Exactly as the paper spells it.",
                longest=320,
                verbose_name="identifier as served",
            ),
        ),
        seal_columns("cases_target", "identifier"),
        seal_columns("cases_scoperevision", "document"),
        migrations.RunPython(fingerprints, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.UniqueConstraint(
                fields=("case", "kind", "exact"),
                name="target_once_per_case",
                violation_error_message="This target is on the case already.",
            ),
        ),
    ]
