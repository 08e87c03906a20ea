"""What the packet's events come to in the story of a case."""

from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from cases.admin.story import Said, tells
from cases.enums import EventKind
from cases.models import Case

Acts = list[dict[str, Any]]


def _page(case: Case, acts: Acts) -> str:
    return reverse("admin:disclosures_packet", args=[case.pk, acts[-1]["packet"]])


@tells(EventKind.PACKET_STATUS_CHANGED)
def _moved(case: Case, acts: Acts) -> None:
    """Each of these is told by the packet's own events."""
    return


@tells(EventKind.PACKET_REQUESTED)
def _requested(case: Case, acts: Acts) -> Said:
    n = acts[-1]["exhibits"]
    words = ngettext(
        "{who} ordered a packet of one exhibit.",
        "{who} ordered a packet of %(n)d exhibits.",
        n,
    )
    return Said(words % {"n": n}, _page(case, acts))


@tells(EventKind.COLLECTION_TRIED)
def _tried(case: Case, acts: Acts) -> Said:
    return Said(_("{who} made a dry run of the collection."))


@tells(EventKind.ACCOUNTS_AMBIGUOUS)
def _ambiguous(case: Case, acts: Acts) -> Said:
    n = len(acts[-1]["targets"])
    words = ngettext(
        "{who} found several accounts for one target: a person chooses.",
        "{who} found several accounts for each of %(n)d targets: a person chooses.",
        n,
    )
    return Said(words % {"n": n}, _page(case, acts))


@tells(EventKind.ACCOUNT_CHOSEN)
def _chosen(case: Case, acts: Acts) -> Said:
    n = len(acts)
    words = ngettext(
        "{who} chose the account of a target.",
        "{who} chose the accounts of %(n)d targets.",
        n,
    )
    return Said(words % {"n": n}, _page(case, acts), detail=None)


@tells(EventKind.EXHIBIT_MARKED)
def _marked(case: Case, acts: Acts) -> Said:
    n = len(acts)
    words = ngettext(
        "{who} marked what isn't produced of an exhibit.",
        "{who} made %(n)d marks of what isn't produced.",
        n,
    )
    return Said(words % {"n": n}, _page(case, acts))


@tells(EventKind.MARK_LIFTED)
def _lifted(case: Case, acts: Acts) -> Said:
    n = len(acts)
    words = ngettext("{who} lifted a mark.", "{who} lifted %(n)d marks.", n)
    return Said(words % {"n": n}, _page(case, acts))


@tells(EventKind.COLUMN_RELEASED)
def _column_released(case: Case, acts: Acts) -> Said:
    n = len(acts)
    words = ngettext(
        "{who} released a column about other people.",
        "{who} released %(n)d columns about other people.",
        n,
    )
    return Said(words % {"n": n}, _page(case, acts))


@tells(EventKind.EXHIBIT_PASSED)
def _passed(case: Case, acts: Acts) -> Said:
    n = len(acts)
    words = ngettext(
        "{who} examined an exhibit and passed it.",
        "{who} examined %(n)d exhibits and passed them.",
        n,
    )
    return Said(words % {"n": n}, _page(case, acts))


@tells(EventKind.EXHIBIT_RETURNED)
def _returned(case: Case, acts: Acts) -> Said:
    words = _("{who} sent an exhibit back, to be collected anew.")
    return Said(words, _page(case, acts), detail=None)


@tells(EventKind.PACKET_COLLECTED)
def _collected(case: Case, acts: Acts) -> Said:
    return Said(_("{who} collected the records."), _page(case, acts))


@tells(EventKind.PACKET_FAILED)
def _failed(case: Case, acts: Acts) -> Said:
    return Said(_("{who} stopped: the packet failed."), _page(case, acts))


@tells(EventKind.PACKET_RESUMED)
def _resumed(case: Case, acts: Acts) -> Said:
    return Said(_("{who} resumed the packet."), _page(case, acts))


@tells(EventKind.PACKET_CERTIFIED)
def _certified(case: Case, acts: Acts) -> Said:
    return Said(_("{who} signed the declaration."), _page(case, acts))


@tells(EventKind.PACKET_SEALED)
def _sealed(case: Case, acts: Acts) -> Said:
    n = acts[-1]["pages"]
    words = ngettext(
        "{who} sealed the packet: one page.", "{who} sealed the packet: %(n)d pages.", n
    )
    return Said(words % {"n": n}, _page(case, acts))


@tells(EventKind.PACKET_OPENED)
def _opened(case: Case, acts: Acts) -> Said:
    return Said(_("{who} downloaded the packet."), _page(case, acts))


@tells(EventKind.CUSTODY_EXPORTED)
def _custody(case: Case, acts: Acts) -> Said:
    words = _("{who} exported the custody ledger of the packet.")
    return Said(words, _page(case, acts), "")


@tells(EventKind.CUSTODY_BROKEN)
def _custody_broken(case: Case, acts: Acts) -> Said:
    words = _("{who} found a file that isn't what was collected, and stopped.")
    return Said(words, _page(case, acts))


@tells(EventKind.CUSTODY_SETTLED)
def _custody_settled(case: Case, acts: Acts) -> Said:
    return Said(_("{who} settled the break in custody."), _page(case, acts))


@tells(EventKind.PACKET_DOWNLOAD_STOPPED)
def _broken_off(case: Case, acts: Acts) -> Said:
    return Said(_("{who} broke off a download of the packet."), _page(case, acts))


@tells(EventKind.PACKET_RELEASED)
def _released(case: Case, acts: Acts) -> Said:
    return Said(_("{who} handed the packet over."), _page(case, acts))


@tells(EventKind.PACKET_ACKNOWLEDGED)
def _arrived(case: Case, acts: Acts) -> Said:
    return Said(_("{who} recorded that the packet arrived."), _page(case, acts))


@tells(EventKind.PACKET_SUPERSEDED)
def _superseded(case: Case, acts: Acts) -> Said:
    return Said(_("{who} replaced an older packet."), _page(case, acts))


_OF_ORDERS = {
    EventKind.PULL_ISSUED: gettext_lazy("{who} asked data owners for records."),
    EventKind.PULL_ASSIGNED: gettext_lazy("{who} gave a pull order to a data owner."),
    EventKind.PULL_OPENED: gettext_lazy("{who} read a pull order."),
    EventKind.PULL_ANSWERED: gettext_lazy("{who} answered a pull order."),
    EventKind.PULL_RETURNED: gettext_lazy("{who} returned an answer."),
    EventKind.PULL_WITHDRAWN: gettext_lazy("{who} withdrew a pull order."),
    EventKind.PULL_OVERDUE: gettext_lazy("{who} reminded the data owners."),
}


def _tell_of_orders(kind: EventKind, words: Promise) -> None:
    @tells(kind)
    def _order(case: Case, acts: Acts) -> Said:
        return Said(str(words), f"{_page(case, acts)}#pull-orders")


for _kind, _words in _OF_ORDERS.items():
    _tell_of_orders(_kind, _words)
