"""The over-production guard: no row is kept that lies outside the signed scope.

A source is asked for one account and one window, and what it gives is checked all the
same: by the columns that the map marks as saying whose a row is, and by the column of
the part's window, half-open. That the part answers an item of the scope is checked
before anything is asked (``planning.Signed``). What doesn't belong is counted
by reason. A part without such a column can't be checked for it, and its page says so.

Rows are judged by the batch, column by column: one pass over the marked columns alone,
and cell by cell only where something is amiss.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from operator import eq
from zoneinfo import ZoneInfo

from disclosures.datamap.terms import AccountForm, Column, Part, Whose, Window
from disclosures.enums import LeftOut
from disclosures.sources.base import Account, bound_form

Row = Sequence[str | None]
Cells = Sequence[str | None]
Ends = tuple[datetime | None, datetime | None]
_BEGINNING = datetime.min.replace(tzinfo=UTC)
_END = datetime.max.replace(tzinfo=UTC)


class Guard:
    """What belongs to one part of one account and window; ``left_out`` grows."""

    def __init__(
        self, part: Part, account: Account, window: Window, form: AccountForm
    ) -> None:
        self.columns = part.columns
        self._left_out: Counter[LeftOut] = Counter()
        marked = [
            (position, column)
            for position, column in enumerate(part.columns)
            if column.whose
        ]
        self._whose = [
            (position, _is_theirs(column, account, form)) for position, column in marked
        ]
        key = bound_form(account.key, form)
        self._expected = {
            position: (None if key is None else str(key))
            if column.whose is Whose.ACCOUNT
            else account.name
            for position, column in marked
        }
        self._times: list[_Times] = []
        if part.window and (window.since or window.until):
            column = part.column(part.window)
            self._times = [_Times(part.columns.index(column), window, column.zone)]

    @property
    def certain(self) -> tuple[dict[int, str], dict[int, Ends]] | None:
        """What a row has that belongs beyond doubt; others may belong all the same.

        By the column's place the text of its cell, and the ends of its time: from the
        one on, before the other. None where no row can be beyond doubt.
        """
        texts = {}
        for position, is_theirs in self._whose:
            expected = self._expected[position]
            if expected is None or not is_theirs(expected):
                return None
            texts[position] = expected
        return texts, {one.position: one.ends for one in self._times}

    def begin(self) -> None:
        """Count anew: a file is begun."""
        self._left_out.clear()

    @property
    def left_out(self) -> dict[str, int]:
        """How many rows weren't kept so far, by reason."""
        return {reason.value: n for reason, n in sorted(self._left_out.items())}

    @property
    def positions(self) -> tuple[int, ...]:
        """The places of the columns that it looks at; often there is none."""
        times = [one.position for one in self._times]
        return tuple({*times, *(position for position, _ in self._whose)})

    def belonging(self, rows: Sequence[Row]) -> list[bool]:
        """For each row, as text in its canonical form, whether it may be kept."""
        columns = {place: [row[place] for row in rows] for place in self.positions}
        return self.judged(columns, len(rows))

    def judged(self, columns: Mapping[int, Cells], count: int) -> list[bool]:
        """The same of so many rows, of which the cells in ``positions`` are given."""
        reasons: list[LeftOut | None] = [None] * count
        for times in self._times:
            times.judge(columns[times.position], reasons)
        for position, is_theirs in self._whose:
            cells = columns[position]
            strange = {cell for cell in set(cells) if not is_theirs(cell)}
            if strange:
                _mark(reasons, LeftOut.ACCOUNT, (cell in strange for cell in cells))
        found = Counter(filter(None, reasons))
        if not found:
            return [True] * count
        self._left_out += found
        return [reason is None for reason in reasons]


class _Times:
    """The column of a part's window, and the instants that lie in it."""

    def __init__(self, position: int, window: Window, zone: str) -> None:
        self.position = position
        self.ends = window.since, window.until
        self._since = window.since or _BEGINNING
        self._until = window.until or _END
        self._is_open = window.until is None
        self._zone = ZoneInfo(zone or "UTC")

    def judge(self, cells: Cells, reasons: list[LeftOut | None]) -> None:
        try:
            moments = [datetime.fromisoformat(cell or "") for cell in cells]
            if not moments or (
                self._since <= min(moments) and self._is_before(max(moments))
            ):
                return
        except (TypeError, ValueError):
            pass  # NULL, no instant, or one without its zone: looked at one by one
        for place, cell in enumerate(cells):
            reasons[place] = self._reason(cell)

    def _reason(self, cell: str | None) -> LeftOut | None:
        try:
            moment = datetime.fromisoformat(cell or "")
            if moment.tzinfo is None:
                moment = moment.replace(tzinfo=self._zone)
            is_inside = self._since <= moment and self._is_before(moment)
        except (ValueError, OverflowError):
            return LeftOut.NO_TIME
        return None if is_inside else LeftOut.WINDOW

    def _is_before(self, moment: datetime) -> bool:
        return self._is_open or moment < self._until


def _is_theirs(
    column: Column, account: Account, form: AccountForm
) -> Callable[[str | None], bool]:
    """Whether a cell names the account, compared as the service compares."""
    match column.whose:
        case Whose.ACCOUNT:
            return partial(_is_key, bound_form(account.key, form), form)
        case Whose.NAME:
            return partial(eq, account.name)
        case _:
            return partial(_is_name, account.name.lower())


# Named functions, since a child of the worker is handed the guard.
def _is_key(key: str | int | None, form: AccountForm, cell: str | None) -> bool:
    return bool(cell and key is not None and bound_form(cell, form) == key)


def _is_name(name: str, cell: str | None) -> bool:
    return cell is not None and cell.lower() == name


def _mark(
    reasons: list[LeftOut | None], reason: LeftOut, wrong: Iterable[bool]
) -> None:
    for place, is_wrong in enumerate(wrong):
        if is_wrong:
            reasons[place] = reason
