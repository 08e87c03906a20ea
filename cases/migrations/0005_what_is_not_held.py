"""“Not held” becomes three statements: never recorded, no longer kept, held elsewhere."""

from django.db import migrations, models


def say_which(apps, schema_editor):
    # What packets have said of it so far. The scope's digest changes with it, so a
    # sign-off given on the old words no longer covers the case: counsel looks again.
    rows = apps.get_model("cases", "ScopeItem").objects.filter(decision="not_held")
    rows.update(decision="not_collected")


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_proof")]

    operations = [
        migrations.RemoveConstraint(
            model_name="scopeitem", name="scope_item_decision_known"
        ),
        migrations.AlterField(
            model_name="scopeitem",
            name="decision",
            field=models.CharField(
                choices=[
                    ("produce", "Produce"),
                    ("narrow", "Narrow the dates"),
                    ("object", "Object"),
                    ("not_collected", "Never recorded"),
                    ("not_retained", "No longer kept"),
                    ("third_party", "Held elsewhere"),
                ],
                max_length=16,
                verbose_name="decision",
            ),
        ),
        migrations.RunPython(say_which, migrations.RunPython.noop, elidable=True),
        migrations.AddConstraint(
            model_name="scopeitem",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "decision__in",
                        [
                            "produce",
                            "narrow",
                            "object",
                            "not_collected",
                            "not_retained",
                            "third_party",
                        ],
                    )
                ),
                name="scope_item_decision_known",
            ),
        ),
        migrations.AlterConstraint(
            model_name="scopeitem",
            name="scope_item_refusal_has_reason",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decision", "produce"),
                    models.Q(("reason", ""), _negated=True),
                    _connector="OR",
                ),
                name="scope_item_refusal_has_reason",
                violation_error_message="All but producing the whole needs a reason.",
            ),
        ),
    ]
