"""May we tell whom that this request exists? Everything that could tell asks here.

Unknown means no, to everybody: until somebody has read the paper for it, nothing
leaves the house. An order never bars handing the packet to its own issuer. Passing
the end of an order lifts nothing (law-and-practice 5.2: expired, not verified).
"""

from dataclasses import dataclass
from typing import assert_never

from django.utils.translation import gettext as _

from cases.enums import Audience, Secrecy
from cases.models import Case


@dataclass(frozen=True)
class Answer:
    """Yes or no, with the sentence that says why."""

    allowed: bool
    reason: str


def may_tell(case: Case, audience: Audience) -> Answer:
    """Whether this audience may learn of the request from us."""
    match secrecy := Secrecy(case.secrecy):
        case Secrecy.UNKNOWN:
            return Answer(
                allowed=False,
                reason=_("Nobody has recorded yet what the paper says about secrecy."),
            )
        case Secrecy.ORDERED if audience != Audience.REQUESTER:
            return Answer(allowed=False, reason=_ordered(case))
        case Secrecy.ORDERED:
            return Answer(
                allowed=True, reason=_("An order doesn't bar answering its own issuer.")
            )
        case Secrecy.ASKED:
            return Answer(
                allowed=True,
                reason=_("Secrecy was asked for without legal force; policy decides."),
            )
        case Secrecy.NONE:
            return Answer(allowed=True, reason=_("The paper asks for no secrecy."))
        case _:
            assert_never(secrecy)


def _ordered(case: Case) -> str:
    until = case.secrecy_until
    end = f"until {until.isoformat()}" if until else "with no end stated"
    return _("Secrecy is ordered %(end)s; passing the end lifts nothing by itself.") % {
        "end": end
    }
