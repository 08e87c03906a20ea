"""Every case has an owner; apart from 0009, as PostgreSQL alters no row just changed."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0009_grants")]

    operations = [
        migrations.AlterField(
            model_name="case",
            name="owner",
            field=models.ForeignKey(
                help_text="Who sees to it that the request is answered.",
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="owner",
            ),
        ),
    ]
