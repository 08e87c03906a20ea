"""Where everything in the packet stands, before its last layout is made.

The front's own pages (letter, response table, index) print the numbers of pages that
come after them. They are laid out once to be counted, while the schedules are drawn;
every number has the same width, so that the true ones take no other room.
"""

from collections.abc import Mapping
from typing import Any

from disclosures.packet.contents import PacketFacts, bates

# The parts that print page numbers, and the places in them that others point to.
OWN = ("letter", "response", "legend", "index")
# The parts without: drawn apart, like the schedules.
APART = ("declaration", "dictionary", "provenance", "redactions")
# The name under which the pages of the front's own parts are counted.
FRONT = "front"

Places = Mapping[str, int]


def unknown(facts: PacketFacts) -> dict[str, int]:
    """A page for each anchor, to count the front's own pages with."""
    names = [*OWN, *APART, "schedules"]
    for exhibit in facts.exhibits:
        names += [exhibit.number, _last(exhibit.number)]
    # The last page of an exhibit differs from its first: the longer form is printed.
    return {name: int(name.endswith("-last")) for name in names}


def places(facts: PacketFacts, own: Places, pages: Mapping[Any, int]) -> dict[str, int]:
    """The page, from 0, of each anchor.

    ``own`` says where the front's own parts stood when they were counted, ``pages`` how
    many pages each exhibit (by its place) and each part apart (by its name) has.
    """
    found = {name: own[name] for name in ("letter", "response", "legend")}
    found["declaration"] = own["index"]
    found["index"] = found["declaration"] + pages["declaration"]
    found["dictionary"] = own[FRONT] + pages["declaration"]
    found["provenance"] = found["dictionary"] + pages["dictionary"]
    found["redactions"] = found["provenance"] + pages["provenance"]
    found["schedules"] = following = found["redactions"] + pages["redactions"]
    for place, exhibit in enumerate(facts.exhibits):
        found[exhibit.number] = following
        following += pages[place]
        found[_last(exhibit.number)] = following - 1
    return found


def total(where: Places) -> int:
    """How many pages the packet has: the schedules come last."""
    return max(where.values()) + 1


def label(facts: PacketFacts, page: int) -> str:
    """A page's number as printed."""
    return bates(facts, facts.bates_start + page)


def first_and_last(facts: PacketFacts, where: Places, exhibit: str) -> tuple[str, str]:
    """The numbers of an exhibit's first and last page."""
    return label(facts, where[exhibit]), label(facts, where[_last(exhibit)])


def span(facts: PacketFacts, where: Places, exhibit: str) -> str:
    """An exhibit's pages on one line."""
    first, last = first_and_last(facts, where, exhibit)
    if first == last:
        return first
    return f"{first}\N{EN DASH}{last.removeprefix(facts.bates_prefix).strip('-')}"


def _last(exhibit: str) -> str:
    return f"{exhibit}-last"
