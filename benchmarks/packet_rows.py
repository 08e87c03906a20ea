"""Record rows as a large service has them: six columns, some 165 characters a row.

Times to the microsecond, addresses of both versions, names of which 3 % need shaping,
and many that are Latin beyond Windows-1252, packages and user agents. The same number
of rows is the same file.
"""

import csv
import hashlib
import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from disclosures.packet import contents

COLUMNS = (
    contents.ColumnFacts("time", "Time", "When.", "timestamp", "UTC"),
    contents.ColumnFacts("address", "Network address", "From where.", "address"),
    contents.ColumnFacts("account", "Account", "Who.", "text"),
    contents.ColumnFacts("event", "Event", "What.", "text"),
    contents.ColumnFacts("package", "Package", "Of what.", "text"),
    contents.ColumnFacts("user_agent", "User agent", "By what.", "text"),
)
# A file of more rows is this many over and over.
_MOST = 1_000_000
_EVENTS = (
    *("file.upload", "file.download", "session.login", "session.logout"),
    *("session.login.failed", "token.create", "token.use", "role.add"),
    *("project.release.yank", "account.email.change", "account.password.reset"),
)
_PACKAGES = (
    *("requests", "numpy", "django-extensions", "typing_extensions", "boto3"),
    *("scikit-learn", "google-cloud-storage", "zope.interface", "weasyprint"),
)
_FIRST = (
    *("Ana", "Bjørn", "Chloé", "Dmitri", "Félix", "Jürgen", "Łukasz", "Niamh"),
    *("Renée", "Søren", "Tomáš", "Zoë"),
)
_LAST = (
    *("Silva", "Nilsson", "Müller", "O'Brien", "Smith (admin)", "Novák", "García"),
    *("Kowalski", "Nguyễn", "Öztürk", "Stępień", "Papadopoulos"),
)
_WIDE = (
    *("山田太郎", "김철수", "王芳 Wang Fang", "محمد علي", "דוד כהן", "فاطمة الزهراء"),
    *("Иван Петров", "Ελένη Παππά", "Ana 🚀", "नरेंद्र शर्मा", "สมชาย ใจดี"),
)
_AGENTS = (
    'pip/{a}.{b} {{"ci":true,"cpython":{{"libc":["glibc","2.{b}"],"name":"CPython"}}}}',
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like "
    "Gecko) Chrome/{c}.0.{d}.{b} Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, "
    "like Gecko) Version/17.{e} Safari/605.1.15",
    "twine/{e}.{b}.0 importlib_metadata/7.{e}.0 keyring/24.{e}.0 requests/2.31.0",
    *("python-requests/2.{b}.{e}", "curl/8.{e}.1", "uv/0.{e}.{b} (Linux x86_64)"),
)


def rows(count: int) -> Iterator[list[str]]:
    """So many rows, always the same."""
    state = 7
    at = datetime(2022, 1, 1, tzinfo=UTC)
    for _ in range(count):
        # Knuth's linear congruential generator: the same rows on every machine.
        state = (state * 6364136223846793005 + 1442695040888963407) % (1 << 96)
        bits = state >> 32
        more = bits >> 20
        at += timedelta(microseconds=state % 9_000_000)
        if bits % 10 < 7:
            address = ".".join(str(bits >> shift & 255) for shift in (0, 8, 16, 24))
        else:
            address = "2001:db8:" + ":".join(
                f"{bits >> shift & 0xFFFF:x}" for shift in (0, 16, 32, 48, 7, 29)
            )
        name = f"{_FIRST[bits % 12]} {_LAST[bits // 64 % 12]}"
        if more % 100 < 3:
            name = _WIDE[bits % len(_WIDE)]
        agent = _AGENTS[more % len(_AGENTS)].format(
            a=20 + more % 6, b=more % 97, c=90 + more % 41, d=more % 6000, e=more % 7
        )
        package = f"{_PACKAGES[bits % 9]} {more % 9}.{more % 31}.{more % 13}"
        yield [
            f"{at:%Y-%m-%dT%H:%M:%S.%f}Z",
            *(address, name, _EVENTS[bits % 11], package, agent),
        ]


def file(folder: Path, count: int) -> Path:
    """A CSV file of so many rows; made once."""
    path = folder / f"rows-{count}.csv"
    if path.exists():
        return path
    if count > _MOST:
        source, heading = file(folder, _MOST), _heading()
        with path.open("wb") as out:
            out.write(heading)
            for _ in range(count // _MOST):
                with source.open("rb") as read:
                    read.seek(len(heading))
                    shutil.copyfileobj(read, out, 1 << 20)
        return path
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([one.name for one in COLUMNS])
        writer.writerows(rows(count))
    return path


def facts(path: Path, count: int) -> contents.PacketFacts:
    """A packet of one target, one item and one exhibit: this file."""
    with path.open("rb") as read:
        digest = hashlib.file_digest(read, "sha256").hexdigest()
    exhibit = contents.ExhibitFacts(
        number="E001",
        target_number=1,
        item_number=1,
        part_code="1a",
        title="Account activity",
        code="PRODUCED",
        code_label="Produced",
        statement="The journal of the account.",
        limits=(),
        columns=COLUMNS,
        rows=count,
        total=count,
        file_name="E001.csv",
        sha256=digest,
        bytes=path.stat().st_size,
        path=path,
        source_title="Service database",
        snapshot_at="2023-05-02T14:03:11.482913+00:00",
        sql="SELECT * FROM events WHERE account = :account",
        parameters_note="key of the account (:account): 17",
        read_as="role reader, in a read-only transaction",
        odd_cells=0,
    )
    return contents.PacketFacts(
        organisation=contents.OrganisationFacts(
            "Example Foundation", ("1 Example Street",), "UTC", "Custodian of Records"
        ),
        case_number="LR-2023-0001",
        agency="An Agency",
        officer="An Officer",
        agency_reference="REF-1",
        instrument="Search warrant",
        issued_on=date(2023, 4, 1),
        served_on=date(2023, 4, 3),
        packet_number=1,
        bates_prefix="EF-2023-0001",
        bates_start=1,
        legal_basis="18 U.S.C. 2703(c)(1)(A)",
        counsel_name="A Counsel",
        signed_off_on=date(2023, 4, 20),
        scope_digest="0" * 64,
        scope_revision=1,
        map_title="Map",
        map_version="1",
        map_digest="0" * 64,
        declaration=contents.DeclarationFacts(
            *("A Custodian", "Director", "Made at the time of each act."),
            *("Portland, Oregon", "inside_us", date(2023, 5, 3)),
        ),
        prepared_on=date(2023, 5, 3),
        targets=(
            contents.TargetFacts(1, "User name", "example", "17", "Found", "all time"),
        ),
        items=(
            contents.ItemFacts(1, "All activity.", "Activity", (_answer(exhibit),)),
        ),
        exhibits=(exhibit,),
    )


def _answer(exhibit: contents.ExhibitFacts) -> contents.AnswerFacts:
    return contents.AnswerFacts(
        target_number=1,
        exhibit_number=exhibit.number,
        part_code=exhibit.part_code,
        part_title=exhibit.title,
        code=exhibit.code,
        code_label=exhibit.code_label,
        statement=exhibit.statement,
        rows=exhibit.rows,
        total=exhibit.total,
        window_label="",
    )


def _heading() -> bytes:
    return (",".join(one.name for one in COLUMNS) + "\r\n").encode()
