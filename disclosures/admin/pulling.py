"""The data owner's pages: the orders that are theirs, and each order with its answer.

Nothing of the case is on them: no number, no agency, no instrument, no target as
served, no colleague who works on it. An order that isn't theirs doesn't exist (404).
"""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET

from cases import permissions
from cases.admin import acts
from cases.admin.base import person, record_list, show_page
from cases.admin.reference import ReadingAdmin
from cases.enums import Perm
from disclosures import answering, facts, pulls
from disclosures.enums import OwnersAnswer
from disclosures.models import PullOrder
from disclosures.models.pull import OPEN
from disclosures.packet.legible import legible
from disclosures.sources import manual

LIST = "admin:disclosures_pullorder_changelist"
ORDER = "admin:disclosures_pull_order"


class AnswerForm(forms.Form):
    """What the owner found, in which file, and how they looked."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What you found"),
        choices=OwnersAnswer.choices,
        widget=forms.RadioSelect,
        help_text=gettext_lazy(
            "“Searched, and none found” and “not held” are different statements. "
            "Whoever reads the answer relies on which one you choose."
        ),
        error_messages={"required": gettext_lazy("Say which of these it is.")},
    )
    upload = forms.FileField(
        label=gettext_lazy("The records"),
        required=False,
        allow_empty_file=True,
        help_text=gettext_lazy(
            "CSV or JSON lines in UTF-8, at most 20 MB, with exactly the columns "
            "above. Your file is kept as it is, encrypted."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,.jsonl"}),
    )
    statement = forms.CharField(
        label=gettext_lazy("Your statement"),
        max_length=4000,
        help_text=gettext_lazy(
            "How and where you searched, and when. It is printed in your words, with "
            "your name. Name nobody else in it."
        ),
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Say how you searched, and where.")},
    )


class AnswerOrder(acts.SiteAct):
    """One order, and its answer."""

    title = gettext_lazy("Answer a pull order")
    permission = Perm.ANSWER_PULL
    form_class = AnswerForm
    template = "disclosures/pull.html"
    button = gettext_lazy("Send the answer")
    row: PullOrder

    def find(self, **ids: int) -> PullOrder:
        """An order of this person's.

        Raises:
            Http404: there is none, or it isn't theirs to see.
        """
        return theirs(self.user, ids["order_id"])

    def refusal(self) -> str:
        """Where it is answered, or suspended."""
        return answering.refusal(self.row)

    def shown(self) -> dict[str, Any]:
        """What is asked; of whom only while the order is open and not suspended."""
        order, part = self.row, pulls.part_of(self.row)
        may_fetch = not self.refusal()
        account = pulls.account_of(order) if may_fetch else None
        answers = order.answers.order_by("pk")
        return {
            "order": order,
            "part": part,
            "account": account and [legible(account.name), legible(account.key)],
            "window": facts.window_label(order.exhibit),
            "header": manual.template(part),
            "returned": answers.exclude(returned_at=None).last(),
            "answer": answers.standing().first(),
        }

    def perform(self, form: forms.Form) -> str:
        """Answer it."""
        given = form.cleaned_data
        file = given["upload"]
        made = answering.answer(
            self.row.pk,
            actor=self.user,
            given=answering.Given(
                kind=given["kind"],
                statement=given["statement"],
                content=file,
                name=file.name if file else "",
            ),
        )
        said = _("Answered: %(order)s.") % {"order": self.row.reference}
        left = sum(made.left_out.values())
        if not left:
            return said
        words = ngettext(
            "%(n)d row of your file lies outside the order and was left out.",
            "%(n)d rows of your file lie outside the order and were left out.",
            left,
        )
        return f"{said} {words % {'n': left}}"

    def back(self) -> str:
        """To the list."""
        return reverse(LIST)

    def crumbs(self) -> list[tuple[str, str]]:
        """The list."""
        return [(_("Pull orders"), reverse(LIST))]


def theirs(user: Any, order_id: int) -> PullOrder:
    """An order that this person may see.

    Raises:
        Http404: there is none, or it isn't theirs to see.
    """
    order = pulls.mine(user).filter(pk=order_id).first()
    if order is None:
        raise Http404
    return order


@admin.register(PullOrder)
class PullAdmin(ReadingAdmin):
    """The orders of whoever looks."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Never in the theme's own menu: ours has it."""
        return False

    def get_urls(self) -> list[URLPattern]:
        """The list, and an order."""
        site = self.admin_site
        self.answering = acts.view(site, AnswerOrder)
        name = LIST.removeprefix("admin:")
        return [
            path("", site.admin_view(require_GET(self.page)), name=name),
            path(
                "<row:order_id>/",
                site.admin_view(self.order),
                name=ORDER.removeprefix("admin:"),
            ),
        ]

    def page(self, request: HttpRequest) -> HttpResponse:
        """The list: by reference and day, and nobody's account."""
        permissions.require_role(request.user, Perm.ANSWER_PULL)
        orders = list(pulls.mine(request.user))
        ordinary = [o for o in orders if not o.exhibit.packet.case.is_restricted]
        record_list(request, "pull orders", len(ordinary))
        return show_page(
            self.admin_site,
            request,
            "disclosures/pulls.html",
            title=_("Pull orders"),
            open=[one for one in orders if one.status in OPEN],
            answered=[one for one in orders if one.status not in OPEN],
        )

    def order(self, request: HttpRequest, order_id: int) -> HttpResponse:
        """One order; that it was read is in the trail before it is shown."""
        permissions.require_role(request.user, Perm.ANSWER_PULL)
        order = theirs(request.user, order_id)
        if request.method != "POST":
            answering.open_order(order.pk, actor=person(request))
        answer: HttpResponse = self.answering(request, order_id=order_id)
        return answer
