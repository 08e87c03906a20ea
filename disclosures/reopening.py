"""Taking a collected exhibit out of a packet again: it is then collected anew.

With it goes what was derived from it. Marks are lifted, since rows may have other
numbers the next time, and a passing is void. What was collected before stays known by
its hash, in the trail and on the examination that sent it back.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import audit
from cases.exceptions import require_storable
from disclosures import facts, workflow
from disclosures.enums import ExhibitStatus
from disclosures.models import Exhibit, Mark

# What an exhibit says only once it is collected.
_COLLECTED = (
    *("response_code", "statement", "rows", "total", "path", "size"),
    *("sha256", "sha512", "odd_cells", "left_out", "source_title", "read_as"),
    *("query", "parameters", "snapshot_at", "started_at", "finished_at", "failure"),
)


def reopen(exhibit: Exhibit, *, by: User, because: str, at: datetime) -> list[Exhibit]:
    """Take an exhibit out, and what was derived from it; all of them.

    The verb that calls it has asked whether ``by`` may, and holds the packet's lock.

    Raises:
        IllegalTransition: one isn't collected.
        ValidationError: no reason.
    """
    found = [exhibit, *derived_from(exhibit)]
    blank = Exhibit()
    for one in found:
        void(one, at)
        for mark in one.marks.standing():
            lift(mark, by, because, at)
        workflow.move_exhibit(one.pk, "reopen", at=at)
        Exhibit.objects.filter(pk=one.pk).update(
            **{name: getattr(blank, name) for name in _COLLECTED}
        )
    return found


def void(exhibit: Exhibit, at: datetime) -> None:
    """Void the passing of an exhibit, if it is passed."""
    exhibit.examinations.in_force().update(voided_at=at)


def lift(mark: Mark, by: User, because: str, at: datetime) -> None:
    """Write down that a mark stands no more, and why.

    Raises:
        ValidationError: no reason.
    """
    require_storable(because=because)
    mark.lifted_by, mark.lifted_by_name = by, audit.name_of(by)
    mark.lifted_at, mark.lifted_because = at, because.strip()
    if not mark.lifted_because:
        raise ValidationError({"because": _("Say why.")})
    mark.full_clean()
    mark.save()


def derived_from(exhibit: Exhibit) -> list[Exhibit]:
    """The exhibits of the same target that were worked out from this one."""
    parts = facts.data_map(exhibit.packet).parts
    found = {exhibit.part_code}
    for _part in parts:  # as many times as a chain can be long
        found |= {one.code for one in parts if found & set(one.inputs)}
    return list(
        exhibit.packet.exhibits.filter(
            target=exhibit.target_id,
            part_code__in=found,
            status=ExhibitStatus.COLLECTED,
        )
        .exclude(path="")
        .exclude(pk=exhibit.pk)
        .select_related("packet__case", "target")
    )
