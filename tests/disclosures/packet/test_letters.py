"""Nothing that is drawn can make the drawing read a file or an address."""

import http.server
import threading

import pytest

from cases import sandbox
from disclosures.exceptions import PacketBroken
from disclosures.packet import fonts, letters


@pytest.fixture
def listener():
    """A server on this machine that writes down what it is asked for."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def draw_here(html, target, rules):
    letters.lay_out(html, styles=letters.PART, rules=rules, tagged=True).write(target)


def draw(html, target, rules=""):
    sandbox.run(draw_here, html, target, rules, seconds=60, megabytes=1000)


RAW = (
    '<img src="{address}/a.png">',
    '<link rel="stylesheet" href="{address}/a.css">',
    '<style>@import "{address}/b.css"</style>',
    "<style>@font-face {{ font-family: x; src: url({address}/f.ttf) }}</style>",
    '<p style="background: url({address}/c.png)">x</p>',
    '<object data="{address}/d.png"></object>',
    '<embed src="{address}/e.png">',
    '<svg><image href="{address}/g.png" width="9" height="9"/></svg>',
    '<base href="{address}/"><img src="h.png">',
    '<a rel="attachment" href="{address}/i">x</a>',
    '<link rel="attachment" href="{address}/j">',
)


@pytest.mark.feature("P1", part=True)
@pytest.mark.parametrize("raw", RAW)
def test_markup_that_asks_for_an_address_is_never_answered(raw, listener, tmp_path):
    address, asked = listener
    html = f'<html lang="en"><title>x</title>{raw.format(address=address)}</html>'
    if "<svg" in raw:
        draw(html, tmp_path / "x.pdf")  # WeasyPrint leaves the picture out, silently
    else:
        with pytest.raises(PacketBroken, match=r"^The packet's text tried to read"):
            draw(html, tmp_path / "x.pdf")
    assert asked == []


@pytest.mark.feature("P1", part=True)
@pytest.mark.parametrize("raw", RAW)
def test_markup_that_asks_for_a_file_is_never_answered(raw, tmp_path):
    (tmp_path / "secret").write_text("secret")
    asking = raw.format(address=tmp_path.as_uri())
    html = f'<html lang="en"><title>x</title>{asking}</html>'
    if "<svg" in raw:
        draw(html, tmp_path / "x.pdf")
    else:
        with pytest.raises(PacketBroken):
            draw(html, tmp_path / "x.pdf")


def test_relative_attachment_is_not_embedded(tmp_path):
    asking = '<a rel="attachment" href="README.md">x</a>'
    html = f'<html lang="en"><title>x</title>{asking}</html>'
    with pytest.raises(PacketBroken):
        draw(html, tmp_path / "x.pdf")


def test_rules_that_import_are_refused(listener, tmp_path):
    address, asked = listener
    with pytest.raises(PacketBroken):
        draw(
            "<html lang=en>x</html>", tmp_path / "x.pdf", f'@import "{address}/k.css";'
        )
    assert asked == []


def test_templates_escape_what_they_are_given(tmp_path):
    html = letters.html("leaf.html", {"leaf": {"anchor": '"><img src=x>', "mark": ""}})
    assert html.strip() == '<div class="leaf" id="&quot;&gt;&lt;img src=x&gt;"></div>'


def test_template_without_its_value_is_refused():
    with pytest.raises(ValueError, match=r"^letter\.html asks for something"):
        letters.html("letter.html", {})


def test_css_string_can_not_end_early():
    assert letters.css_string('a"b}\\é') == '"a\\000022b\\00007d\\00005c\\0000e9"'


def test_missing_font_is_named(monkeypatch):
    monkeypatch.setattr(fonts, "FAMILIES", ("Noto Sans", "No Such Font"))
    fonts.coverage.cache_clear()
    with pytest.raises(fonts.FontMissing, match=r"^The fonts No Such Font aren't inst"):
        fonts.coverage()
    monkeypatch.undo()
    assert fonts.coverage()("a") is True


def test_coverage_of_characters():
    covers = fonts.coverage()
    assert [covers(one) for one in "aéΩЖ"] == [True] * 4
    assert covers("\U000f0000") is False
