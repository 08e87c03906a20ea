"""What the page of an exhibit shows to whoever examines: chart, marks, forms.

The forms stand on the exhibit's page and post to the verbs' own pages, which show them
again where something was refused (``admin.examining``).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import permissions, persons
from cases.admin.base import verb_url
from cases.enums import Act, Perm
from disclosures import marks, reading, redaction
from disclosures.enums import Examined, PacketStatus, Redaction
from disclosures.exceptions import PacketBroken
from disclosures.models import Examination, Exhibit, Mark

COLUMN, CELLS, ROWS = "column", "cells", "rows"
_MOST_BARS = 92
_WIDTH, _HEIGHT, _GAP = 960, 120, 1
_MONDAY, _MONTH = 7, 31


class MarkForm(forms.Form):
    """What must not go out, and why; ``row`` are the rows ticked in the table."""

    exhibit = forms.IntegerField(widget=forms.HiddenInput)
    what = forms.ChoiceField(
        label=gettext_lazy("What must not go out"),
        choices=[
            (CELLS, gettext_lazy("The values of a column, in these rows")),
            (COLUMN, gettext_lazy("The whole column, in every row")),
            (ROWS, gettext_lazy("These rows, as a whole")),
        ],
        initial=CELLS,
        widget=forms.RadioSelect,
    )
    rows = forms.CharField(
        label=gettext_lazy("Rows"),
        required=False,
        help_text=gettext_lazy("Tick them in the table, or write 3-7, 12."),
    )
    column = forms.ChoiceField(
        label=gettext_lazy("Column"), required=False, choices=[("", "")]
    )
    alike = forms.BooleanField(
        label=gettext_lazy(
            "And every other row that has the same value in this column as the first "
            "of these"
        ),
        required=False,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[("", gettext_lazy("Choose…")), *Redaction.choices],
        error_messages={"required": gettext_lazy("Give the reason.")},
        help_text=gettext_lazy("The packet's log counts by it."),
    )

    def __init__(self, exhibit: Exhibit | None, *given: Any, **named: Any) -> None:
        """``exhibit`` is the one that the form is about, where there is one."""
        if "data" in named:
            named["data"] = _with_ticked(named["data"])
        super().__init__(*given, **named)
        if exhibit is not None:
            column: Any = self.fields["column"]
            names = [(name, name) for name in _columns(exhibit)]
            column.choices = [("", _("Choose…")), *names]

    def clean(self) -> dict[str, Any]:
        """What the choice needs is there."""
        data = super().clean() or {}
        what = data.get("what")
        if what == COLUMN:
            data["rows"] = ""
        elif not data.get("rows"):
            self.add_error("rows", _("Say which rows."))
        if not data.get("column") and (what != ROWS or data.get("alike")):
            self.add_error("column", _("Say which column."))
        return data


def _with_ticked(data: QueryDict) -> QueryDict:
    """What was sent, the ticked rows among the written: so they stay where it fails."""
    sent = data.copy()
    numbers = [one for one in sent.pop("row", []) if str(one).isdecimal()]
    sent["rows"] = ", ".join(filter(None, [sent.get("rows", ""), *numbers]))
    return sent


class LiftForm(forms.Form):
    """Which mark is taken back, and why."""

    exhibit = forms.IntegerField(widget=forms.HiddenInput)
    mark = forms.IntegerField(widget=forms.HiddenInput)
    because = forms.CharField(
        label=gettext_lazy("Why it may go out"),
        help_text=gettext_lazy("It stays on record. Name no value of a record."),
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": gettext_lazy("Say why.")},
    )


class VerdictForm(forms.Form):
    """What the examination came to."""

    exhibit = forms.IntegerField(widget=forms.HiddenInput)
    marks_digest = forms.CharField(required=False, widget=forms.HiddenInput)
    decision = forms.ChoiceField(
        label=gettext_lazy("What you found"),
        choices=[
            (
                Examined.PASSED.value,
                gettext_lazy("It may go out, with the marks as they stand"),
            ),
            (Examined.RETURNED.value, gettext_lazy("Something is wrong: collect anew")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Say what you found.")},
    )
    reason = forms.CharField(
        label=gettext_lazy("What is wrong, where it goes back"),
        required=False,
        help_text=gettext_lazy("It stays on record. Name no value of a record."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        """A return says why."""
        data = super().clean() or {}
        if data.get("decision") == Examined.RETURNED and not data.get("reason"):
            self.add_error("reason", _("Say what is wrong."))
        return data


@dataclass(frozen=True)
class Cell:
    """One value as the page shows it; ``reason`` is "" where it goes out."""

    text: str
    reason: str


@dataclass(frozen=True)
class Row:
    """One row as the page shows it; ``reason`` is "" where it goes out."""

    number: int
    reason: str
    cells: list[Cell]


@dataclass(frozen=True)
class Bar:
    """One bar of the chart: its place, and what it stands for in words."""

    x: float
    y: float
    width: float
    height: float
    label: str
    count: int


def shown(
    exhibit: Exhibit, user: User, opened: reading.Reading | None
) -> dict[str, Any]:
    """What the exhibit's page shows of its examination, for this person."""
    case, packet = exhibit.packet.case, exhibit.packet
    waits = packet.status == PacketStatus.COLLECTED and bool(exhibit.path)
    barred = persons.why_not(case, user, Act.EXAMINE)
    may_examine = waits and permissions.allowed(user, Perm.EXAMINE, case)
    is_counsel = waits and permissions.allowed(user, Perm.SIGN_OFF, case)
    found = list(exhibit.marks.all())
    passed = marks.passed(exhibit)
    return {
        "marks": [_mark(one) for one in found if one.lifted_at is None],
        "lifted": [one for one in found if one.lifted_at is not None],
        "passed": passed,
        "returned": _last_return(exhibit),
        "barred": barred if may_examine else "",
        "may_examine": may_examine and not barred,
        "may_release": is_counsel and not persons.why_not(case, user, Act.APPROVE),
        "why_not_passed": redaction.why_not_passed(exhibit, user) if waits else "",
        "mark_form": MarkForm(exhibit, initial={"exhibit": exhibit.number}),
        "verdict_form": VerdictForm(
            initial={"exhibit": exhibit.number, "marks_digest": marks.digest(exhibit)}
        ),
        "mark_url": verb_url(case, "mark_exhibit"),
        "verdict_url": verb_url(case, "examine_exhibits"),
        "lift_url": verb_url(case, "lift_mark"),
        "release_url": verb_url(case, "release_column"),
        "related": _related(exhibit) if waits and _columns(exhibit) else [],
        "rows": _rows(exhibit, opened) if opened else [],
        "chart": chart(opened.days) if opened else None,
    }


def _columns(exhibit: Exhibit) -> tuple[str, ...]:
    """The exhibit's columns; none where the frozen map is gone, as the verbs say."""
    try:
        return reading.columns(exhibit)
    except PacketBroken:
        return ()


def _related(exhibit: Exhibit) -> list[tuple[str, str]]:
    """Label and address of the exhibits that hold the same in another form."""
    packet = exhibit.packet
    place = "admin:disclosures_exhibit"
    return [
        (one.label, reverse(place, args=[packet.case_id, packet.pk, one.number]))
        for one in redaction.related(exhibit)
    ]


def _last_return(exhibit: Exhibit) -> Examination | None:
    return exhibit.examinations.filter(decision=Examined.RETURNED).last()


def _mark(row: Mark) -> dict[str, Any]:
    numbers = marks.runs(row.rows) if row.rows else ()
    text = marks.as_text(numbers[:4]).replace(",", ", ")
    if len(numbers) > 4:
        total = sum(last - first + 1 for first, last in numbers)
        text = _("%(total)s rows: %(some)s …") % {"total": f"{total:,}", "some": text}
    return {"row": row, "rows": text}


def _rows(exhibit: Exhibit, opened: reading.Reading) -> list[Row]:
    marking = marks.Marking(marks.standing(exhibit), opened.columns)
    found = []
    for one in opened.rows:
        whole = marking.withheld(one.number)
        cells = marking.redacted(one.number)
        found.append(
            Row(
                one.number,
                whole.reason if whole else "",
                [
                    Cell(text, cells[place].reason if place in cells else "")
                    for place, text in enumerate(one.cells)
                ],
            )
        )
    return found


def chart(days: tuple[tuple[str, int], ...]) -> dict[str, Any] | None:
    """Rows by day, week or month, whichever is few enough to be seen; None: no dates.

    Rows without a time that can be read are counted apart.
    """
    dated = {date.fromisoformat(day): n for day, n in days if day}
    if not dated:
        return None
    step, unit = _step(min(dated), max(dated))
    bins: dict[date, int] = {}
    for day, count in dated.items():
        start = _start(day, step)
        bins[start] = bins.get(start, 0) + count
    starts = _starts(_start(min(dated), step), max(dated), step)
    most, width = max(bins.values()), _WIDTH / len(starts)
    bars = [
        _bar(place, width, bins.get(start, 0), most, _label(start, step))
        for place, start in enumerate(starts)
    ]
    return {
        "unit": unit,
        "bars": bars,
        "most": most,
        "first": bars[0].label,
        "last": bars[-1].label,
        "box": f"0 0 {_WIDTH} {_HEIGHT}",
        "undated": dict(days).get("", 0),
        "total": sum(dated.values()),
    }


def _bar(place: int, width: float, count: int, most: int, label: str) -> Bar:
    height = max(2.0, round(_HEIGHT * count / most, 1)) if count else 0
    gap = _GAP if width > 2 * _GAP + 1 else 0
    return Bar(
        round(place * width, 2),
        round(_HEIGHT - height, 1),
        round(min(width - gap, 48), 2),
        height,
        label,
        count,
    )


def _step(first: date, last: date) -> tuple[int, str]:
    days = (last - first).days + 1
    if days <= _MOST_BARS:
        return 1, _("Rows per day (UTC)")
    if days <= _MOST_BARS * _MONDAY:
        return _MONDAY, _("Rows per week (UTC)")
    return _MONTH, _("Rows per month (UTC)")


def _start(day: date, step: int) -> date:
    if step == _MONTH:
        return day.replace(day=1)
    return day - timedelta(days=day.weekday()) if step == _MONDAY else day


def _starts(first: date, last: date, step: int) -> list[date]:
    found = [first]
    while True:
        following = _start(found[-1] + timedelta(days=step), step)
        if following > last:
            return found
        found.append(following)


def _label(start: date, step: int) -> str:
    if step == _MONTH:
        return f"{start:%B %Y}"
    day = f"{start:%-d %B %Y}"
    return _("week of %(day)s") % {"day": day} if step == _MONDAY else day
