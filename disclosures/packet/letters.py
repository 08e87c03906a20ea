"""Designed pages: templates to HTML, HTML to PDF. The only importer of WeasyPrint.

Nothing that is drawn can make it read a file or an address (packet-engine 8):

* every text comes through autoescaping templates and was made legible before;
* the fetcher refuses whatever is asked and ends the drawing; there is no base address;
* style sheets are our own files, read by us, and are given the same fetcher.

WeasyPrint is imported on first use: it belongs in the child that draws (or in the fork
server that ``warm`` made ready), not in the web and worker processes.
"""

import functools
import logging
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.template import Context, Engine

from disclosures.exceptions import PacketBroken
from disclosures.packet import fonts

TEMPLATES = Path(__file__).parent.parent / "templates"
_FOLDER = TEMPLATES / "disclosures" / "packet"
# The style sheets of the two kinds of documents.
FRONT, PART = "text pages", "text"
Finisher = Callable[[Any, Any], None]


@functools.cache
def _templates() -> Engine:
    return Engine(dirs=[str(TEMPLATES)], autoescape=True, string_if_invalid="\ufffc")


class _Press:
    """WeasyPrint with our fonts and fetcher, made once a process."""

    def __init__(self) -> None:
        fonts.coverage()
        import weasyprint  # noqa: PLC0415 - heavy; see the module's docstring

        refusal: type[BaseException] = weasyprint.urls.FatalURLFetchingError
        fetcher: Any = weasyprint.urls.URLFetcher

        class Refusing(fetcher):
            """Fetch nothing, and end the drawing of whoever asks."""

            def fetch(self, url: str, headers: Any = None) -> Any:
                raise refusal("A packet fetches nothing.")

        logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
        self.version: str = weasyprint.__version__
        self.fonts = weasyprint.text.fonts.FontConfiguration()
        self.fetcher = Refusing(allowed_protocols=())
        self.refusal = refusal
        self._weasyprint = weasyprint
        self._counters = weasyprint.css.counters.CounterStyle
        self.sheets: dict[str, tuple[Any, dict[str, Any]]] = {}

    def css(self, text: str) -> tuple[Any, dict[str, Any]]:
        """A style sheet and the counter styles in it."""
        styles = self._counters()
        sheet = self._weasyprint.CSS(
            string=text,
            url_fetcher=self.fetcher,
            font_config=self.fonts,
            counter_style=styles,
        )
        return sheet, styles

    def own_css(self, names: str) -> tuple[Any, dict[str, Any]]:
        """Some of our style sheets as one, parsed once."""
        if names not in self.sheets:
            files = [_FOLDER / f"{name}.css" for name in names.split()]
            text = "\n".join(file.read_text(encoding="utf-8") for file in files)
            self.sheets[names] = self.css(text)
        return self.sheets[names]

    def lay_out(self, html: str, styles: str, rules: str, kind: dict[str, Any]) -> Any:
        """Pages, not yet drawn."""
        own, counters = self.own_css(styles)
        extra, _ = self.css(rules)
        document = self._weasyprint.HTML(
            string=html, base_url=None, url_fetcher=self.fetcher
        )
        return document.render(
            stylesheets=[own, extra],
            font_config=self.fonts,
            counter_style=self._counters(counters),
            **kind,
        )


class Sheets:
    """A document that is laid out: its pages can be counted, then drawn."""

    def __init__(self, document: Any, kind: dict[str, Any]) -> None:
        self._document, self._kind = document, kind
        self.pages: int = len(document.pages)

    def anchors(self) -> dict[str, int]:
        """The page, from 0, on which each anchor's element begins."""
        found: dict[str, int] = {}
        for number, page in enumerate(self._document.pages):
            for name in page.anchors:
                found.setdefault(name, number)
        return found

    def write(self, target: Path, finisher: Finisher | None = None) -> None:
        """Draw it.

        Raises:
            PacketBroken: the content asked for something outside the packet.
        """
        try:
            self._document.write_pdf(str(target), finisher=finisher, **self._kind)
        except _press().refusal:
            raise PacketBroken(_REFUSED) from None


_REFUSED = "The packet's text tried to read something outside the packet."


@functools.cache
def _press() -> _Press:
    return _Press()


def version() -> str:
    """WeasyPrint's version, for the manifest."""
    return _press().version


def html(template: str, context: Mapping[str, Any]) -> str:
    """A template of the packet, filled; every value is escaped.

    Raises:
        ValueError: the template asked for something the context doesn't have.
    """
    text = _templates().get_template(f"disclosures/packet/{template}")
    filled: str = text.render(Context(dict(context), use_l10n=False, use_tz=False))
    if "\ufffc" in filled:
        raise ValueError(f"{template} asks for something that isn't there.")
    return filled


def lay_out(html_text: str, *, styles: str, rules: str = "", tagged: bool) -> Sheets:
    """Lay out HTML with our style sheets of these names and a few ``rules`` more.

    The front is PDF/A; the other documents are taken into it and needn't be.

    Raises:
        PacketBroken: the content asked for something outside the packet.
    """
    kind: dict[str, Any] = {"pdf_tags": tagged}
    if styles == FRONT:
        kind = {"pdf_variant": "pdf/a-3a" if tagged else "pdf/a-3u"}
    try:
        return Sheets(_press().lay_out(html_text, styles, rules, kind), kind)
    except _press().refusal:
        raise PacketBroken(_REFUSED) from None


def css_string(text: str) -> str:
    """A text as a CSS string that can't end early: each odd character is escaped."""
    return '"' + re.sub(r"[^A-Za-z0-9]", lambda m: f"\\{ord(m[0]):06x}", text) + '"'


def warm() -> None:
    """Make a process ready to draw: fonts, style sheets, what WeasyPrint puts off."""
    words = "<p>Aa <b>Bb</b> <i>Cc</i> <code>Dd</code></p><table><tr><td>E</table>"
    text = f'<html lang="en"><title>-</title>{words}</html>'
    for styles in (FRONT, PART):
        lay_out(text, styles=styles, tagged=True).write(Path(os.devnull))
