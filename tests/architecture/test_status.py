"""Only the engine writes a status: not forms, not the admin, not ``update()``."""

import ast

import pytest

from tests.architecture.sources import PRODUCT, modules, name

WRITERS = {"transitions.py", "workflow.py"}
BY_WORD = {"update", "aupdate", "create", "acreate", "bulk_create"}
BY_DEFAULTS = {"get_or_create", "update_or_create", "aupdate_or_create"}
BY_NAME = {"setattr", "__setattr__", "bulk_update", "abulk_update"}


def status_writes(source: str) -> list[int]:
    """Lines that set a status: ``x.status = …``, ``.update(status=…)``, ``setattr``."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            if node.attr == "status":
                lines.append(node.lineno)
        elif isinstance(node, ast.Call) and _call_sets_status(node):
            lines.append(node.lineno)
    return lines


def _call_sets_status(node: ast.Call) -> bool:
    called = getattr(node.func, "attr", getattr(node.func, "id", ""))
    words = {keyword.arg for keyword in node.keywords}
    unpacked = _keys([k.value for k in node.keywords if k.arg is None])
    defaults = _keys(
        [k.value for k in node.keywords if k.arg in {"defaults", "create_defaults"}]
    )
    quoted = {
        inner.value
        for argument in [*node.args, *(k.value for k in node.keywords)]
        for inner in ast.walk(argument)
        if isinstance(inner, ast.Constant)
    }
    return (
        (called in BY_WORD and "status" in words | unpacked)
        or (called in BY_DEFAULTS and "status" in words | unpacked | defaults)
        or (called in BY_NAME and "status" in quoted)
    )


def _keys(values: list[ast.expr]) -> set[str]:
    """Literal keys of dictionaries, however they are written."""
    keys = set()
    for value in values:
        for node in ast.walk(value):
            if isinstance(node, ast.Dict):
                keys |= {k.value for k in node.keys if isinstance(k, ast.Constant)}
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "dict":
                keys |= {keyword.arg for keyword in node.keywords}
    return keys


def test_only_the_workflow_writes_a_status():
    writes = {
        name(path): lines
        for path in modules(*PRODUCT)
        if path.name not in WRITERS
        and (lines := status_writes(path.read_text(encoding="utf-8")))
    }
    assert writes == {}


@pytest.mark.parametrize(
    "write",
    [
        "case.status = 'closed'",
        "case.status: str = 'closed'",
        "case.status += 'x'",
        "a, case.status = 1, 'closed'",
        "for case.status in ('closed',): pass",
        "with x as case.status: pass",
        "queryset.update(status='closed')",
        "queryset.update(**{'status': 'closed'})",
        "queryset.update(**dict(status='closed'))",
        "await queryset.aupdate(status='closed')",
        "Case.objects.create(status='closed')",
        "Case.objects.update_or_create(pk=1, defaults={'status': 'closed'})",
        "Case.objects.update_or_create(pk=1, defaults=dict(status='closed'))",
        "Case.objects.get_or_create(status='closed')",
        "setattr(case, 'status', 'closed')",
        "object.__setattr__(case, 'status', 'closed')",
        "Case.objects.bulk_update(rows, ['status'])",
        "Case.objects.bulk_update(rows, fields=['status'])",
    ],
)
def test_every_form_of_write_is_seen(write):
    source = f"async def f():\n    {write}"
    assert status_writes(source) == [2]


@pytest.mark.parametrize(
    "read",
    [
        "print(case.status)",
        "if case.status == 'closed': pass",
        "queryset.filter(status='closed').update(lease_until=None)",
        "queryset.exclude(status__in=('closed',))",
        "status = case.status",
        "getattr(case, 'status')",
        "case.save(update_fields=['status'])",
        "queryset.values('status').annotate(count=Count('pk'))",
        "Column(status='shown')",
        "response.update(state=case.status)",
    ],
)
def test_a_read_passes(read):
    assert status_writes(read) == []
