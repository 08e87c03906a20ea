"""The files that the house rules are about."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PRODUCT = ("cases", "disclosures", "compliance")
EVERYWHERE = (*PRODUCT, "tests", "benchmarks")


def modules(*folders: str) -> list[Path]:
    """The Python files below these folders, but for the migrations."""
    found = [path for folder in folders for path in (ROOT / folder).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def name(path: Path) -> str:
    """How a test calls a file."""
    return path.relative_to(ROOT).as_posix()


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """Everything inside a function, but not inside the functions it defines."""
    for child in ast.iter_child_nodes(function):
        if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield child
            yield from own_nodes(child)
