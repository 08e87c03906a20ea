"""Who uses the stand-in service: the five of the demo's three subpoenas, their
look-alikes, a deleted account, a team-mate, and a few hundred others.
"""

from dataclasses import dataclass
from uuid import UUID, uuid5

_SPACE = UUID("7b1c4e52-0d3a-5f60-9a41-6c2f5e8d9b07")


def key_of(*words: str) -> str:
    """The invented key of a thing; the same words give the same key."""
    return str(uuid5(_SPACE, "/".join(words)))


@dataclass(frozen=True)
class Person:
    """One account before it has done anything."""

    username: str
    name: str
    sessions: int
    projects: tuple[str, ...] = ()
    past_projects: tuple[str, ...] = ()
    subpoena: int = 0

    @property
    def id(self) -> str:
        """The account's key."""
        return key_of("user", self.username)

    @property
    def email(self) -> str:
        """The account's address; example domains only."""
        local = self.username.encode("ascii", "ignore").decode()
        domain = "example.org" if local == self.username else "example.net"
        return f"{local}@{domain}"


# A display name as a hostile holder would choose it: it must reach the packet as text.
_HOSTILE = 'Nova <img src="file:///etc/passwd"> \u202ehtom\u202c \U0001f98b'

FIVE_ACCOUNTS: tuple[Person, ...] = (
    Person(
        "quill_heron", "Quill Heron", 19, ("heron-nest", "Quill.Ink"), ("reedbed",), 1
    ),
    Person("tamarack7", "Tam A. Rack", 16, ("larch-lines",), ("needlecast",), 1),
    Person("novamoth", _HOSTILE, 18, ("moth_lamp", "dustwing"), (), 2),
    Person("brinewright", "B. Wright", 15, ("saltpan",), ("kelp-kiln",), 2),
    Person("oskar-lumen", "\u00d3skar L\u00famen", 17, ("lumenary", "wick"), (), 3),
)

# Names that a careless comparison would take for one of the five.
LOOK_ALIKES: tuple[Person, ...] = (
    Person("quill-heron", "Another Heron", 4, ("quill-ink-tools",)),
    Person("quillxheron", "Quillx", 3),
    Person("quill_her0n", "Zero Heron", 3),
    Person("quill_heron2", "Second Heron", 3),
    Person("the_quill_heron", "The Heron", 3),
    Person("qu\u0456ll_heron", "Quill Heron", 3),  # a Cyrillic letter for the i
    Person("tamarack", "Tam A. Rack", 3),
    Person("tamarack77", "Tam", 3),
    Person("nova_moth", "Nova", 3),
    Person("brine-wright", "B. Wright", 3),
    Person("oskar_lumen", "\u00d3skar L\u00famen", 3),
    Person("oskarlumen", "Oskar", 3),
)

TEAM_MATE = Person("tern_mate", "Tern Mate", 8)
DELETED_NAME = "brine_wright"  # gone from users, still in the journal

_FIRST = (
    *("amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "hazel", "ivory"),
    *("jade", "kelp", "linen", "maple", "north", "onyx", "pearl", "quartz", "raven"),
    *("slate", "thorn"),
)
_SECOND = (
    *("anvil", "baker", "cobble", "drifter", "finch", "glider", "harbor", "jumper"),
    *("keeper", "lantern", "mender", "otter", "piper", "ranger", "tinker"),
)


def others() -> list[Person]:
    """Three hundred accounts that nobody asks about."""
    return [
        Person(f"{first}-{second}", f"{first.title()} {second.title()}", 2 + (i % 4))
        for i, (first, second) in enumerate((f, s) for f in _FIRST for s in _SECOND)
    ]


def everybody() -> list[Person]:
    """All accounts of the service, the five among them."""
    five = list(FIVE_ACCOUNTS)
    crowd = others()
    return [*crowd[:150], *five, *LOOK_ALIKES, TEAM_MATE, *crowd[150:]]
