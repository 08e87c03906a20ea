"""Who does what: profiles, acts, roles, permissions, and how a person was proved."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Profile(TextChoices):
    """Which acts on one case want different persons (law-and-practice 2.4)."""

    TWO_PEOPLE = "two_people", _("Two people")
    STANDARD = "standard", _("Standard")


class Act(StrEnum):
    """What a person did on a case, as the rules about persons count it."""

    PREPARE = "prepare"
    APPROVE = "approve"
    COLLECT = "collect"
    EXAMINE = "examine"
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
    DATA_OWNER = "Data owner", _("Data owner")


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
    EXAMINE = "cases.examine_exhibits"
    WITHDRAW = "cases.record_withdrawal"
    REOPEN = "cases.reopen_case"
    FREEZE = "cases.freeze_releases"
    GRANT = "cases.grant_case"
    CHECK_CONTACT = "cases.check_contact"
    EDIT_SITE = "cases.edit_site"
    KEEP_PEOPLE = "cases.keep_people"
    RESTRICT = "cases.restrict_case"
    EXPORT_TRAIL = "cases.export_trail"
    ANSWER_PULL = "cases.answer_pull"


class ExposureGround(TextChoices):
    """Why somebody may be told of a restricted request (18 U.S.C. 2709(c)(2)(A))."""

    COMPLIANCE = "compliance", _("needed to comply")
    ATTORNEY = "attorney", _("attorney, for advice or help")
    PERMITTED = "permitted", _("permitted by the agency")


class ProofMethod(TextChoices):
    """By what somebody who decides has just shown who they are."""

    PASSWORD = "password", _("password")  # where no second factor is required
    TOTP = "totp", _("authenticator app")
    PASSKEY = "passkey", _("passkey or security key")
    RECOVERY_CODE = "recovery_code", _("recovery code")
    NOT_RECORDED = "not_recorded", _("not recorded")  # of rows older than the question
