"""Give a verb to roles that are groups already; the table in use has it too."""

from django.db import migrations


def give(codename, name, *roles):
    """The operation that adds one permission on cases to these groups."""

    def add(apps, schema_editor):
        # Django makes permissions after all migrations; this one is needed now.
        content_type, _ = apps.get_model(
            "contenttypes", "ContentType"
        ).objects.get_or_create(app_label="cases", model="case")
        row, _ = apps.get_model("auth", "Permission").objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )
        for role in roles:
            group = apps.get_model("auth", "Group").objects.get(name=role)
            group.permissions.add(row)

    operation = migrations.RunPython(add, migrations.RunPython.noop)
    operation.verb = (codename, name)  # read by the test that compares with the model
    return operation
