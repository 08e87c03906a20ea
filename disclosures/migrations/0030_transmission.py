from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0027_export_trail"),
        ("disclosures", "0029_frozen_facts"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="delivery",
            name="transmission",
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name="delivery",
            name="transmission_sha256",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddConstraint(
            model_name="delivery",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("transmission", ""), ("transmission_sha256", "")),
                    models.Q(
                        models.Q(("transmission", ""), _negated=True),
                        models.Q(("transmission_sha256", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="delivery_transmission_is_hashed",
            ),
        ),
    ]
