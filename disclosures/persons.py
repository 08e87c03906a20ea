"""Whether what a person did on a case bars the next act on its packets.

What somebody did is read off the trail (``audit.acts_of``): who decided an item
prepared, and who resumed a run collected, whoever submitted or ordered it.
"""

from django.contrib.auth.models import User

from cases import audit
from cases.duties import clashes
from cases.enums import Act, Profile
from cases.exceptions import FourEyesViolation
from cases.models import Case, Organisation

_DONE = {
    Act.PREPARE: "prepared the scope",
    Act.APPROVE: "approved the scope",
    Act.COLLECT: "ordered the collection",
    Act.CERTIFY: "signed the declaration",
    Act.RELEASE: "released the packet",
}


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
    return clashes(Profile(profile), wanted, audit.acts_of(case, person))
