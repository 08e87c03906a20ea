"""Which acts on one case want different persons, by the site's profile.

Pure. A permission knows roles; what a person *did* on this case is a rule of its own
and binds superusers (law-and-practice 2.4). A profile deals the acts out to hands: one
person may do what lies in one hand, and nothing of another's. The floor of both: who
prepares or collects neither approves, nor examines, certifies or releases.
"""

from collections.abc import Collection

from cases.enums import Act, Profile

HANDS: dict[Profile, tuple[frozenset[Act], ...]] = {
    Profile.TWO_PEOPLE: (
        frozenset({Act.PREPARE, Act.COLLECT}),
        frozenset({Act.APPROVE, Act.EXAMINE, Act.CERTIFY, Act.RELEASE}),
    ),
    Profile.STANDARD: (
        frozenset({Act.PREPARE, Act.COLLECT}),
        frozenset({Act.APPROVE}),
        frozenset({Act.EXAMINE, Act.CERTIFY}),
        frozenset({Act.RELEASE}),
    ),
}


def clashes(profile: Profile, wanted: Act, done: Collection[Act]) -> frozenset[Act]:
    """The acts this person did on the case that bar the wanted one; empty: none."""
    own = next(hand for hand in HANDS[Profile(profile)] if wanted in hand)
    return frozenset(done) - own
