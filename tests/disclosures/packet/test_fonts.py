"""Only the font files of the lock are used; what they lack is said, never left out."""

import subprocess
import sys

import pytest

from disclosures.packet import fonts
from disclosures.packet.schedule import faces
from tests.disclosures.packet.reading import output
from tests.disclosures.packet.schedule.drawing import drawn, facts

ASK = """
from disclosures.packet import fonts
whole = dict(fonts._pinned())
odd = {name: "0" * 64 for name in whole if ODD and ODD in name}
fonts._pinned = lambda: whole | odd
from disclosures.packet.schedule import faces
try:
    covers = fonts.coverage()
    print(covers("a"), covers("\\u0995"), faces.covers("\\u0995"), faces.covers("a"))
except fonts.FontMissing as missing:
    print(missing)
"""


def asked(odd):
    done = subprocess.run(  # noqa: S603 - our own interpreter and code
        [sys.executable, "-c", ASK.replace("ODD", repr(odd))],
        capture_output=True,
        check=True,
    )
    return done.stdout.decode().strip()


@pytest.mark.feature("P7", part=True)
def test_a_font_of_another_version_is_not_used():
    assert asked("") == "True True True True"
    assert asked("Bengali") == "True False False True"
    assert asked("NotoSans-Reg").startswith("The font files NotoSans-Regular aren't")


def test_every_font_that_may_be_used_is_in_the_lock():
    assert {file.path.rpartition("/")[2] for file in fonts.files()} <= set(
        fonts._pinned()
    )


@pytest.mark.feature("P1", part=True)
def test_a_script_without_a_font_shows_codes_and_says_so(tmp_path):
    shown = facts(tmp_path, [["a\u202eb", "x"], ["\U00012000", "y"]])
    pdf = drawn(tmp_path, shown)
    read = " ".join(output("pdftotext", "-raw", str(pdf), "-").split())
    assert "<U+202E>" in read
    scripts = "" if faces.covers("\U00012000") else " and signs that no font of this "
    scripts += "service draws (Cuneiform)" if scripts else ""
    assert (
        f"In rows 1 to 2, signs that have no visible form{scripts} are shown as their "
        "codes, such as <U+202E>. The file holds them unchanged."
    ) in read
