"""The smallest valid rows and states, made the way the house makes them: by its verbs.

People get a role and sit at the desk that every new case is granted to, so a role is
all that tells them apart. Every act takes place at a given instant.
"""

import io
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from django.contrib.auth.models import Group, User
from django.utils import timezone

from cases import (
    authenticity,
    closing,
    documents,
    grants,
    intake,
    review,
    scope,
    signoff,
    targeting,
    workflow,
)
from cases.enums import (
    CaseStatus,
    Channel,
    CheckMethod,
    Disposition,
    DocumentKind,
    Finding,
    IdentifierKind,
    Instrument,
    IssuerKind,
    ItemDecision,
    Jurisdiction,
    NumberSource,
    ObjectionGround,
    ProofMethod,
    Role,
    Secrecy,
    SignOffDecision,
    TargetRole,
)
from cases.grounds import ItemObjection
from cases.models import (
    AuthenticityFinding,
    Case,
    CaseDocument,
    ScopeRevision,
    SignOff,
    Target,
)
from cases.models.signoff import APPROVALS
from cases.proof import Proof
from tests.blank import pdf
from tests.desk import DESK as DESK  # the tests' own name for it
from tests.desk import (
    agency,
    analyst,
    clerk,
    counsel,
    person,
)
from tests.desk import organisation as organisation  # the tests' own name for it
from tests.mapped import MAP as MAP
from tests.mapped import categories as categories
from tests.remembered import remembered

AT = datetime(2023, 3, 14, 16, 0, tzinfo=UTC)
BASIS = "18 U.S.C. 2703(c)(2)"

# What each instrument must state beyond the common facts, with a value that will do.
OWN_FACTS = {
    "issuing_court": "U.S. District Court, Northern District of California",
    "statute_cited": "18 U.S.C. 2703(d)",
    "treaty_reference": "MLAT 2023/17",
    "emergency_grounds": "A threat to life, stated by telephone.",
    "issuer_kind": IssuerKind.JUDGE,
    "due_on": date(2023, 3, 30),
}


def facts(**changed: object) -> dict[str, object]:
    """Intake facts of a grand jury subpoena; ``changed`` replaces some."""
    return {
        "instrument": Instrument.GRAND_JURY_SUBPOENA,
        "jurisdiction": Jurisdiction.UNITED_STATES,
        "channel": Channel.EMAIL,
        "agency": agency(),
        "officer_name": "Special Agent Dana Whitlock",
        "officer_email": "dana.whitlock@agency.example",
        "issuing_authority": "Marcus Oyelaran, Assistant United States Attorney",
        "issuing_court": OWN_FACTS["issuing_court"],
        "agency_reference": "2023R00417-08",
        "issued_on": date(2023, 3, 9),
        "served_on": date(2023, 3, 13),
        "received_at": datetime(2023, 3, 13, 17, 0, tzinfo=UTC),
        "due_on": date(2023, 3, 30),
    } | changed


def target_facts(identifier: str = "alice", **changed: object) -> targeting.TargetFacts:
    """A user name asked about from 2022 to February 2023, in New York's days."""
    return targeting.TargetFacts(
        **{
            "kind": IdentifierKind.USERNAME,
            "identifier": identifier,
            "time_zone": "America/New_York",
            "role": TargetRole.NOT_STATED,
            "first_day": date(2022, 1, 1),
            "last_day": date(2023, 2, 28),
        }
        | changed
    )


@remembered
def opened(*, by: User | None = None, at: datetime = AT, **changed: object) -> Case:
    """A case of which nothing but the facts is in."""
    return intake.open_case(actor=by or clerk(), facts=facts(**changed), at=at)


def paper(case: Case, *, by: User | None = None, **changed: object) -> CaseDocument:
    """The served paper, on the case."""
    wanted: dict[str, object] = {
        "kind": DocumentKind.PROCESS,
        "name": "subpoena.pdf",
        "content": io.BytesIO(pdf()),
        "at": AT,
    }
    return documents.add_document(
        case.pk, actor=by or case.opened_by, **(wanted | changed)
    )


def stored_paper(case: Case, kind: str = DocumentKind.PROCESS) -> CaseDocument:
    """A paper's row without its file: for tests that look at no picture."""
    return CaseDocument.objects.create(
        case=case,
        kind=kind,
        name="subpoena.pdf",
        path=f"documents/{case.pk}-{case.documents.count()}.pdf",
        sha256=f"{case.documents.count():064x}",
        size=1,
        pages=1,
        uploaded_by=case.opened_by,
        uploaded_at=AT,
    )


def target(case: Case, identifier: str = "alice", **changed: object) -> Target:
    """A target of the case."""
    return targeting.add_target(
        case.pk,
        actor=case.opened_by,
        facts=target_facts(identifier, **changed),
        at=AT,
    )


def items(case: Case, codes: Sequence[str] = ("names", "sessions")) -> None:
    """The requested items, by category."""
    categories()
    intake.set_items(
        case.pk,
        actor=case.opened_by,
        wordings=[(code, f"All {code}") for code in codes],
        at=AT,
    )


def check(
    case: Case,
    by: User | None = None,
    outcome: str = Finding.AUTHENTIC,
    method: str = CheckMethod.COURT_DOCKET,
    **changed: object,
) -> AuthenticityFinding:
    """A finding on the paper as it stands."""
    called = method == CheckMethod.CALL_BACK
    said = {
        "evidence": "The clerk's office confirmed the docket.",
        "number_source": NumberSource.OFFICIAL_WEBSITE if called else "",
    } | changed
    return authenticity.record_finding(
        case.pk,
        actor=by or case.opened_by,
        checked_digest=authenticity.digest(fresh(case)),
        check=authenticity.Check(outcome, method, **said),
        at=AT,
    )


def authentic(case: Case) -> None:
    """The paper found authentic; by a second person too, where it is an emergency."""
    check(case)
    if case.instrument == Instrument.EMERGENCY_REQUEST:
        check(case, counsel(), method=CheckMethod.CALL_BACK)


@remembered
def received(*, by: User | None = None, **changed: object) -> Case:
    """A case whose intake is complete: genuine paper, secrecy, a target, two items."""
    case = opened(by=by, **changed)
    stored_paper(case)
    intake.record_secrecy(case.pk, actor=case.opened_by, secrecy=Secrecy.NONE, at=AT)
    target(case)
    items(case)
    authentic(case)
    return fresh(case)


@remembered
def in_review(*, by: User | None = None, **changed: object) -> Case:
    """A case whose review has begun; ``by`` is the analyst."""
    case = received(**changed)
    return review.start(case.pk, actor=by or analyst(), at=AT)


def choices(
    case: Case, decision: str = ItemDecision.PRODUCE, reason: str = ""
) -> list[review.Choice]:
    """The same decision for every pair of the case."""
    return [
        review.Choice(
            one.pk, item.pk, decision, reason=reason, ground=_ground(decision)
        )
        for item in case.items.all()
        for one in case.targets.all()
    ]


def _ground(decision: str) -> str:
    """A ground for what needs one."""
    return ObjectionGround.OVERBROAD if decision == ItemDecision.OBJECT else ""


def submit(case: Case, by: User) -> ScopeRevision:
    """Decide to produce every pair, and off to counsel."""
    review.decide(case.pk, actor=by, choices=choices(case), at=AT)
    return review.submit(case.pk, actor=by, at=AT)


@remembered
def awaiting(*, by: User | None = None, **changed: object) -> Case:
    """A case that waits for counsel; ``by`` prepared it."""
    by = by or analyst()
    case = in_review(by=by, **changed)
    submit(case, by)
    return fresh(case)


def proof(at: datetime = AT) -> Proof:
    """That somebody has just shown who they are."""
    return Proof(ProofMethod.PASSWORD, at)


def let_in(
    case: Case, to: User | Group, *, at: datetime | None = None, **changed: object
) -> grants.Grant:
    """A person or a group whom counsel of the desk let in, today."""
    at = at or timezone.now()
    wanted: dict[str, object] = {
        "reason": "A second opinion",
        "proof": proof(at),
        "at": at,
    }
    if "actor" not in changed:
        wanted["actor"] = counsel()
    return grants.give(case.pk, to=to, **(wanted | changed))


def working_on(case: Case, role: Role) -> User:
    """Somebody of this role on the case: by the desk, or outside counsel by name."""
    user = person(role)
    if role == Role.OUTSIDE_COUNSEL:
        let_in(case, user, ends_at=timezone.now() + timedelta(days=7))
    return user


def sign(
    case: Case,
    by: User | None = None,
    decision: str = SignOffDecision.APPROVED,
    objections: Sequence[ItemObjection] = (),
    note: str = "",
) -> SignOff:
    """Counsel's decision on the scope as it stands."""
    if decision == SignOffDecision.REFUSED and not objections:
        objections = [ItemObjection(ObjectionGround.DEFECTIVE, "It isn't signed.")]
    return signoff.record_sign_off(
        case.pk,
        counsel=by or counsel(),
        decision=signoff.Decision(
            decision,
            legal_basis=BASIS if decision in APPROVALS else "",
            note=note
            or ("" if decision == SignOffDecision.APPROVED else "See the note."),
            objections=objections,
        ),
        scope_digest=scope.digest(fresh(case)),
        proof=proof(),
        at=AT,
    )


@remembered
def approved(*, by: User | None = None, **changed: object) -> Case:
    """A case that counsel has approved; ``by`` prepared it."""
    case = awaiting(by=by, **changed)
    sign(case)
    return fresh(case)


def in_status(status: str) -> Case:
    """A case in this status, brought there by lawful steps."""
    return fresh(_MADE[CaseStatus(status)]())


@remembered
def decided() -> Case:
    """A case in review of which every pair is decided."""
    case = in_review()
    review.decide(case.pk, actor=analyst(), choices=choices(case), at=AT)
    return case


@remembered
def refused() -> Case:
    """A case that counsel has refused."""
    case = awaiting()
    sign(case, decision=SignOffDecision.REFUSED)
    return case


@remembered
def in_production() -> Case:
    """An approved case that an analyst has taken into production."""
    case = approved()
    _step(case, "order_packet", Role.ANALYST)
    return case


@remembered
def released() -> Case:
    """A case whose packet was handed over."""
    case = in_production()
    _step(case, "release_packet", Role.RELEASE_OFFICER)
    return case


@remembered
def closed() -> Case:
    """A case that its agency took back."""
    case = opened()
    closing.close(
        case.pk,
        actor=analyst(),
        disposition=Disposition.WITHDRAWN,
        outcomes={},
        at=AT,
    )
    return case


_MADE = {
    CaseStatus.RECEIVED: received,
    CaseStatus.IN_REVIEW: decided,
    CaseStatus.AWAITING_SIGN_OFF: awaiting,
    CaseStatus.APPROVED: approved,
    CaseStatus.REFUSED: refused,
    CaseStatus.IN_PRODUCTION: in_production,
    CaseStatus.RELEASED: released,
    CaseStatus.CLOSED: closed,
}


def _step(case: Case, name: str, role: Role) -> None:
    workflow.transition(case.pk, name, actor=person(role), at=AT)


def fresh(case: Case) -> Case:
    """The case as the database has it now."""
    return Case.objects.get(pk=case.pk)
