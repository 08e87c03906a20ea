"""Who did what on a case, asked of its records, and whether that bars the next act."""

from django.contrib.auth.models import User

from cases.duties import clashes
from cases.enums import Act, Profile, SignOffDecision
from cases.exceptions import FourEyesViolation
from cases.models import Case, Organisation
from disclosures.models import Declaration

_DONE = {
    Act.PREPARE: "prepared the scope",
    Act.APPROVE: "approved the scope",
    Act.COLLECT: "ordered the collection",
    Act.CERTIFY: "signed the declaration",
    Act.RELEASE: "released the packet",
}


def acts_of(case: Case, person: User) -> frozenset[Act]:
    """What this person did on the case, now or in an earlier round."""
    done = {
        Act.PREPARE: case.revisions.filter(prepared_by=person).exists(),
        Act.APPROVE: case.sign_offs.filter(
            counsel=person, decision=SignOffDecision.APPROVED
        ).exists(),
        Act.COLLECT: case.packets.filter(ordered_by=person).exists(),
        Act.CERTIFY: Declaration.objects.filter(
            packet__case=case, custodian=person
        ).exists(),
        Act.RELEASE: case.packets.filter(delivery__released_by=person).exists(),
    }
    return frozenset(act for act, was_done in done.items() if was_done)


def require_other(case: Case, person: User, wanted: Act) -> None:
    """Stop somebody whose earlier act on this case bars the wanted one.

    Raises:
        FourEyesViolation: the site's profile wants another person; it says why.
    """
    if barred := bars(case, person, wanted):
        did = " and ".join(_DONE[act] for act in sorted(barred))
        raise FourEyesViolation(f"You {did} of this case: another person does this.")


def bars(case: Case, person: User, wanted: Act) -> frozenset[Act]:
    """The person's acts on this case that bar the wanted one by the site's profile."""
    profile = Organisation.objects.get().profile
    return clashes(Profile(profile), wanted, acts_of(case, person))
