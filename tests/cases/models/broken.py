"""Each constraint of ``cases``, broken once: what is changed, and what a form says."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import models

from cases.enums import ItemDecision, SignOffDecision
from cases.models import (
    Agency,
    Case,
    CaseDocument,
    CaseGroupPerm,
    CaseUserPerm,
    Category,
    Organisation,
    RequestedItem,
    ScopeItem,
    ScopeRevision,
    SignOff,
    Target,
)
from tests import factories as make

NO_CHOICE = "Value 'nonsense' is not a valid choice."
UNPROVED = "A decision says how its person was proved."
BLANK = "This field cannot be blank."
ORDER = (
    "An order of secrecy needs its paper, its first day, and an end or a day to look "
    "again."
)
ON_GROUND = "An objection, and only it, has a ground."
POLICY = "At least one counsel approves, and no fewer what is sensitive."
DECIDED = "This scope has been decided already."
WINDOW = "The window ends before it begins."
NEEDS_REASON = "All but producing the whole needs a reason."


@dataclass(frozen=True)
class Broken:
    """One way to break one constraint: what is changed, and what the form says."""

    model: type[models.Model]
    constraint: str
    changes: dict[str, Any]
    sentences: list[str]
    also: dict[str, Any] = field(default_factory=dict)  # what makes a second row fit

    def __str__(self) -> str:
        return f"{self.constraint}-{'-'.join(self.changes)}"


CHECKS = [
    Broken(Agency, "agency_jurisdiction_known", {"jurisdiction": "XX"}, []),
    Broken(Case, "case_status_known", {"status": "nonsense"}, [NO_CHOICE]),
    Broken(Case, "case_instrument_known", {"instrument": "nonsense"}, [NO_CHOICE]),
    Broken(Case, "case_jurisdiction_known", {"jurisdiction": "XX"}, []),
    Broken(Case, "case_channel_known", {"channel": "nonsense"}, [NO_CHOICE]),
    Broken(Case, "case_has_common_facts", {"officer_name": ""}, [BLANK]),
    Broken(Case, "case_has_common_facts", {"officer_email": ""}, [BLANK]),
    Broken(Case, "case_has_common_facts", {"issuing_authority": ""}, [BLANK]),
    Broken(Case, "case_has_common_facts", {"agency_reference": ""}, [BLANK]),
    Broken(
        Case,
        "case_served_after_issue",
        {"issued_on": date(2023, 3, 14)},
        ["The date of service lies before the day the paper was issued."],
    ),
    Broken(
        Case,
        "case_due_after_service",
        {"due_on": date(2023, 3, 12)},
        ["The return date lies before the date of service."],
    ),
    Broken(Case, "case_secrecy_known", {"secrecy": "nonsense"}, [NO_CHOICE]),
    Broken(Case, "case_issuer_kind_known", {"issuer_kind": "nonsense"}, [NO_CHOICE]),
    Broken(Case, "case_disposition_known", {"disposition": "nonsense"}, [NO_CHOICE]),
    Broken(
        Case,
        "case_ordered_secrecy_has_paper_and_dates",
        {"secrecy": "ordered"},
        [ORDER],
    ),
    Broken(
        Case,
        "case_secrecy_ends_after_start",
        {"secrecy_from": date(2023, 3, 2), "secrecy_until": date(2023, 3, 1)},
        ["Secrecy ends after it starts."],
    ),
    Broken(
        Case,
        "case_closed_with_outcome",
        {"status": "closed"},
        ["A closed case states its outcome."],
    ),
    Broken(Category, "category_class_known", {"data_class": "nonsense"}, [NO_CHOICE]),
    Broken(CaseDocument, "document_kind_known", {"kind": "nonsense"}, [NO_CHOICE]),
    Broken(CaseDocument, "document_not_empty", {"size": 0}, []),
    Broken(CaseDocument, "document_not_empty", {"pages": 0}, []),
    Broken(RequestedItem, "item_has_words", {"wording": ""}, [BLANK]),
    Broken(
        ScopeItem,
        "scope_item_decision_known",
        {"decision": "nonsense", "reason": "It needs one."},
        [NO_CHOICE],
    ),
    Broken(
        ScopeItem,
        "scope_item_disposition_known",
        {"disposition": "nonsense"},
        [NO_CHOICE],
    ),
    Broken(
        ScopeItem,
        "scope_item_narrowed_has_days",
        {"decision": ItemDecision.NARROW, "reason": "Too broad."},
        ["Narrowing needs a first or a last day."],
    ),
    Broken(
        ScopeItem,
        "scope_item_days_only_when_narrowed",
        {"first_day": date(2023, 1, 1)},
        ["Only a narrowed item carries days."],
    ),
    Broken(
        ScopeItem,
        "scope_item_window_ends_after_it_begins",
        {
            "decision": ItemDecision.NARROW,
            "reason": "Too broad.",
            "first_day": date(2023, 1, 2),
            "last_day": date(2023, 1, 1),
        },
        [WINDOW],
    ),
    *(
        Broken(
            ScopeItem,
            "scope_item_refusal_has_reason",
            {"decision": decision, "first_day": day},
            [NEEDS_REASON],
        )
        for decision, day in (
            (ItemDecision.NARROW, date(2023, 1, 1)),
            (ItemDecision.NOT_COLLECTED, None),
            (ItemDecision.NOT_RETAINED, None),
            (ItemDecision.HELD_BY_THIRD_PARTY, None),
            (ItemDecision.NOT_NAMED, None),
        )
    ),
    Broken(
        ScopeItem,
        "scope_item_refusal_has_reason",
        {"decision": ItemDecision.OBJECT, "ground": "vague"},
        [NEEDS_REASON],
    ),
    *(
        Broken(ScopeItem, "scope_item_objection_has_ground", changed, said)
        for changed, said in (
            ({"decision": ItemDecision.OBJECT, "reason": "No."}, [ON_GROUND]),
            ({"ground": "vague"}, [ON_GROUND]),
            (
                {
                    "decision": ItemDecision.OBJECT,
                    "reason": "No.",
                    "ground": "nonsense",
                },
                [NO_CHOICE],
            ),
        )
    ),
    Broken(
        ScopeRevision,
        "revision_objected_by_another",
        {"objected_by": models.F("prepared_by")},
        ["Who prepared a scope can't decide on it."],
    ),
    Broken(
        Organisation,
        "organisation_counsel_needed",
        {"counsel_needed": 0},
        [POLICY],
    ),
    Broken(
        Organisation,
        "organisation_counsel_needed",
        {"counsel_needed": 3},
        [POLICY],
    ),
    *(
        Broken(SignOff, "signoff_has_its_place", changed, [DECIDED])
        for changed in (
            {"place": 0},
            {"place": 2},
            {"place": None},
            {"decision": "asked", "note": "Which?"},
        )
    ),
    Broken(SignOff, "signoff_decision_known", {"decision": "nonsense"}, [NO_CHOICE]),
    Broken(
        SignOff,
        "signoff_approval_has_basis",
        {"legal_basis": ""},
        ["An approval names its legal basis."],
    ),
    *(
        Broken(
            SignOff,
            "signoff_other_decisions_have_note",
            {"decision": decision},
            ["Conditions, a question or a return need their words."],
        )
        for decision in (SignOffDecision.RETURNED, SignOffDecision.CONDITIONAL)
    ),
    *(
        Broken(
            SignOff,
            "signoff_proof_is_whole",
            changed,
            [said],
        )
        for changed, said in (
            ({"proof_method": "nonsense"}, NO_CHOICE),
            ({"proof_at": None}, BLANK),
            ({"proof_at": make.AT + timedelta(seconds=1)}, UNPROVED),
            ({"proof_method": "not_recorded"}, UNPROVED),
        )
    ),
    Broken(
        SignOff,
        "signoff_four_eyes",
        {"counsel": models.F("prepared_by")},
        ["Who prepared a scope can't sign it."],
    ),
    Broken(
        Organisation, "organisation_is_one", {"id": 2}, ["There is one organisation."]
    ),
    Broken(
        Organisation, "organisation_profile_known", {"profile": "nonsense"}, [NO_CHOICE]
    ),
    Broken(Target, "target_kind_known", {"kind": "nonsense"}, [NO_CHOICE]),
    Broken(Target, "target_role_known", {"role": "nonsense"}, [NO_CHOICE]),
    Broken(Target, "target_identifier_given", {"identifier": ""}, [BLANK]),
    Broken(
        Target,
        "target_window_ends_after_it_begins",
        {"first_day": date(2023, 3, 1)},
        [WINDOW],
    ),
]

TWICE = [
    Broken(
        Category,
        "category_once_per_map",
        {},
        ["Data category with this Map digest and Code already exists."],
        {"number": 99},
    ),
    Broken(
        Category,
        "category_number_once_per_map",
        {},
        ["Data category with this Map digest and Number already exists."],
        {"code": "other"},
    ),
    Broken(
        CaseDocument,
        "document_once_per_case",
        {},
        ["This very file is on the case already."],
        {"path": "documents/other.pdf"},
    ),
    Broken(
        RequestedItem,
        "item_number_once",
        {},
        ["Requested item with this Case and Number already exists."],
        {"category_code": "messages"},
    ),
    Broken(
        RequestedItem,
        "item_once_per_category",
        {},
        ["This category is on the case already."],
        {"number": 99},
    ),
    Broken(
        ScopeItem,
        "scope_item_once_per_pair",
        {},
        ["Scope item with this Target and Item already exists."],
    ),
    Broken(
        ScopeRevision,
        "revision_once",
        {},
        ["Submitted scope with this Case and Number already exists."],
        {"digest": "0" * 64},
    ),
    Broken(
        ScopeRevision,
        "revision_digest_once",
        {},
        ["Submitted scope with this Case and Digest already exists."],
        {"number": 99},
    ),
    Broken(
        SignOff,
        "signoff_one_per_place",
        {},
        [DECIDED, "You have decided on this scope already."],
    ),
    Broken(
        SignOff,
        "signoff_one_per_counsel",
        {},
        ["You have decided on this scope already."],
        {"place": 2, "needed": 2},
    ),
    Broken(
        Target,
        "target_number_once",
        {},
        ["Target with this Case and Number already exists."],
        {"identifier": "bob"},
    ),
    Broken(
        Target,
        "target_once_per_case",
        {},
        ["This target is on the case already."],
        {"number": 99},
    ),
]

for prefix, grant in (("usergrant", CaseUserPerm), ("groupgrant", CaseGroupPerm)):
    over = "A grant that was closed has ended."
    CHECKS += [
        Broken(grant, f"{prefix}_has_a_reason", {"reason": ""}, [BLANK]),
        Broken(grant, f"{prefix}_closed_has_ended", {"closed_at": make.AT}, [over]),
        Broken(
            grant,
            f"{prefix}_closed_has_ended",
            {"closed_at": make.AT, "ends_at": make.AT + timedelta(days=1)},
            [over],
        ),
    ]
    TWICE.append(
        Broken(grant, f"{prefix}_one_open", {}, ["There is an open grant already."])
    )
