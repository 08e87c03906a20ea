"""The three papers of the demo: whose names, dates and dockets are invented."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class DemoSubpoena:
    """One paper of the demo; ``accounts`` are places in ``FIVE_ACCOUNTS``."""

    docket: str
    officer: str
    email: str
    attorney: str
    court: str
    issued_on: date
    served_on: date
    due_on: date
    first_day: date
    last_day: date
    accounts: tuple[int, ...]


SUBPOENAS = (
    DemoSubpoena(
        docket="2023R00417-08",
        officer="Special Agent Dana Whitlock",
        email="dana.whitlock@agency.example",
        attorney="Marcus Oyelaran, Assistant United States Attorney",
        court="U.S. District Court, Northern District of California",
        issued_on=date(2023, 3, 9),
        served_on=date(2023, 3, 13),
        due_on=date(2023, 3, 30),
        first_day=date(2019, 1, 1),
        last_day=date(2023, 2, 28),
        accounts=(0, 1),
    ),
    DemoSubpoena(
        docket="2023R00562-02",
        officer="Special Agent Priya Raman",
        email="priya.raman@agency.example",
        attorney="Helen Strand, Trial Attorney, Department of Justice",
        court="U.S. District Court, Eastern District of Virginia",
        issued_on=date(2023, 3, 27),
        served_on=date(2023, 3, 29),
        due_on=date(2023, 4, 14),
        first_day=date(2020, 1, 1),
        last_day=date(2023, 3, 15),
        accounts=(2, 3),
    ),
    DemoSubpoena(
        docket="2023R00688-11",
        officer="Special Agent Dana Whitlock",
        email="dana.whitlock@agency.example",
        attorney="Marcus Oyelaran, Assistant United States Attorney",
        court="U.S. District Court, Northern District of California",
        issued_on=date(2023, 4, 11),
        served_on=date(2023, 4, 13),
        due_on=date(2023, 5, 1),
        first_day=date(2021, 1, 1),
        last_day=date(2023, 3, 31),
        accounts=(4,),
    ),
)
