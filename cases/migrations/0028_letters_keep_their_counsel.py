"""Letters that 0021 restricted keep somebody who can let others in.

There a group's grant had let people in, which opens no restricted case. Counsel of such
a group are let in by name; whoever did or opened something on the letter was told of
it, and stands in the register; the group's grants end. They acknowledge the secrecy at
their next visit.
"""

from django.db import migrations
from django.utils import timezone


def keep(apps, schema_editor):
    shared = apps.get_model("cases", "CaseGroupPerm")
    case_model = apps.get_model("cases", "Case")
    left = shared.objects.filter(closed_at=None, content_object__is_restricted=True)
    # A restricted case has no group's grant but from before it was one.
    ids = list(left.values_list("content_object", flat=True).distinct())
    for case in case_model.objects.filter(pk__in=ids).order_by("pk"):
        _keep(apps, case, timezone.now())


def _keep(apps, case, at):
    users, grants, shared = (
        apps.get_model(app, name).objects
        for app, name in (
            ("auth", "User"),
            ("cases", "CaseUserPerm"),
            ("cases", "CaseGroupPerm"),
        )
    )
    open_ones = shared.filter(content_object=case, closed_at=None)
    standing = [one for one in open_ones if one.ends_at is None or one.ends_at > at]
    groups = [one.group_id for one in standing]
    let_in = users.filter(is_active=True, groups__in=groups).distinct()
    counsel = let_in.filter(groups__permissions__codename="grant_case").exclude(
        groups__name="Administrator"
    )
    for person in counsel.distinct().order_by("pk"):
        if not grants.filter(content_object=case, user=person, closed_at=None).exists():
            grants.create(
                content_object=case,
                user=person,
                permission_id=standing[0].permission_id,
                reason="Counsel when it was restricted",
                given_at=at,
            )
        _tell(apps, case, person, "attorney", at)
    acted = case.events.exclude(actor=None).values("actor")
    for person in users.filter(pk__in=acted).order_by("pk"):
        _tell(apps, case, person, "compliance", at)
    for grant in open_ones:
        grant.closed_at, grant.ends_at = at, min(grant.ends_at or at, at)
        grant.save(update_fields=["closed_at", "ends_at"])


def _tell(apps, case, person, ground, at):
    register = apps.get_model("cases", "Exposure").objects
    if register.filter(case=case, person=person).exists():
        return
    register.create(
        case=case,
        person=person,
        name=_name(person),
        ground=ground,
        told_at=at,
        told_by=case.opened_by,
        told_by_name=_name(case.opened_by),
    )


def _name(user):
    return (f"{user.first_name} {user.last_name}".strip() or user.username)[:150]


class Migration(migrations.Migration):
    dependencies = [("cases", "0027_export_trail")]

    operations = [migrations.RunPython(keep, migrations.RunPython.noop)]
