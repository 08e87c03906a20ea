"""The roles as groups, with their verbs as they stood when this was written.

``cases.permissions.ROLE_VERBS`` is the table in use; a test compares the two.
"""

from django.db import migrations

DESK = ("view_case", "read_trail")
ROLES = {
    "Intake clerk": (*DESK, "intake_case"),
    "Analyst": (
        *DESK,
        "intake_case",
        "review_case",
        "order_packet",
        "read_exhibits",
        "close_case",
    ),
    "Custodian": (*DESK, "certify_packet", "read_exhibits"),
    "Counsel": (*DESK, "sign_off_case", "read_exhibits", "close_case"),
    "Outside counsel": (*DESK, "sign_off_case", "read_exhibits"),
    "Release officer": (*DESK, "release_packet", "read_exhibits", "close_case"),
    "Report editor": (),
    "Auditor": DESK,
    "Administrator": (),
}
VERBS = {
    "view_case": "Can view legal request",
    "intake_case": "Take in requests",
    "review_case": "Review requests and prepare their scope",
    "sign_off_case": "Decide on a scope as counsel",
    "order_packet": "Order a packet",
    "certify_packet": "Sign the custodian's declaration",
    "release_packet": "Hand a packet over",
    "close_case": "Close a case",
    "read_trail": "Read who did what",
    "read_exhibits": "Open collected records",
}


def make_roles(apps, schema_editor):
    # Django makes permissions after all migrations; these are needed now.
    content_type, _ = apps.get_model(
        "contenttypes", "ContentType"
    ).objects.get_or_create(app_label="cases", model="case")
    permission = apps.get_model("auth", "Permission")
    rows = {
        codename: permission.objects.get_or_create(
            content_type=content_type, codename=codename, defaults={"name": name}
        )[0]
        for codename, name in VERBS.items()
    }
    for role, verbs in ROLES.items():
        group, _ = apps.get_model("auth", "Group").objects.get_or_create(name=role)
        group.permissions.set([rows[verb] for verb in verbs])


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_roles, migrations.RunPython.noop)]
