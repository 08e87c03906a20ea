"""The quick ways to set a cell give what the thorough ways give."""

import itertools

from hypothesis import example, given, settings
from hypothesis import strategies as st

from disclosures.packet.legible import legible
from disclosures.packet.schedule import faces
from disclosures.packet.schedule.cells import Cells
from disclosures.packet.schedule.text import Setter, Style, _stop

STYLE = Style(faces.Role.SANS, 6.7, 9.1)
WIDTHS = st.floats(20, 300)
PLAIN = st.text(st.characters(codec="cp1252", exclude_categories=["Cc"]), max_size=300)
SIMPLE = st.text(
    st.one_of(
        st.characters(codec="cp1252", exclude_categories=["Cc"]),
        st.characters(min_codepoint=0x100, max_codepoint=0x24F),
        st.characters(min_codepoint=0x370, max_codepoint=0x52F),
        st.characters(min_codepoint=0x1E00, max_codepoint=0x20CF),
    ),
    min_size=1,
    max_size=80,
)


def readable(text):
    return legible(text, faces.covers)


@settings(deadline=None)
@given(PLAIN, WIDTHS)
@example("-" * 300 + "W", 40.0)
@example("a b  c   " * 40, 33.3)
def test_plain_text_is_measured_and_broken_as_character_by_character(text, width):
    face = faces.faces()[STYLE.face]
    data = text.encode("cp1252")
    widths = list(map(face.widths.__getitem__, data))
    assert face.plain.width(data) == sum(widths)
    room = width * 1000 / STYLE.size
    sums, start, wanted = list(itertools.accumulate(widths)), 0, []
    while start < len(data):
        stop = _stop(text, sums, room, start)
        wanted.append((start, stop))
        start = stop
    if sum(widths) > room:
        assert face.plain.breaks(data, sum(widths), room) == wanted


@settings(deadline=None)
@given(SIMPLE, WIDTHS)
@example("Łukasz Ωμέγα Привет, мир", 60.0)
@example("Привет " * 30, 50.0)
def test_text_without_shaping_is_set_as_if_it_were_shaped(text, width):
    quick, thorough = Setter(), Setter()
    shown = readable(text)
    room = width * 1000 / STYLE.size
    found = quick._simple(shown, STYLE, room)
    if found:
        assert found == tuple(thorough._shaped(shown, STYLE, room))
        assert quick.ink.glyphs == thorough.ink.glyphs


@settings(deadline=None)
@given(st.lists(st.one_of(PLAIN, SIMPLE, st.text(max_size=9)), min_size=1), WIDTHS)
@example(["", "\0", "a\0b", "x"], 50.0)
@example(["(a\\b)", ")", "", "Łukasz", "a" * 300], 30.0)
def test_a_column_is_set_as_its_cells_are_one_by_one(cells, width):
    setter = Setter()
    column = Cells(setter, STYLE, width, columns=1)
    for _ in range(2):
        shown, lines = column.set(cells)
        for cell, drawn, count in zip(cells, shown, lines, strict=True):
            single = setter.lines(readable(cell), STYLE, width) if cell else (b"",)
            back = b" 0 %.6g Td" % ((len(single) - 1) * STYLE.leading)
            wanted = b" T* ".join(single) + (back if len(single) > 1 else b"")
            assert (drawn, count) == (wanted, len(single))


def test_a_column_forgets_what_does_not_come_again():
    column = Cells(Setter(), STYLE, 100, columns=1)
    for number in range(40):
        column.set([f"{number}-{place}" for place in range(256)])
    assert not column._is_kept
    assert column._known == {}
    kept = Cells(Setter(), STYLE, 100, columns=4)
    for number in range(200):
        kept.set([f"{number // 8}-{place}" for place in range(256)])
    assert kept._is_kept
    assert 0 < len(kept._known) <= 6_000
