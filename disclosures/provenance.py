"""How the packet says where an exhibit comes from: what was bound, or who answered."""

from typing import Any

from disclosures.enums import PartKind
from disclosures.models import Exhibit

# What a query's parameters are, as the packet says it.
_BOUND = {
    "account": "key of the account",
    "name": "name of the account",
    "since": "first instant included",
    "until": "first instant no longer included",
}
# What is known of a data owner's answer, as packet and pages say it.
OF_AN_ANSWER = {
    "order": "pull order",
    "answered_by": "answered by",
    "answered_at": "answered at",
    "upload_sha256": "SHA-256 of the file as uploaded",
    "statement": "statement of the data owner",
}


def order(exhibit: Exhibit) -> str:
    """The pull order that an exhibit answers; "" where no person was asked."""
    is_asked = exhibit.kind == PartKind.MANUAL
    return str(exhibit.parameters.get("order", "")) if is_asked else ""


def statement(exhibit: Exhibit) -> str:
    """What an exhibit says; without records, with the words of its data owner.

    Those may name somebody, so they lie sealed and not in the statement's own column.
    """
    if not order(exhibit) or exhibit.path:
        return exhibit.statement
    return f"{exhibit.statement}: “{exhibit.parameters['statement']}”"


def note(parameters: dict[str, Any]) -> str:
    """What was bound to a query, or said by a data owner: a line each, in words."""
    if "order" in parameters:  # nothing was bound to anything
        lines = {name: f"{words}: " for name, words in (OF_AN_ANSWER | _BOUND).items()}
    else:
        lines = {name: f"{words} (:{name}): " for name, words in _BOUND.items()}
        lines |= {name: f"table {name}: " for name in parameters if name not in _BOUND}
    return "\n".join(
        f"{words}{parameters[name]}"
        for name, words in lines.items()
        if name in parameters
    )
