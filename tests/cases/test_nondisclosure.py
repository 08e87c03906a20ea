"""May we tell whom? Each secrecy with each audience, and unknown is no."""

from datetime import date
from itertools import product

import pytest

from cases.enums import Audience, Secrecy
from cases.models import Case
from cases.nondisclosure import Answer, may_tell

UNKNOWN = "Nobody has recorded yet what the paper says about secrecy."
ENDS = "Secrecy is ordered until 2024-03-09; passing the end lifts nothing by itself."
ISSUER = "An order doesn't bar answering its own issuer."
ASKED = "Secrecy was asked for without legal force; policy decides."
NONE = "The paper asks for no secrecy."

GOLDEN = {
    Secrecy.UNKNOWN: dict.fromkeys(Audience, (False, UNKNOWN)),
    Secrecy.ORDERED: dict.fromkeys(Audience, (False, ENDS))
    | {Audience.REQUESTER: (True, ISSUER)},
    Secrecy.ASKED: dict.fromkeys(Audience, (True, ASKED)),
    Secrecy.NONE: dict.fromkeys(Audience, (True, NONE)),
}


@pytest.mark.parametrize(("secrecy", "audience"), list(product(Secrecy, Audience)))
def test_who_may_be_told(secrecy, audience):
    case = Case(secrecy=secrecy, secrecy_until=date(2024, 3, 9))
    assert may_tell(case, audience) == Answer(*GOLDEN[secrecy][audience])


def test_an_order_without_an_end_bars_without_an_end():
    answer = may_tell(Case(secrecy=Secrecy.ORDERED), Audience.USER)
    assert answer == Answer(
        allowed=False,
        reason="Secrecy is ordered with no end stated; passing the end lifts nothing "
        "by itself.",
    )


def test_a_value_outside_the_list_is_an_error_and_not_a_yes():
    with pytest.raises(ValueError, match="is not a valid Secrecy"):
        may_tell(Case(secrecy="whispered"), Audience.USER)
