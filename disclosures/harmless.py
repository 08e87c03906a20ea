"""CSV for people: no cell of it is run by the spreadsheet that opens it.

Pure. A cell that begins as a formula does gets an apostrophe in front, which
spreadsheets show as text; a plain number keeps its sign. The sealed exhibit holds each
cell exactly: this is for copies that staff read, and for nothing that leaves the house.
Source: OWASP, "CSV Injection".
"""

import csv
import io
import re
from typing import BinaryIO

from disclosures.kept import Rows

# With what a spreadsheet would strip in front, the full-width forms, and DDE's bar.
_RUN = re.compile(r"[\s\x00-\x1f\ufeff\u200b-\u200f]*[=+\-@|\uff1d\uff0b\uff0d\uff20]")
_STARTS = ("\t", "\r", "\n")
_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


def harmless(cell: str) -> str:
    """The cell as a spreadsheet shows it and doesn't run it."""
    if _NUMBER.fullmatch(cell):
        return cell
    is_run = _RUN.match(cell) or cell.startswith(_STARTS)
    return f"'{cell}" if is_run else cell


class Copy(Rows):
    """Takes an exhibit's plain bytes and writes the harmless copy of them."""

    def __init__(self, out: BinaryIO) -> None:
        super().__init__()
        self._out = out

    def row(self, number: int, line: bytes) -> None:
        """Write one row, the header among them."""
        text = io.StringIO(line.decode(), newline="")
        made = io.StringIO(newline="")
        writer = csv.writer(made, lineterminator="\r\n")
        for cells in csv.reader(text, strict=True):
            writer.writerow([harmless(cell) for cell in cells])
        self._out.write(made.getvalue().encode())
