"""What a packet says is kept as a text, and two machines make equal bytes from it."""

import dataclasses
import hashlib
import json
import os
import sys
from pathlib import Path

import pytest

from disclosures.packet import inputs
from tests.disclosures.packet import given
from tests.disclosures.packet.reading import output

# Reads the frozen facts, draws and seals, and prints what each file hashes to.
MAKE = """
import json, sys
from pathlib import Path
from cases import sandbox
from disclosures.packet import assemble, inputs, seal
if __name__ == "__main__":
    text, csv, out = (Path(one) for one in sys.argv[1:])
    paths = {one.name: one for one in csv.iterdir()}
    facts = inputs.read(text.read_text(encoding="utf-8"), paths)
    pdf = out.with_name(out.name + ".pdf")
    told = sandbox.run(assemble.render, facts, pdf, seconds=120, megabytes=2000)
    made = seal.seal(facts, told, pdf, paths, out)
    print(json.dumps([made.archive_sha256, made.manifest_sha256, made.pdf_sha256]))
"""
ELSEWHERE = (
    {"TZ": "Pacific/Auckland", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "America/St_Johns", "LANG": "fr_FR.UTF-8", "PYTHONHASHSEED": "4242"},
)


def paths(facts):
    return {one.file_name: one.path for one in facts.exhibits if one.file_name}


def event(number):
    """An event in letters of many kinds."""
    return [*given.event(number)[:3], f"Ωμέγα Жук שלום مرحبا — “{number}” ﬁ é"]


@pytest.fixture
def facts(tmp_path):
    return given.facts(tmp_path / "csv", events=event)


@pytest.mark.feature("P7")
def test_two_machines_make_equal_bytes_from_the_frozen_inputs(facts, tmp_path):
    text, script = tmp_path / "facts.json", tmp_path / "make.py"
    text.write_text(inputs.document(facts), encoding="utf-8")
    script.write_text(MAKE, encoding="utf-8")
    said = []
    for number, elsewhere in enumerate(ELSEWHERE):
        home = tmp_path / f"machine {number}"
        (home / "tmp").mkdir(parents=True)
        environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path.cwd())}
        environment |= {"HOME": str(home), "TMPDIR": str(home / "tmp")} | elsewhere
        command = [sys.executable, script, text, tmp_path / "csv", home / "out"]
        said.append(json.loads(output(*command, env=environment, cwd=home)))
    assert said[0] == said[1]
    folder = tmp_path / "machine 1" / "out" / "production-0001"
    manifest = (folder / "manifest.json").read_bytes()
    assert hashlib.sha256(manifest).hexdigest() == said[0][1]
    assert json.loads(manifest)["inputs"] == {
        "facts": {"sha256": hashlib.sha256(text.read_bytes()).hexdigest()}
    }


def test_facts_come_back_as_they_were(facts):
    text = inputs.document(facts)
    assert inputs.read(text, paths(facts)) == facts
    assert str(facts.exhibits[0].path.parent) not in text
    assert [one.path for one in inputs.read(text, {}).exhibits] == [None] * 12


def test_a_field_added_since_has_its_default_and_nothing_else_is_guessed(facts):
    said = json.loads(inputs.document(facts))
    del said["paper"], said["organisation"]["contact"]
    read = inputs.read(json.dumps(said), paths(facts))
    without = dataclasses.replace(facts.organisation, contact="")
    assert read == dataclasses.replace(facts, organisation=without)
    for changed in (
        said | {"more": "1"},
        {name: one for name, one in said.items() if name != "agency"},
        said | {"agency": 3},
        said | {"targets": [{}]},
        said | {"targets": 7},
        said | {"issued_on": "yesterday"},
        [],
    ):
        with pytest.raises(ValueError, match=r"facts of a packet|isoformat"):
            inputs.read(json.dumps(changed), {})


def test_what_differs_is_named_without_its_value(facts):
    changed = dataclasses.replace(
        facts,
        agency="Another",
        targets=(facts.targets[0], dataclasses.replace(facts.targets[1], number=9)),
        exhibits=facts.exhibits[:-1],
    )
    assert inputs.differing(facts, changed) == [
        "agency",
        "targets 2.number",
        "exhibits",
    ]
    assert inputs.differing(facts, inputs.read(inputs.document(facts), {})) == []
