"""What each act on a restricted request leaves in its trail."""

from typing import Any

from cases import intake, restricted
from cases.enums import ExposureGround, Role
from tests import factories as make
from tests import restricting
from tests.architecture.acting import row

COUNSEL = Role.COUNSEL


def of_the_house() -> Any:
    """Counsel and a letter's facts: whom a clerk names."""
    return make.counsel()


VERBS = {
    "cases.intake.open_case, restricted": row(
        Role.INTAKE_CLERK,
        of_the_house,
        lambda it, by: intake.open_case(
            actor=by, facts=make.facts(**restricting.LETTER), named=[it], at=make.AT
        ),
        "case.opened",
        "case.exposure.recorded",
        "case.exposure.recorded",
    ),
    "cases.restricted.restrict": row(
        COUNSEL,
        make.opened,
        lambda it, by: restricted.restrict(
            it.pk,
            named=[it.owner],
            actor=by,
            reason="Counsel says so.",
            proof=make.proof(),
            at=make.AT,
        ),
        "case.restricted",
        "case.exposure.recorded",
        "case.exposure.recorded",
    ),
    "cases.restricted.acknowledge": row(
        Role.ANALYST,
        restricting.case,
        lambda it, by: (
            restricting.put(it, by, is_bound=False),
            restricted.acknowledge(actor=by, at=make.AT),
        ),
        "case.exposure.acknowledged",
    ),
    "cases.restricted.record_told": row(
        COUNSEL,
        restricting.case,
        lambda it, by: restricted.record_told(
            restricting.put(it, by).pk,
            actor=by,
            name="Mara Lindt, attorney",
            ground=ExposureGround.ATTORNEY,
            at=make.AT,
        ),
        "case.exposure.recorded",
    ),
    "cases.restricted.export_register": row(
        COUNSEL,
        restricting.case,
        lambda it, by: restricted.export_register(
            restricting.put(it, by).pk, actor=by, at=make.AT
        ),
        "case.exposure.exported",
    ),
}
