"""Which acts on one case want different persons, by the site's profile.

Pure. A permission knows roles; what a person *did* on this case is a rule of its own
and binds superusers (law-and-practice 2.4). The floor of both profiles: whoever
prepares or collects neither approves nor releases.
"""

from collections.abc import Collection

from cases.enums import Act, Profile

_FLOOR = frozenset(
    {
        frozenset({Act.PREPARE, Act.APPROVE}),
        frozenset({Act.COLLECT, Act.APPROVE}),
        frozenset({Act.PREPARE, Act.RELEASE}),
        frozenset({Act.COLLECT, Act.RELEASE}),
    }
)

APART: dict[Profile, frozenset[frozenset[Act]]] = {
    Profile.TWO_PEOPLE: _FLOOR,
    Profile.STANDARD: _FLOOR
    | {
        frozenset({Act.APPROVE, Act.CERTIFY}),
        frozenset({Act.APPROVE, Act.RELEASE}),
    },
}


def clashes(profile: Profile, wanted: Act, done: Collection[Act]) -> frozenset[Act]:
    """The acts this person did on the case that bar the wanted one; empty: none."""
    pairs = APART[Profile(profile)]
    return frozenset(act for act in done if frozenset({wanted, act}) in pairs)
