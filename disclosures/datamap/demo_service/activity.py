"""What happened at the stand-in service from 2019 to 2023: the rows of its tables.

The rows hold what any shape of the tables has a column for; each shape takes its own.
"""

import hashlib
import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from disclosures.datamap.demo_service import lately, people
from disclosures.datamap.demo_service.people import Person, key_of
from disclosures.datamap.demo_service.tables import Shape

Row = dict[str, Any]
_BEGIN = datetime(2019, 1, 7, 8, 0)  # noqa: DTZ001 - the service keeps UTC without a zone
_END = datetime(2023, 3, 10)  # noqa: DTZ001 - as above
_NETWORKS = ("192.0.2.{}", "198.51.100.{}", "203.0.113.{}", "2001:db8:{:x}::1")
_HOSTILE_TOKEN = {
    "description": '<img src="file:///etc/passwd"><link rel=attachment href="file:///etc/hosts">',
    "note": "\u202e\u05d0\u05d1\u05d2 \U0001f512 http://192.0.2.66/beacon.png",
    "user_id": None,
}
# Where the networks kept for documentation are said to be.
_PLACES = {"192.0.2.": "DE", "198.51.100.": "US", "203.0.113.": "NZ"}


def _place(address: str) -> Row | None:
    """The place of an address as a content network estimates it; None if it can't."""
    for network, country in _PLACES.items():
        if address.startswith(network):
            return {"country_code": country}
    return None


@dataclass
class World:
    """Everything that was put into the service, by table."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    downloads: list[Row] = field(default_factory=list)


class Story:
    """Lets each person act, in a fixed order and by one seed, and keeps the rows."""

    def __init__(self, seed: int, shape: Shape = Shape.SPRING_2023) -> None:
        self.world = World()
        self._seed = seed
        self._shape = shape
        self._journal: list[Row] = []
        self._addresses: dict[str, str] = {}

    def tell(self) -> World:
        """Everybody's acts; calling it once is all there is."""
        for person in people.everybody():
            _Life(self, person, self.dice(person.username)).live()
        self._team()
        self._leftovers()
        if self._shape is Shape.PRESENT:
            lately.tell(self)
        rows = self.world.rows
        self._journal.sort(key=lambda row: row["submitted_date"])
        rows["journals"] = [
            {"id": 1000 + i} | row for i, row in enumerate(self._journal)
        ]
        for table in ("user_emails", "roles"):
            rows[table] = [{"id": i + 1} | row for i, row in enumerate(rows[table])]
        self._downloads()
        return self.world

    def dice(self, *words: str) -> random.Random:
        """Dice that fall alike for the same words and seed."""
        return random.Random("/".join([str(self._seed), *words]))  # noqa: S311 - invents, hides nothing

    def address(self, text: str) -> str:
        """The key of an address in the table of addresses."""
        if text not in self._addresses:
            self._addresses[text] = key_of("address", text)
            self.world.rows["ip_addresses"].append(
                {"id": self._addresses[text], "ip_address": text}
                | {"hashed_ip_address": hashlib.sha256(text.encode()).hexdigest()}
                | {"geoip_info": _place(text)}
            )
        return self._addresses[text]

    def event(
        self, person: Person, tag: str, at: datetime, address: str, more: Any
    ) -> None:
        """One account event."""
        number = len(self.world.rows["user_events"])
        self.world.rows["user_events"].append(
            {
                "id": key_of("event", str(self._seed), str(number)),
                "source_id": person.id,
                "tag": tag,
                "time": at,
                "ip_address_string": address,
                "additional": more,
                "ip_address_id": self.address(address),
            }
        )

    def entry(
        self,
        name: str,
        version: str | None,
        action: str,
        at: datetime,
        by: str,
        address: str,
    ) -> None:
        """One entry of the journal; its serial comes when all are told."""
        self._journal.append(
            {
                "name": name,
                "version": version,
                "action": action,
                "submitted_date": at,
                "submitted_by": by,
                "submitted_from": address,
            }
        )

    def project(self, name: str, at: datetime) -> None:
        """A project that exists today."""
        normal = re.sub(r"[-_.]+", "-", name).lower()
        self.world.rows["projects"].append(
            {"id": key_of("project", name), "name": name, "normalized_name": normal}
            | {"created": at}
        )

    def role(self, person: Person, project: str, role: str) -> None:
        """A role held today."""
        self.world.rows["roles"].append(
            {"user_id": person.id, "project_id": key_of("project", project)}
            | {"role_name": role}
        )

    def release(self, person: Person, project: str, version: str, at: datetime) -> None:
        """A release that is on offer today, without its files."""
        self.world.rows["releases"].append(
            {"id": key_of("release", project, version), "version": version}
            | {"project_id": key_of("project", project), "created": at}
            | {"uploader_id": person.id}
        )

    def file(
        self, project: str, version: str, name: str, at: datetime, size: int
    ) -> None:
        """A file that is on offer today."""
        self.world.rows["release_files"].append(
            {
                "id": key_of("file", name),
                "release_id": key_of("release", project, version),
            }
            | {"filename": name, "upload_time": at, "size": size}
        )

    def _team(self) -> None:
        """A team-mate of the first of the five, on the same project, from elsewhere."""
        heron, mate = people.FIVE_ACCOUNTS[0], people.TEAM_MATE
        at, address = datetime(2021, 5, 4, 9, 30), "203.0.113.201"  # noqa: DTZ001 - as above
        self.entry(
            "heron-nest",
            None,
            f"add Maintainer {mate.username}",
            at,
            "quill_heron",
            address,
        )
        self.role(mate, "heron-nest", "Maintainer")
        invited = {"project_name": "heron-nest", "submitted_by": heron.username}
        self.event(
            mate, "account:role:accepted", at + timedelta(minutes=3), address, invited
        )
        for step in range(6):
            at += timedelta(days=40, minutes=17 * step)
            version = f"3.{step}.0"
            self.entry("heron-nest", version, "new release", at, mate.username, address)
            self.release(mate, "heron-nest", version, at)
            name = f"heron_nest-{version}-py3-none-any.whl"
            done = at + timedelta(seconds=4)
            self.entry(
                "heron-nest",
                version,
                f"add py3 file {name}",
                done,
                mate.username,
                address,
            )
            self.file("heron-nest", version, name, done, 20_000 + step)
        # A project of the mate's, of which one of the five was made an owner, and left.
        lent = "sandpiper"
        self.entry(lent, None, "create", at, mate.username, address)
        for day, word in ((1, "add"), (9, "remove")):
            action = f"{word} Owner {heron.username}"
            self.entry(
                lent, None, action, at + timedelta(days=day), mate.username, address
            )

    def _leftovers(self) -> None:
        """What outlived its account, and an import that wrote a name with capitals."""
        at = datetime(2019, 11, 2, 3, 4, 5)  # noqa: DTZ001 - as above
        for step in range(5):
            when = at + timedelta(days=step)
            self.entry(
                "old-salt",
                "0.1",
                "new release",
                when,
                people.DELETED_NAME,
                "198.51.100.250",
            )
        self.entry(
            "heron-nest", None, "update summary", at, "Quill_Heron", "192.0.2.250"
        )

    def _downloads(self) -> None:
        """Counts by day, project, version and country, as the public set has them."""
        dice = self.dice("downloads")
        latest: dict[str, str] = {}
        for release in self.world.rows["releases"]:
            latest[release["project_id"]] = release["version"]
        for project in self.world.rows["projects"]:
            version = latest.get(project["id"])
            for day in range(5) if version else ():
                for country in ("DE", "US"):
                    self.world.downloads.append(
                        {"day": datetime(2023, 3, 1 + day)}  # noqa: DTZ001 - as above
                        | {"project": project["normalized_name"], "version": version}
                        | {"country_code": country, "downloads": dice.randrange(1, 900)}
                    )


class _Life:
    """One person's account, from its making to the end of the story."""

    def __init__(self, story: Story, person: Person, dice: random.Random) -> None:
        self.story, self.person, self.dice = story, person, dice
        count = 2 + person.sessions // 5
        self.addresses = [self._address() for _ in range(count)]
        self.now = _BEGIN + timedelta(minutes=dice.randrange(60 * 24 * 200))
        self.version = 0

    def live(self) -> None:
        joined = self.now
        self._create()
        seconds = int((_END - self.now).total_seconds())
        ahead = sorted(self.dice.sample(range(3_600, seconds), self.person.sessions))
        for start in ahead:
            self._session(max(self.now, joined + timedelta(seconds=start)))
        self.story.world.rows["users"].append(
            {"id": self.person.id, "username": self.person.username}
            | {"name": self.person.name, "date_joined": joined}
            | {"last_login": self.last_login}
        )
        emails = self.story.world.rows["user_emails"]
        emails.append({"user_id": self.person.id, "email": self.person.email})

    def _address(self) -> str:
        number = self.dice.randrange(1, 200)
        return self.dice.choice(_NETWORKS).format(number)

    def _later(self, seconds: int) -> datetime:
        self.now += timedelta(
            seconds=self.dice.randrange(1, seconds),
            microseconds=self.dice.randrange(10**6),
        )
        return self.now

    def _event(self, tag: str, address: str, more: Any = None) -> None:
        self.story.event(self.person, tag, self._later(90), address, more)

    def _entry(
        self, project: str, version: str | None, action: str, address: str
    ) -> datetime:
        at = self._later(90).replace(microsecond=0)
        self.story.entry(project, version, action, at, self.person.username, address)
        return at

    def _create(self) -> None:
        here = self.addresses[0]
        mail = {"from_": "noreply@example.org", "to": self.person.email}
        mail |= {"subject": "Please verify your e-mail address"}
        self.story.event(self.person, "account:create", self.now, here, None)
        self._event("account:email:sent", here, mail)
        self._event(
            "account:email:verified",
            here,
            {"email": self.person.email, "primary": True},
        )
        self.last_login = self.now
        if self.person.username == "novamoth":
            self._event("account:api_token:added", here, _HOSTILE_TOKEN)
        for project in self.person.projects:
            at = self._entry(project, None, "create", here)
            self._entry(project, None, f"add Owner {self.person.username}", here)
            self.story.project(project, at)
            self.story.role(self.person, project, "Owner")
        for project in self.person.past_projects:
            self._entry(project, None, "create", here)
            self._entry(project, None, f"add Owner {self.person.username}", here)
            self._entry(project, "0.1", "new release", here)
            self._entry(project, "0.1", f"add source file {project}-0.1.tar.gz", here)
            self._entry(project, None, "remove project", here)

    def _session(self, start: datetime) -> None:
        self.now = start
        here = self.dice.choice(self.addresses)
        chance = self.dice.random()
        if chance < 0.2:
            self._event("account:login:failure", here, {"reason": "invalid_password"})
        self._event(
            "account:login:success",
            here,
            {"two_factor_method": "totp", "two_factor_label": "totp"},
        )
        self.last_login = self.now
        if chance > 0.85:
            self._event(
                "account:api_token:added", here, {"description": "ci", "caveats": []}
            )
        if self.person.projects and chance < 0.6:
            self._upload(self.dice.choice(self.person.projects), here)

    def _upload(self, project: str, here: str) -> None:
        self.version += 1
        version = f"1.{self.version}.0"
        self.story.release(
            self.person,
            project,
            version,
            self._entry(project, version, "new release", here),
        )
        stem = re.sub(r"[-_.]+", "_", project).lower()
        for kind, name in (
            ("py3", f"{stem}-{version}-py3-none-any.whl"),
            ("source", f"{stem}-{version}.tar.gz"),
        ):
            at = self._entry(project, version, f"add {kind} file {name}", here)
            self.story.file(
                project, version, name, at, self.dice.randrange(4_000, 90_000)
            )
