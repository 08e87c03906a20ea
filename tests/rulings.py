"""Rulings on an instrument, and objections to it, recorded by counsel."""

from datetime import date, datetime

from django.contrib.auth.models import User

from cases import standing
from cases.enums import DocumentKind, ObjectionOutcome, Objector, Standing
from cases.models import Case, CaseDocument, Objection, StandingChange
from tests import factories as make

DAY = date(2023, 3, 14)


def _paper(case: Case) -> CaseDocument:
    return make.stored_paper(case, DocumentKind.CORRESPONDENCE)


def ruling(
    case: Case,
    what: str,
    *,
    by: User | None = None,
    on: date = DAY,
    at: datetime = make.AT,
    **changed: object,
) -> StandingChange:
    """A ruling with its paper."""
    said = {"paper": changed.pop("paper", None) or _paper(case)} | changed
    return standing.record_ruling(
        case.pk, actor=by or make.counsel(), standing=what, dated_on=on, at=at, **said
    )


def stay(case: Case, **more: object) -> StandingChange:
    """The court stays it."""
    return ruling(case, Standing.STAYED, **more)


def lifted(case: Case, **more: object) -> StandingChange:
    """The stay is over."""
    return ruling(case, Standing.IN_FORCE, **more)


def quashed(case: Case, **more: object) -> StandingChange:
    """The court quashes it."""
    return ruling(case, Standing.QUASHED, **more)


def withdrawn(
    case: Case,
    *,
    by: User | None = None,
    at: datetime = make.AT,
    paper: CaseDocument | None = None,
) -> StandingChange:
    """The requester takes it back, as an analyst records."""
    return standing.record_withdrawal(
        case.pk,
        actor=by or make.analyst(),
        dated_on=DAY,
        paper=paper or _paper(case),
        at=at,
    )


def objection(
    case: Case, *, by: User | None = None, at: datetime = make.AT, **changed: object
) -> Objection:
    """Our objection, lodged with the court."""
    said = {
        "objector": Objector.US,
        "lodged_on": DAY,
        "forum": "N.D. Cal., 23-mc-80112",
        "paper": changed.pop("paper", None) or _paper(case),
    }
    return standing.lodge(
        case.pk, actor=by or make.counsel(), at=at, **(said | changed)
    )


def resolved(
    made: Objection,
    outcome: str = ObjectionOutcome.OVERRULED,
    *,
    by: User | None = None,
    at: datetime = make.AT,
    **changed: object,
) -> Objection:
    """How it was decided, with the ruling."""
    paper = changed.pop("paper", None) or _paper(made.case)
    said = {"resolved_on": DAY, "paper": paper}
    return standing.resolve(
        made.pk, actor=by or make.counsel(), outcome=outcome, at=at, **(said | changed)
    )
