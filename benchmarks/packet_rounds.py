"""The rounds of ``benchmarks/packet.py``: order, collect, examine, certify, seal."""

import time
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from cases import review, scope, signoff
from cases.enums import CaseStatus, ProofMethod, SignOffDecision
from cases.models import Case
from cases.proof import Proof
from compliance import demo
from disclosures import (
    assembly,
    certifying,
    facts,
    marks,
    production,
    reading,
    redaction,
)
from disclosures.enums import PacketStatus, SigningPlace
from disclosures.models import Packet
from disclosures.packet import assemble as pages


@dataclass(frozen=True)
class Round:
    """Seconds of wall clock that a worker spent, and what came of it."""

    collect: float
    seal: float
    rows: int
    pages: int


class Rounds:
    """The demo's signed request, ordered again and again."""

    def __init__(self) -> None:
        """Make a demo on an empty database."""
        call_command("migrate", verbosity=0)
        demo.load()
        pages.make_ready()  # as a worker does when it starts (disclosures/tasks.py)
        self.case = Case.objects.get(status=CaseStatus.APPROVED)
        self.people = {user.username: user for user in User.objects.all()}

    def once(self) -> Round:
        """Order, collect, certify, seal; then make the next round possible.

        Raises:
            RuntimeError: the packet didn't get sealed, or doesn't verify.
        """
        self._sign_anew()
        packet = assembly.request(self.case.pk, actor=self.people["ana"])
        collect = self._timed(packet, PacketStatus.COLLECTED)
        self._certify(packet)
        seal = self._timed(packet, PacketStatus.SEALED)
        packet.refresh_from_db()
        if found := production.findings(packet):
            raise RuntimeError(f"The packet doesn't verify: {found}")
        rows = sum(packet.exhibits.values_list("rows", flat=True))
        return Round(collect, seal, rows, packet.pages or 0)

    def _timed(self, packet: Packet, wanted: PacketStatus) -> float:
        start = time.perf_counter()
        assembly.assemble(packet.pk)
        seconds = time.perf_counter() - start
        packet.refresh_from_db()
        if packet.status != wanted:
            raise RuntimeError(
                f"{packet.status}: {packet.failed_part} {packet.failure}"
            )
        return seconds

    def _certify(self, packet: Packet) -> None:
        custodian = self.people["carl"]
        for exhibit in packet.exhibits.to_examine():
            reading.open_exhibit(exhibit.pk, actor=custodian)
            digest = marks.digest(exhibit)
            redaction.pass_exhibit(exhibit.pk, actor=custodian, marks_digest=digest)
        certifying.certify(
            packet.pk,
            custodian=custodian,
            exhibits_digest=facts.exhibits_digest(packet),
            statement=certifying.Statement(
                role="Director of Infrastructure",
                practice="Made at the time of each act by the service itself.",
                signing_place=SigningPlace.INSIDE_US,
                place="Portland, Oregon",
                signed_on=facts.today(timezone.now()),
                signed_name=custodian.get_full_name(),
            ),
            proof=Proof(ProofMethod.PASSWORD, timezone.now()),
        )

    def _sign_anew(self) -> None:
        self.case.refresh_from_db()
        if self.case.status == CaseStatus.APPROVED:
            return
        review.revise(self.case.pk, actor=self.people["ana"], reason="Next round.")
        review.submit(self.case.pk, actor=self.people["ana"])
        self.case.refresh_from_db()
        signoff.record_sign_off(
            self.case.pk,
            counsel=self.people["cora"],
            decision=signoff.Decision(
                SignOffDecision.APPROVED, legal_basis="18 U.S.C. 2703(c)(2)"
            ),
            scope_digest=scope.digest(self.case),
            proof=Proof(ProofMethod.PASSWORD, timezone.now()),
        )
