"""What a line of the authority table may say. Pure; every mistake names its line."""

import tomllib
from datetime import date
from typing import Any

from cases.authority import Cell, Rule
from cases.enums import DataClass, Instrument, IssuerKind, Jurisdiction, Reach

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
_TEXTS = ("id", "jurisdiction", "reach", "citation", "note", "mark")


class RulesError(ValueError):
    """The file can't be used; the message names the rule and what is wrong with it."""


def parse_authority(text: str) -> tuple[Rule, ...]:
    """Read the authority table.

    Raises:
        RulesError: the text isn't TOML, a rule has an unknown or missing key, a value
            outside the closed lists, no citation, or an id used twice.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise RulesError(f"Not a TOML file: {error}") from error
    lines = table.pop("rule", None)
    if table or not isinstance(lines, list) or not lines:
        raise RulesError("The file holds [[rule]] tables, one or more, and no other.")
    rules = tuple(_rule(line) for line in lines)
    ids = [rule.cell.rule_id for rule in rules]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise RulesError(f"Used twice: {', '.join(twice)}.")
    return rules


def _rule(line: dict[str, Any]) -> Rule:
    name = line.get("id", "a rule without id")
    keys = set(line)
    if missing := sorted(_REQUIRED - keys):
        raise RulesError(f"{name}: missing {', '.join(missing)}.")
    if unknown := sorted(keys - _REQUIRED - _OPTIONAL):
        raise RulesError(f"{name}: unknown {', '.join(unknown)}.")
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
    for key in _TEXTS:
        if not isinstance(line.get(key, ""), str):
            raise RulesError(f"{name}: {key} is a text.")
    for key in _LISTS:
        # An empty list would make a rule that never holds: leave the key out instead.
        if not line.get(key, ["left out"]) or not isinstance(line.get(key, []), list):
            raise RulesError(f"{name}: {key} is a list with at least one entry.")
    if not line["citation"] or line["mark"] not in {"V", "S", "M"}:
        raise RulesError(f"{name}: a rule has a citation and a mark V, S or M.")
    first, last = line["valid_from"], line.get("valid_to", line["valid_from"])
    # A TOML moment is a date to Python, too, but compares with none.
    if type(first) is not date or type(last) is not date or last < first:
        raise RulesError(f"{name}: valid_from and valid_to are dates in that order.")
