"""Is the paper genuine? A gate before anything is collected.

Forged requests, most of them "emergencies" sent from a police mailbox with a stolen
password, have got records out of large providers (law-and-practice 7). What holds here:

* A finding binds to the *digest* of what was checked: the served papers, the agency,
  the officer, who signed. With a new paper or officer no earlier finding counts.
* The last word on what stands now decides; doubtful or forged bars. What was once found
  forged only counsel can find authentic again.
* In an emergency two persons find it authentic, and one of the two by a call-back or by
  the word of a supervisor: a mailbox and a seal are what forgers have.
* A call-back goes to a number found elsewhere than in the paper, and isn't made by who
  entered the officer's details.
* An intake clerk, an analyst or counsel checks; a superuser never does.

Source: docs/policy.md, section "Authenticity".
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cases import audit, chain, permissions
from cases.enums import (
    CheckMethod,
    DocumentKind,
    EventKind,
    Finding,
    Instrument,
    Perm,
)
from cases.exceptions import (
    FourEyesViolation,
    IllegalTransition,
    ScopeChanged,
    require_storable,
)
from cases.models import AuthenticityFinding, Case, CaseDocument

# What a finding is about, beside the papers themselves.
CHECKED_FACTS = (
    "agency_id",
    "officer_name",
    "officer_email",
    "officer_phone",
    "issuing_authority",
    "issuing_court",
    "agency_reference",
)
_OFFICER = frozenset({"agency", "officer_name", "officer_email", "officer_phone"})
_SPOKEN = frozenset({CheckMethod.CALL_BACK, CheckMethod.SUPERVISOR})


@dataclass(frozen=True)
class Check:
    """What somebody found out about the paper, and how."""

    outcome: str
    method: str
    evidence: str
    number_source: str = ""
    document: CaseDocument | None = None


@dataclass(frozen=True)
class Verdict:
    """Where the paper stands: the outcome in force, and what bars collecting."""

    outcome: Finding | None
    refusal: str  # "" only where the paper is found authentic as the rules want it
    since: datetime | None  # when that came to be; None before there is a paper

    @property
    def is_open(self) -> bool:
        """Whether a check is wanted: there is a paper, and it wasn't found forged."""
        forged = self.outcome == Finding.FORGED
        return bool(self.refusal) and self.since is not None and not forged


def digest(case: Case) -> str:
    """SHA-256 (hex) of what a finding is about, as it stands now."""
    checked = {
        "papers": sorted(paper.sha256 for paper in papers(case)),
        "facts": {name: getattr(case, name) for name in CHECKED_FACTS},
    }
    return hashlib.sha256(chain.canonical(checked).encode()).hexdigest()


def papers(case: Case) -> list[CaseDocument]:
    """The served papers of a case."""
    return [one for one in case.documents.all() if one.kind == DocumentKind.PROCESS]


def verdict(case: Case) -> Verdict:
    """Whether the paper is found genuine, and if not, what is missing and from whom.

    What was prefetched of the case isn't asked for again, so lists ask once for all.
    """
    served = papers(case)
    if not served:
        words = _("An intake clerk or analyst uploads the served paper first.")
        return Verdict(None, words, None)
    rows = list(case.authenticity_findings.all())
    found = _about(rows, digest(case))
    if not found:
        words = _unchecked(was_checked=bool(rows))
        return Verdict(None, words, served[-1].uploaded_at)
    last = found[-1]
    if last.outcome == Finding.FORGED:
        words = _(
            "The paper was found forged, so nothing may be collected on it. An analyst "
            "or counsel closes the request; only counsel finds otherwise."
        )
        return Verdict(Finding.FORGED, words, last.found_at)
    if last.outcome == Finding.DOUBTFUL:
        words = _(
            "The paper was found doubtful. An intake clerk, an analyst or counsel "
            "checks it again in another way before anything is collected, or the "
            "request is closed."
        )
        return Verdict(Finding.DOUBTFUL, words, last.found_at)
    if words := _emergency(case, _since_last_doubt(found)):
        return Verdict(None, words, last.found_at)
    return Verdict(Finding.AUTHENTIC, "", last.found_at)


def refusal(case: Case, *, is_letter: bool = False) -> str:
    """Why this paper may not be answered; "" where it is found authentic.

    A letter of objection hands no record over, and goes to the agency's own address: it
    answers a paper that nobody has checked or that is doubtful, never a forged one.
    """
    stands = verdict(case)
    if is_letter and stands.outcome != Finding.FORGED:
        return ""
    return stands.refusal


def found_by(case: Case) -> frozenset[int]:
    """The ids of those who found the paper, as it stands now, authentic."""
    found = _about(case.authenticity_findings.all(), digest(case))
    return frozenset(one.found_by_id for one in _since_last_doubt(found))


def _about(
    rows: Iterable[AuthenticityFinding], checked: str
) -> list[AuthenticityFinding]:
    """Those of the findings that are about exactly this, oldest first."""
    return [one for one in rows if one.checked_digest == checked]


def bars(case: Case, person: User) -> str:
    """Why this person may not judge the paper at all, whatever their role; "" if so."""
    return _("A superuser doesn't check papers.") if person.is_superuser else ""


def entered_the_officer(case: Case, person: User) -> bool:
    """Whether this person entered the agency's or the officer's details of the case."""
    for event in case.events.filter(
        actor=person, kind__in=(EventKind.CASE_OPENED, EventKind.CASE_CORRECTED)
    ):
        opened = event.kind == EventKind.CASE_OPENED
        if opened or _OFFICER & set(audit.data_of(event)["fields"]):
            return True
    return False


@transaction.atomic
def record_finding(
    case_id: int,
    *,
    actor: User,
    checked_digest: str,
    check: Check,
    at: datetime | None = None,
) -> AuthenticityFinding:
    """Record what ``actor`` found out about the paper.

    ``checked_digest`` is the digest of what the page showed, sent back with the answer.

    Raises:
        PermissionDenied: ``actor`` may not.
        FourEyesViolation: ``actor`` is a superuser, entered the officer's details and
            calls back, or would clear what was found forged without being counsel.
        IllegalTransition: the case is closed, or has no served paper yet.
        ScopeChanged: the papers, the agency or the officer aren't those shown.
        ValidationError: an unknown outcome or method, no evidence, a call-back without
            the source of its number, or another case's document.
    """
    at = at or timezone.now()
    case = Case.objects.select_for_update().get(pk=case_id)
    permissions.require(actor, Perm.AUTHENTICATE, case)
    _require_open(case)
    _require_person(case, actor, check)
    if checked_digest != digest(case):
        raise ScopeChanged(
            _(
                "The papers, the agency or the officer changed after the page was "
                "shown. Look at them again, then record what you found."
            )
        )
    if check.document is not None and check.document.case_id != case.pk:
        raise ValidationError({"document": _("The paper belongs to another case.")})
    require_storable(evidence=check.evidence)
    finding = AuthenticityFinding(
        case=case,
        checked_digest=checked_digest,
        outcome=check.outcome,
        method=check.method,
        number_source=check.number_source,
        evidence=check.evidence.strip(),
        document=check.document,
        found_by=actor,
        found_by_name=audit.name_of(actor),
        found_at=at,
    )
    finding.full_clean()
    finding.save()
    audit.record(
        case,
        EventKind.AUTHENTICITY_FOUND,
        actor=actor,
        at=at,
        data={
            "finding": finding.pk,
            "outcome": finding.outcome,
            "method": finding.method,
            "checked": checked_digest,
        },
    )
    return finding


def _require_open(case: Case) -> None:
    if case.closed_at:
        raise IllegalTransition(_("%(case)s is closed.") % {"case": case})
    if not papers(case):
        raise IllegalTransition(
            _("There is nothing to check yet: an intake clerk uploads the paper first.")
        )


def _require_person(case: Case, actor: User, check: Check) -> None:
    if barred := bars(case, actor):
        raise FourEyesViolation(barred)
    if check.method == CheckMethod.CALL_BACK and entered_the_officer(case, actor):
        raise FourEyesViolation(
            _(
                "You entered the agency's or the officer's details of this request, so "
                "another person makes the call-back. You can check in another way."
            )
        )
    was_forged = case.authenticity_findings.filter(outcome=Finding.FORGED).exists()
    clears = check.outcome == Finding.AUTHENTIC and was_forged
    if clears and not permissions.allowed(actor, Perm.SIGN_OFF, case):
        raise FourEyesViolation(
            _("A paper of this request was found forged: only counsel finds otherwise.")
        )


def _unchecked(*, was_checked: bool) -> str:
    if was_checked:
        return _(
            "The papers, the agency or the officer changed after the paper was "
            "checked. An intake clerk, an analyst or counsel checks it again."
        )
    return _(
        "Nobody has checked yet that the paper is genuine. An intake clerk, an analyst "
        "or counsel does this."
    )


def _since_last_doubt(
    found: Sequence[AuthenticityFinding],
) -> list[AuthenticityFinding]:
    kept: list[AuthenticityFinding] = []
    for one in found:
        kept = [*kept, one] if one.outcome == Finding.AUTHENTIC else []
    return kept


def _emergency(case: Case, found: Sequence[AuthenticityFinding]) -> str:
    if case.instrument != Instrument.EMERGENCY_REQUEST:
        return ""
    persons = {one.found_by_id: one.found_by_name for one in found}
    if len(persons) == 1:
        return _(
            "In an emergency two persons find the paper authentic. Besides %(name)s, "
            "another intake clerk, analyst or counsel checks it."
        ) % {"name": next(iter(persons.values()))}
    if not any(one.method in _SPOKEN for one in found):
        return _(
            "In an emergency somebody speaks with the agency: an intake clerk, an "
            "analyst or counsel makes a call-back, or has a supervisor confirm it."
        )
    return ""
