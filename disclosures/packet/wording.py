"""The packet's sentences: the legend of answers, the letter, the declaration.

Recipient-facing text is English and stands here in one piece, so that counsel can read
it; a further language is a further module. What is a statutory form is exact and stays
English in every language.

* 28 U.S.C. 1746 has two forms: (1) for a declaration executed outside the United
  States, (2) for one executed within them.
* Fed. R. Evid. 902(11), with 803(6)(A) to (C), speaks of our own records of a regularly
  conducted activity; 902(13) of what an electronic process generated; 902(14) of copies
  identified by hash. Each paragraph names the exhibits it is about: a derived synopsis
  or an extract of a public data set isn't certified as a business record.
* A statement about records that don't exist says how it is known.
"""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from disclosures.packet import withheld
from disclosures.packet.contents import ExhibitFacts, PacketFacts, codes, with_file
from disclosures.packet.phrases import (
    be,
    cited,
    count,
    listed,
    lower_first,
    sources,
    span,
)

# 28 U.S.C. 1746, word for word; "(date)" is filled when it is signed.
STATUTORY_WORDS = {
    "inside_us": (
        "I declare under penalty of perjury that the foregoing is true and correct. "
        "Executed on {date}."
    ),
    "outside_us": (
        "I declare under penalty of perjury under the laws of the United States of "
        "America that the foregoing is true and correct. Executed on {date}."
    ),
}

_LEGEND = {
    "PRODUCED": "Records of the service answer this item. They are enclosed, complete "
    "within the dates stated.",
    "PRODUCED_PARTIAL": "Some of the records that answer this item are enclosed. The "
    "answer says which are not, and why.",
    "DERIVED": "No record of the service answers this item as such. The exhibit was "
    "computed from other exhibits of this production and adds no record to them.",
    "PRODUCED_PUBLIC": "The exhibit comes from a public source that is not a record of "
    "the service's own. The source is named.",
    "NO_RESPONSIVE_RECORDS": "The service does keep records of this kind. They were "
    "searched for this account and these dates, and there are none.",
    "ACCOUNT_NOT_FOUND": "The identifier as served leads to no account, or to none "
    "that the request means, so there was nothing to search.",
    "NOT_COLLECTED": "The service never records this kind of information, for any "
    "account. Nothing was searched because nothing of the kind exists.",
    "NOT_RETAINED": "The service records this kind of information or did so in the "
    "past, but no longer has it: it was deleted, or not stored, in the ordinary "
    "course of business before the request was served.",
    "HELD_BY_THIRD_PARTY": "Such information may exist, but another company holds it. "
    "The service can't produce it.",
    "NOT_NAMED": "The order doesn't name this identifier, so nothing was searched for "
    "it. This says nothing of whether the service has such an account.",
    "OBJECTED": "Not produced: an objection is made. The answer states its ground.",
    "WITHHELD_INSUFFICIENT_PROCESS": "Records may exist, but the legal process served "
    "doesn't compel their disclosure.",
    "OUT_OF_SCOPE_AFTER_NARROWING": "Not searched: the scope approved for this "
    "production leaves out the records that would answer this, or from which the "
    "answer would be computed. The answer names them.",
    "PENDING_SUPPLEMENT": "Not in this production; it will follow in a supplement.",
    "NARRATIVE_ANSWER": "The item is answered in words, from the service's knowledge "
    "of its own system.",
}
# How a code is called that the packet explains but doesn't use.
LABELS = {
    "NO_RESPONSIVE_RECORDS": "Searched, no responsive records",
    "NOT_COLLECTED": "Not collected by the service",
    "NOT_RETAINED": "Not retained",
}
# Never merged, and told apart in every packet (law-and-practice 6.1).
_OWN_RECORDS = frozenset(["PRODUCED", "PRODUCED_PARTIAL"])
_NOT_ENCLOSED = frozenset(_LEGEND) - {
    "PRODUCED",
    "DERIVED",
    "PRODUCED_PUBLIC",
    "NARRATIVE_ANSWER",
}


# How each outcome of a pair is counted in the letter, of one and of several.
_OUTCOMES = (
    ("full", "is given in full", "are given in full"),
    ("partial", "is given in part", "are given in part"),
    ("no_records", "states that there is no record", "state that there are no records"),
    ("objected", "is objected to", "are objected to"),
    ("withdrawn", "was withdrawn", "were withdrawn"),
)


@dataclass(frozen=True)
class Paragraph:
    """One numbered paragraph of the declaration, under its side heading."""

    number: int
    heading: str
    text: str
    points: tuple[str, ...] = ()
    closing: str = ""


@dataclass(frozen=True)
class Declaration:
    """The declaration as it is shown for signing and printed after it."""

    title: str
    subtitle: str
    opening: str
    paragraphs: tuple[Paragraph, ...]
    statutory: str
    place: str


def day(value: date) -> str:
    """A date as the packet prints it, the same in every reader's habit."""
    return f"{value.day} {value:%B %Y}"


def legend(facts: PacketFacts) -> tuple[tuple[str, str], ...]:
    """Code and plain meaning, for the codes used and for those never to be confused."""
    wanted = {*codes(facts), *LABELS}
    return tuple((code, words) for code, words in _LEGEND.items() if code in wanted)


def not_enclosed(facts: PacketFacts) -> tuple[tuple[str, str], ...]:
    """What isn't enclosed: each answer's label and the items it was given to."""
    found: dict[str, list[str]] = {}
    for item in facts.items:
        for answer in item.answers:
            if answer.code in _NOT_ENCLOSED:
                where = f"{item.number} ({answer.part_title})"
                named = found.setdefault(answer.code_label, [])
                if where not in named:
                    named.append(where)
    return tuple((label, "; ".join(where)) for label, where in found.items())


def enclosed(facts: PacketFacts) -> str:
    """What is enclosed, in one sentence."""
    files = with_file(facts)
    rows = sum(exhibit.rows for exhibit in files)
    people = len(facts.targets)
    return (
        f"This production answers {count(len(facts.items), 'requested item')} for "
        f"{count(people, 'identifier')} named in the request. It holds "
        f"{count(len(facts.exhibits), 'exhibit')}, of which {len(files)} "
        f"{'is a record file' if len(files) == 1 else 'are record files'} with "
        f"{count(rows, 'row')} in all; the others are statements."
    )


def tally(facts: PacketFacts) -> str:
    """How many of the answers asked for were given, by the set of what was produced."""
    counts = Counter(one.outcome for one in facts.produced)
    said = [
        f"{counts[outcome]:,} {words if counts[outcome] != 1 else one}"
        for outcome, one, words in _OUTCOMES
        if counts[outcome]
    ]
    if not said:
        return ""
    asked = count(len(facts.asked), "answer")
    return f"Of {asked} asked for, one for each item and identifier, {listed(said)}."


def declaration(facts: PacketFacts) -> Declaration:
    """The custodian's declaration over these exhibits, before or after it is signed.

    Raises:
        ValueError: the place is neither inside nor outside the United States.
    """
    signed = facts.declaration
    if signed.signing_place not in STATUTORY_WORDS:
        raise ValueError(f"No statutory form for the place {signed.signing_place!r}.")
    parts = (
        _role,
        _request,
        _own_records,
        _process,
        _by_hand,
        _copies,
        _derived,
        _public,
        _words,
    )
    written = [paragraph for part in parts if (paragraph := part(facts))]
    return Declaration(
        title="Declaration of the Custodian of Records",
        subtitle="28 U.S.C. § 1746; Fed. R. Evid. 902(11), 902(13) and 902(14)",
        opening=f"I, {signed.custodian_name}, declare as follows:",
        paragraphs=tuple(
            dataclasses.replace(paragraph, number=number)
            for number, paragraph in enumerate(written, start=1)
        ),
        statutory=STATUTORY_WORDS[signed.signing_place].format(
            date=day(signed.signed_on)
        ),
        place=signed.place,
    )


def _paragraph(
    heading: str, text: str, points: tuple[str, ...] = (), closing: str = ""
) -> Paragraph:
    return Paragraph(0, heading, text, points, closing)


def _role(facts: PacketFacts) -> Paragraph:
    return _paragraph(
        "Role and knowledge",
        f"I am {facts.declaration.role} of {facts.organisation.name} and a custodian "
        "of its records. I am qualified to make this declaration by my knowledge of "
        "how these records are made, kept and retrieved. The facts stated here are "
        "known to me from that work and from the records themselves.",
    )


def _request(facts: PacketFacts) -> Paragraph:
    return _paragraph(
        "The request",
        f"On {day(facts.served_on)} {facts.organisation.name} was served with a "
        f"{lower_first(facts.instrument)} of {facts.agency}, reference "
        f"{facts.agency_reference}, issued on {day(facts.issued_on)}. This declaration "
        f"concerns production {facts.packet_number} in answer to it, pages numbered "
        f"from {facts.bates_prefix}. The exhibits are listed at the end of this "
        "declaration.",
    )


def _own_records(facts: PacketFacts) -> Paragraph | None:
    ours = [e for e in with_file(facts) if e.code in _OWN_RECORDS]
    if not ours:
        return None
    return _paragraph(
        "Records of a regularly conducted activity (902(11), 803(6))",
        f"{cited(ours)} {be(ours)} copied from records of "
        f"{facts.organisation.name} which",
        (
            "were made at or near the time of the matters they record by, or from "
            "information transmitted by, a person with knowledge of those matters, or "
            "by the service's systems as the matters happened;",
            "were kept in the course of a regularly conducted activity of "
            f"{facts.organisation.name}; and",
            "were made as a regular practice of that activity.",
        ),
        closing=facts.declaration.practice,
    )


def _process(facts: PacketFacts) -> Paragraph | None:
    files = [one for one in with_file(facts) if not one.order]
    if not files:
        return None
    return _paragraph(
        "How the exhibits were generated (902(13))",
        f"{cited(files)} {be(files)} the output of an electronic process that "
        "produces an accurate result:",
        (
            f"The stored queries of the data map “{facts.map_title}”, version "
            f"{facts.map_version} (SHA-256 {facts.map_digest}), were run against "
            f"{sources(files)}, over a connection that can read and can't write.",
            "The account and the dates were passed to each query as bound parameters. "
            "The queries, their parameters and the time of each reading stand under "
            f"“Provenance”; the readings were made {span(files)}.",
            f"Every row that a query returned was written{_but_for(files)}, in the "
            "stated order, to a CSV file (RFC 4180, UTF-8). Times are in UTC, ISO "
            "8601, with their offset. The rows were counted as they were written.",
            "The printed schedules were made from these files by program. Characters "
            "that have no visible form are printed as their code, such as <U+202E>; "
            "the files hold them unchanged.",
        ),
    )


def _but_for(files: Sequence[ExhibitFacts]) -> str:
    """Which files hold less than was returned; a declaration never claims it all."""
    found = []
    if capped := [one for one in files if one.is_capped]:
        found.append(
            f"for {cited(capped)}, where the first rows were, as many as are "
            "stated with the number of rows there were"
        )
    if trimmed := [one for one in files if one.left_out]:
        found.append(
            f"for {cited(trimmed)}, where rows outside the approved scope, counted "
            "under “Provenance”, were not"
        )
    if marked := [one for one in files if one.not_produced]:
        found.append(
            f"for {cited(marked)}, from which, after the collection, "
            f"{withheld.of_exhibits(marked)}, as the log of redactions states"
        )
    return f", but {', and '.join(found)}" if found else ""


def _by_hand(facts: PacketFacts) -> Paragraph | None:
    files = [one for one in with_file(facts) if one.order]
    if not files:
        return None
    return _paragraph(
        "Exhibits fetched by hand",
        f"{cited(files)} {be(files)} no output of a stored query: a data owner of "
        f"{facts.organisation.name} searched under the pull order named under "
        "“Provenance”, uploaded what was found, and stated how, as printed there. By "
        "program the values were held to the data map, the rows to the approved scope, "
        f"and every row that was uploaded was written to a CSV file{_but_for(files)}.",
    )


def _copies(facts: PacketFacts) -> Paragraph | None:
    files = with_file(facts)
    if not files:
        return None
    return _paragraph(
        "Identification by hash (902(14))",
        "The SHA-256 value (FIPS 180-4) of each exhibit file was computed over the "
        "whole file when it was written, and checked again when this production was "
        "sealed. The values stand in the list below. A file with the listed value is "
        "a true copy of the exhibit: changing any byte of it changes the value.",
        closing=f"Of {cited(marked)} the list has the file as redacted; the value "
        "of the file as collected stands in the log of redactions."
        if (marked := [one for one in files if one.not_produced])
        else "",
    )


def _derived(facts: PacketFacts) -> Paragraph | None:
    derived = [e for e in with_file(facts) if e.code == "DERIVED"]
    if not derived:
        return None
    return _paragraph(
        "Derived exhibits",
        f"{cited(derived)} {be(derived)} no record of {facts.organisation.name} "
        "kept as such: each was computed, by the query shown under “Provenance”, "
        "from the files of other exhibits of this production.",
    )


def _public(facts: PacketFacts) -> Paragraph | None:
    public = [e for e in with_file(facts) if e.code == "PRODUCED_PUBLIC"]
    if not public:
        return None
    return _paragraph(
        "Exhibits from a public source",
        f"{cited(public)} {be(public)} taken from {sources(public)}. I certify "
        "the copying, as stated above, and not the making or keeping of that source.",
    )


def _words(facts: PacketFacts) -> Paragraph:
    return _paragraph(
        "Answers without records",
        "The response table of this production states the answer to each requested "
        "item. Where it says that records were searched and none found, the search "
        "was made as stated and returned no record. Where it says that information "
        "isn't collected, isn't retained or is held by others, or answers in words, "
        "it states what I know from my role after reasonable inquiry.",
    )
