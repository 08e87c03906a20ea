"""The few CSS rules that depend on the packet: paper, first number, running text."""

from collections.abc import Callable

from disclosures.packet.contents import PacketFacts

_SIZES = {
    "letter": ("8.5in 11in", "11in 8.5in"),
    "a4": ("210mm 297mm", "297mm 210mm"),
}
_PORTRAIT_MARGIN = "20mm 20mm 24mm 20mm"
_LANDSCAPE_MARGIN = "22mm 13mm 20mm 13mm"


def page_rules(facts: PacketFacts, quote: Callable[[str], str]) -> str:
    """The running pages of the front document; ``quote`` makes a CSS string.

    Raises:
        ValueError: a paper that we don't print on.
    """
    mark = quote(f"{facts.bates_prefix}-")
    case = quote(
        f"{facts.organisation.name}  ·  Case {facts.case_number}  ·  "
        f"Ref. {facts.agency_reference}  ·  Page "
    )
    of = 'counter(page) " of " counter(pages)'
    return (
        f"{part_rules(facts)}"
        f"@page {{ @bottom-left {{ content: {case} {of} }} "
        f"@bottom-right {{ content: {mark} counter(bates, bates) }} }}"
        f"@page sheet {{ size: {_paper(facts)[1]}; margin: {_LANDSCAPE_MARGIN} }}"
        f"@page :first {{ counter-reset: bates {facts.bates_start - 1} }}"
    )


def part_rules(facts: PacketFacts) -> str:
    """The paper of an upright part."""
    return f"@page {{ size: {_paper(facts)[0]}; margin: {_PORTRAIT_MARGIN} }}"


def schedule_rules(facts: PacketFacts) -> str:
    """The paper of the schedules."""
    return f"@page {{ size: {_paper(facts)[1]}; margin: {_LANDSCAPE_MARGIN} }}"


def _paper(facts: PacketFacts) -> tuple[str, str]:
    if facts.paper not in _SIZES:
        raise ValueError(f"No such paper: {facts.paper!r}.")
    return _SIZES[facts.paper]
