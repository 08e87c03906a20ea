"""The engine: takes one named step of one table, and is the only writer of a status.

A table says from where to where, by whose permission, and what must hold. The engine
locks the row, asks, checks, writes, and leaves the event, all in the caller's
transaction. Nothing else in the house sets a ``status``.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.utils.translation import gettext as _

from cases import audit, permissions
from cases.enums import EventKind, Perm
from cases.exceptions import IllegalTransition
from cases.models import Case

Guard = Callable[[Any], str]  # "" lets the row pass, any other text is the refusal


@dataclass(frozen=True)
class Transition:
    """One allowed step: from where, to where, by whom, and what must hold."""

    name: str
    sources: frozenset[str]
    target: str
    permission: Perm
    guards: tuple[Guard, ...] = ()
    by_system: bool = False  # whether it may happen without a person


@dataclass(frozen=True)
class Machine:
    """The life of one kind of row: its table of steps and the event of each step."""

    model: type[models.Model]
    steps: Mapping[str, Transition]
    event: EventKind | None  # None where the row's own verbs leave the events
    case_of: Callable[[Any], Case]

    def refusal(self, name: str, row: Any) -> str:
        """Why a row of the right status can't take this step yet; "" where it can."""
        refusals = (guard(row) for guard in self.steps[name].guards)
        return next((one for one in refusals if one), "")

    def take(
        self, pk: int, name: str, *, actor: audit.Actor, at: datetime, reason: str = ""
    ) -> Any:
        """Move a row along the named step and write the event that says so.

        Raises:
            PermissionDenied: ``actor`` lacks the step's permission on this case, or is
                the system and the step needs a person.
            IllegalTransition: the row isn't in one of the sources, or a guard refused.
        """
        step = self.steps[name]
        with transaction.atomic():
            row: Any = self.model._default_manager.select_for_update().get(pk=pk)
            case = self.case_of(row)
            _require(step, case, actor)
            if row.status not in step.sources:
                raise IllegalTransition(
                    _(
                        "%(row)s is “%(status)s”, so this can't be done now. The page "
                        "of the request says what comes next, and whose turn it is."
                    )
                    % {"row": row, "status": row.get_status_display()}
                )
            if refusal := self.refusal(name, row):
                raise IllegalTransition(refusal)
            before, row.status = row.status, step.target
            row.save(update_fields=["status"])
            if self.event is not None:
                audit.record(
                    case,
                    self.event,
                    actor=actor,
                    at=at,
                    data={
                        "from": before,
                        "to": step.target,
                        "step": name,
                        "reason": reason,
                    }
                    | ({} if row is case else {"id": row.pk}),
                )
        return row


def table(*steps: Transition) -> dict[str, Transition]:
    """A machine's steps by name."""
    return {step.name: step for step in steps}


def _require(step: Transition, case: Case, actor: audit.Actor) -> None:
    if isinstance(actor, audit.System):
        if not step.by_system:
            raise PermissionDenied(f"{step.name} needs a person.")
        return
    permissions.require(actor, step.permission, case)


def sources(*statuses: str) -> frozenset[str]:
    """The statuses a step may start from."""
    return frozenset(statuses)


def reachable(steps: Iterable[Transition], status: str) -> list[str]:
    """The names of the steps that start from this status."""
    return [step.name for step in steps if status in step.sources]
