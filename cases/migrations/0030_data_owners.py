"""The role of data owners, and their one right; its events come with 0033's list."""

from django.db import migrations

from cases.migrations._roles import give


def make_role(apps, schema_editor):
    apps.get_model("auth", "Group").objects.get_or_create(name="Data owner")


class Migration(migrations.Migration):
    dependencies = [("cases", "0028_letters_keep_their_counsel")]

    operations = [
        migrations.RunPython(make_role, migrations.RunPython.noop),
        give("answer_pull", "Answer pull orders as a data owner", "Data owner"),
    ]
