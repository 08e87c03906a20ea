"""The few CSS rules that depend on the packet: paper, first number, running text."""

from collections.abc import Callable
from dataclasses import dataclass

from disclosures.packet.contents import PacketFacts

_SIZES = {
    "letter": ("8.5in 11in", "11in 8.5in"),
    "a4": ("210mm 297mm", "297mm 210mm"),
}
_PORTRAIT_MARGIN = "20mm 20mm 24mm 20mm"
# Above, beside and below the schedules.
_LANDSCAPE_MARGIN = ("22mm", "13mm", "20mm")


@dataclass(frozen=True)
class Sheet:
    """A page's size and the edges of what is printed on it, in points from below."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float


def page_rules(facts: PacketFacts, pages: int, quote: Callable[[str], str]) -> str:
    """The running pages of the front document; ``quote`` makes a CSS string.

    ``pages`` counts those of the whole packet.

    Raises:
        ValueError: a paper that we don't print on.
    """
    mark = quote(f"{facts.bates_prefix}-")
    page = f'{quote(footer(facts))} counter(page) " of {pages}"'
    return (
        f"{part_rules(facts)}"
        f"@page {{ @bottom-left {{ content: {page} }} "
        f"@bottom-right {{ content: {mark} counter(bates, bates) }} }}"
        f"@page :first {{ counter-reset: bates {facts.bates_start - 1} }}"
    )


def part_rules(facts: PacketFacts) -> str:
    """The paper of an upright part."""
    return f"@page {{ size: {_paper(facts)[0]}; margin: {_PORTRAIT_MARGIN} }}"


def landscape(facts: PacketFacts) -> Sheet:
    """The paper of the schedules.

    Raises:
        ValueError: a paper that we don't print on.
    """
    width, height = (_points(side) for side in _paper(facts)[1].split())
    top, side, bottom = (_points(one) for one in _LANDSCAPE_MARGIN)
    return Sheet(width, height, side, width - side, height - top, bottom)


def footer(facts: PacketFacts) -> str:
    """What stands at the foot of every page, before its number."""
    return (
        f"{facts.organisation.name} · Case {facts.case_number} · "
        f"Ref. {facts.agency_reference} · Page "
    )


def _points(length: str) -> float:
    number, unit = float(length[:-2]), length[-2:]
    return round(number * {"in": 72, "mm": 72 / 25.4}[unit], 3)


def _paper(facts: PacketFacts) -> tuple[str, str]:
    if facts.paper not in _SIZES:
        raise ValueError(f"No such paper: {facts.paper!r}.")
    return _SIZES[facts.paper]
