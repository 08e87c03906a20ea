"""The demo: the model case of spring 2023, with invented people and records.

Three subpoenas of March and April 2023, five accounts between them, nine items each in
the words of the request. One request is fresh, one waits for counsel, whose question
was answered, and one is signed. A fourth is collected, and a data owner is asked for
what no query reaches. Everything is done through the verbs, so the demo's trail is a
real one.
"""

import io
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone

from cases import (
    agencies,
    authenticity,
    documents,
    grants,
    intake,
    review,
    scope,
    signoff,
    targeting,
)
from cases.enums import (
    Channel,
    CheckMethod,
    ContactKind,
    ContactMethod,
    ContactOutcome,
    DocumentKind,
    Finding,
    IdentifierKind,
    Instrument,
    ItemDecision,
    Jurisdiction,
    NumberSource,
    ProofMethod,
    Role,
    Secrecy,
    SignOffDecision,
    TargetRole,
)
from cases.models import Agency, Case, Organisation
from cases.proof import Proof
from compliance import demo_tickets
from compliance.demo_papers import SUBPOENAS, DemoSubpoena
from compliance.demo_users import DEMO_PASSWORD, DEMO_USERS
from disclosures import assembly
from disclosures.datamap.demo_service import FIVE_ACCOUNTS, make_service
from disclosures.datamap.load import load as load_map
from disclosures.packet import letters

DESK = "Case desk"
_NOT_AT_THE_DESK = frozenset(
    {Role.OUTSIDE_COUNSEL, Role.ADMINISTRATOR, Role.REPORT_EDITOR, Role.DATA_OWNER}
)
Wordings = Sequence[tuple[str, str]]
MAP = (
    Path(__file__).resolve().parent.parent
    / "disclosures/datamap/examples/pypi-2023.toml"
)


def load() -> bool:
    """Make the demo where there is none yet; whether anything was made.

    Raises:
        RuntimeError: this is not a demo (``settings.DEMO``), or half a demo is there.
    """
    if not settings.DEMO:
        raise RuntimeError("The demo is loaded only where CANDOR_DEMO=1.")
    make_demo_service()
    if Organisation.objects.exists():
        return False
    with transaction.atomic():
        people = _people()
        _organisation()
        map_text = MAP.read_text(encoding="utf-8")
        load_map(map_text, actor=people["adam"], at=_at(SUBPOENAS[0], -30))
        agency = _agency(people)
        signed, waiting, fresh = (
            _open(paper, agency, people["ines"]) for paper in SUBPOENAS
        )
        for case, paper in ((signed, SUBPOENAS[0]), (waiting, SUBPOENAS[1])):
            _prepare(case, paper, people["ines"], people["ana"])
            _check(case, paper, people["ana"])
        _sign(signed, SUBPOENAS[0], people["cora"])
        _let_in(waiting, SUBPOENAS[1], people["olga"], people["cora"])
        _ask(waiting, SUBPOENAS[1], people["cora"], people["ana"])
        _order_tickets(map_text, agency, people)
    return fresh.pk is not None


def _order_tickets(map_text: str, agency: Agency, people: dict[str, User]) -> None:
    """A request that a worker collects and a data owner completes; of a map of its own.

    The map of the other requests is in use again afterwards.
    """
    paper, adam = demo_tickets.PAPER, people["adam"]
    label = 'version = "2023-05'
    with_tickets = map_text.replace(label, f"{label}, with tickets", 1)
    with_tickets += demo_tickets.TICKETS
    load_map(with_tickets, actor=adam, at=_at(paper, -1))
    wordings = demo_tickets.WORDINGS
    case = _open(paper, agency, people["ines"], wordings)
    _prepare(case, paper, people["ines"], people["ana"], wordings)
    _check(case, paper, people["ana"])
    _sign(case, paper, people["cora"])
    assembly.request(case.pk, actor=people["ana"])
    load_map(map_text, actor=adam, at=_at(paper, 5))


def make_demo_service() -> None:
    """Make the service's own database and public data set, unless they are there."""
    folder = settings.VAR_DIR / "demo"
    database, downloads = folder / "service.sqlite3", folder / "file_downloads.parquet"
    if database.exists() and downloads.exists():
        return
    database.unlink(missing_ok=True)
    make_service(database, downloads)


def _people() -> dict[str, User]:
    desk, _made = Group.objects.get_or_create(name=DESK)
    people = {}
    for username, full_name, role in DEMO_USERS:
        first, last = full_name.split(" ", 1)
        user = User.objects.create_user(
            username,
            email=f"{username}@foundation.example",
            password=DEMO_PASSWORD,
            first_name=first,
            last_name=last,
            is_staff=True,
            is_superuser=role == Role.ADMINISTRATOR,
        )
        user.groups.add(Group.objects.get(name=role.value))
        if role not in _NOT_AT_THE_DESK:
            user.groups.add(desk)
        if role == Role.DATA_OWNER:
            user.groups.add(Group.objects.create(name=demo_tickets.SUPPORT_DESK))
        people[username] = user
    return people


def _organisation() -> Organisation:
    return Organisation.objects.create(
        pk=1,
        name="Package Index Foundation",
        address="200 Harbor Street, Suite 12\nPortland, Oregon 97204\nUnited States",
        letterhead="Public charity under 26 U.S.C. 501(c)(3)",
        contact="legal@foundation.example",
        custodian_title="Director of Infrastructure",
        time_zone="America/Los_Angeles",
        court="U.S. District Court for the District of Oregon",
        bates_prefix="PIF",
        intake_group=Group.objects.get(name=DESK),
    )


def _agency(people: dict[str, User]) -> Agency:
    """The agency of all three papers; its addresses are checked as of today."""
    at = timezone.now()
    agency = agencies.add_agency(
        actor=people["ines"],
        name="U.S. Department of Justice",
        jurisdiction=Jurisdiction.UNITED_STATES,
        address="950 Pennsylvania Avenue NW\nWashington, DC 20530",
        at=_at(SUBPOENAS[0], 0),
    )
    portal, officer = (
        agencies.enter_contact(
            agency.pk,
            actor=people["ines"],
            kind=kind,
            recipient=recipient,
            address=address,
            at=at - timedelta(days=9),
        )
        for kind, recipient, address in (
            (
                ContactKind.PORTAL,
                "Records intake desk",
                "https://upload.agency.example/records",
            ),
            (ContactKind.EMAIL, SUBPOENAS[0].officer, SUBPOENAS[0].email),
        )
    )
    call_back = agencies.Check(
        outcome=ContactOutcome.CONFIRMED,
        method=ContactMethod.CALL_BACK,
        source="The switchboard's number on the department's own website",
        evidence="Put through to the records desk, which spelled the address out.",
    )
    for contact in (portal, officer):
        agencies.check_contact(
            contact.pk,
            actor=people["cora"],
            check=call_back,
            at=at - timedelta(days=8),
        )
    return agency


def _open(
    paper: DemoSubpoena, agency: Agency, clerk: User, items: Wordings = ()
) -> Case:
    case = intake.open_case(
        actor=clerk,
        facts={
            "instrument": Instrument.GRAND_JURY_SUBPOENA,
            "jurisdiction": Jurisdiction.UNITED_STATES,
            "channel": Channel.EMAIL,
            "agency": agency,
            "officer_name": paper.officer,
            "officer_email": paper.email,
            "officer_phone": "+1 202 555 0143",
            "issuing_authority": paper.attorney,
            "issuing_court": paper.court,
            "agency_reference": paper.docket,
            "issued_on": paper.issued_on,
            "served_on": paper.served_on,
            "received_at": _at(paper, 0),
            "due_on": paper.due_on,
        },
        at=_at(paper, 0),
    )
    documents.add_document(
        case.pk,
        actor=clerk,
        kind=DocumentKind.PROCESS,
        name="subpoena.pdf",
        content=io.BytesIO(_pdf(paper, items or intake.standard_list())),
        at=_at(paper, 0, minutes=4),
    )
    intake.record_secrecy(
        case.pk, actor=clerk, secrecy=Secrecy.NONE, at=_at(paper, 0, minutes=9)
    )
    return case


def _pdf(paper: DemoSubpoena, items: Wordings) -> bytes:
    names = [FIVE_ACCOUNTS[place].username for place in paper.accounts]
    html = render_to_string(
        "compliance/demo_subpoena.html",
        {"paper": paper, "names": names, "items": items},
    )
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "paper.pdf"
        letters.lay_out(html, styles="paper", tagged=False).write(out)
        return out.read_bytes()


def _prepare(
    case: Case,
    paper: DemoSubpoena,
    clerk: User,
    analyst: User,
    items: Wordings = (),
) -> None:
    for place in paper.accounts:
        targeting.add_target(
            case.pk,
            actor=clerk,
            facts=targeting.TargetFacts(
                kind=IdentifierKind.USERNAME,
                identifier=FIVE_ACCOUNTS[place].username,
                time_zone="America/New_York",
                role=TargetRole.NOT_STATED,
                first_day=paper.first_day,
                last_day=paper.last_day,
            ),
            at=_at(paper, 1),
        )
    intake.set_items(
        case.pk,
        actor=clerk,
        wordings=list(items) or intake.standard_list(),
        at=_at(paper, 1, minutes=6),
    )
    review.start(case.pk, actor=analyst, at=_at(paper, 2))
    review.decide(
        case.pk,
        actor=analyst,
        choices=[
            review.Choice(target.pk, item.pk, ItemDecision.PRODUCE)
            for item in case.items.all()
            for target in case.targets.all()
        ],
        at=_at(paper, 2, minutes=25),
    )
    review.submit(case.pk, actor=analyst, at=_at(paper, 2, minutes=31))


def _check(case: Case, paper: DemoSubpoena, analyst: User) -> None:
    authenticity.record_finding(
        case.pk,
        actor=analyst,
        checked_digest=authenticity.digest(case),
        check=authenticity.Check(
            outcome=Finding.AUTHENTIC,
            method=CheckMethod.CALL_BACK,
            number_source=NumberSource.OFFICIAL_WEBSITE,
            evidence=(
                "Called the field office's main number from its website and was put "
                f"through to {paper.officer}, who read the docket number back to us."
            ),
        ),
        at=_at(paper, 2, minutes=40),
    )


def _sign(case: Case, paper: DemoSubpoena, counsel: User) -> None:
    case.refresh_from_db()
    signoff.record_sign_off(
        case.pk,
        counsel=counsel,
        decision=signoff.Decision(
            SignOffDecision.APPROVED,
            legal_basis="18 U.S.C. 2703(c)(2)",
            note="Valid on its face; nine items, none beyond a subpoena.",
        ),
        scope_digest=scope.digest(case),
        proof=Proof(ProofMethod.PASSWORD, _at(paper, 4)),
        at=_at(paper, 4),
    )


def _let_in(
    case: Case, paper: DemoSubpoena, outside_counsel: User, counsel: User
) -> None:
    zone = ZoneInfo(Organisation.objects.get().time_zone)
    # Whether a grant has ended is asked of today's clock, also in a demo of 2023.
    morning_after = datetime.now(zone).date() + timedelta(days=31)
    grants.give(
        case.pk,
        to=outside_counsel,
        actor=counsel,
        reason="A second opinion on items 8 and 9",
        ends_at=datetime.combine(morning_after, datetime.min.time(), tzinfo=zone),
        proof=Proof(ProofMethod.PASSWORD, _at(paper, 3)),
        at=_at(paper, 3),
    )


def _ask(case: Case, paper: DemoSubpoena, counsel: User, analyst: User) -> None:
    """Counsel asked something before deciding; the scope came back with the answer."""
    case.refresh_from_db()
    signoff.record_sign_off(
        case.pk,
        counsel=counsel,
        decision=signoff.Decision(
            SignOffDecision.ASKED,
            note="Item 9 asks who downloaded the packages. Do we hold any address of "
            "those people, or only the public counts?",
        ),
        scope_digest=scope.digest(case),
        proof=Proof(ProofMethod.PASSWORD, _at(paper, 3)),
        at=_at(paper, 3),
    )
    review.submit(
        case.pk,
        actor=analyst,
        answer="Only the public data set: project, version, time and country. No "
        "address is in it, and we keep none.",
        at=_at(paper, 3, minutes=40),
    )


def _at(paper: DemoSubpoena, days: int, *, minutes: int = 0) -> datetime:
    served = datetime.combine(paper.served_on, datetime.min.time(), tzinfo=UTC)
    return served + timedelta(days=days, hours=17, minutes=minutes)
