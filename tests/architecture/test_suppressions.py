"""An exception to a check has a reason beside it, and there are never more of them.

The numbers on record are what stands in the tree. One more fails; one less fails too,
so that the number is lowered and nobody can use up what another has saved.
"""

import re

from tests.architecture.sources import EVERYWHERE, ROOT, modules, name

ON_RECORD = {"noqa": 50, "type: ignore": 2, "pragma: no cover": 0, "ignore_imports": 3}

# A reason is words after the code, set off by a dash, a bracket or a second hash.
MARK = re.compile(
    r"# (?P<kind>noqa|type: ignore|pragma: no cover)"
    r"(?P<code>: [A-Z0-9, ]*[0-9]|\[[\w, -]+\])?(?P<reason>.*)"
)


def marks() -> list[tuple[str, str, str]]:
    """Kind, place and reason of each mark in the code."""
    found = []
    for path in [*modules(*EVERYWHERE), ROOT / "manage.py"]:
        if path.name == "test_suppressions.py":
            continue
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if mark := MARK.search(line):
                reason = re.sub(r"[\W_]", "", mark["reason"])
                found.append((mark["kind"], f"{name(path)}:{number}", reason))
    return found


def ignored_imports() -> list[str]:
    """The lines of the import contracts that let one import through."""
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if re.search(r'"[\w.]+ -> [\w.]+"', line)]


def test_suppressions_only_go_down():
    counts = dict.fromkeys(ON_RECORD, 0)
    for kind, _, _ in marks():
        counts[kind] += 1
    counts["ignore_imports"] = len(ignored_imports())
    assert counts == ON_RECORD


def test_every_suppression_gives_its_reason():
    assert [place for _, place, reason in marks() if not reason] == []
    assert [line for line in ignored_imports() if "#" not in line] == []
