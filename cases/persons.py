"""Whether what a person did on a case bars the next act on it.

What somebody did is read off the trail (``audit.acts_of``), in this round or an earlier
one: who decided an item prepared, and who resumed a run collected, whoever submitted or
ordered it. Superusers are persons too.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.duties import clashes
from cases.enums import Act, Perm, Profile
from cases.exceptions import FourEyesViolation
from cases.models import Case, Organisation

_DONE = {
    Act.PREPARE: "prepared the scope",
    Act.APPROVE: "decided on the scope as counsel",
    Act.COLLECT: "ordered the collection",
    Act.EXAMINE: "examined the exhibits",
    Act.CERTIFY: "signed the declaration",
    Act.RELEASE: "released the packet",
}


def require_other(case: Case, person: User, wanted: Act) -> None:
    """Stop somebody whose earlier act on this case bars the wanted one.

    Raises:
        FourEyesViolation: the site's profile wants another person; it says why.
    """
    if refusal := why_not(case, person, wanted):
        raise FourEyesViolation(refusal)


def why_not(case: Case, person: User, wanted: Act) -> str:
    """Why this person's earlier acts keep them from this one; "" where they don't."""
    barred = bars(case, person, wanted)
    if not barred:
        return ""
    did = " and ".join(_DONE[act] for act in sorted(barred))
    return _("You %(did)s of this case: another person does this.") % {"did": did}


def bars(case: Case, person: User, wanted: Act) -> frozenset[Act]:
    """The person's acts on this case that bar the wanted one by the site's profile."""
    return clashes(profile(), wanted, audit.acts_of(case, person))


@dataclass(frozen=True)
class Standing:
    """How one person stands to many cases that are theirs to see, asked once."""

    verbs: frozenset[Perm]
    acts: Mapping[int, frozenset[Act]]
    profile: Profile

    def may(self, case: Case, perm: Perm, act: Act | None) -> bool:
        """Whether a role gives the verb, and no earlier act on the case bars it."""
        if perm not in self.verbs:
            return False
        did = self.acts.get(case.pk, frozenset())
        return act is None or not clashes(self.profile, act, did)


def standing(person: User, cases: QuerySet[Case]) -> Standing:
    """How this person stands to each of these cases, all of them visible to them."""
    # The stricter profile where the site has none yet.
    kept = Organisation.objects.values_list("profile", flat=True).first()
    return Standing(
        permissions.verbs_of(person),
        audit.acts_by_case(cases, person),
        Profile(kept or Profile.STANDARD),
    )


def profile() -> Profile:
    """The site's rules about persons."""
    return Profile(Organisation.objects.values_list("profile", flat=True).get())
