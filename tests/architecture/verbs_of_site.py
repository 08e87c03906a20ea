"""What each act on the site, its people and its directory leaves in the trail."""

from django.contrib.auth.models import Group

from cases import agencies, people, readings, site
from cases.enums import Jurisdiction, Role
from tests import directory
from tests import factories as make
from tests.architecture.acting import nothing, row

CLERK, COUNSEL = Role.INTAKE_CLERK, Role.COUNSEL

VERBS = {
    "cases.agencies.add_agency": row(
        CLERK,
        make.agency,
        lambda it, by: agencies.add_agency(
            actor=by, name="A new one", jurisdiction=Jurisdiction.UNITED_STATES
        ),
        "agency.added",
    ),
    "cases.agencies.change_agency": row(
        CLERK,
        make.agency,
        lambda it, by: agencies.change_agency(
            it.pk, actor=by, facts={"name": "Another name"}, at=make.AT
        ),
        "agency.changed",
    ),
    "cases.agencies.enter_contact": row(
        CLERK,
        make.agency,
        lambda it, by: directory.entered(of=it, by=by),
        "agency.contact.entered",
    ),
    "cases.agencies.check_contact": row(
        COUNSEL,
        directory.entered,
        lambda it, by: agencies.check_contact(
            it.pk, actor=by, check=directory.check(), at=make.AT
        ),
        "agency.contact.checked",
    ),
    "cases.agencies.retire_contact": row(
        COUNSEL,
        directory.entered,
        lambda it, by: agencies.retire_contact(
            it.pk, actor=by, reason="Moved.", at=make.AT
        ),
        "agency.contact.retired",
    ),
    "cases.site.change_organisation": row(
        Role.ADMINISTRATOR,
        nothing,
        lambda it, by: site.change_organisation(
            actor=by, facts={"name": "New"}, proof=make.proof(), at=make.AT
        ),
        "organisation.changed",
    ),
    "cases.readings.record_list": row(
        CLERK,
        nothing,
        lambda it, by: readings.record_list(
            actor=by, page="requests", asked={"q": ["x"]}, count=3, at=make.AT
        ),
        "list.opened",
    ),
    "cases.people.change_roles": row(
        Role.ADMINISTRATOR,
        lambda: make.person(Role.ANALYST),
        lambda it, by: people.change_roles(
            it.pk,
            actor=by,
            standing=people.Standing([], is_open=True),
            reason="Left.",
            proof=make.proof(),
            at=make.AT,
        ),
        "person.roles.changed",
    ),
    "cases.people.record_added": row(
        Role.ADMINISTRATOR,
        make.analyst,
        lambda it, by: people.record_added(it, actor=by, at=make.AT),
        "person.added",
    ),
    "cases.people.record_changed": row(
        Role.ADMINISTRATOR,
        make.analyst,
        lambda it, by: people.record_changed(it, actor=by, at=make.AT),
        "person.changed",
    ),
    "cases.people.record_group": row(
        Role.ADMINISTRATOR,
        lambda: Group.objects.create(name="Second desk"),
        lambda it, by: people.record_group(it, actor=by, at=make.AT),
        "group.changed",
    ),
}
