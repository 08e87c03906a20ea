"""What a line of the tables of law may say. Pure; every mistake names its line."""

import tomllib
from datetime import date
from typing import Any

from cases.approvals import Sensitive
from cases.authority import Cell, Rule
from cases.enums import (
    DataClass,
    Instrument,
    IssuerKind,
    Jurisdiction,
    ObjectionGround,
    Reach,
)
from cases.grounds import Ground

_REQUIRED = {
    "id",
    "jurisdiction",
    "instruments",
    "data_classes",
    "reach",
    "citation",
    "mark",
    "valid_from",
}
_OPTIONAL = {"issuers", "note", "valid_to"}
_LISTS = ("instruments", "data_classes", "issuers")
_TEXTS = (
    *("id", "jurisdiction", "reach", "citation", "note", "mark"),
    *("ground", "words", "reason"),
)


class RulesError(ValueError):
    """The file can't be used; the message names the rule and what is wrong with it."""


def parse_authority(text: str) -> tuple[Rule, ...]:
    """Read the authority table.

    Raises:
        RulesError: the text isn't TOML, a rule has an unknown or missing key, a value
            outside the closed lists, no citation, or an id used twice.
    """
    return tuple(_rule(line) for line in _lines(text, "rule", _REQUIRED, _OPTIONAL))


def parse_sensitive(text: str) -> tuple[Sensitive, ...]:
    """Read the table of what wants more counsel than one.

    Raises:
        RulesError: as ``parse_authority``, or a line that holds for nothing.
    """
    required = {"id", "reason", "citation"}
    lines = _lines(text, "sensitive", required, {"instruments", "data_classes"})
    return tuple(_sensitive(line) for line in lines)


def parse_grounds(text: str) -> tuple[Ground, ...]:
    """Read the table of grounds for objecting.

    Raises:
        RulesError: as ``parse_authority``, or a ground without citation other than
            the one that is stated in words.
    """
    required = {"id", "ground", "jurisdiction", "citation", "mark", "words"}
    return tuple(
        _ground(line) for line in _lines(text, "ground", required, {"instruments"})
    )


def _lines(
    text: str, table: str, required: set[str], optional: set[str]
) -> list[dict[str, Any]]:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"Not a TOML file: {error}") from error
    lines = read.pop(table, None)
    if read or not isinstance(lines, list) or not lines:
        raise RulesError(
            f"The file holds [[{table}]] tables, one or more, and no other."
        )
    for line in lines:
        _check_keys(line, required, optional)
    ids = [line["id"] for line in lines]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise RulesError(f"Used twice: {', '.join(twice)}.")
    return lines


def _check_keys(line: dict[str, Any], required: set[str], optional: set[str]) -> None:
    name = line.get("id", "a rule without id")
    keys = set(line)
    if missing := sorted(required - keys):
        raise RulesError(f"{name}: missing {', '.join(missing)}.")
    if unknown := sorted(keys - required - optional):
        raise RulesError(f"{name}: unknown {', '.join(unknown)}.")
    for key in _TEXTS:
        if not isinstance(line.get(key, ""), str):
            raise RulesError(f"{name}: {key} is a text.")
    for key in _LISTS:
        # An empty list would make a rule that never holds: leave the key out instead.
        if not line.get(key, ["left out"]) or not isinstance(line.get(key, []), list):
            raise RulesError(f"{name}: {key} is a list with at least one entry.")
    if line.get("mark", "V") not in {"V", "S", "M"}:
        raise RulesError(f"{name}: a rule has a citation and a mark V, S or M.")


def _sensitive(line: dict[str, Any]) -> Sensitive:
    name = line["id"]
    if not line["citation"] or not line["reason"]:
        raise RulesError(f"{name}: a rule has a citation and a reason.")
    if not {"instruments", "data_classes"} & set(line):
        raise RulesError(f"{name}: a rule holds for instruments or for data classes.")
    try:
        return Sensitive(
            rule_id=name,
            instruments=frozenset(
                Instrument(one) for one in line.get("instruments", ())
            ),
            data_classes=frozenset(
                DataClass(one) for one in line.get("data_classes", ())
            ),
            reason=line["reason"],
            citation=line["citation"],
        )
    except ValueError as error:
        raise RulesError(f"{name}: {error}.") from error


def _ground(line: dict[str, Any]) -> Ground:
    name = line["id"]
    if not line["words"] or (
        not line["citation"] and line["ground"] != ObjectionGround.OTHER
    ):
        raise RulesError(f"{name}: a ground has its words and its citation.")
    try:
        return Ground(
            rule_id=name,
            ground=ObjectionGround(line["ground"]),
            jurisdiction=Jurisdiction(line["jurisdiction"]),
            instruments=frozenset(
                Instrument(one) for one in line.get("instruments", ())
            ),
            citation=line["citation"],
            mark=line["mark"],
            words=line["words"],
        )
    except ValueError as error:
        raise RulesError(f"{name}: {error}.") from error


def _rule(line: dict[str, Any]) -> Rule:
    name = line["id"]
    _check_values(name, line)
    try:
        return Rule(
            jurisdiction=Jurisdiction(line["jurisdiction"]),
            instruments=frozenset(Instrument(one) for one in line["instruments"]),
            data_classes=frozenset(DataClass(one) for one in line["data_classes"]),
            issuers=frozenset(IssuerKind(one) for one in line.get("issuers", ())),
            valid_from=line["valid_from"],
            valid_to=line.get("valid_to"),
            cell=Cell(
                reach=Reach(line["reach"]),
                citation=line["citation"],
                note=line.get("note", ""),
                mark=line["mark"],
                rule_id=line["id"],
            ),
        )
    except ValueError as error:
        raise RulesError(f"{name}: {error}.") from error


def _check_values(name: str, line: dict[str, Any]) -> None:
    if not line["citation"]:
        raise RulesError(f"{name}: a rule has a citation and a mark V, S or M.")
    first, last = line["valid_from"], line.get("valid_to", line["valid_from"])
    # A TOML moment is a date to Python, too, but compares with none.
    if type(first) is not date or type(last) is not date or last < first:
        raise RulesError(f"{name}: valid_from and valid_to are dates in that order.")
