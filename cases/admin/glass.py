"""Breaking the glass, and what another person makes of it."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import glass, permissions
from cases.admin import acts, story, trail
from cases.admin.base import case_url
from cases.admin.grants import GrantsPage
from cases.admin.verbs import Panel, register, register_panel
from cases.enums import EventKind, Perm
from cases.models import BrokenGlass, Case
from cases.proof import Proof


class BreakForm(forms.Form):
    """Which request, and why it can't wait."""

    number = forms.CharField(label=gettext_lazy("Number of the request"), max_length=20)
    reason = forms.CharField(
        label=gettext_lazy("Why it can't wait for a grant"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Counsel and auditors read this."),
    )


class BreakGlass(acts.SiteAct):
    """Look at a request without having been let in, for an hour."""

    title = gettext_lazy("Break the glass")
    lead = gettext_lazy(
        "It opens one request to you for an hour, as far as your role goes. Counsel "
        "and auditors are told at once, and somebody else reviews it afterwards. Ask "
        "for a grant where there is time."
    )
    button = gettext_lazy("Open it for an hour")
    permission = Perm.VIEW
    form_class = BreakForm
    danger = True
    fresh = True
    case: Case | None = None

    def refusal(self) -> str:
        """Not for outside counsel, and not while an earlier one waits."""
        return glass.bars(self.user)

    def perform_proved(self, form: forms.Form, proof: Proof) -> str:
        """Do it."""
        broken = glass.break_glass(actor=self.user, proof=proof, **form.cleaned_data)
        self.case = broken.case
        return _("%(case)s is open to you until %(until)s.") % {
            "case": broken.case.number,
            "until": trail.moment(broken.ends_at),
        }

    def back(self) -> str:
        """To the request, or to where it can be asked for."""
        return case_url(self.case) if self.case else reverse("admin:cases_find")


class ReviewForm(forms.Form):
    """What was found."""

    was_right = forms.TypedChoiceField(
        label=gettext_lazy("Was it right?"),
        choices=[
            ("yes", gettext_lazy("Yes, it couldn't wait")),
            ("no", gettext_lazy("No")),
        ],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
    )
    finding = forms.CharField(
        label=gettext_lazy("What you found"), widget=forms.Textarea(attrs={"rows": 3})
    )


@register
class ReviewGlass(GrantsPage):
    """Say what another person makes of it."""

    name = "review_glass"
    title = gettext_lazy("Review a broken glass")
    lead = gettext_lazy(
        "Somebody looked at this request without having been let in. Your review ends "
        "the look if it still goes on, and is kept."
    )
    button = gettext_lazy("Record the review")
    form_class = ReviewForm
    template = "cases/review_glass.html"
    icon = "broken_image"
    fresh = False

    def fits(self, case: Case) -> str:
        """While one waits."""
        return "" if _waiting(case) else _("No broken glass waits for a review.")

    def bars(self, case: Case, user: User) -> str:
        """Never one's own."""
        row = _waiting(case)
        if row and row.person_id == user.pk:
            return _("You broke it: another person reviews it.")
        return ""

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The form."""
        return ReviewForm(**given)

    def shown(self, case: Case, row: Any, user: User) -> dict[str, Any]:
        """Who, why, and what they opened meanwhile."""
        waiting = _waiting(case)
        opened: list[trail.Entry] = []
        if waiting and permissions.allowed(user, Perm.READ_TRAIL, case):
            events = case.events.filter(
                actor=waiting.person,
                at__range=(waiting.broken_at, waiting.ends_at),
            )
            opened = trail.entries(events.order_by("pk"))
        return {**super().shown(case, row, user), "glass": waiting, "opened": opened}

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Record it."""
        waiting = _waiting(case)
        glass.review(waiting.pk if waiting else 0, actor=actor, **form.cleaned_data)
        return _("Recorded: the review.")

    def back(self, case: Case) -> str:
        """To the front page: not everybody who reviews sees the case."""
        return reverse("admin:index")


def _waiting(case: Case) -> BrokenGlass | None:
    found: BrokenGlass | None = case.broken_glass.filter(reviewed_by=None).first()
    return found


def _panel(case: Case, user: User) -> dict[str, Any] | None:
    rows = list(case.broken_glass.all())
    return {"broken": rows} if rows else None


register_panel(
    Panel(
        name="glass",
        title=gettext_lazy("Broken glass"),
        template="cases/parts/glass.html",
        context=_panel,
        order=60,
    )
)


@trail.says(EventKind.GLASS_BROKEN)
def _broken(data: dict[str, Any], names: trail.Names) -> str:
    return trail.until(datetime.fromisoformat(data["until"]))


@trail.says(EventKind.GLASS_REVIEWED)
def _reviewed(data: dict[str, Any], names: trail.Names) -> str:
    return _("it was right") if data["right"] else _("it was not right")


@story.tells(EventKind.GLASS_BROKEN)
def _told(case: Case, acts_: list[dict[str, Any]]) -> story.Said:
    return story.Said(
        _("{who} broke the glass to look at the request."), "#panel-glass"
    )


@story.tells(EventKind.GLASS_REVIEWED)
def _told_review(case: Case, acts_: list[dict[str, Any]]) -> story.Said:
    return story.Said(_("{who} reviewed the broken glass."), "#panel-glass")
