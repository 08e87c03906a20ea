"""A sealed packet is made again from what was frozen, and what isn't equal is named."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from cases import keys
from cases.models import Organisation
from disclosures import production
from disclosures.models import CustodyBreak, FrozenFacts
from disclosures.packet import tools
from tests.disclosures import packets, stored

pytestmark = pytest.mark.django_db
SAME = "Every tool is of the version that it was sealed with."


def said(packet):
    """What the command prints, its refusal last."""
    out = StringIO()
    try:
        call_command("rebuild_packet", name(packet), stdout=out)
    except CommandError as refusal:
        return [*out.getvalue().splitlines(), str(refusal)]
    return out.getvalue().splitlines()


def name(packet):
    return keys.disguise(packet.pk, "row")


def files(packet):
    return sorted([*(one[0] for one in packet.files), "SHA256SUMS", "SHA512SUMS"])


@pytest.mark.feature("P7", part=True)
def test_a_sealed_packet_is_made_again_to_the_byte(small, settings):
    packet = packets.sealed()
    equal = [f"{name}: equal" for name in files(packet)]
    proved = "The packet was made again, and every byte is the same."
    assert said(packet) == ["Every input is what was frozen.", SAME, *equal, proved]
    # The house moves, and the packet stays what it was.
    Organisation.objects.update(address="2 Other Street", time_zone="Asia/Tokyo")
    otherwise = [
        "Today's rows say otherwise of these; what was frozen was used:",
        "  organisation.address_lines",
        "  organisation.time_zone",
    ]
    told = said(packet)
    assert told[:2] == ["Every input is what was frozen.", otherwise[0]]
    assert set(otherwise) <= set(told)
    assert told[-len(equal) - 1 :] == [*equal, proved]
    assert [one.name for one in settings.WORK_DIR.iterdir()] == []
    assert production.findings(packet) == []


@pytest.mark.feature("P7", part=True)
def test_what_came_out_otherwise_is_named_after_the_versions(small):
    packet = packets.sealed_undrawn()  # by no tool at all, and around blank pages
    told = said(packet)
    versions = [
        f"  {n}: sealed with none, here {v}" for n, v in tools.versions().items()
    ]
    heading = "These tools are of another version:"
    assert told[: len(versions) + 2] == [
        "Every input is what was frozen.",
        heading,
        *versions,
    ]
    rest = told[len(versions) + 2 :]
    same = ("exhibits/", "redactions.csv", "verify_packet.pyz")
    exhibits = [name for name in files(packet) if name.startswith(same)]
    assert rest[-1].startswith(
        "The packet came out otherwise. Make it with the versions"
    )
    others = [name for name in files(packet) if name not in exhibits]
    assert rest[:-1] == [
        *(f"{name}: equal" for name in exhibits),
        *(f"{name}: different" for name in others),
    ]


@pytest.mark.feature("P7", part=True)
def test_a_changed_input_is_named_and_nothing_is_made(small, settings):
    packet = packets.sealed_undrawn()
    exhibit = next(
        one
        for one in packet.exhibits.exclude(path="")
        if b"192.0.2.1" in stored.plain(one)
    )
    file, whole = stored.path(exhibit), stored.path(exhibit).read_bytes()
    heading, ends = (
        "These inputs aren't what they were:",
        "The packet can't be made again.",
    )
    stored.flip(file)
    changed = f"  Exhibit {exhibit.label} was changed or lost after it was collected."
    assert said(packet) == [heading, changed, ends]
    assert CustodyBreak.objects.count() == 1
    file.write_bytes(whole)
    # Other records, with the hash that belongs to them.
    stored.rewrite(exhibit, stored.plain(exhibit).replace(b"192.0.2.1", b"192.0.2.9"))
    assert said(packet) == [
        heading,
        f"  Exhibit {exhibit.label} isn't the one that was sealed.",
        ends,
    ]
    row = FrozenFacts.objects.get(packet=packet)
    FrozenFacts.objects.update(document=row.document.replace("2022", "2021"))
    assert said(packet) == [
        heading,
        "  What this packet says was changed after it was frozen.",
        ends,
    ]
    FrozenFacts.objects.all().delete()
    assert said(packet)[1] == (
        "  This packet was sealed before the portal kept what packets say."
    )
    assert list(settings.WORK_DIR.iterdir()) == []


def test_only_a_sealed_packet_is_made_again(small):
    packet = packets.ordered()
    assert said(packet) == [f"Packet {name(packet)} is “Queued”, not sealed."]
