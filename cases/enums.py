"""Closed lists of the field, and every event, task and permission of both apps.

A value that isn't in one of these lists can't be stored: each model repeats the list as
a database constraint. What an operator may extend (the data categories) is data and
never stands here.
"""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Instrument(TextChoices):
    """The legal process that was served."""

    GRAND_JURY_SUBPOENA = "grand_jury_subpoena", _("Grand jury subpoena")
    ADMINISTRATIVE_SUBPOENA = "administrative_subpoena", _("Administrative subpoena")
    TRIAL_SUBPOENA = "trial_subpoena", _("Trial subpoena")
    CIVIL_SUBPOENA = "civil_subpoena", _("Civil subpoena")
    COURT_ORDER = "court_order", _("Court order")
    SEARCH_WARRANT = "search_warrant", _("Search warrant")
    PEN_REGISTER = "pen_register", _("Pen register or trap and trace order")
    NATIONAL_SECURITY_LETTER = (
        "national_security_letter",
        _("National security letter"),
    )
    PRESERVATION_REQUEST = "preservation_request", _("Preservation request")
    EMERGENCY_REQUEST = "emergency_request", _("Emergency request")
    TREATY_REQUEST = "treaty_request", _("Treaty request")
    EUROPEAN_PRODUCTION_ORDER = (
        "european_production_order",
        _("European Production Order"),
    )


class Channel(TextChoices):
    """How the paper reached us."""

    PORTAL = "portal", _("Portal")
    EMAIL = "email", _("E-mail")
    REGISTERED_AGENT = "registered_agent", _("Registered agent")
    POST = "post", _("Post")
    FAX = "fax", _("Fax")
    IN_PERSON = "in_person", _("In person")
    DECENTRALISED_IT_SYSTEM = "decentralised_it_system", _("EU decentralised IT system")


class Jurisdiction(TextChoices):
    """Whose law the instrument stands on; the authority table is read by it."""

    UNITED_STATES = "US", _("United States")
    EUROPEAN_UNION = "EU", _("European Union")


class DataClass(TextChoices):
    """What the law grades a data category by."""

    PUBLIC = "public", _("Public")
    SUBSCRIBER = "subscriber", _("Subscriber")
    IDENTIFYING = "identifying", _("Identifying")
    TRAFFIC = "traffic", _("Traffic")
    CONTENT = "content", _("Content")


class Reach(TextChoices):
    """Whether an instrument compels a class of data."""

    COMPELS = "compels", _("Can compel")
    POLICY = "policy", _("By policy")
    VOLUNTARY = "voluntary", _("Voluntary only")
    INSUFFICIENT = "insufficient", _("Not sufficient")


class Secrecy(TextChoices):
    """What the paper says about telling the person concerned."""

    NONE = "none", _("No secrecy asked")
    ASKED = "asked", _("Asked, without legal force")
    ORDERED = "ordered", _("Ordered")
    UNKNOWN = "unknown", _("Not known yet")


class IssuerKind(TextChoices):
    """Who issued or validated a European order (Reg. (EU) 2023/1543 Art. 4)."""

    JUDGE = "judge", _("Judge, court or investigating judge")
    PROSECUTOR = "prosecutor", _("Public prosecutor")


class ContactKind(TextChoices):
    """Where an agency takes delivery."""

    PORTAL = "portal", _("Upload portal")
    EMAIL = "email", _("E-mail address")
    POSTAL = "postal", _("Postal address or office")


class ContactMethod(TextChoices):
    """How a delivery address is checked (law-and-practice 2.1, steps 3 and 13)."""

    CALL_BACK = (
        "call_back",
        _("Call-back to a number found elsewhere than in the request"),
    )
    DIRECTORY = (
        "directory",
        _("Found in an official directory or on the agency's own website"),
    )
    IN_PERSON = "in_person", _("Confirmed in person, against an official badge")


class ContactOutcome(TextChoices):
    """What a check of a delivery address came to."""

    CONFIRMED = "confirmed", _("It is the agency's")
    FAILED = "failed", _("It isn't, or nobody could confirm it")


class IdentifierKind(TextChoices):
    """What kind of identifier the paper names a target by."""

    USERNAME = "username", _("User name")
    ACCOUNT_ID = "account_id", _("Account ID")
    EMAIL = "email", _("E-mail address")


class TargetRole(TextChoices):
    """What the paper says the target is to the investigation."""

    NOT_STATED = "not_stated", _("Not stated")
    SUBJECT = "subject", _("Subject")
    VICTIM = "victim", _("Victim")
    WITNESS = "witness", _("Witness")


class DocumentKind(TextChoices):
    """What a stored paper is."""

    PROCESS = "process", _("Served process")
    SECRECY_ORDER = "secrecy_order", _("Non-disclosure order")
    COURT_PAPER = "court_paper", _("Ruling, stay or motion")
    CORRESPONDENCE = "correspondence", _("Correspondence")


class Standing(TextChoices):
    """How an instrument stands after it was served."""

    IN_FORCE = "in_force", _("In force")
    STAYED = "stayed", _("Stayed")
    QUASHED = "quashed", _("Quashed")
    WITHDRAWN = "withdrawn", _("Taken back by the requester")


class Objector(TextChoices):
    """Who objects to an instrument."""

    US = "us", _("We do")
    USER = "user", _("The person concerned")


class ObjectionOutcome(TextChoices):
    """How an objection ended."""

    SUSTAINED = "sustained", _("Sustained")
    OVERRULED = "overruled", _("Overruled")
    WITHDRAWN = "withdrawn", _("Taken back")


class Finding(TextChoices):
    """What somebody found out about the served paper."""

    AUTHENTIC = "authentic", _("Authentic")
    DOUBTFUL = "doubtful", _("Doubtful")
    FORGED = "forged", _("Forged")


class CheckMethod(TextChoices):
    """How a paper is checked (law-and-practice 2.1, step 3)."""

    CALL_BACK = "call_back", _("Call-back to a number that isn't from the paper")
    SUPERVISOR = "supervisor", _("A supervisor of the officer confirmed it")
    COURT_DOCKET = "court_docket", _("Looked up in the court's docket or register")
    OFFICIAL_DOMAIN = "official_domain", _("Answered at the official domain")
    SEAL = "seal", _("Seal or signature checked")
    FORENSICS = "forensics", _("The file examined, compared with known forgeries")


class NumberSource(TextChoices):
    """Where the number of a call-back was found; the paper is no such place."""

    OFFICIAL_WEBSITE = "official_website", _("The agency's official website")
    PUBLIC_DIRECTORY = "public_directory", _("A public directory")
    OWN_RECORDS = "own_records", _("Our own records of earlier dealings")
    SWITCHBOARD = "switchboard", _("Put through by the agency's switchboard")


class MessageKind(TextChoices):
    """Between whom a message of the privileged thread passes."""

    QUESTION = "question", _("The desk asks counsel")
    ANSWER = "answer", _("Counsel to the desk")
    AMONG_COUNSEL = "among_counsel", _("Counsel only")


class ItemDecision(TextChoices):
    """What the analyst proposes for one target and one requested item.

    What isn't held is one of three statements, which are never merged: it was never
    recorded, it is no longer kept, or somebody else has it (law-and-practice 6.1).
    """

    PRODUCE = "produce", _("Produce")
    NARROW = "narrow", _("Narrow the dates")
    OBJECT = "object", _("Object")
    NOT_COLLECTED = "not_collected", _("Never recorded")
    NOT_RETAINED = "not_retained", _("No longer kept")
    HELD_BY_THIRD_PARTY = "third_party", _("Held elsewhere")

    @property
    def produces(self) -> bool:
        """Whether records go out on it."""
        return self in {ItemDecision.PRODUCE, ItemDecision.NARROW}


class SignOffDecision(TextChoices):
    """What counsel decided about a frozen scope."""

    APPROVED = "approved", _("Approved")
    RETURNED = "returned", _("Returned")
    REFUSED = "refused", _("Refused")


class CaseStatus(TextChoices):
    """Where a case stands. Written by ``cases.transitions`` alone."""

    RECEIVED = "received", _("Received")
    IN_REVIEW = "in_review", _("In review")
    AWAITING_SIGN_OFF = "awaiting_sign_off", _("Waiting for counsel")
    APPROVED = "approved", _("Approved")
    REFUSED = "refused", _("Refused by counsel")
    IN_PRODUCTION = "in_production", _("In production")
    RELEASED = "released", _("Released")
    CLOSED = "closed", _("Closed")


class Disposition(TextChoices):
    """How a case, or one item of it, ended."""

    FULL = "full", _("Produced in full")
    PARTIAL = "partial", _("Produced in part")
    NO_RECORDS = "no_records", _("No records")
    OBJECTED = "objected", _("Objected")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Audience(TextChoices):
    """Whom a message could tell that a case exists."""

    REQUESTER = "requester", _("The issuing agency")
    USER = "user", _("The person concerned")
    PUBLIC = "public", _("The public")
    THIRD_PARTY = "third_party", _("Anyone else")


class Profile(TextChoices):
    """Which acts on one case want different persons (law-and-practice 2.4)."""

    TWO_PEOPLE = "two_people", _("Two people")
    STANDARD = "standard", _("Standard")


class Act(StrEnum):
    """What a person did on a case, as the rules about persons count it."""

    PREPARE = "prepare"
    APPROVE = "approve"
    COLLECT = "collect"
    CERTIFY = "certify"
    RELEASE = "release"


class Role(TextChoices):
    """The roles; each is a Django group of this name, made by migration."""

    INTAKE_CLERK = "Intake clerk", _("Intake clerk")
    ANALYST = "Analyst", _("Analyst")
    CUSTODIAN = "Custodian", _("Custodian")
    COUNSEL = "Counsel", _("Counsel")
    OUTSIDE_COUNSEL = "Outside counsel", _("Outside counsel")
    RELEASE_OFFICER = "Release officer", _("Release officer")
    REPORT_EDITOR = "Report editor", _("Report editor")
    AUDITOR = "Auditor", _("Auditor")
    ADMINISTRATOR = "Administrator", _("Administrator")


class Perm(StrEnum):
    """Every permission that the code asks for. A role carries verbs, a grant cases."""

    VIEW = "cases.view_case"
    INTAKE = "cases.intake_case"
    REVIEW = "cases.review_case"
    AUTHENTICATE = "cases.authenticate_case"
    WRITE_NOTE = "cases.write_note"
    ASK_COUNSEL = "cases.ask_counsel"
    READ_PRIVILEGED = "cases.read_privileged"
    SIGN_OFF = "cases.sign_off_case"
    ORDER = "cases.order_packet"
    CERTIFY = "cases.certify_packet"
    RELEASE = "cases.release_packet"
    CLOSE = "cases.close_case"
    READ_TRAIL = "cases.read_trail"
    READ_EXHIBITS = "cases.read_exhibits"
    WITHDRAW = "cases.record_withdrawal"
    REOPEN = "cases.reopen_case"
    FREEZE = "cases.freeze_releases"
    GRANT = "cases.grant_case"
    CHECK_CONTACT = "cases.check_contact"
    EDIT_SITE = "cases.edit_site"


class ProofMethod(TextChoices):
    """By what somebody who decides has just shown who they are."""

    PASSWORD = "password", _("password")  # where no second factor is required
    TOTP = "totp", _("authenticator app")
    PASSKEY = "passkey", _("passkey or security key")
    RECOVERY_CODE = "recovery_code", _("recovery code")
    NOT_RECORDED = "not_recorded", _("not recorded")  # of rows older than the question


class EventKind(TextChoices):
    """Every event: past tense, dotted, ``object.part.happened``."""

    CASE_OPENED = "case.opened", _("Case opened")
    CASE_CORRECTED = "case.corrected", _("Intake facts corrected")
    CASE_VIEWED = "case.viewed", _("Case page opened")
    SECRECY_RECORDED = "case.secrecy.recorded", _("Secrecy recorded")
    DOCUMENT_ADDED = "case.document.added", _("Document added")
    DOCUMENT_OPENED = "case.document.opened", _("Document opened")
    AUTHENTICITY_FOUND = "case.authenticity.found", _("Paper checked")
    NOTE_WRITTEN = "case.note.written", _("Note written")
    THREAD_WRITTEN = "case.privileged.written", _("Privileged message written")
    THREAD_READ = "case.privileged.read", _("Privileged thread read")
    TARGET_ADDED = "case.target.added", _("Target added")
    TARGET_CORRECTED = "case.target.corrected", _("Target corrected")
    TARGET_REMOVED = "case.target.removed", _("Target removed")
    CATEGORIES_SET = "case.categories.set", _("Requested categories set")
    ITEM_DECIDED = "case.item.decided", _("Item decided")
    SCOPE_SUBMITTED = "case.scope.submitted", _("Scope submitted to counsel")
    SIGN_OFF_APPROVED = "case.sign_off.approved", _("Scope approved by counsel")
    SIGN_OFF_RETURNED = "case.sign_off.returned", _("Scope returned by counsel")
    SIGN_OFF_REFUSED = "case.sign_off.refused", _("Scope refused by counsel")
    STATUS_CHANGED = "case.status.changed", _("Status changed")
    STANDING_RECORDED = "case.standing.recorded", _("Standing recorded")
    OBJECTION_LODGED = "case.objection.lodged", _("Objection lodged")
    OBJECTION_DECIDED = "case.objection.decided", _("Objection decided")
    CASE_CLOSED = "case.closed", _("Case closed")
    CASE_HANDED_OVER = "case.handed_over", _("Handed over to another owner")
    GRANT_GIVEN = "case.grant.given", _("Grant given")
    GRANT_ENDED = "case.grant.ended", _("Grant ended")
    GRANT_REFUSED = "case.grant.refused", _("Page refused for want of a grant")
    CASE_REOPENED = "case.reopened", _("Case reopened")
    PACKET_REQUESTED = "packet.requested", _("Packet ordered")
    PACKET_COLLECTED = "packet.collected", _("Records collected")
    PACKET_FAILED = "packet.failed", _("Packet failed")
    PACKET_RESUMED = "packet.resumed", _("Packet resumed")
    PACKET_CERTIFIED = "packet.certified", _("Declaration signed")
    PACKET_SEALED = "packet.sealed", _("Packet sealed")
    PACKET_OPENED = "packet.opened", _("Packet downloaded")
    PACKET_DOWNLOAD_STOPPED = (
        "packet.download.stopped",
        _("Packet's download broken off"),
    )
    PACKET_RELEASED = "packet.released", _("Packet handed over")
    PACKET_ACKNOWLEDGED = "packet.acknowledged", _("Receipt acknowledged")
    PACKET_SUPERSEDED = "packet.superseded", _("Packet superseded")
    PACKET_STATUS_CHANGED = "packet.status.changed", _("Packet status changed")
    EXHIBIT_OPENED = "exhibit.opened", _("Exhibit opened")


class SiteEventKind(TextChoices):
    """Every event that belongs to no case: acts on the site and its directory."""

    RELEASES_FROZEN = "releases.frozen", _("All releases stopped")
    RELEASES_THAWED = "releases.thawed", _("Releases opened again")
    AGENCY_ADDED = "agency.added", _("Agency added")
    AGENCY_CHANGED = "agency.changed", _("Agency changed")
    CONTACT_ENTERED = "agency.contact.entered", _("Delivery address entered")
    CONTACT_CHECKED = "agency.contact.checked", _("Delivery address checked")
    CONTACT_RETIRED = "agency.contact.retired", _("Delivery address retired")
    ORGANISATION_CHANGED = "organisation.changed", _("Organisation changed")


class TaskName(StrEnum):
    """Every Celery task; the row is the work order, the message only a hint."""

    ASSEMBLE = "disclosures.assemble"
    SWEEP = "disclosures.sweep"
    CLEAR = "disclosures.clear"
