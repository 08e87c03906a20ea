"""Maps that were broken at random: each mistake has its line, and nothing is loaded.

The shipped maps are cut, doubled, mixed and turned into other shapes. Whatever comes of
it is a map or a list of mistakes, and never anything else.
"""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cases import audit
from cases.models import Category
from disclosures.datamap import schema, sqltext
from disclosures.datamap.load import load
from disclosures.models import DataMapVersion
from tests import factories as make
from tests.disclosures.datamap.small_map import SMALL

EXAMPLES = sorted(Path("disclosures/datamap/examples").glob("*.toml"))
MAPS = {"small": SMALL} | {
    path.stem: path.read_text(encoding="utf-8") for path in EXAMPLES
}
OTHERS = (
    *("1", "true", "[]", "{}", '""', "[1]", '["a"]', "{ a = 1 }", "2023-01-01", "nan"),
    *("1e400", '"\\u0000"', "'''\n'''", "[[]]", "[{}]", "99999999999999999999", "-1"),
)
VALUE = re.compile(r"(?m)^([a-z_]+) = (\S.*)$")
SQL = re.compile(r'sql = (?:"""(.*?)"""|"(.*?)")', re.DOTALL)
HOSTILE = (
    *("; DELETE FROM users", ";", " FOR UPDATE", " INTO t ", "DELETE FROM users;"),
    *("--;\n", "--x\n", "/*! ; DROP TABLE t */", "/*M!1 x */", "/* x", "/* /* */ */"),
    *("' OR 1 = 1", "$1", "$$x$$", "?", "%s", "%(x)s", "{name}", ":nobody", "#", "`"),
    *("PRAGMA x", "ATTACH 'x' AS y", "COPY t TO 'x'", "CALL f()", "LOCK t", "(", ")"),
)

maps = st.sampled_from(sorted(MAPS))  # by name: a map is too long for a report
few = settings(max_examples=25, deadline=None)


def outcome(text):
    """The map, or its mistakes, each of which has a line of the file and its words."""
    last = max(len(text.splitlines()), 1)
    try:
        return schema.parse(text), ()
    except schema.MapError as error:
        found = error.mistakes
    assert found
    for one in found:
        assert 1 <= one.line <= last, one
        assert one.place, one
        assert one.sentence.endswith((".", "?")), one
    return None, found


@pytest.mark.feature("D1", part=True)
@few
@given(st.data(), maps)
def test_a_map_that_ends_anywhere(data, name):
    text = MAPS[name]
    at = data.draw(st.integers(0, len(text)))

    outcome(text[:at])


@few
@given(st.data(), maps)
def test_lines_that_are_lost_doubled_or_exchanged(data, name):
    text = MAPS[name]
    lines = text.splitlines(keepends=True)
    place = st.integers(0, len(lines) - 1)
    for _ in range(data.draw(st.integers(1, 3))):
        here, there = data.draw(place), data.draw(place)
        match data.draw(st.sampled_from(["lose", "double", "exchange"])):
            case "lose":
                lines[here] = ""
            case "double":
                lines[here] *= 2
            case "exchange":
                lines[here], lines[there] = lines[there], lines[here]

    outcome("".join(lines))


@few
@given(st.data(), maps, st.sampled_from(OTHERS))
def test_values_of_another_kind(data, name, other):
    text = MAPS[name]
    found = list(VALUE.finditer(text))
    one = data.draw(st.sampled_from(found))
    value = one[2]
    assume(not value.endswith(('"""', "[")))  # the text goes on below

    outcome(text[: one.start(2)] + other + text[one.end(2) :])


@few
@given(st.data(), maps, st.text(max_size=8))
def test_characters_anywhere(data, name, more):
    text = MAPS[name]
    at = data.draw(st.integers(0, len(text)))
    assume("\r" not in more)

    outcome(text[:at] + more + text[at:])


@few
@given(st.data(), maps)
def test_keys_that_are_not_there(data, name):
    text = MAPS[name]
    one = data.draw(st.sampled_from(list(VALUE.finditer(text))))
    broken = text[: one.start(1)] + "x_" + text[one.start(1) :]

    found, mistakes = outcome(broken)

    assert found is None
    assert broken.count("\n", 0, one.start()) + 1 in [each.line for each in mistakes]


@pytest.mark.feature("D1", part=True)
@few
@given(st.data(), maps, st.sampled_from(HOSTILE))
def test_sql_that_could_do_more_than_read(data, name, hostile):
    text = MAPS[name]
    one = data.draw(st.sampled_from(list(SQL.finditer(text))))
    assume(one[1] is not None or "\n" not in hostile)
    sql, start = (one[1], one.start(1)) if one[1] else (one[2], one.start(2))
    tokens = [t for t in sqltext.tokens(sql) if t.kind is not sqltext.Kind.COMMENT]
    # After a dot, each word is the name of a column.
    token = data.draw(
        st.sampled_from([t for before, t in pairwise(tokens) if before.text != "."])
    )
    at = start + token.at
    broken = f"{text[:at]} {hostile} {text[at:]}"

    found, mistakes = outcome(broken)

    assert found is None
    first = text.count("\n", 0, one.start()) + 1
    last = broken.count("\n", 0, at + len(hostile)) + 1
    assert any(first <= each.line <= last + sql.count("\n") for each in mistakes)


@pytest.mark.feature("D1", part=True)
@few
@given(st.data(), maps)
def test_columns_that_the_query_does_not_have(data, name):
    text = MAPS[name]
    names = list(re.finditer(r'\{ name = "([a-z_]+)"', text))
    one = data.draw(st.sampled_from(names))
    broken = text[: one.start(1)] + "nope_" + text[one.start(1) :]

    found, mistakes = outcome(broken)

    assert found is None
    line = text.count("\n", 0, one.start()) + 1
    assert (line, "The query doesn't select it.") in [
        (each.line, each.sentence) for each in mistakes
    ]


@few
@given(st.data(), maps)
def test_derivations_in_a_circle_are_named(data, name):
    """Each derived part may name any part; the SQL then reads it as well."""
    text = MAPS[name]
    codes = re.findall(r'(?m)^code = "([0-9][a-z])"', text)
    wanted = {}

    def anew(match):
        inputs = data.draw(st.lists(st.sampled_from(codes), min_size=1, unique=True))
        wanted[match.start()] = inputs
        return "inputs = [" + ", ".join(f'"{code}"' for code in inputs) + "]"

    broken = re.sub(r"(?m)^inputs = \[.*\]$", anew, text)

    found, mistakes = outcome(broken)

    graph = _graph(broken)
    circular = {code for code in graph if code in _reached(graph, code)}
    named = {
        re.search(r"part “(.*?)”", each.place)[1]
        for each in mistakes
        if "derived from itself" in each.sentence
    }
    assert named == circular
    assert found is None or not circular


def _graph(text):
    """By part code, what it is drawn from, as the text has it."""
    found, code = {}, ""
    for line in text.splitlines():
        if match := re.match(r'code = "([0-9][a-z])"', line):
            code = match[1]
        elif line.startswith("inputs = "):
            found[code] = re.findall(r'"(.*?)"', line)
    return found


def _reached(graph, start):
    seen, ahead = set(), list(graph.get(start, ()))
    while ahead:
        code = ahead.pop()
        if code not in seen:
            seen.add(code)
            ahead += graph.get(code, ())
    return seen


@pytest.mark.django_db
@pytest.mark.parametrize("name", MAPS)
def test_of_a_broken_map_nothing_is_loaded(name):
    text = MAPS[name]
    load(SMALL, actor=audit.SYSTEM, at=make.AT)
    before = _stored()
    broken = [
        text[: len(text) // 2],
        text + text,
        text.replace(":account", ":account;", 1),
        text.replace('data_class = "identifying"', 'data_class = "x"', 1),
        "",
    ]

    for each in broken:
        with pytest.raises(schema.MapError):
            load(each, actor=audit.SYSTEM, at=make.AT)

    assert _stored() == before


def _stored():
    return (
        list(DataMapVersion.objects.values()),
        list(Category.objects.order_by("pk").values()),
    )
