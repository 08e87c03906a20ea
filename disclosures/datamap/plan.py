"""In which order the parts of a map are pulled, and what a part answers.

Pure. A derived part reads the exhibits of other parts, so those come first. Its inputs
are never pulled on their own account: what isn't in the signed scope stays in the
database, and the derived part then says that it can't be given (docs/decisions).
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from cases import remains
from disclosures.datamap.terms import DataMap, Part, Window
from disclosures.enums import PartKind, ResponseCode


class PlanError(Exception):
    """The wanted parts can't be put in an order; the message names the part."""


@dataclass(frozen=True)
class Step:
    """One part to be answered for one target, with what stands in its way.

    ``missing`` are the inputs that the signed scope doesn't give; with any of them
    nothing is fetched. ``narrower`` are inputs whose window doesn't cover this one.
    """

    part: Part
    window: Window
    missing: tuple[str, ...] = ()
    narrower: tuple[str, ...] = ()

    @property
    def is_fetched(self) -> bool:
        """Whether a source is asked at all."""
        return self.part.kind is not PartKind.STATEMENT and not self.missing


def order(datamap: DataMap, wanted: Iterable[str]) -> list[str]:
    """The wanted part codes, inputs before what reads them, else as the map has them.

    Raises:
        PlanError: a part or an input isn't in the map, or parts wait for each other.
    """
    known = [part.code for part in datamap.parts]
    asked = set(wanted)
    for code in sorted(asked):
        _require(code, known, "The data map has no part “{0}”.")
    done: list[str] = []
    waiting = [code for code in known if code in asked]
    while waiting:
        ready = next(
            (c for c in waiting if not _needs(datamap, c, known) & set(waiting)), ""
        )
        if not ready:
            names = ", ".join(waiting)
            raise PlanError(f"These parts are derived from each other: {names}.")
        waiting.remove(ready)
        done.append(ready)
    return done


def steps(datamap: DataMap, scope: Mapping[str, Window]) -> list[Step]:
    """The steps for one target whose signed scope gives these categories and windows.

    Raises:
        PlanError: a category, a part or an input isn't in the map, or parts wait for
            each other.
    """
    codes = [category.code for category in datamap.categories]
    for code in sorted(scope):
        _require(code, codes, "The data map has no category “{0}”.")
    window_of = {
        part.code: scope[category.code]
        for category in datamap.categories
        if category.code in scope
        for part in category.parts
    }
    found: dict[str, Step] = {}
    for code in order(datamap, window_of):
        part, window = datamap.part(code), window_of[code]
        usable = {each for each, step in found.items() if step.is_fetched}
        given = [each for each in part.inputs if each in usable]
        found[code] = Step(
            part=part,
            window=window,
            missing=tuple(each for each in part.inputs if each not in usable),
            narrower=tuple(
                each for each in given if not window_of[each].covers(window)
            ),
        )
    return list(found.values())


def missing_statement(datamap: DataMap, part: Part, available: Collection[str]) -> str:
    """What a part says whose inputs the signed scope doesn't give; empty if it does."""
    missing = [code for code in part.inputs if code not in available]
    if not missing:
        return ""
    named = ", ".join(
        f"{code} (item “{datamap.category_of(code).title}”)" for code in missing
    )
    return (
        f"This answer is derived from part {named}, which the scope as approved doesn't"
        " give. It was therefore not searched, and this answer can't be given."
    )


def narrower_statement(part: Part, narrower: Collection[str]) -> str:
    """What a part says whose inputs cover less time than it was asked for."""
    if not narrower:
        return ""
    return (
        f"Part {', '.join(narrower)}, which part {part.code} is derived from, covers a"
        " shorter period: this answer reaches no further."
    )


def keeping(datamap: DataMap, parts: Iterable[Part]) -> tuple[remains.Keeping, ...]:
    """What the retention of these answers is: theirs, and that of what they draw from.

    In the order of the file; parts that state none are left out, and so are inputs that
    the map doesn't have: the order says that they are missing.
    """
    codes: set[str] = set()
    ahead = list(parts)
    while ahead:
        part = ahead.pop()
        if part.code not in codes:
            codes.add(part.code)
            ahead += [each for each in datamap.parts if each.code in part.inputs]
    return tuple(
        remains.Keeping(each.code, each.title, each.kept)
        for each in datamap.parts
        if each.code in codes and each.kept
    )


def limits(
    datamap: DataMap,
    part: Part,
    window: remains.Window,
    read_at: datetime | None,
    _: remains.Words = str,
) -> tuple[str, ...]:
    """What bounds a part's answer: its known limits, and what could still exist.

    The latter as of the reading: how long records are kept, and what was gone by then.
    """
    if read_at is None:
        return part.limits
    kept = keeping(datamap, [part])
    gone = remains.flags(kept, window, read_at, _)
    return (*part.limits, *remains.terms(kept, _), *gone)


def answer(part: Part, rows: int, total: int) -> tuple[ResponseCode, str]:
    """The response code and the words of a part with ``rows`` of ``total`` records.

    Searched and found nothing is its own answer, never that of a statement. Records
    that the part's cap left out make an answer in full one in part.
    """
    if part.kind is PartKind.STATEMENT or rows == total > 0:
        return part.response, part.statement
    if not total:
        return ResponseCode.NO_RESPONSIVE_RECORDS, part.empty_statement
    is_full = part.response is ResponseCode.PRODUCED
    code = ResponseCode.PRODUCED_PARTIAL if is_full else part.response
    capped = (
        f"The first {rows:,} of {total:,} records, in the order of the exhibit: the"
        f" data map holds this part to {rows:,}."
    )
    return code, " ".join(filter(None, [part.statement, capped]))


def capped_statement(part: Part, inputs: Mapping[str, tuple[int, int]]) -> str:
    """What a part says whose inputs, by code, hold only so many records of a total."""
    named = ", ".join(
        f"{code} ({rows:,} of {total:,} records)"
        for code, (rows, total) in inputs.items()
        if rows < total
    )
    if not named:
        return ""
    return (
        f"Part {part.code} is derived from a part that isn't complete, {named}: this"
        " answer covers those records only."
    )


def _needs(datamap: DataMap, code: str, known: list[str]) -> set[str]:
    inputs = datamap.part(code).inputs
    for each in inputs:
        _require(
            each,
            known,
            f"Part {code} is derived from “{{0}}”, which isn't there.",
        )
    return set(inputs)


def _require(code: str, known: Collection[str], sentence: str) -> None:
    if code not in known:
        raise PlanError(sentence.format(code))
