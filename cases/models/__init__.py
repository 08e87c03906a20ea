"""What came in and what was decided: one file per noun, gathered here."""

from cases.models import note
from cases.models.agency import Agency, AgencyContact, ContactCheck
from cases.models.authenticity import AuthenticityFinding
from cases.models.case import Case
from cases.models.category import Category
from cases.models.document import CaseDocument
from cases.models.event import Event, SiteEvent
from cases.models.exposure import Exposure
from cases.models.glass import BrokenGlass
from cases.models.grant import CaseGroupPerm, CaseUserPerm
from cases.models.key import CaseKey
from cases.models.scope import RequestedItem, ScopeItem, ScopeRevision
from cases.models.seal import AuditCheckpoint, AuditSeal
from cases.models.signoff import Reply, SignOff
from cases.models.site import Organisation
from cases.models.standing import Objection, StandingChange
from cases.models.target import Target
from cases.models.work import WorkOrder

__all__ = [
    "Agency",
    "AgencyContact",
    "AuditCheckpoint",
    "AuditSeal",
    "AuthenticityFinding",
    "BrokenGlass",
    "Case",
    "CaseDocument",
    "CaseGroupPerm",
    "CaseKey",
    "CaseUserPerm",
    "Category",
    "ContactCheck",
    "Event",
    "Exposure",
    "Objection",
    "Organisation",
    "Reply",
    "RequestedItem",
    "ScopeItem",
    "ScopeRevision",
    "SignOff",
    "SiteEvent",
    "StandingChange",
    "Target",
    "WorkOrder",
    "note",  # its rows are for cases.notes and its pages, and handed to nobody else
]
