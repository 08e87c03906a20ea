"""Blocks that others drew, from their own rows alone, give the same bytes."""

import dataclasses

import pytest

from cases import sandbox
from disclosures.packet import assemble
from disclosures.packet.schedule import plan
from tests.disclosures.packet import given
from tests.disclosures.packet.reading import digest


def event(number):
    """Rows of all heights and scripts, so that each block draws other glyphs."""
    row = given.event(number)
    turned = "שלום" * (number % 3)
    words = "word " * (number * 7 % 20)
    row[3] = f"{words}{chr(0x0391 + number % 17)} {turned}"
    return row


@pytest.mark.feature("P7", part=True)
def test_any_number_of_workers_gives_the_same_bytes(tmp_path, monkeypatch):
    monkeypatch.setattr(plan, "BLOCK_ROWS", 300)
    monkeypatch.setattr(plan, "_SHARED", 40)
    facts = given.facts(tmp_path / "csv", rows=700, events=event)
    planned = plan.blocks(facts)
    large = plan.apart(planned)
    assert [(one.slices[0].start, one.slices[0].stop) for one in large] == [
        (0, 300),
        (300, 600),
        (600, 700),
    ]
    parts = {}
    for block in reversed(large):
        piece = block.slices[0]
        rows = tmp_path / f"rows-{block.number}"
        cut = plan.cut(facts.exhibits[piece.exhibit].path, piece, rows)
        own = dataclasses.replace(facts.exhibits[piece.exhibit], path=rows)
        said = dataclasses.replace(
            facts,
            exhibits=tuple(
                own if one.number == own.number else dataclasses.replace(one, path=None)
                for one in facts.exhibits
            ),
        )
        parts[block.number] = tmp_path / f"part-{block.number}"
        sandbox.run(
            assemble.draw_apart,
            said,
            plan.Block(block.number, (cut,)),
            parts[block.number],
            seconds=60,
            megabytes=1000,
        )
    made = []
    for name, apart in (("one.pdf", {}), ("many.pdf", parts)):
        out = tmp_path / name
        told = sandbox.run(
            assemble.render, facts, out, planned, apart, seconds=120, megabytes=2000
        )
        made.append((digest(out), dataclasses.replace(told, volumes=())))
    assert made[0] == made[1]
