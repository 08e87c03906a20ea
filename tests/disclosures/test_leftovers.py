"""What a killed worker left is removed, and never what a row names or will name."""

import pytest
from django.conf import settings

from disclosures import leftovers
from disclosures.enums import PacketStatus
from disclosures.models import Packet
from tests.disclosures import packets

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("small")]


def tree():
    root = settings.FILES_DIR
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*"))


def leave(*names):
    """Make these leftovers: a folder with a file in it, or a file."""
    for name in names:
        path = settings.FILES_DIR / name
        if path.suffix in {".csv", ".part"}:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("half")
        else:
            path.mkdir(parents=True)
            (path / "packet.pdf").write_text("half")


def test_there_is_nothing_to_clear_before_anything_was_collected():
    assert leftovers.clear() == []


@pytest.mark.feature("C3", part=True)
def test_what_an_older_claim_left_goes_and_what_is_at_work_stays():
    packet = packets.sealing(packets.certified())
    pk, token = packet.pk, packet.token
    kept = tree()
    at_work = [
        f"packets/.{pk}-{token}-ab12.sealing",
        f"packets/{pk}-{token}",
        f"collected/{pk}-{token}-ab12.csv",
        f"collected/{pk}-{token}-ab12.csv.part",
    ]
    orphans = sorted(name.replace(f"-{token}", f"-{token - 1}") for name in at_work)
    leave(*at_work, *orphans)

    assert sorted(leftovers.clear()) == orphans
    left = [name for name in tree() if not name.endswith("/packet.pdf")]
    assert left == sorted({*kept, "packets", *at_work})
    assert leftovers.clear() == []


@pytest.mark.feature("C3", part=True)
@pytest.mark.parametrize(
    "status",
    [
        *(PacketStatus.COLLECTED, PacketStatus.SEALED, PacketStatus.FAILED),
        *(PacketStatus.RELEASED, PacketStatus.SUPERSEDED),
    ],
)
def test_of_a_packet_at_rest_only_what_its_rows_name_stays(status):
    packet = packets.in_status(status)
    kept = tree()
    orphans = [
        f"collected/{packet.pk}-{packet.token}-ab12.csv",
        f"packets/{packet.pk}-{packet.token}.work",
    ]
    leave(*orphans)

    assert leftovers.clear() == orphans
    folders = {"collected", "packets"}
    assert set(tree()) - folders == set(kept) - folders


def test_what_isn_t_ours_stays():
    packet = packets.collected()
    before = Packet.objects.count()
    strangers = [
        "packets/README.csv",
        "collected/notes.csv",
        f"collected/{packet.pk + 1}-1-ab12.csv",  # another database's packet
        f"packets/{packet.pk + 1}-1.work",
        f"documents/{packet.pk}-0.csv",
    ]
    leave(*strangers)

    assert leftovers.clear() == []
    assert set(strangers) <= set(tree())
    assert Packet.objects.count() == before


def test_a_token_isn_t_taken_for_another_that_begins_alike():
    packet = packets.collecting()
    Packet.objects.filter(pk=packet.pk).update(token=12)
    leave(f"collected/{packet.pk}-12-ab.csv", f"collected/{packet.pk}-1-ab.csv")

    assert leftovers.clear() == [f"collected/{packet.pk}-1-ab.csv"]
