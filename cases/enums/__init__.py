"""Closed lists of the field; those of events and of people stand beside.

A value that isn't in one of these lists can't be stored: each model repeats the list as
a database constraint. What an operator may extend (the data categories) is data and
never stands here.
"""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from cases.enums.events import EventKind as EventKind
from cases.enums.events import SiteEventKind as SiteEventKind
from cases.enums.events import TaskName as TaskName
from cases.enums.events import Trail as Trail
from cases.enums.people import Act as Act
from cases.enums.people import ExposureGround as ExposureGround
from cases.enums.people import Perm as Perm
from cases.enums.people import Profile as Profile
from cases.enums.people import ProofMethod as ProofMethod
from cases.enums.people import Role as Role


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
    recorded, it is no longer kept, or somebody else has it (law-and-practice 6.1). That
    the order doesn't name the target is said of all items alike (``cases.naming``).
    """

    PRODUCE = "produce", _("Produce")
    NARROW = "narrow", _("Narrow the dates")
    OBJECT = "object", _("Object")
    NOT_COLLECTED = "not_collected", _("Never recorded")
    NOT_RETAINED = "not_retained", _("No longer kept")
    HELD_BY_THIRD_PARTY = "third_party", _("Held elsewhere")
    NOT_NAMED = "not_named", _("Not named")

    @property
    def produces(self) -> bool:
        """Whether records go out on it."""
        return self in {ItemDecision.PRODUCE, ItemDecision.NARROW}


class Naming(TextChoices):
    """Whether the order names a target; whether it is in our data is another matter."""

    NOT_JUDGED = "not_judged", _("Not judged yet")
    NAMED = "named", _("Named")
    NOT_NAMED = "not_named", _("Not named")


class ObjectionGround(TextChoices):
    """On what ground a target under an item isn't answered.

    The provisions behind each stand in ``cases/rules/grounds.toml``.
    """

    INSUFFICIENT_PROCESS = "insufficient_process", _("Insufficient process")
    DEFECTIVE = "defective", _("Defective on its face")
    OVERBROAD = "overbroad", _("Overbroad")
    VAGUE = "vague", _("Vague")
    NOT_PARTICULAR = "not_particular", _("Not particular enough")
    UNDULY_BURDENSOME = "unduly_burdensome", _("Unduly burdensome")
    PRIVILEGED = "privileged", _("Privileged or immune")
    PRESS = "press", _("Protected press material")
    WRONG_ENTITY = "wrong_entity", _("Addressed to the wrong entity")
    JURISDICTION = "jurisdiction", _("No jurisdiction")
    COMITY = "comity", _("Conflict with another country's law")
    SHIELD_LAW = "shield_law", _("Barred by a shield law")
    THIRD_PARTY_RIGHTS = "third_party_rights", _("Rights of third parties")
    OTHER = "other", _("Other, as stated")


class SignOffDecision(TextChoices):
    """What counsel decided about a frozen scope; a question leaves it undecided."""

    APPROVED = "approved", _("Approved")
    CONDITIONAL = "conditional", _("Approved with conditions")
    ASKED = "asked", _("Question asked")
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
