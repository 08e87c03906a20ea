"""The arithmetic of the trail: what can't be told apart, and what always can."""

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases import chain

HASHES = st.binary(min_size=32, max_size=32).map(bytes.hex)
SECRET = chain.seed("a long text that only this site knows")
AT = "2023-03-14T16:00:00.000000+00:00"


def checkpoint(**changed):
    made = chain.Checkpoint(
        number=1,
        previous=chain.START,
        first=1,
        last=3,
        head="aa" * 32,
        root="bb" * 32,
        made_at=AT,
    )
    return replace(made, **changed)


def test_a_leaf_a_node_and_a_link_are_hashed_apart():
    text, zero = "A text.", chain.START
    leaf = hashlib.sha256(b"\0" + text.encode()).hexdigest()
    assert chain.leaf(text) == leaf
    both = bytes.fromhex(zero) + bytes.fromhex(leaf)
    assert chain.link(zero, leaf) == hashlib.sha256(b"\2" + both).hexdigest()
    assert chain.root([zero, leaf]) == hashlib.sha256(b"\1" + both).hexdigest()
    assert chain.link(zero, leaf) != chain.root([zero, leaf])


@pytest.mark.feature("A2", part=True)
@given(st.lists(HASHES, min_size=1, max_size=70), st.data())
def test_every_leaf_climbs_to_the_root_and_no_other_does(leaves, data):
    place = data.draw(st.integers(0, len(leaves) - 1))
    way = chain.proof(chain.tree(leaves), place)
    root = chain.root(leaves)
    assert chain.climb(leaves[place], way) == root
    other = data.draw(HASHES.filter(lambda one: one != leaves[place]))
    assert chain.climb(other, way) != root


@given(st.lists(HASHES, min_size=2, max_size=40, unique=True), st.data())
def test_another_order_is_another_root(leaves, data):
    moved = data.draw(st.permutations(leaves).filter(lambda one: one != leaves))
    assert chain.root(moved) != chain.root(leaves)
    assert chain.root(leaves[:-1]) != chain.root(leaves)


def test_no_leaf_has_no_root():
    with pytest.raises(ValueError, match="A root needs a leaf"):
        chain.root([])


def test_a_step_of_a_proof_has_a_side():
    with pytest.raises(ValueError, match="to the left or to the right"):
        chain.climb(chain.START, [("up", chain.START)])


def test_a_checkpoint_is_read_as_it_was_written():
    assert chain.read_checkpoint(checkpoint().text) == checkpoint()


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        '{"kind":"candor trail checkpoint"}',
        checkpoint().text.replace(chain.KIND, "another kind"),
        checkpoint().text.replace('"last":3', '"last":3,"more":1'),
        checkpoint().text.replace(":", ": "),
    ],
)
def test_what_isn_t_written_as_a_checkpoint_is_none(text):
    with pytest.raises(ValueError, match="checkpoint"):
        chain.read_checkpoint(text)


@pytest.mark.feature("A2", part=True)
def test_a_signature_is_of_one_text_by_one_key():
    text, key = checkpoint().text, chain.public_key(SECRET)
    signature = chain.sign(text, SECRET)
    assert chain.is_signed(text, signature, ["00" * 32, key])
    assert not chain.is_signed(text + " ", signature, [key])
    other = "00" if signature[:2] != "00" else "01"
    assert not chain.is_signed(text, other + signature[2:], [key])
    assert not chain.is_signed(text, "no hex", [key])
    assert not chain.is_signed(text, signature, [chain.public_key(chain.seed("other"))])
    assert not chain.is_signed(text, signature, [])


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"document": 1, "signature": 2}'])
def test_a_file_that_is_no_signed_checkpoint_holds_none(text):
    assert chain.read_signed(text, [chain.public_key(SECRET)]) == []


def test_a_signed_checkpoint_is_read_from_its_file():
    text = checkpoint().text
    signed = json.dumps({"document": text, "signature": chain.sign(text, SECRET)})
    assert chain.read_signed(signed, [chain.public_key(SECRET)]) == [checkpoint()]
