"""Pull orders on the pages of a request: who has each, what came of it, what to do."""

from typing import Any, ClassVar

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases import audit
from cases.admin.verbs import Text, VerbPage, register
from cases.enums import Act, Perm
from cases.exceptions import CaseError
from cases.models import Case
from cases.proof import Proof
from disclosures import chasing
from disclosures.admin.exhibits import packet_url
from disclosures.admin.packet import current
from disclosures.models import PullOrder
from disclosures.models.pull import OPEN


class OrderForm(forms.Form):
    """Which order, by its reference."""

    order = forms.ChoiceField(label=gettext_lazy("Which order"))

    def __init__(self, orders: list[PullOrder], *given: Any, **named: Any) -> None:
        """Offer these orders; the only one is chosen already."""
        super().__init__(*given, **named)
        field: Any = self.fields["order"]
        field.choices = [(one.reference, _line(one)) for one in orders]


class ReasonForm(OrderForm):
    """Which order, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Why"), widget=forms.Textarea(attrs={"rows": 3})
    )


class PersonForm(OrderForm):
    """Which order, and who fetches."""

    person = forms.ChoiceField(label=gettext_lazy("Who fetches the records"))

    def offer(self, people: list[User]) -> None:
        """Offer these people."""
        field: Any = self.fields["person"]
        field.choices = [(one.username, audit.name_of(one)) for one in people]


def _line(order: PullOrder) -> str:
    exhibit = order.exhibit
    return _("%(order)s: %(part)s, target %(n)s, %(status)s") % {
        "order": order.reference,
        "part": exhibit.part_title,
        "n": exhibit.target.number,
        "status": order.get_status_display().lower(),
    }


def _orders(case: Case) -> list[PullOrder]:
    packet = current(case)
    return list(chasing.orders(packet)) if packet else []


class _OnOrders(VerbPage):
    """What is done to an order of the request's packet."""

    permission = Perm.ORDER
    form_class: ClassVar[type[OrderForm]] = ReasonForm
    nothing: ClassVar[Text] = gettext_lazy("No pull order of this request is open.")

    def orders(self, case: Case) -> list[PullOrder]:
        """The orders to choose from."""
        return [one for one in _orders(case) if self.takes(one)]

    def takes(self, order: PullOrder) -> bool:
        """Whether it can be done to this order."""
        return order.status in OPEN

    def fits(self, case: Case) -> str:
        """While there is such an order."""
        found = any(self.takes(one) for one in _orders(case))  # the first will do
        return "" if found else str(self.nothing)

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The orders to choose from."""
        return self.form_class(self.orders(case), **given)

    def chosen(self, case: Case, form: forms.Form) -> PullOrder:
        """The order that was chosen.

        Raises:
            CaseError: it is gone from the list by now.
        """
        wanted = form.cleaned_data["order"]
        for one in self.orders(case):
            if one.reference == wanted:
                return one
        raise CaseError(_("Somebody was faster: look at the orders again."))

    def after(self, case: Case, form: forms.Form) -> str:
        """To the packet."""
        packet = current(case)
        return packet_url(packet) if packet else self.back(case)


class _ToAPerson(_OnOrders):
    form_class = PersonForm

    def form(self, case: Case, row: Any, user: User, **given: Any) -> forms.Form:
        """The orders, and who could fetch."""
        form = PersonForm(self.orders(case), **given)
        form.offer([one for one in chasing.able(case) if one != user])
        return form

    def whom(self, case: Case, form: forms.Form) -> User:
        """The person who was chosen.

        Raises:
            CaseError: they can't fetch any more.
        """
        for one in chasing.able(case):
            if one.username == form.cleaned_data["person"]:
                return one
        raise CaseError(_("This person can't fetch for it any more."))


@register
class AssignPull(_ToAPerson):
    """Give an order to one data owner."""

    name = "assign_pull"
    title = gettext_lazy("Give a pull order to a person")
    lead = gettext_lazy(
        "Only this person sees the order from then on, and has all its days anew. They "
        "read what is asked and of which account, and nothing else of the request."
    )
    button = gettext_lazy("Give it to them")
    icon = "assignment_ind"
    goes_on = True

    def fits(self, case: Case) -> str:
        """Not on a restricted request."""
        if case.is_restricted:
            return _("Who may let others in names the data owner here.")
        return super().fits(case)

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Give it."""
        order, whom = self.chosen(case, form), self.whom(case, form)
        chasing.assign(order.pk, actor=actor, person=whom)
        return _("%(order)s is %(name)s's now.") % {
            "order": order,
            "name": audit.name_of(whom),
        }


@register
class NameOwner(_ToAPerson):
    """Tell one data owner of an order of a restricted request."""

    name = "name_owner"
    title = gettext_lazy("Name who fetches the records")
    lead = gettext_lazy(
        "Nobody sees a pull order of a restricted request until you name one person. "
        "They go into the register of who knows, acknowledge the secrecy, and then see "
        "the order and nothing else of the request."
    )
    button = gettext_lazy("Name this person")
    permission = Perm.GRANT
    icon = "assignment_ind"
    fresh = True
    goes_on = True

    def fits(self, case: Case) -> str:
        """On a restricted request."""
        if not case.is_restricted:
            return _("This request isn't restricted: its analyst gives the order.")
        return super().fits(case)

    def perform_proved(
        self, case: Case, row: Any, actor: User, form: forms.Form, proof: Proof
    ) -> str:
        """Name them."""
        order, whom = self.chosen(case, form), self.whom(case, form)
        chasing.name_owner(order.pk, actor=actor, person=whom, proof=proof)
        return _("Named. %(name)s is told that something waits.") % {
            "name": audit.name_of(whom)
        }


@register
class ReturnPull(_OnOrders):
    """Send an answer back."""

    name = "return_pull"
    title = gettext_lazy("Return an answer to its data owner")
    lead = gettext_lazy(
        "What was made of the answer is taken out of the packet, and the packet waits "
        "again. The answer itself stays on record. The data owner reads your reason: "
        "name no agency, no paper and no number in it."
    )
    button = gettext_lazy("Return it")
    icon = "undo"
    act = Act.COLLECT
    nothing = gettext_lazy("No answer of a data owner can be returned now.")
    goes_on = True

    def takes(self, order: PullOrder) -> bool:
        """An answer that nobody has certified."""
        return not chasing.return_refusal(order)

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Return it."""
        order = self.chosen(case, form)
        chasing.return_answer(order.pk, actor=actor, reason=form.cleaned_data["reason"])
        return _("Returned. The packet waits for %(order)s again.") % {"order": order}


@register
class WithdrawPull(_OnOrders):
    """Take an order back."""

    name = "withdraw_pull"
    title = gettext_lazy("Withdraw a pull order")
    lead = gettext_lazy(
        "The data owner no longer sees it, and the packet goes on without these "
        "records. It says that they follow in a supplement, and gives your reason."
    )
    button = gettext_lazy("Withdraw it")
    icon = "assignment_return"
    act = Act.COLLECT
    danger = True
    goes_on = True

    def perform(self, case: Case, row: Any, actor: User, form: forms.Form) -> str:
        """Withdraw it."""
        order = self.chosen(case, form)
        chasing.withdraw(order.pk, actor=actor, reason=form.cleaned_data["reason"])
        return _("Withdrawn: %(order)s.") % {"order": order}
