"""``verify_packet.pyz``: the check as one file that any Python runs, for recipients.

Packed from our own sources and nothing else, not compressed, with a fixed day and mode:
equal sources give equal bytes on any machine.
Source: https://docs.python.org/3/library/zipapp.html
"""

import functools
import io
import zipfile
from pathlib import Path

from disclosures.packet.verify.found import ZIP_DAY, ZIP_MODE, ZIP_SYSTEM

NAME = "verify_packet.pyz"
_START = b"#!/usr/bin/env python3\n"
_MAIN = """import sys

from disclosures.packet.verify.command import main

sys.exit(main(sys.argv[0], sys.argv[1:]))
"""
_HOME = "disclosures/packet/verify"
_EMPTY = ("disclosures/__init__.py", "disclosures/packet/__init__.py")


@functools.cache
def data() -> bytes:
    """The program's bytes."""
    out = io.BytesIO()
    out.write(_START)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_STORED) as packed:
        for name, source in sorted(_sources().items()):
            info = zipfile.ZipInfo(name, ZIP_DAY)
            info.create_system, info.external_attr = ZIP_SYSTEM, ZIP_MODE
            packed.writestr(info, source)
    return out.getvalue()


def _sources() -> dict[str, str]:
    folder = Path(__file__).with_name("verify")
    found = {
        f"{_HOME}/{path.name}": path.read_text(encoding="utf-8")
        for path in folder.glob("*.py")
    }
    return {"__main__.py": _MAIN, **dict.fromkeys(_EMPTY, ""), **found}
