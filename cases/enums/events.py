"""Every event of both trails, and every task, of both apps."""

from enum import StrEnum

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class EventKind(TextChoices):
    """Every event: past tense, dotted, ``object.part.happened``."""

    CASE_OPENED = "case.opened", _("Request opened")
    CASE_CORRECTED = "case.corrected", _("Intake facts corrected")
    CASE_VIEWED = "case.viewed", _("Request page opened")
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
    SIGN_OFF_CONDITIONAL = (
        "case.sign_off.conditional",
        _("Scope approved by counsel with conditions"),
    )
    CONDITIONS_ACKNOWLEDGED = (
        "case.conditions.acknowledged",
        _("Counsel's conditions acknowledged"),
    )
    SIGN_OFF_ASKED = "case.sign_off.asked", _("Question asked by counsel")
    QUESTION_ANSWERED = "case.question.answered", _("Counsel's question answered")
    SIGN_OFF_RETURNED = "case.sign_off.returned", _("Scope returned by counsel")
    SIGN_OFF_REFUSED = "case.sign_off.refused", _("Scope refused by counsel")
    STATUS_CHANGED = "case.status.changed", _("Status changed")
    STANDING_RECORDED = "case.standing.recorded", _("Standing recorded")
    OBJECTION_LODGED = "case.objection.lodged", _("Objection lodged")
    OBJECTION_DECIDED = "case.objection.decided", _("Objection decided")
    CASE_CLOSED = "case.closed", _("Request closed")
    CASE_HANDED_OVER = "case.handed_over", _("Handed over to another owner")
    GRANT_GIVEN = "case.grant.given", _("Grant given")
    GRANT_ENDED = "case.grant.ended", _("Grant ended")
    GRANT_REFUSED = "case.grant.refused", _("Page refused for want of a grant")
    GLASS_BROKEN = "case.glass.broken", _("Glass broken")
    GLASS_REVIEWED = "case.glass.reviewed", _("Broken glass reviewed")
    CASE_RESTRICTED = "case.restricted", _("Restricted to named persons")
    EXPOSURE_RECORDED = "case.exposure.recorded", _("Told of the request")
    EXPOSURE_ACKNOWLEDGED = (
        "case.exposure.acknowledged",
        _("Secrecy acknowledged"),
    )
    REGISTER_EXPORTED = "case.exposure.exported", _("Register of the told exported")
    TRAIL_EXPORTED = "case.trail.exported", _("Trail exported")
    CASE_REOPENED = "case.reopened", _("Request reopened")
    PACKET_REQUESTED = "packet.requested", _("Packet ordered")
    COLLECTION_TRIED = "case.collection.tried", _("Dry run made")
    ACCOUNTS_AMBIGUOUS = (
        "packet.account.ambiguous",
        _("Several accounts match a target"),
    )
    ACCOUNT_CHOSEN = "packet.account.chosen", _("Account chosen")
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
    CUSTODY_BROKEN = "packet.custody.broken", _("Break in custody found")
    CUSTODY_SETTLED = "packet.custody.settled", _("Break in custody settled")
    CUSTODY_EXPORTED = "packet.custody.exported", _("Custody ledger exported")
    EXHIBIT_OPENED = "exhibit.opened", _("Exhibit opened")
    PULL_ISSUED = "pull.issued", _("Pull order issued")
    PULL_ASSIGNED = "pull.assigned", _("Pull order given to a person")
    PULL_OPENED = "pull.opened", _("Pull order read by a data owner")
    PULL_ANSWERED = "pull.answered", _("Pull order answered")
    PULL_RETURNED = "pull.returned", _("Answer to a pull order returned")
    PULL_WITHDRAWN = "pull.withdrawn", _("Pull order withdrawn")
    PULL_OVERDUE = "pull.overdue", _("Pull order overdue, reminder sent")
    EXHIBIT_MARKED = "exhibit.marked", _("Exhibit marked for redaction")
    MARK_LIFTED = "exhibit.mark.lifted", _("Redaction mark lifted")
    COLUMN_RELEASED = (
        "exhibit.column.released",
        _("Column about other people released by counsel"),
    )
    EXHIBIT_PASSED = "exhibit.passed", _("Exhibit examined and passed")
    EXHIBIT_RETURNED = "exhibit.returned", _("Exhibit examined and returned")


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
    LIST_OPENED = "list.opened", _("List opened")
    PERSON_ADDED = "person.added", _("Person added")
    PERSON_CHANGED = "person.changed", _("Person's details changed")
    PERSON_ROLES_CHANGED = "person.roles.changed", _("Person's roles changed")
    GROUP_CHANGED = "group.changed", _("Group changed")


class Trail(TextChoices):
    """Which of the two tables an event stands in."""

    CASES = "cases", _("of requests")
    SITE = "site", _("of the site")


class TaskName(StrEnum):
    """Every Celery task; the row is the work order, the message only a hint."""

    ASSEMBLE = "disclosures.assemble"
    SWEEP = "disclosures.sweep"
    CLEAR = "disclosures.clear"
    REMIND = "disclosures.remind"
    SEAL_TRAIL = "cases.seal_trail"
    DRAW = "disclosures.draw"
