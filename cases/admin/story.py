"""The story of a case, day by day: who did what, in a sentence, and what it waits for.

The trail keeps every event; the story tells those that a reader needs to understand how
the case got where it stands. Readings are left out, and so are changes of status that
another event tells already. What one person did several times in a row is told once.
``disclosures.admin`` adds its own sentences by ``tells``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import audit
from cases.admin.trail import READINGS, entries
from cases.enums import Disposition, EventKind, Finding, MessageKind, Secrecy
from cases.models import Case, Event

_SHOWN = 60  # sentences; the whole trail is a page of its own


@dataclass(frozen=True)
class Said:
    """What a kind of event comes to: a sentence about ``{who}``, and where to look."""

    sentence: str
    url: str = ""
    detail: str | None = ""  # None: what the trail says of it


@dataclass(frozen=True)
class Sentence:
    """One act, or several alike in a row, ready to be read."""

    event: Event
    words: SafeString
    url: str
    detail: str

    @property
    def time(self) -> str:
        """The time of day in the zone of the page."""
        return date_format(timezone.localtime(self.event.at), "H:i")


@dataclass(frozen=True)
class Day:
    """What happened on one day of the organisation's zone."""

    day: date
    sentences: list[Sentence] = field(default_factory=list)


# Given the events in a row of one kind by one person; None leaves them out.
Tells = Callable[[Case, list[dict[str, Any]]], Said | None]
_tells: dict[str, Tells] = {}


def tells(*kinds: EventKind) -> Callable[[Tells], Tells]:
    """Register how acts of these kinds are told."""

    def keep(told: Tells) -> Tells:
        _tells.update(dict.fromkeys(kinds, told))
        return told

    return keep


def of(case: Case) -> tuple[list[Day], int]:
    """The days of a case's story, oldest first, and how many sentences came before."""
    prefetch_related_objects([case], "documents")
    events = case.events.exclude(kind__in=READINGS).order_by("at", "pk")
    runs = _runs(events)
    details = {one.event.pk: one.detail for one in entries([run[-1] for run in runs])}
    sentences = [one for run in runs if (one := _sentence(case, run, details))]
    kept = sentences[-_SHOWN:]
    days: list[Day] = []
    for one in kept:
        day = timezone.localtime(one.event.at).date()
        if not days or days[-1].day != day:
            days.append(Day(day))
        days[-1].sentences.append(one)
    return days, len(sentences) - len(kept)


def _runs(events: Iterable[Event]) -> list[list[Event]]:
    """Events alike in a row: the same kind by the same person on the same day."""
    runs: list[list[Event]] = []
    last: tuple[object, ...] = ()
    for event in events:
        day = timezone.localtime(event.at).date()
        alike = (event.kind, event.actor_id, event.actor_name, day)
        if alike == last:
            runs[-1].append(event)
        else:
            runs.append([event])
        last = alike
    return runs


def _sentence(
    case: Case, run: list[Event], details: Mapping[int, str]
) -> Sentence | None:
    last = run[-1]
    told = _tells.get(last.kind)
    if told is None:
        said: Said | None = Said("{who}: " + last.get_kind_display(), detail=None)
    else:
        said = told(case, [audit.data_of(one) for one in run])
    if said is None:
        return None
    who = format_html("<strong>{}</strong>", last.actor_name)
    detail = details[last.pk] if said.detail is None else said.detail
    return Sentence(last, format_html(said.sentence, who=who), said.url, detail)


def plain(text: str) -> str:
    """Words of somebody's own, safe in a sentence of HTML that takes ``{who}``."""
    return str(escape(text)).replace("{", "{{").replace("}", "}}")


# --- what each kind tells ----------------------------------------------------


@tells(EventKind.CASE_OPENED)
def _opened(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} opened the request."))


@tells(EventKind.CASE_CORRECTED)
def _corrected(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} corrected the intake facts."))


@tells(EventKind.SECRECY_RECORDED)
def _secrecy(case: Case, acts: list[dict[str, Any]]) -> Said:
    found = plain(str(Secrecy(acts[-1]["to"]).label).lower())
    return Said(_("{who} recorded what the paper says of secrecy: %s.") % found)


@tells(EventKind.DOCUMENT_ADDED)
def _paper(case: Case, acts: list[dict[str, Any]]) -> Said | None:
    added = {one["document"] for one in acts}
    papers = [one.name for one in case.documents.all() if one.pk in added]
    names = plain(", ".join(papers))
    url = reverse("admin:cases_paper", args=[case.pk, acts[-1]["document"]])
    return Said(_("{who} added %s.") % names, url)


@tells(EventKind.AUTHENTICITY_FOUND)
def _checked(case: Case, acts: list[dict[str, Any]]) -> Said:
    url = "#panel-authenticity"
    match Finding(acts[-1]["outcome"]):
        case Finding.AUTHENTIC:
            return Said(_("{who} found the paper authentic."), url)
        case Finding.DOUBTFUL:
            return Said(_("{who} found the paper doubtful."), url)
        case _:
            return Said(_("{who} found the paper forged."), url)


@tells(EventKind.TARGET_ADDED)
def _target(case: Case, acts: list[dict[str, Any]]) -> Said:
    words = ngettext(
        "{who} entered a target.", "{who} entered %(n)d targets.", len(acts)
    )
    return Said(words % {"n": len(acts)})


@tells(EventKind.TARGET_CORRECTED)
def _target_corrected(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} corrected a target."))


@tells(EventKind.TARGET_REMOVED)
def _target_removed(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} took a target off."))


@tells(EventKind.CATEGORIES_SET)
def _items(case: Case, acts: list[dict[str, Any]]) -> Said:
    n = len(acts[-1]["categories"])
    words = ngettext(
        "{who} set the one requested item.", "{who} set the %(n)d requested items.", n
    )
    return Said(words % {"n": n})


@tells(EventKind.ITEM_DECIDED)
def _decided(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} decided what to propose to counsel."))


@tells(EventKind.SCOPE_SUBMITTED)
def _submitted(case: Case, acts: list[dict[str, Any]]) -> Said:
    number = acts[-1]["revision"]
    words = _("{who} put revision %(n)d of the scope before counsel.")
    return Said(words % {"n": number}, "#signs-title")


@tells(EventKind.SIGN_OFF_APPROVED)
def _approved(case: Case, acts: list[dict[str, Any]]) -> Said:
    basis = acts[-1].get("basis", "")
    return Said(_("{who} approved the scope."), "#signs-title", basis)


@tells(EventKind.SIGN_OFF_CONDITIONAL)
def _conditional(case: Case, acts: list[dict[str, Any]]) -> Said:
    basis = acts[-1].get("basis", "")
    return Said(_("{who} approved the scope with conditions."), "#signs-title", basis)


@tells(EventKind.CONDITIONS_ACKNOWLEDGED)
def _acknowledged(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} read counsel's conditions."), "#signs-title")


@tells(EventKind.SIGN_OFF_ASKED)
def _asked(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} asked the desk a question about the scope."), "#signs-title")


@tells(EventKind.QUESTION_ANSWERED)
def _answered(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} answered counsel's question."), "#signs-title")


@tells(EventKind.SIGN_OFF_RETURNED)
def _returned(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} returned the scope to review."), "#signs-title")


@tells(EventKind.SIGN_OFF_REFUSED)
def _refused(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} refused the scope."), "#signs-title")


@tells(EventKind.NOTE_WRITTEN)
def _note(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} wrote a note."), "#panel-notes")


@tells(EventKind.THREAD_WRITTEN)
def _thread(case: Case, acts: list[dict[str, Any]]) -> Said:
    match MessageKind(acts[-1]["kind"]):
        case MessageKind.QUESTION:
            return Said(_("{who} asked counsel."))
        case MessageKind.ANSWER:
            return Said(_("{who} answered the desk."))
        case _:
            return Said(_("{who} wrote in the privileged thread."))


@tells(EventKind.STATUS_CHANGED)
def _moved(case: Case, acts: list[dict[str, Any]]) -> Said | None:
    """Only what no other event tells: that the review began, or began again."""
    by_step = {one["step"]: one for one in acts}
    if back := by_step.get("revise_scope"):
        return Said(_("{who} took the scope back to review."), "", back["reason"])
    if "start_review" in by_step:
        return Said(_("{who} began the review."))
    return None


@tells(EventKind.STANDING_RECORDED)
def _standing(case: Case, acts: list[dict[str, Any]]) -> Said:
    words = _("{who} recorded what became of the instrument.")
    return Said(words, "#panel-standing", None)


@tells(EventKind.OBJECTION_LODGED)
def _objected(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} recorded an objection."), "#panel-standing", None)


@tells(EventKind.OBJECTION_DECIDED)
def _ruled(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} recorded how an objection ended."), "#panel-standing", None)


@tells(EventKind.CASE_HANDED_OVER)
def _handed_over(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} handed the request over."), "", None)


@tells(EventKind.GRANT_GIVEN)
def _let_in(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} let somebody in."), "#panel-grants", None)


@tells(EventKind.GRANT_ENDED)
def _let_out(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} ended a grant."), "#panel-grants", None)


@tells(EventKind.GRANT_REFUSED)
def _kept_out(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} asked for a page without a grant."), "", None)


@tells(EventKind.TRAIL_EXPORTED)
def _exported(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} exported the trail for a court."), detail="")


@tells(EventKind.CASE_REOPENED)
def _reopened(case: Case, acts: list[dict[str, Any]]) -> Said:
    return Said(_("{who} reopened the request."), "", None)


@tells(EventKind.CASE_CLOSED)
def _closed(case: Case, acts: list[dict[str, Any]]) -> Said:
    ended = plain(str(Disposition(acts[-1]["outcome"]).label).lower())
    return Said(_("{who} closed the request: %s.") % ended)
