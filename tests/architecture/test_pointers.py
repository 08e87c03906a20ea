"""A pointer into the docs leads somewhere: the file is there, and its heading."""

import re
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, name

FOLDERS = ("cases", "disclosures", "compliance", "benchmarks", "docs", "bin")
KINDS = {".py", ".toml", ".html", ".md", ".txt", ".css", ".js", ""}
POINTER = re.compile(
    r'(?<![\w/])(docs/[\w./-]+\.md)(?:,?\s+(?:section|under)?\s*"([^"]+)")?'
)


def dangling(text: str, root: Path) -> list[str]:
    """Pointers in a text that lead nowhere."""
    unwrapped = re.sub(r"\n[ \t#*]*", " ", text)
    return [
        found.group(0)
        for found in POINTER.finditer(unwrapped)
        if not _leads_somewhere(root / found.group(1), found.group(2))
    ]


def _leads_somewhere(path: Path, heading: str | None) -> bool:
    if not path.is_file():
        return False
    lines = path.read_text(encoding="utf-8").splitlines()
    headings = {line.lstrip("#").strip() for line in lines if line.startswith("#")}
    return heading is None or heading in headings


def test_every_pointer_into_the_docs_leads_somewhere():
    files = [*ROOT.glob("*.md"), *ROOT.glob("*.toml"), ROOT / "Makefile"]
    for folder in FOLDERS:
        files += [
            path
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and path.suffix in KINDS
        ]
    lost = {
        name(path): pointers
        for path in files
        if (pointers := dangling(path.read_text(encoding="utf-8"), ROOT))
    }
    assert lost == {}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('See docs/policy.md, section "Sign-off".', []),
        ("See docs/policy.md.", []),
        ('See docs/policy.md,\n    section "Sign-off".', []),
        ('See docs/policy.md, section "Gone".', ['docs/policy.md, section "Gone"']),
        ("See docs/gone.md", ["docs/gone.md"]),
    ],
)
def test_the_search_for_lost_pointers(tmp_path, text, found):
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "policy.md").write_text("# Policy\n\n## Sign-off\n")
    assert dangling(text, tmp_path) == found
