"""What a packet says, as facts: pure, picklable, without Django and without a page.

Everything printed comes from here; the templates only place it. ``disclosures.facts``
fills the dataclasses from the rows, ``wording`` turns them into sentences.

* An answer is never merged with another: one requested item and target may have
  several, each with its own response code.
* A file name never holds an identifier.
* Numbers are printed as the recipient cites them: exhibits as ``E001``, pages as
  ``PREFIX-000001``.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from cases.extent import Extent

BATES_DIGITS = 6
# What a query's parameters are, as the packet says it.
_BOUND = {
    "account": "key of the account",
    "name": "name of the account",
    "since": "first instant included",
    "until": "first instant no longer included",
}
# What is known of a data owner's answer, as packet and pages say it.
OF_AN_ANSWER = {
    "order": "pull order",
    "answered_by": "answered by",
    "answered_at": "answered at",
    "upload_sha256": "SHA-256 of the file as uploaded",
    "statement": "statement of the data owner",
}


@dataclass(frozen=True)
class OrganisationFacts:
    """Who answers, as the letterhead prints it."""

    name: str
    address_lines: tuple[str, ...]
    time_zone: str
    custodian_title: str
    contact: str = ""
    letterhead: tuple[str, ...] = ()


@dataclass(frozen=True)
class DeclarationFacts:
    """What the custodian signed; ``signing_place`` is a value of ``SigningPlace``."""

    custodian_name: str
    role: str
    practice: str
    place: str
    signing_place: str
    signed_on: date


# Of a letter of objection: it holds no record, so nobody certifies one.
UNSIGNED = DeclarationFacts("", "", "", "", "", date.min)


@dataclass(frozen=True)
class TargetFacts:
    """Whom the request names, as served, and the account it leads to."""

    number: int
    kind_label: str
    identifier: str
    account_key: str
    resolution_label: str
    window_label: str
    choice: str = ""  # where several accounts match: which one was taken, and why


@dataclass(frozen=True)
class AnswerFacts:
    """One answer to one item for one target; ``code`` is a ``ResponseCode`` value.

    ``total`` is how many records there were; ``rows`` of them are enclosed.
    """

    target_number: int
    exhibit_number: str
    part_code: str
    part_title: str
    code: str
    code_label: str
    statement: str
    rows: int
    total: int
    window_label: str


@dataclass(frozen=True)
class ItemFacts:
    """One requested item in the words of the request, with its answers."""

    number: int
    wording: str
    category_title: str
    answers: tuple[AnswerFacts, ...]


@dataclass(frozen=True)
class ColumnFacts:
    """One column of an exhibit; ``type`` is a ``ColumnType`` value."""

    name: str
    title: str
    description: str
    type: str
    zone: str = ""
    third_party: bool = False


@dataclass(frozen=True)
class NotProduced:
    """One line of the log of what was withheld and redacted.

    ``count`` rows were withheld, or so many cells of ``column`` have a mark in the
    place of their value; ``reason`` is a value of ``Redaction``, ``by`` who decided.
    """

    column: str
    reason: str
    count: int
    by: str


@dataclass(frozen=True)
class ExhibitFacts:
    """One exhibit with its provenance; without a file it is a statement.

    ``total`` is how many records there were; the file holds ``rows`` of them.
    ``snapshot_at`` is ISO 8601 with its offset, or empty. ``read_as`` says as whom the
    source was read. ``odd_cells`` counts the values that don't fit their column's type
    and stand as the source has them; ``left_out`` the rows outside the scope that the
    source gave and that weren't kept, each with its reason. ``order`` is the pull order
    under which a data owner answered; then no query was run. ``path`` is where the CSV
    lies while the packet is made; it is never printed. Rows, bytes and hash are those
    of the file that is enclosed; what was collected has ``collected_rows``, and a hash
    of its own where something of it isn't produced.
    """

    number: str
    target_number: int
    item_number: int
    part_code: str
    title: str
    code: str
    code_label: str
    statement: str
    limits: tuple[str, ...]
    columns: tuple[ColumnFacts, ...]
    rows: int
    total: int
    file_name: str
    sha256: str
    bytes: int
    path: Path | None
    source_title: str
    snapshot_at: str
    sql: str
    parameters_note: str
    read_as: str
    odd_cells: int
    left_out: tuple[tuple[str, int], ...] = ()
    order: str = ""
    collected_rows: int = 0
    collected_sha256: str = ""
    not_produced: tuple["NotProduced", ...] = ()

    @property
    def is_capped(self) -> bool:
        """Whether more records were there than were collected."""
        return (self.collected_rows or self.rows) < self.total


@dataclass(frozen=True)
class PacketFacts:
    """Everything the production says, frozen when it is sealed.

    ``paper`` is ``letter`` or ``a4``. The exhibits' files are inside the PDF too while
    they are at most ``attach_up_to`` bytes together. After ``volume_pages`` pages the
    PDF goes on in a further volume.
    """

    organisation: OrganisationFacts
    case_number: str
    agency: str
    officer: str
    agency_reference: str
    instrument: str
    issued_on: date
    served_on: date
    packet_number: int
    bates_prefix: str
    bates_start: int
    legal_basis: str
    counsel_name: str
    signed_off_on: date
    scope_digest: str
    scope_revision: int
    map_title: str
    map_version: str
    map_digest: str
    declaration: DeclarationFacts
    prepared_on: date
    targets: tuple[TargetFacts, ...]
    items: tuple[ItemFacts, ...]
    exhibits: tuple[ExhibitFacts, ...]
    paper: str = "letter"
    # The sets of the scope: the letter speaks of nothing else.
    asked: Extent = ()
    narrowing: tuple[str, ...] = ()  # what was taken away from it, in sentences
    produced: Extent = ()
    attach_up_to: int = 25_000_000
    volume_pages: int = 5_000

    @property
    def attached(self) -> tuple[ExhibitFacts, ...]:
        """The exhibits whose files are inside the PDF too: all of them or none."""
        files = with_file(self)
        return files if sum(one.bytes for one in files) <= self.attach_up_to else ()

    @property
    def choices(self) -> tuple[tuple[int, str], ...]:
        """By number of the target, what was chosen where several accounts match."""
        return tuple((one.number, one.choice) for one in self.targets if one.choice)

    @property
    def readings(self) -> tuple[tuple[str, str], ...]:
        """Each source that was read, and as whom, in order of first appearance."""
        files = [one for one in with_file(self) if not one.order]
        return tuple(dict.fromkeys((one.source_title, one.read_as) for one in files))

    @property
    def odd(self) -> tuple[ExhibitFacts, ...]:
        """The exhibits that hold values which don't fit their column's type."""
        return tuple(one for one in self.exhibits if one.odd_cells)

    @property
    def redacted(self) -> tuple[ExhibitFacts, ...]:
        """The exhibits of which something that was collected isn't produced."""
        return tuple(one for one in self.exhibits if one.not_produced)

    @property
    def trimmed(self) -> tuple[ExhibitFacts, ...]:
        """The exhibits whose source gave rows that lie outside the scope."""
        return tuple(one for one in self.exhibits if one.left_out)


@dataclass(frozen=True)
class Volume:
    """One PDF of the packet: its file's name, and its pages, counted in all from 0."""

    name: str
    first: int
    stop: int


@dataclass(frozen=True)
class Rendered:
    """What the finished PDF turned out to be.

    ``volumes`` are its files beside each other; the first bears all that isn't records.

    ``ranges`` gives for each exhibit number its first and last Bates number (whole,
    as printed) and its count of pages.
    """

    pages: int
    bates_last: int
    ranges: dict[str, tuple[str, str, int]]
    tool_versions: dict[str, str]
    volumes: tuple[Volume, ...] = ()


@dataclass(frozen=True)
class MatrixRow:
    """One requested item for one target, with all its answers."""

    item: ItemFacts
    target: TargetFacts
    answers: tuple[AnswerFacts, ...]


def bates(facts: PacketFacts, number: int) -> str:
    """A page's number as printed: ``PSF-0001-000001``."""
    return f"{facts.bates_prefix}-{number:0{BATES_DIGITS}d}"


def production_name(facts: PacketFacts) -> str:
    """The production's name outside: it shows nothing of the inside."""
    return f"production-{facts.packet_number:04d}"


def matrix(facts: PacketFacts) -> tuple[MatrixRow, ...]:
    """The response table: each requested item for each target, in the request's order.

    Raises:
        ValueError: an item has no answer for a target; a packet shows the whole scope.
    """
    rows = []
    for item in facts.items:
        for target in facts.targets:
            answers = tuple(a for a in item.answers if a.target_number == target.number)
            if not answers:
                raise ValueError(
                    f"Item {item.number} has no answer for target {target.number}."
                )
            rows.append(MatrixRow(item, target, answers))
    return tuple(rows)


def with_file(facts: PacketFacts) -> tuple[ExhibitFacts, ...]:
    """The exhibits that are files; the others are statements."""
    return tuple(exhibit for exhibit in facts.exhibits if exhibit.file_name)


def dictionary(facts: PacketFacts) -> tuple[ExhibitFacts, ...]:
    """One exhibit of each part that has columns, in order of first appearance."""
    parts: dict[str, ExhibitFacts] = {}
    for exhibit in facts.exhibits:
        if exhibit.columns:
            parts.setdefault(exhibit.part_code, exhibit)
    return tuple(parts.values())


def codes(facts: PacketFacts) -> tuple[str, ...]:
    """The response codes that the packet uses, in order of first appearance."""
    return tuple(dict.fromkeys(exhibit.code for exhibit in facts.exhibits))


def parameters_note(parameters: dict[str, Any]) -> str:
    """What was bound to a query, a line each: in words, by its name, and its value."""
    if "order" in parameters:  # nothing was bound to anything
        lines = {name: f"{words}: " for name, words in (OF_AN_ANSWER | _BOUND).items()}
    else:
        lines = {name: f"{words} (:{name}): " for name, words in _BOUND.items()}
        lines |= {name: f"table {name}: " for name in parameters if name not in _BOUND}
    return "\n".join(
        f"{words}{parameters[name]}"
        for name, words in lines.items()
        if name in parameters
    )
