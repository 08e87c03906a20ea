"""What happened at the stand-in service since log-ins are confirmed: 2025 and 2026.

Whoever signs in from an address for the first time confirms it, and it is kept with
the device. Told for the present shape only; nothing of the years before changes.
"""

import random
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from disclosures.datamap.demo_service import people
from disclosures.datamap.demo_service.people import Person, key_of

if TYPE_CHECKING:
    from disclosures.datamap.demo_service.activity import Story

_BEGIN = datetime(2025, 8, 4, 9, 0)  # noqa: DTZ001 - the service keeps UTC without a zone
_SESSIONS = 6
_STRANGE = "203.0.113.222"  # from where somebody tried, and nobody confirmed
_DEVICES = (
    {"user_agent": "Firefox 141", "os": "Linux"},
    {"user_agent": "Safari 18", "os": "macOS", "device": None},
)


def tell(story: "Story") -> None:
    """Let the five, their team-mate and some look-alikes sign in."""
    for person in (*people.FIVE_ACCOUNTS, people.TEAM_MATE, *people.LOOK_ALIKES[:3]):
        _sign_in(story, person, story.dice(person.username, "lately"))


def _sign_in(story: "Story", person: Person, dice: random.Random) -> None:
    at = _BEGIN + timedelta(minutes=dice.randrange(60 * 24 * 20))
    addresses = [f"198.51.100.{dice.randrange(201, 250)}", "2001:db8:fe::7"]
    seen: dict[str, dict[str, Any]] = {}
    for _ in range(_SESSIONS):
        at += timedelta(
            minutes=dice.randrange(60 * 24 * 2, 60 * 24 * 55),
            microseconds=dice.randrange(10**6),
        )
        here = dice.choice(addresses)
        how = {"two_factor_method": "totp", "two_factor_label": "totp"}
        story.event(person, "account:login:success", at, here, how)
        if here not in seen:
            seen[here] = _unique(story, person, here, at, dice)
        seen[here]["last_used"] = at
    tried = _unique(story, person, _STRANGE, at + timedelta(hours=3), dice)
    tried |= {"status": "pending", "expires": tried["created"] + timedelta(minutes=15)}
    users = story.world.rows["users"]
    next(one for one in users if one["id"] == person.id)["last_login"] = at


def _unique(
    story: "Story", person: Person, address: str, at: datetime, dice: random.Random
) -> dict[str, Any]:
    """An address that somebody signs in from for the first time, not used yet."""
    row = {
        "id": key_of("unique", person.username, address),
        "user_id": person.id,
        "ip_address_id": story.address(address),
        "created": at,
        "last_used": None,
        "device_information": dice.choice(_DEVICES),
        "status": "confirmed",
        "expires": None,
    }
    story.world.rows["user_unique_logins"].append(row)
    return row
