"""Modules can be read in one sitting, and say what the caller can't see."""

import ast

import pytest

from tests.architecture.sources import EVERYWHERE, PRODUCT, modules, name, own_nodes

MOST_LINES = 400
Function = ast.FunctionDef | ast.AsyncFunctionDef


def test_module_is_short_enough_to_read():
    lengths = {
        name(path): len(path.read_text(encoding="utf-8").splitlines())
        for path in modules(*EVERYWHERE)
    }
    assert {path: n for path, n in lengths.items() if n > MOST_LINES} == {}


def unsaid_raises(source: str) -> list[str]:
    """Public functions with a ``raise`` of their own and no ``Raises:``."""
    return [
        f"{function.name}, line {function.lineno}"
        for function in _public_functions(ast.parse(source))
        if any(isinstance(node, ast.Raise) for node in own_nodes(function))
        and "Raises:" not in (ast.get_docstring(function) or "")
    ]


def _public_functions(tree: ast.Module) -> list[Function]:
    found = []
    for node in tree.body:
        inside = node.body if isinstance(node, ast.ClassDef) else [node]
        if not getattr(node, "name", "").startswith("_"):
            found += [one for one in inside if isinstance(one, Function)]
    return [one for one in found if not one.name.startswith("_")]


def test_a_function_that_raises_says_so():
    silent = {
        name(path): functions
        for path in modules(*PRODUCT)
        if (functions := unsaid_raises(path.read_text(encoding="utf-8")))
    }
    assert silent == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f():\n    raise ValueError", ["f, line 1"]),
        ("class A:\n    def f(self):\n        raise ValueError", ["f, line 2"]),
        ("def f():\n    '''Do.\n\n    Raises:\n        X: y.'''\n    raise X", []),
        ("def _f():\n    raise ValueError", []),
        ("class _A:\n    def f(self):\n        raise ValueError", []),
        ("def f():\n    def g():\n        raise ValueError\n    return g", []),
    ],
)
def test_the_search_for_silent_raises(source, found):
    assert unsaid_raises(source) == found
