"""Several people at the same moment, each with a connection of their own."""

import threading
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from cases.exceptions import CaseError

REFUSALS = (CaseError, ValidationError)


def together(*acts: Callable[[], Any]) -> list[Any]:
    """Let each act begin at the same moment; what each returned or raised, in order."""
    gate = threading.Barrier(len(acts))
    found: list[Any] = [None] * len(acts)

    def one(place: int, act: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            found[place] = act()
        except Exception as error:  # noqa: BLE001 - the test compares it
            found[place] = error
        finally:
            connection.close()

    threads = [
        threading.Thread(target=one, args=(place, act))
        for place, act in enumerate(acts)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


def split(found):
    """What went through, and what was refused; anything else is a fault."""
    done = [one for one in found if not isinstance(one, Exception)]
    refused = [one for one in found if isinstance(one, REFUSALS)]
    assert len(done) + len(refused) == len(found), found
    return done, refused
