"""Every refusal that a person reads can be translated."""

import ast
from collections.abc import Iterator

from tests.architecture.sources import modules, name

# What only operators and logs read, or what is stored with the packet in English.
NOT_SHOWN = (
    "cases/audit.py",
    "cases/pdf.py",  # in a child without Django, which can't translate
    "cases/rules/",
    "cases/sandbox.py",
    "cases/stores.py",  # of the sealer, of commands, and of a child without Django
    "compliance/founding.py",  # of a command
    "disclosures/datamap/",
    "disclosures/packet/",
    "disclosures/sources/",
)
# Errors of programs and commands; what a page says of PermissionDenied is its own.
NO_REFUSALS = {
    *("RuntimeError", "ValueError", "TypeError", "NotImplementedError", "LookupError"),
    *("CommandError", "ImproperlyConfigured", "PermissionDenied"),
}
TRANSLATED = {"_", "gettext", "gettext_lazy", "ngettext"}


def called(node: ast.Call) -> str:
    return getattr(node.func, "id", getattr(node.func, "attr", ""))


def bare(node: ast.AST) -> Iterator[str]:
    """The sentences below a node that don't go through gettext."""
    if isinstance(node, ast.Call) and called(node) in TRANSLATED:
        return
    if isinstance(node, ast.Dict):
        for value in node.values:
            yield from bare(value)
        return
    if isinstance(node, ast.Constant) and " " in str(node.value).strip():
        if isinstance(node.value, str):
            yield node.value
        return
    for child in ast.iter_child_nodes(node):
        yield from bare(child)


def refusals(source: str) -> list[str]:
    """The sentences of a module's refusals that can't be translated."""
    return [
        words
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call)
        if called(node.exc) not in NO_REFUSALS
        for given in [*node.exc.args, *(one.value for one in node.exc.keywords)]
        for words in bare(given)
    ]


def test_every_refusal_goes_through_gettext():
    found = {
        name(path): sentences
        for path in modules("cases", "disclosures", "compliance")
        if not name(path).startswith(NOT_SHOWN)
        if (sentences := refusals(path.read_text("utf-8")))
    }
    assert found == {}


def test_the_search_finds_each_way_of_saying_it():
    for source in (
        'raise CaseError("That is wrong.")',
        'raise CaseError(f"{case} is closed.")',
        'raise ValidationError({"name": "Say a name."})',
        'raise CaseError(_("Yes.") + " and more of it")',
    ):
        assert refusals(source), source
    assert refusals('raise CaseError(_("%(n)s is closed.") % {"n": case})') == []
    assert refusals('raise ValueError("Not for people.")') == []
