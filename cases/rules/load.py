"""The rules that ship with this version, read once."""

from functools import cache
from pathlib import Path

from cases.authority import Rule
from cases.rules.schema import parse_authority


@cache
def authority_rules() -> tuple[Rule, ...]:
    """The authority table of this version.

    Raises:
        RulesError: the shipped file is broken; nothing can be judged without it.
    """
    path = Path(__file__).with_name("authority.toml")
    return parse_authority(path.read_text(encoding="utf-8"))
