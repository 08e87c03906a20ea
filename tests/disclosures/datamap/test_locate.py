"""Lines of values in a TOML text."""

import tomllib
from pathlib import Path

from disclosures.datamap import locate

SHIPPED = Path("disclosures/datamap/examples/pypi-2023.toml")

TEXT = '''# comment = "no"
a = 1
"b c".d = """
[not.a.table]
x = 1
"""

[t.u]
k = [
  { n = "x", m = 'y # no' },  # a comment
  { n = "]" },
]
l = [1, [2,
  3]]

[[p]]
z = true
[[p.q]]
w = 1.5
[[p.q]]
w = 2
[[p]]
[p.s]
v = 1979-05-27
'''


def test_lines_follow_tables_lists_and_long_texts():
    found = locate.lines(TEXT)

    assert {path: line for path, line in found.items() if path} == {
        ("a",): 2,
        ("b c",): 3,
        ("b c", "d"): 3,
        ("t",): 8,
        ("t", "u"): 8,
        ("t", "u", "k"): 9,
        ("t", "u", "k", 0): 10,
        ("t", "u", "k", 0, "n"): 10,
        ("t", "u", "k", 0, "m"): 10,
        ("t", "u", "k", 1): 11,
        ("t", "u", "k", 1, "n"): 11,
        ("t", "u", "l"): 13,
        ("t", "u", "l", 0): 13,
        ("t", "u", "l", 1): 13,
        ("t", "u", "l", 1, 0): 13,
        ("t", "u", "l", 1, 1): 14,
        ("p",): 16,
        ("p", 0): 16,
        ("p", 0, "z"): 17,
        ("p", 0, "q"): 18,
        ("p", 0, "q", 0): 18,
        ("p", 0, "q", 0, "w"): 19,
        ("p", 0, "q", 1): 20,
        ("p", 0, "q", 1, "w"): 21,
        ("p", 1): 22,
        ("p", 1, "s"): 23,
        ("p", 1, "s", "v"): 24,
    }


def test_lines_know_every_value_of_the_shipped_map():
    text = SHIPPED.read_text()
    found = locate.lines(text)
    lines = text.splitlines()

    paths = list(_paths(tomllib.loads(text)))

    assert [path for path in paths if path not in found] == []
    for path in paths:
        if isinstance(path[-1], str):
            assert path[-1] in lines[found[path] - 1]


def _paths(value, path=()):
    if path:
        yield path
    pairs = value.items() if isinstance(value, dict) else ()
    if isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield from _paths(inner, (*path, key))
