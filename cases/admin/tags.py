"""Template tags of the case pages: badges, clocks and digests, the same everywhere.

``{% load candor %}`` finds them. A tone is never the only carrier of a meaning: the
words say it too.
"""

from datetime import UTC, date, datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases import standing
from cases.admin import verbs
from cases.admin.base import case_url, verb_url
from cases.enums import (
    CaseStatus,
    DataClass,
    ItemDecision,
    Naming,
    Reach,
    Secrecy,
    Standing,
)
from cases.models import Case
from cases.models.case import OPEN
from cases.worklist import Task

register = template.Library()

# Tones: calm (nothing to do), info, ok, warn, stop. ``candor.css`` gives each its look.
TONES: dict[str, str] = {
    CaseStatus.RECEIVED: "info",
    CaseStatus.IN_REVIEW: "info",
    CaseStatus.AWAITING_SIGN_OFF: "warn",
    CaseStatus.APPROVED: "ok",
    CaseStatus.REFUSED: "stop",
    CaseStatus.IN_PRODUCTION: "info",
    CaseStatus.RELEASED: "ok",
    CaseStatus.CLOSED: "calm",
}
SECRECY_TONES: dict[str, str] = {
    Secrecy.NONE: "calm",
    Secrecy.ASKED: "warn",
    Secrecy.ORDERED: "stop",
    Secrecy.UNKNOWN: "stop",
}
STANDING_TONES: dict[str, str] = {
    Standing.IN_FORCE: "ok",
    Standing.STAYED: "stop",
    Standing.QUASHED: "stop",
    Standing.WITHDRAWN: "calm",
}
DECISION_TONES: dict[str, str] = {
    ItemDecision.PRODUCE: "ok",
    ItemDecision.NARROW: "info",
    ItemDecision.OBJECT: "stop",
    ItemDecision.NOT_COLLECTED: "calm",
    ItemDecision.NOT_RETAINED: "calm",
    ItemDecision.HELD_BY_THIRD_PARTY: "calm",
    ItemDecision.NOT_NAMED: "warn",
}
NAMING_TONES: dict[str, str] = {
    Naming.NOT_JUDGED: "calm",
    Naming.NAMED: "ok",
    Naming.NOT_NAMED: "stop",
}
REACH_TONES: dict[str, str] = {
    Reach.COMPELS: "ok",
    Reach.POLICY: "ok",
    Reach.VOLUNTARY: "warn",
    Reach.INSUFFICIENT: "stop",
}
CLASS_TONES: dict[str, str] = {
    DataClass.PUBLIC: "calm",
    DataClass.SUBSCRIBER: "info",
    DataClass.IDENTIFYING: "info",
    DataClass.TRAFFIC: "warn",
    DataClass.CONTENT: "stop",
}


@register.simple_tag
def badge(text: object, tone: str = "calm") -> SafeString:
    """A word in a pill."""
    return format_html('<span class="cd-badge cd-badge--{}">{}</span>', tone, text)


@register.simple_tag
def status_badge(case: Case) -> SafeString:
    """Where the case stands."""
    return badge(case.get_status_display(), TONES[case.status])


def naming_badge(named: Naming) -> SafeString:
    """Whether the order names a target."""
    return badge(named.label, NAMING_TONES[named])


@register.simple_tag
def secrecy_badge(case: Case) -> SafeString:
    """What is known about secrecy."""
    words = {
        Secrecy.NONE: _("No secrecy asked"),
        Secrecy.ASKED: _("Secrecy asked, without force"),
        Secrecy.ORDERED: _("Secrecy ordered"),
        Secrecy.UNKNOWN: _("Secrecy not known yet"),
    }
    return badge(words[Secrecy(case.secrecy)], SECRECY_TONES[case.secrecy])


@register.simple_tag
def standing_badge(value: str) -> SafeString:
    """How the instrument stands."""
    return badge(Standing(value).label, STANDING_TONES[value])


@register.simple_tag
def fallen_badge(case: Case) -> SafeString:
    """How the instrument stands, where it isn't plainly in force; else nothing."""
    now = standing.of(case)
    if now != Standing.IN_FORCE:
        return standing_badge(now)
    if case.objections.pending().exists():
        return badge(_("Objection pending"), "stop")
    return SafeString()


@register.simple_tag
def decision_badge(value: str) -> SafeString:
    """What is proposed for one target and item; "" is: not decided."""
    if not value:
        return badge(_("Not decided"), "warn")
    return badge(ItemDecision(value).label, DECISION_TONES[value])


@register.simple_tag
def reach_badge(value: str) -> SafeString:
    """How far the instrument reaches."""
    return badge(Reach(value).label, REACH_TONES[value])


@register.simple_tag
def class_badge(value: str) -> SafeString:
    """The class of data a category belongs to."""
    return badge(DataClass(value).label, CLASS_TONES[value])


@register.simple_tag
def due(case: Case) -> SafeString:
    """The return date as a clock: in 3 days, overdue by 2."""
    if case.due_on is None:
        return badge(_("No return date"), "calm")
    if case.status not in OPEN:
        return badge(_("Answered"), "calm")
    words, tone = due_words(case.due_on, timezone.localdate())
    return badge(words, tone)


def due_words(due_on: date, today: date) -> tuple[str, str]:
    """How far off a return date is, in words, and how loud to say it."""
    left = (due_on - today).days
    if left < 0:
        late = ngettext("Overdue by %(n)d day", "Overdue by %(n)d days", -left)
        return late % {"n": -left}, "stop"
    if left == 0:
        return _("Due today"), "stop"
    if left == 1:
        return _("Due tomorrow"), "warn"
    return _("Due in %(n)d days") % {"n": left}, "warn" if left <= 7 else "calm"


@register.simple_tag
def waiting(since: datetime | None) -> str:
    """How long something has waited by now, in words; nothing where nobody knows."""
    if since is None:
        return ""
    days = (timezone.localdate() - timezone.localtime(since).date()).days
    if days < 1:
        return _("waits since today")
    return ngettext("waits for %(n)d day", "waits for %(n)d days", days) % {"n": days}


@register.simple_tag
def digest(value: str) -> SafeString:
    """A SHA-256, short until opened."""
    if not value:
        return badge(_("not yet"), "calm")
    return format_html(
        '<details class="cd-digest"><summary title="{full}"><code>{short}…</code>'
        '<span class="cd-visually-hidden">{words}</span></summary>'
        "<code>{full}</code></details>",
        short=value[:12],
        full=value,
        words=_("Show the whole digest"),
    )


@register.filter
def utc(value: datetime | None) -> str:
    """An instant in ISO 8601 with its offset, in UTC; nothing for an open end."""
    return value.isoformat().replace("+00:00", "Z") if value else ""


@register.filter
def utc_words(value: datetime) -> str:
    """An instant in words, exact to the second: ``1 January 2022, 05:00:00 UTC``."""
    return f"{value.astimezone(UTC):%-d %B %Y, %H:%M:%S} UTC"


@register.simple_tag
def page_of(case: Case) -> str:
    """The address of a case's page."""
    return case_url(case)


@register.simple_tag
def verb_page(case: Case, verb: str, row_id: int | None = None) -> str:
    """The address of a verb's page."""
    return verb_url(case, verb, row_id)


@register.simple_tag
def task_button(task: Task) -> str:
    """What the button of a task says: the title of its page."""
    named = {page.name: page for page in verbs.all_pages()}
    page = named.get(task.verb)
    return str(page.title) if page else _("Open the request")


@register.inclusion_tag("cases/parts/field.html")
def field(bound: Any, wide: int = 0) -> dict[str, Any]:
    """A form field with its label, help and errors."""
    kind = getattr(bound.field.widget, "input_type", "")
    group = bound.field.widget.__class__.__name__ in {
        "RadioSelect",
        "CheckboxSelectMultiple",
    }
    return {"field": bound, "kind": kind, "is_group": group, "wide": wide}


@register.inclusion_tag("cases/parts/objection.html")
def objection(form: Any, line: Any) -> dict[str, Any]:
    """Where counsel may object to one line of the scope."""
    return {"one": form.of(line), "identifier": line.target.identifier}
