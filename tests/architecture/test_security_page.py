"""Each promise of docs/security.md names a test that exists, runs and isn't skipped."""

import ast
import re

import pytest

from tests.architecture.sources import ROOT

PAGE = ROOT / "docs" / "security.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def promises() -> list[str]:
    """The points of the page, but for the last section: what isn't promised."""
    text, _mark, _limits = PAGE.read_text("utf-8").partition("## What is not promised")
    return re.split(r"^- ", text, flags=re.MULTILINE)[1:]


def functions_of(path: str) -> dict[str, ast.FunctionDef]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {
        node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
    }


@pytest.mark.feature("S8")
def test_every_promise_names_its_tests():
    assert [one for one in promises() if not NAMED.search(one)] == []
    assert len(promises()) > 10


@pytest.mark.feature("S8", part=True)
def test_every_test_that_is_named_exists_and_runs():
    named = NAMED.findall(PAGE.read_text("utf-8"))
    missing = []
    for path, name in named:
        found = functions_of(path).get(name)
        if found is None or not name.startswith("test_"):
            missing.append(f"{path}::{name}")
            continue
        marks = " ".join(ast.unparse(one) for one in found.decorator_list)
        assert "skip" not in marks, name
    assert missing == []
    assert len(named) > len(promises())
