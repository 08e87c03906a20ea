"""Putting a data map into use, and the command that does it."""

from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from cases import audit
from cases.models import Category
from disclosures.datamap.load import load
from disclosures.datamap.schema import MapError, digest
from disclosures.models import DataMapVersion

PATH = Path("disclosures/datamap/examples/pypi-2023.toml")
SHIPPED = PATH.read_text()
OTHER = SHIPPED.replace('version = "2023-05"', 'version = "2023-06"')
AT = datetime(2023, 5, 24, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def in_use():
    return [
        (m.version, m.is_current, m.loaded_by_name)
        for m in DataMapVersion.objects.order_by("pk")
    ]


@pytest.mark.feature("D4", part=True)
def test_load_stores_the_exact_text_and_offers_its_categories():
    version = load(SHIPPED, actor=audit.SYSTEM, at=AT)

    assert (version.digest, version.text) == (digest(SHIPPED), SHIPPED)
    assert (version.loaded_at, version.loaded_by) == (AT, None)
    assert in_use() == [("2023-05", True, "Candor")]
    assert list(
        Category.objects.current().values_list(
            "number", "code", "data_class", "map_digest"
        )
    ) == [
        (1, "names", "subscriber", version.digest),
        (2, "addresses", "subscriber", version.digest),
        (3, "connections", "identifying", version.digest),
        (4, "sessions", "identifying", version.digest),
        (5, "service", "subscriber", version.digest),
        (6, "instruments", "identifying", version.digest),
        (7, "payment", "subscriber", version.digest),
        (8, "packages", "subscriber", version.digest),
        (9, "downloads", "public", version.digest),
    ]


def test_load_of_the_same_text_is_the_same_version(django_user_model):
    user = django_user_model.objects.create(username="ada", first_name="Ada")
    first = load(SHIPPED, actor=user, at=AT)
    other = load(OTHER, actor=audit.SYSTEM, at=AT)

    again = load(SHIPPED, actor=audit.SYSTEM, at=AT)

    assert again.pk == first.pk
    assert again.loaded_by == user
    assert in_use() == [("2023-05", True, "Ada"), ("2023-06", False, "Candor")]
    assert Category.objects.count() == 18
    assert set(Category.objects.current().values_list("map_digest", flat=True)) == {
        first.digest
    }
    assert Category.objects.of_map(other.digest).count() == 9


def test_load_of_a_broken_map_writes_nothing():
    load(SHIPPED, actor=audit.SYSTEM, at=AT)

    with pytest.raises(MapError):
        load(OTHER.replace(":account", "%s"), actor=audit.SYSTEM, at=AT)

    assert in_use() == [("2023-05", True, "Candor")]


def test_the_command_loads_the_file_byte_for_byte(tmp_path):
    path = tmp_path / "map.toml"
    path.write_bytes(SHIPPED.replace("\n", "\r\n").encode())
    out = StringIO()

    call_command("load_datamap", path, stdout=out)

    stored = DataMapVersion.objects.get()
    assert stored.text.encode() == path.read_bytes()
    assert out.getvalue() == (
        f"Python Package Index, spring 2023 2023-05 is in use ({stored.digest[:12]}).\n"
    )


@pytest.mark.feature("D1", part=True)
def test_the_command_prints_every_mistake_with_file_and_line(tmp_path):
    path = tmp_path / "map.toml"
    text = SHIPPED.replace('data_class = "public"', 'data_class = "open"')
    text = text.replace("users.username, users.name\n", "users.username\n")
    path.write_text(text)
    lines = text.splitlines()

    with pytest.raises(CommandError) as caught:
        call_command("load_datamap", path)

    name = next(
        i for i, x in enumerate(lines, 1) if 'name = "name", title = "Display' in x
    )
    graded = lines.index('data_class = "open"') + 1
    assert str(caught.value).splitlines() == [
        f"{path}:{name}: category “names”, part “1a”, column “name”, name: The query"
        " doesn't select it.",
        f"{path}:{graded}: category “downloads”, data_class: “open” isn't one of:"
        " public, subscriber, identifying, traffic, content.",
        "Nothing was loaded.",
    ]
    assert DataMapVersion.objects.count() == Category.objects.count() == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "No such file"), (b"a = '\xff'", "byte 5 isn't UTF-8")],
)
def test_the_command_says_why_a_file_cannot_be_read(tmp_path, content, words):
    path = tmp_path / "map.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(CommandError, match=words):
        call_command("load_datamap", path)

    assert DataMapVersion.objects.count() == 0


@pytest.mark.feature("D1", part=True)
def test_the_command_asks_the_database_for_a_column_that_is_not_there(
    tmp_path, settings, service
):
    settings.SOURCE_URLS = service.addresses
    path = tmp_path / "map.toml"
    path.write_text(
        SHIPPED.replace(
            "user_emails.user_id\nFROM", "user_emails.nope AS user_id\nFROM"
        )
    )

    call_command("load_datamap", PATH, "--check-sources", stdout=StringIO())
    with pytest.raises(CommandError) as caught:
        call_command("load_datamap", path, "--check-sources")

    assert str(caught.value).splitlines() == [
        f"{path}: Part 2a: “Service database” refused the query: the database can't"
        " read its SQL, or lacks a table or column (code SQLITE_ERROR).",
        "Nothing was loaded.",
    ]
    assert in_use() == [("2023-05", True, "Candor")]
