"""What the SQL of a map may say: one reading statement, values bound by name."""

import sqlite3

import pytest
import sqlalchemy
from hypothesis import given
from hypothesis import strategies as st

from disclosures.datamap import sqltext

WHO = frozenset({"account", "since"})


@pytest.mark.feature("D1", part=True)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a FROM t WHERE a = :account",
        "select a from t -- ; DROP TABLE t\nwhere a = :account",
        "WITH x AS (SELECT 1 AS a) SELECT a FROM x",
        "SELECT a::text FROM t WHERE b = ';' AND c = 'it''s; -- no comment'",
        "SELECT a /* ; delete */ FROM t",
        'SELECT "update" FROM t WHERE t.delete = 1',
        "SELECT a FROM t WHERE time > '12:30:00'",
    ],
)
def test_mistakes_of_a_reading_statement_are_none(sql):
    assert sqltext.mistakes(sql, WHO) == []


@pytest.mark.feature("D1", part=True)
@pytest.mark.parametrize(
    ("sql", "place", "words"),
    [
        ("", 0, "Only a SELECT"),
        ("DELETE FROM t", 0, "Only a SELECT"),
        ("SELECT a FROM t; DELETE FROM t", 15, "One statement only"),
        ("SELECT a FROM t;", 15, "One statement only"),
        ("SELECT a FROM t --;\n;", 16, "A dash comment needs a blank"),
        ("SELECT a FROM t /* ", 16, "This comment doesn't end"),
        ("SELECT a /* x /* y */ ; DELETE FROM t */", 9, "This comment doesn't end"),
        ("SELECT a FROM t /*! ; DELETE FROM t */", 16, "This comment doesn't end"),
        ("SELECT a FROM t /*M!100000 x */", 16, "This comment doesn't end"),
        ("SELECT 'a FROM t", 7, "A string that begins here"),
        (r"SELECT '\' FROM t", 7, "A backslash means"),
        ("SELECT $$a$$ FROM t", 7, "Dollar signs"),
        ("SELECT a FROM t WHERE a = $1", 26, "Dollar signs"),
        ("SELECT a FROM t WHERE a = ?", 26, "Bind values by name"),
        ("SELECT a FROM t WHERE a = %s", 26, "%s is a value formatted in"),
        ("SELECT a FROM t WHERE a = %(x)s", 26, "%(...) is a value"),
        ("SELECT a FROM t WHERE a = {account}", 26, "Braces look like"),
        ("SELECT a FROM t WHERE a = '{account}'", 26, "A quoted placeholder"),
        ("SELECT a FROM t WHERE a = ':account'", 26, "A quoted placeholder"),
        ("SELECT a FROM t WHERE a = '%s'", 26, "A quoted placeholder"),
        ("SELECT a FROM t WHERE a = :who", 26, ":who isn't known here"),
        ("SELECT a INTO OUTFILE 'x' FROM t", 9, "INTO can't be used"),
        ("WITH x AS (DELETE FROM t) SELECT a FROM x", 11, "DELETE can't be used"),
        ("SELECT a FROM t FOR UPDATE", 20, "UPDATE can't be used"),
        ("SELECT a FROM t)", 0, "The brackets don't pair up"),
        ("SELECT a FROM (t", 0, "The brackets don't pair up"),
        ("SELECT a \x00 FROM t", 9, "A NUL character"),
        ("SELECT a FROM t # x", 16, "A hash sign"),
    ],
)
def test_mistakes_of_anything_else_name_the_place(sql, place, words):
    found = sqltext.mistakes(sql, WHO)

    assert found
    assert found[0][0] == place
    assert found[0][1].startswith(words)


@pytest.mark.parametrize(
    ("sql", "names"),
    [
        ("SELECT a, t.b, count(*) AS c FROM t", ["a", "b", "c"]),
        ('SELECT DISTINCT a, "b" FROM t', ["a", "b"]),
        ("WITH x AS (SELECT q, r FROM s) SELECT a FROM x", ["a"]),
        ("SELECT a FROM t UNION ALL SELECT b FROM u", ["a"]),
        ("SELECT extract(year FROM d) AS a -- , b\nFROM t", ["a"]),
        ("SELECT * FROM t", None),
        ("SELECT t.* FROM t", None),
        ("SELECT count(*) FROM t", None),
        ("SELECT a b FROM t", None),
    ],
)
def test_selected_names_the_columns_or_says_that_it_cannot(sql, names):
    assert sqltext.selected(sql) == names


def test_the_texts_for_the_engines_bind_the_same_values():
    sql = "SELECT ':x' AS a -- :y\n, b::text FROM t WHERE b = :account::text"

    assert sqltext.binds(sql) == {"account"}
    # Without the blank SQLAlchemy would take it for no value, but part of the cast.
    assert (
        sqltext.for_sqlalchemy(sql)
        == "SELECT '\\:x' AS a  \n, b::text FROM t WHERE b = :account ::text"
    )
    assert (
        sqltext.for_duckdb(sql)
        == "SELECT ':x' AS a  \n, b::text FROM t WHERE b = $account::text"
    )


@given(st.text(st.characters(exclude_characters="\\\x00", exclude_categories=["Cs"])))
def test_a_string_reaches_the_database_as_it_was_written(text):
    sql = "SELECT '{}' AS a".format(text.replace("'", "''"))
    engine = sqlalchemy.create_engine("sqlite://")

    with engine.connect() as connection:
        found = connection.execute(
            sqlalchemy.text(sqltext.for_sqlalchemy(sql))
        ).scalar_one()
    engine.dispose()

    assert found == text


@given(st.text("SELECTselect'\"`;-/*! :a$?{}\n\\", max_size=40))
def test_what_passes_is_one_statement_to_the_database_as_well(text):
    sql = f"SELECT 1 AS a {text}"
    if not sqltext.mistakes(sql, frozenset({"a"})):
        connection = sqlite3.connect(":memory:")
        said = ""
        try:
            connection.execute(f"SELECT * FROM ({sql}\n)", {"a": 1})  # noqa: S608 - the test
        except sqlite3.Error as error:
            said = str(error)  # not SQL at all, most often: the database says so
        finally:
            connection.close()
        assert "one statement" not in said
