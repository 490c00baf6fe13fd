"""What no linter checks: no binary floats where money and stock are decided, and nothing large without a reason."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "o2c_xl"
MOST_LINES = 300
MOST_FUNCTION_LINES = 40

# Modules above 300 lines, each with what keeps it in one piece. A new one is split, or gets its reason here.
LARGE_MODULES = {
    "adapters/cli.py": "one function a command, and Typer shows commands in the order in which they stand",
    "domain/settings.py": "a list: every setting with its default and meaning",
    "intake/layouts/propose.py": "one search for the layout that explains a sheet",
    "intake/layouts/trace.py": "one walk from a layout back to its cells",
    "ledger/store.py": "the one transaction: whatever is written goes through its order of steps",
    "ledger/proof/rules.py": "a list: one rule of the books a function",
    "steps/price_orders.py": "half of it is what the step takes and gives, as values",
    "workbook/patch/edit.py": "one edit of a package: what it changes and the proof that nothing else did",
    "workbook/opc/sheet.py": "one rewriting of a sheet's rows, text in and text out",
}

# Functions above 40 lines; those of tests are not looked at.
LONG_FUNCTIONS = {
    "domain/policy.py:policy_of": "one line a setting",
    "ledger/invoices/rows.py:insert_invoices": "one line a column of the ledger",
    "workbook/patch/save.py:save_if_unchanged": "the order of its steps is the safety of the file",
}


# Modules that replace a file by themselves, each with why.
BY_HAND = {
    "company/dropped/pulse.py": "a sign of life each few seconds, which no power cut has to leave behind",
    "documents/outbox.py": "two writers may share the new file, whose name tells its content; one finds it renamed",
    "adapters/button_log.py": "the old half of a log makes room, with nothing new in its place",
    "intake/folders/stored.py": "the name is free or another one of the same file, so that no moment is without it",
}


@cache
def _modules() -> dict[str, ast.Module]:
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "versions" not in path.parts]
    return {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def _lines(name: str) -> int:
    return len((PACKAGE / name).read_text(encoding="utf-8").splitlines())


def _functions() -> Iterator[tuple[str, int]]:
    """Each function with its lines; of several with one name in a module the longest comes last."""
    found = [
        (f"{name}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1)
        for name, module in _modules().items()
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    yield from sorted(found, key=lambda one: one[1])


def _floats(module: ast.Module) -> Iterator[int]:
    """Lines that name `float` or write one."""
    for node in ast.walk(module):
        written = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if written or (isinstance(node, ast.Name) and node.id == "float"):
            yield node.lineno


@pytest.mark.parametrize("room", ["domain", "steps"])
def test_no_binary_float_is_named_or_written_where_rules_are(room: str) -> None:
    found = {name: lines for name, tree in _modules().items() if name.startswith(room) if (lines := [*_floats(tree)])}

    assert found == {}


def test_a_module_over_three_hundred_lines_has_a_reason() -> None:
    large = {name for name in _modules() if _lines(name) > MOST_LINES}

    assert large - set(LARGE_MODULES) == set(), "Split it along its own seams, or give the reason in LARGE_MODULES."
    assert set(LARGE_MODULES) <= set(_modules()), "It is gone: take its reason out."


def test_a_function_over_forty_lines_has_a_reason() -> None:
    sizes = dict(_functions())
    long = {name for name, lines in sizes.items() if lines > MOST_FUNCTION_LINES}

    assert long - set(LONG_FUNCTIONS) == set(), "Give its parts names, or give the reason in LONG_FUNCTIONS."
    assert set(LONG_FUNCTIONS) <= long, "It is short now, or gone: take its reason out."


def test_a_module_that_is_named_in_the_text_of_another_is_there() -> None:
    there = {Path(name).name for name in _modules()}
    named = {
        name: absent
        for name, tree in _modules().items()
        if (absent := set(re.findall(r"`(?:\w+/)*(\w+\.py)`", ast.get_docstring(tree) or "")) - there)
    }

    assert named == {}


def test_what_a_module_lists_as_public_is_there() -> None:
    missing = {name: absent for name, tree in _modules().items() if (absent := _listed(tree) - _bound(tree))}

    assert missing == {}


def test_files_are_flushed_and_replaced_through_one_door() -> None:
    """Whoever flushes or replaces by hand forgets the folder, the mark read-only or what is left beside it."""
    by_hand = {
        f"{name}:{node.lineno}"
        for name, tree in _modules().items()
        if name not in {"workbook/patch/durable.py", *BY_HAND}
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        if node.func.attr == "fsync" or (node.func.attr == "replace" and len(node.args) == 1 and not node.keywords)
    }

    assert by_hand == set()


def _listed(module: ast.Module) -> set[str]:
    for node in module.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def _bound(module: ast.Module) -> set[str]:
    """Every name that the module binds, in whatever branch of it."""
    names: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names
