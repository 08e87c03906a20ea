"""National security letters that are there already become restricted ones.

Whoever was let in by name, and the owner, stay; everybody else's way in is a group's
grant, which opens no restricted case. They acknowledge the secrecy at their next visit.
"""

from django.db import migrations, models


def restrict(apps, schema_editor):
    exposure = apps.get_model("cases", "Exposure")
    named = apps.get_model("cases", "CaseUserPerm")
    shared = apps.get_model("cases", "CaseGroupPerm")
    letters = apps.get_model("cases", "Case").objects.filter(
        instrument="national_security_letter"
    )
    for case in letters:
        group = shared.objects.filter(content_object=case).first()
        open_ones = named.objects.filter(content_object=case, closed_at=None)
        if group and not open_ones.filter(user=case.owner).exists():
            named.objects.create(
                content_object=case,
                user=case.owner,
                permission_id=group.permission_id,
                reason="Owner when it was restricted",
                given_at=case.opened_at,
            )
        for grant in open_ones.all():
            exposure.objects.create(
                case=case,
                person=grant.user,
                name=_name(grant.user),
                ground="compliance",
                told_at=grant.given_at,
                told_by=grant.given_by or case.opened_by,
                told_by_name=_name(grant.given_by or case.opened_by),
            )
        case.is_restricted = True
        case.save(update_fields=["is_restricted"])


def _name(user):
    return (f"{user.first_name} {user.last_name}".strip() or user.username)[:150]


class Migration(migrations.Migration):
    dependencies = [("cases", "0020_restricted")]

    operations = [
        migrations.RunPython(restrict, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="case",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("instrument__in", ["national_security_letter"]), _negated=True
                    ),
                    ("is_restricted", True),
                    _connector="OR",
                ),
                name="case_for_named_persons_is_restricted",
                violation_error_message="Only named persons may know of such an instrument: restrict the request, and name them.",
            ),
        ),
    ]
