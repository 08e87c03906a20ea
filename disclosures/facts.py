"""From rows to what the packet says: the one reader of a finished collection.

``packet.contents`` is pure and knows no rows; this module fills its facts from the
frozen scope, the exhibits with their provenance, and the signed declaration. It reads
what was frozen and never the live case.
"""

import functools
import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from cases import chain, extent, scope
from cases.enums import IdentifierKind, Instrument, Naming
from cases.models import Organisation, SignOff
from cases.models.signoff import APPROVALS
from disclosures import marks, produced
from disclosures.datamap import plan, schema
from disclosures.enums import LeftOut, PartKind
from disclosures.exceptions import PacketBroken
from disclosures.models import (
    DataMapVersion,
    Declaration,
    Exhibit,
    Packet,
    TargetAccount,
)
from disclosures.packet import contents, seal, wording


def today(at: datetime) -> date:
    """The day of an instant in the organisation's zone."""
    return at.astimezone(ZoneInfo(Organisation.objects.get().time_zone)).date()


def exhibits_digest(packet: Packet) -> str:
    """SHA-256 over the ordered exhibits: what they answer, and where it came from."""
    lines = [
        [
            one.number,
            one.target_id,
            one.item_id,
            one.part_code,
            one.part_title,
            _instant(one.window_since),
            _instant(one.window_until),
            one.status,
            one.response_code,
            one.statement,
            one.rows,
            one.sha256,
            one.sha512,
            one.odd_cells,
            one.source_title,
            one.read_as,
            one.query,
            one.parameters,
            _instant(one.snapshot_at),
            # Only where there is something to say: older digests stay what they were.
            *([one.total] if one.is_capped else []),
            *([one.left_out] if one.left_out else []),
            *([marks.as_data(found)] if (found := marks.standing(one)) else []),
        ]
        for one in packet.exhibits.prefetch_related("marks")
    ]
    return hashlib.sha256(chain.canonical(lines).encode()).hexdigest()


def bates_start(packet: Packet) -> int:
    """The first Bates number of this packet: one after the case's last sealed one."""
    sealed = packet.case.packets.filter(bates_last__isnull=False).exclude(pk=packet.pk)
    last = sealed.order_by("-bates_last").values_list("bates_last", flat=True).first()
    return (last or 0) + 1


def data_map(packet: Packet) -> schema.DataMap:
    """The version of the data map that the packet's scope was frozen with.

    Raises:
        PacketBroken: the version is missing or its text was changed.
    """
    row = DataMapVersion.objects.filter(digest=packet.revision.map_digest).first()
    if row is None or schema.digest(row.text) != row.digest:
        raise PacketBroken(_("The data map that this scope was frozen with is gone."))
    return _parsed(row.text)


@functools.lru_cache(maxsize=16)
def _parsed(text: str) -> schema.DataMap:
    return schema.parse(text)


def frozen_scope(packet: Packet) -> dict[str, Any]:
    """The scope that counsel signed, as it was frozen.

    Raises:
        PacketBroken: its text was changed since.
    """
    try:
        return scope.frozen(packet.revision)
    except ValueError as error:
        raise PacketBroken(str(error)) from None


def packet_facts(packet: Packet, folder: Path | None = None) -> contents.PacketFacts:
    """Everything the packet says; its files, opened in ``folder`` if one is given.

    Raises:
        PacketBroken: stored records, scope or map are no longer what they were; or the
            declaration was signed over other exhibits.
    """
    if packet.is_letter:
        return draft_facts(packet, contents.UNSIGNED, folder)
    declaration = Declaration.objects.get(packet=packet)
    if declaration.exhibits_digest != exhibits_digest(packet):
        raise PacketBroken(_("The exhibits are no longer those that were certified."))
    signed = contents.DeclarationFacts(
        custodian_name=declaration.custodian_name,
        role=declaration.role,
        practice=declaration.practice,
        place=declaration.place,
        signing_place=declaration.signing_place,
        signed_on=declaration.signed_on,
    )
    return draft_facts(packet, signed, folder)


@translation.override("en")  # a packet is English, whatever its reader speaks
def draft_facts(
    packet: Packet,
    declaration: contents.DeclarationFacts,
    folder: Path | None = None,
) -> contents.PacketFacts:
    """Everything the packet would say with this declaration, signed or not.

    Each exhibit's file is hashed as it is copied into ``folder``; without one no file
    is read, and what is said of it is what was written down when it was collected.

    Raises:
        PacketBroken: stored records, scope or map are no longer what they were.
    """
    frozen = frozen_scope(packet)
    the_map = data_map(packet)
    exhibits = list(
        packet.exhibits.select_related("target", "item").prefetch_related(
            "marks", "examinations"
        )
    )
    for one in exhibits:
        one.packet = packet  # with its case's key, asked once
    made = {one.pk: marks.produced(one) for one in exhibits}
    case, site = packet.case, Organisation.objects.get()
    counsel = _counsel(packet)
    asked = scope.asked_in(packet.revision)
    return contents.PacketFacts(
        organisation=contents.OrganisationFacts(
            name=site.name,
            address_lines=tuple(site.address.splitlines()),
            time_zone=site.time_zone,
            custodian_title=site.custodian_title,
            contact=site.contact,
            letterhead=tuple(site.letterhead.splitlines()),
        ),
        case_number=case.number,
        agency=case.agency.name,
        officer=case.officer_name,
        agency_reference=frozen["agency_reference"],
        instrument=str(Instrument(frozen["instrument"]).label),
        issued_on=date.fromisoformat(frozen["issued_on"]),
        served_on=date.fromisoformat(frozen["served_on"]),
        packet_number=packet.number,
        bates_prefix=packet.bates_prefix,
        bates_start=bates_start(packet),
        legal_basis="; ".join(dict.fromkeys(one.legal_basis for one in counsel)),
        counsel_name=" and ".join(one.counsel_name for one in counsel),
        signed_off_on=today(packet.sign_off.decided_at),
        scope_digest=packet.revision.digest,
        scope_revision=packet.revision.number,
        map_title=the_map.title,
        map_version=the_map.version,
        map_digest=packet.revision.map_digest,
        declaration=declaration,
        prepared_on=_prepared_on(packet, declaration),
        targets=_targets(packet, frozen),
        items=_items(frozen, the_map, exhibits, made),
        # A letter's answers stand in the letter itself.
        exhibits=tuple(
            _exhibit(one, the_map, folder, made[one.pk])
            for one in exhibits
            if not packet.is_letter
        ),
        asked=asked,
        narrowing=extent.differences(asked, scope.narrowed(packet.revision)),
        produced=produced.produced(packet),
        attach_up_to=settings.ATTACH_MEGABYTES * 1_000_000,
        volume_pages=settings.VOLUME_PAGES,
    )


def _counsel(packet: Packet) -> list[SignOff]:
    """Who decided on the packet's scope: all whose approval it took, or who refused."""
    decided = SignOff.objects.filter(
        case=packet.case, scope_digest=packet.revision.digest
    )
    kinds = [packet.sign_off.decision] if packet.is_letter else APPROVALS
    return list(decided.filter(decision__in=kinds))


def _prepared_on(packet: Packet, declaration: contents.DeclarationFacts) -> date:
    """The day on the packet; a letter's is that of its decision, and never moves."""
    if declaration == contents.UNSIGNED:
        return today(packet.sign_off.decided_at)
    return declaration.signed_on


def _targets(
    packet: Packet, frozen: dict[str, Any]
) -> tuple[contents.TargetFacts, ...]:
    found = {row.target_id: row for row in TargetAccount.objects.filter(packet=packet)}
    return tuple(
        contents.TargetFacts(
            number=target["number"],
            kind_label=str(IdentifierKind(target["kind"]).label),
            identifier=target["identifier"],
            account_key=found[target["id"]].account_key
            if target["id"] in found
            else "",
            resolution_label=_resolution(found.get(target["id"])),
            window_label=days_label(target),
            choice=_choice(found.get(target["id"])),
        )
        for target in frozen["targets"]
    )


def _resolution(row: TargetAccount | None) -> str:
    """What an identifier leads to; of one that isn't named only that."""
    if row is None:
        return ""
    label = row.get_resolution_display() if row.is_named else Naming.NOT_NAMED.label
    return str(label)


def _choice(row: TargetAccount | None) -> str:
    """What a person chose where several accounts match; the others aren't named."""
    if row is None or row.chosen_at is None:
        return ""
    taken = "one of them" if row.account_key else "none of them"
    return (
        f"{row.candidates.count()} accounts match the identifier as served. On "
        f"{wording.day(today(row.chosen_at))} {taken} was found to be the account that "
        f"is meant: {row.reason}"
    )


def _items(
    frozen: dict[str, Any],
    the_map: schema.DataMap,
    exhibits: list[Exhibit],
    made: dict[int, marks.Produced],
) -> tuple[contents.ItemFacts, ...]:
    return tuple(
        contents.ItemFacts(
            number=item["number"],
            wording=item["wording"],
            category_title=the_map.category(item["category"]).title,
            answers=tuple(
                contents.AnswerFacts(
                    target_number=one.target.number,
                    exhibit_number=one.label,
                    part_code=one.part_code,
                    part_title=one.part_title,
                    rows=made[one.pk].rows,
                    total=one.in_all,
                    window_label=window_label(one),
                    **marks.answer(one, made[one.pk]),
                )
                for one in exhibits
                if one.item_id == item["id"]
            ),
        )
        for item in frozen["items"]
    )


def _exhibit(
    one: Exhibit, the_map: schema.DataMap, folder: Path | None, made: marks.Produced
) -> contents.ExhibitFacts:
    path = marks.copy(one, folder) if folder else None
    has_file = bool(one.path)
    part = next((part for part in the_map.parts if part.code == one.part_code), None)
    window = one.window_since, one.window_until
    return contents.ExhibitFacts(
        number=one.label,
        target_number=one.target.number,
        item_number=one.item.number,
        part_code=one.part_code,
        title=one.part_title,
        **marks.answer(one, made),
        limits=plan.limits(the_map, part, window, one.snapshot_at) if part else (),
        columns=tuple(
            contents.ColumnFacts(
                name=column.name,
                title=column.title,
                description=column.description,
                type=str(column.type),
                zone="UTC" if column.zone else "",
                third_party=column.third_party,
            )
            for column in (part.columns if part and has_file else ())
        ),
        rows=made.rows,
        total=one.in_all,
        file_name=one.file_name if has_file else "",
        sha256=made.sha256,
        bytes=made.size,
        path=path,
        source_title=one.source_title,
        snapshot_at=_instant(one.snapshot_at),
        sql=one.query,
        parameters_note=contents.parameters_note(one.parameters),
        read_as=one.read_as,
        odd_cells=one.odd_cells,
        left_out=tuple(
            (str(LeftOut(reason).label), n) for reason, n in one.left_out.items()
        ),
        order=one.parameters.get("order", "") if one.kind == PartKind.MANUAL else "",
        collected_rows=one.rows,
        collected_sha256=one.sha256,
        not_produced=tuple(
            contents.NotProduced(line.column, line.reason, line.count, line.by)
            for line in made.lines
        ),
    )


def sealed_row(
    folder: str,
    packet_facts: contents.PacketFacts,
    rendered: contents.Rendered,
    sealed: seal.Sealed,
) -> dict[str, Any]:
    """What a packet's row keeps of its seal; the zip is the last of its files."""
    zipped = sealed.archive
    return {
        "folder": folder,
        "pages": rendered.pages,
        "bates_first": packet_facts.bates_start,
        "bates_last": rendered.bates_last,
        "pdf_sha256": sealed.pdf_sha256,
        "manifest_sha256": sealed.manifest_sha256,
        "files": [
            *map(list, sealed.files),
            [zipped.name, zipped.stat().st_size, sealed.archive_sha256],
        ],
    }


def days_label(window: dict[str, Any]) -> str:
    """A window of whole days in words: ``1 January 2023 to 31 March 2023, Etc/UTC``."""
    first, last = (
        date.fromisoformat(day) if day else None
        for day in (window["first_day"], window["last_day"])
    )
    begins = f"{first:%-d %B %Y}" if first else "the beginning"
    ends = f"{last:%-d %B %Y}" if last else "the day of collection"
    zone = f", {window['time_zone']}" if first or last else ""
    return f"{begins} to {ends}{zone}"


def window_label(one: Exhibit) -> str:
    """The instants that an exhibit covers, in words and to the second; "" is all time.

    ``from 1 January 2022, 05:00:00 (included) to 1 March 2023, 05:00:00 (not included),
    UTC``: the window is half-open, and a reader needn't know what that is.
    """
    since, until = _moment(one.window_since), _moment(one.window_until)
    begins = f"from {since} (included)" if since else "from the beginning"
    ends = f"to {until} (not included)" if until else "to the time of reading"
    return f"{begins} {ends}, UTC" if since or until else ""


def _moment(at: datetime | None) -> str:
    return f"{at.astimezone(UTC):%-d %B %Y, %H:%M:%S}" if at else ""


def _instant(at: datetime | None) -> str:
    return at.astimezone(UTC).isoformat() if at else ""
