"""The rules that ship with this version, read once."""

from functools import cache
from pathlib import Path

from cases.approvals import Sensitive
from cases.authority import Rule
from cases.grounds import Ground
from cases.rules.schema import parse_authority, parse_grounds, parse_sensitive


@cache
def authority_rules() -> tuple[Rule, ...]:
    """The authority table of this version.

    Raises:
        RulesError: the shipped file is broken; nothing can be judged without it.
    """
    return parse_authority(_shipped("authority"))


@cache
def sensitive_rules() -> tuple[Sensitive, ...]:
    """The table of what wants more counsel than one.

    Raises:
        RulesError: the shipped file is broken; nothing can be approved without it.
    """
    return parse_sensitive(_shipped("approvals"))


@cache
def ground_rules() -> tuple[Ground, ...]:
    """The table of grounds for objecting.

    Raises:
        RulesError: the shipped file is broken; nothing can be objected to without it.
    """
    return parse_grounds(_shipped("grounds"))


def _shipped(name: str) -> str:
    return Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8")
