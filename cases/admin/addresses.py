"""Rows in addresses: by a token under the site's key, never by their number.

Numbers run through the whole site, so a gap between two of them tells that there is a
request which somebody can't see, and the newest tells how many there were. A token
tells neither. ``<case:case_id>`` stands for a case, ``<row:…>`` for what hangs below.
"""

from typing import ClassVar

from django.urls import register_converter

from cases import keys


class _Disguised:
    kind: ClassVar[str]
    regex = "[A-Za-z0-9_-]{32}"

    def to_python(self, value: str) -> int:
        """The row's number; Django answers 404 to a ValueError."""
        return keys.undisguise(value, self.kind)

    def to_url(self, value: int) -> str:
        """The row's token."""
        return keys.disguise(int(value), self.kind)


class CaseToken(_Disguised):
    """A case."""

    kind = "case"


class RowToken(_Disguised):
    """A row below a case: a paper, a packet, what a verb is about."""

    kind = "row"


register_converter(CaseToken, "case")
register_converter(RowToken, "row")
