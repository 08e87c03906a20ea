"""That the order doesn't name a target is a decision on its items."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0022_collection_events"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="scopeitem",
            name="scope_item_decision_known",
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
                    ("not_named", "Not named"),
                ],
                max_length=16,
                verbose_name="decision",
            ),
        ),
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
                            "not_named",
                        ],
                    )
                ),
                name="scope_item_decision_known",
            ),
        ),
    ]
