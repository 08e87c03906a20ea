"""Closed lists of what goes out: response codes, kinds of parts, states of a packet."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class ResponseCode(TextChoices):
    """What one exhibit answers. The codes are never merged.

    "Not collected", "not retained" and "no responsive records" are legally different
    statements (law-and-practice 6.1). So are "account not found", of an identifier that
    the order names, and "not named", of one that it doesn't.
    """

    PRODUCED = "PRODUCED", _("Produced")
    PRODUCED_PARTIAL = "PRODUCED_PARTIAL", _("Produced in part")
    DERIVED = "DERIVED", _("Derived from other exhibits")
    PRODUCED_PUBLIC = "PRODUCED_PUBLIC", _("Produced from a public source")
    NO_RESPONSIVE_RECORDS = (
        "NO_RESPONSIVE_RECORDS",
        _("Searched, no responsive records"),
    )
    ACCOUNT_NOT_FOUND = "ACCOUNT_NOT_FOUND", _("Account not found")
    NOT_COLLECTED = "NOT_COLLECTED", _("Not collected by the service")
    NOT_RETAINED = "NOT_RETAINED", _("Not retained")
    HELD_BY_THIRD_PARTY = "HELD_BY_THIRD_PARTY", _("Held by a third party")
    NOT_NAMED = "NOT_NAMED", _("Not named in the order")
    OBJECTED = "OBJECTED", _("Objected")
    WITHHELD_INSUFFICIENT_PROCESS = (
        "WITHHELD_INSUFFICIENT_PROCESS",
        _("Withheld: insufficient process"),
    )
    OUT_OF_SCOPE_AFTER_NARROWING = (
        "OUT_OF_SCOPE_AFTER_NARROWING",
        _("Out of scope after narrowing"),
    )
    PENDING_SUPPLEMENT = "PENDING_SUPPLEMENT", _("To follow in a supplement")
    NARRATIVE_ANSWER = "NARRATIVE_ANSWER", _("Narrative answer")


class PartKind(TextChoices):
    """How a part of a category is answered."""

    QUERY = "query", _("Query")
    DERIVED = "derived", _("Derived")
    STATEMENT = "statement", _("Statement")
    MANUAL = "manual", _("Pull order")


class ColumnType(TextChoices):
    """What a column of an exhibit holds; it decides the text form of each cell."""

    TEXT = "text", _("Text")
    INTEGER = "integer", _("Whole number")
    TIMESTAMP = "timestamp", _("Time (UTC)")
    BOOLEAN = "boolean", _("Yes or no")
    JSON = "json", _("JSON")
    ADDRESS = "address", _("Network address")


class PacketStatus(TextChoices):
    """Where a packet stands. Written by ``cases.transitions`` alone."""

    QUEUED = "queued", _("Queued")
    COLLECTING = "collecting", _("Collecting records")
    CHOOSING = "choosing", _("Waiting for a choice of account")
    AWAITING = "awaiting", _("Waiting for a data owner")
    COLLECTED = "collected", _("Waiting for certification")
    CERTIFIED = "certified", _("Certified, waiting to be sealed")
    SEALING = "sealing", _("Rendering and sealing")
    SEALED = "sealed", _("Sealed")
    RELEASED = "released", _("Handed over")
    FAILED = "failed", _("Failed")
    SUPERSEDED = "superseded", _("Superseded")


class ExhibitStatus(TextChoices):
    """Where one answer stands. Written by ``cases.transitions`` alone."""

    PLANNED = "planned", _("Planned")
    COLLECTED = "collected", _("Collected")
    FAILED = "failed", _("Failed")


class PullStatus(TextChoices):
    """Where a pull order stands. Written by ``cases.transitions`` alone."""

    WAITING = "waiting", _("Waiting for an answer")
    ANSWERED = "answered", _("Answered")
    RETURNED = "returned", _("Returned to the data owner")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class OwnersAnswer(TextChoices):
    """What a data owner says; each leads to one response code, and none is merged."""

    RECORDS = "records", _("Records: I upload them")
    NONE_FOUND = "none_found", _("We hold such records; searched, and none found")
    NOT_COLLECTED = "not_collected", _("Not held: we never collected such records")
    NOT_RETAINED = "not_retained", _("Not held any more: deleted under our retention")
    HELD_ELSEWHERE = "held_elsewhere", _("Not held: somebody else holds them for us")


class Resolution(TextChoices):
    """Whether the identifier as served leads to an account."""

    FOUND = "found", _("Account found")
    NOT_FOUND = "not_found", _("Account not found")
    AMBIGUOUS = "ambiguous", _("Several accounts")


class LeftOut(TextChoices):
    """Why a row that a source gave isn't kept: it lies outside the signed scope."""

    ACCOUNT = "account", _("of another account, or of none")
    WINDOW = "window", _("outside the period")
    NO_TIME = "no_time", _("without a time that can be read")


class Redaction(TextChoices):
    """Why something collected isn't produced (law-and-practice 2.1, step 11).

    A closed list: the log of a packet counts by it, and the mark in a file names it.
    """

    THIRD_PARTY = "THIRD_PARTY", _("About another person than the target")
    OUT_OF_SCOPE = "OUT_OF_SCOPE", _("Outside the approved scope")
    INSUFFICIENT_PROCESS = (
        "INSUFFICIENT_PROCESS",
        _("Not compelled by the legal process served"),
    )
    PRIVILEGED = "PRIVILEGED", _("Privileged or immune")
    PRESS = "PRESS", _("Protected press material")
    SECRET = "SECRET", _("Secret that opens an account or a system")


class Examined(TextChoices):
    """What the examination of an exhibit came to."""

    PASSED = "passed", _("Passed")
    RETURNED = "returned", _("Returned: to be collected anew")


class SigningPlace(TextChoices):
    """Where a declaration is signed: the statutory form differs (28 U.S.C. 1746)."""

    INSIDE_US = "inside_us", _("Within the United States")
    OUTSIDE_US = "outside_us", _("Outside the United States")


class InHand(TextChoices):
    """By which of its files the release officer showed the packet in hand."""

    ARCHIVE = "archive", _("the zip as downloaded")
    MANIFEST = "manifest", _("its manifest.json")


class AcknowledgedBy(TextChoices):
    """How the agency let us know that the packet arrived."""

    PORTAL_RECEIPT = "portal_receipt", _("Receipt of its upload portal")
    EMAIL = "email", _("E-mail")
    SIGNED_RECEIPT = "signed_receipt", _("Signed receipt")
    TELEPHONE = "telephone", _("Telephone")
    NONE_CAME = "none_came", _("None came, though we asked")


class DeliveryMethod(TextChoices):
    """How a packet was handed over."""

    AGENCY_PORTAL = "agency_portal", _("Agency's upload portal")
    ENCRYPTED_MAIL = "encrypted_mail", _("Encrypted e-mail")
    COURIER = "courier", _("Courier")
    IN_PERSON = "in_person", _("In person")
