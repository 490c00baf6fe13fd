"""xlwings is imported in one module alone, and never its licensed parts."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "o2c_xl"
LICENSED = ("xlwings.pro", "xlwings.reports", "xlwings.server")


def imported(path: Path) -> Iterator[str]:
    """Every module that the file imports anywhere, functions included."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_imports_a_licensed_part_of_xlwings() -> None:
    found = {path.name: name for path in PACKAGE.rglob("*.py") for name in imported(path) if name.startswith(LICENSED)}

    assert found == {}


def test_one_module_imports_xlwings() -> None:
    users = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for name in imported(path)
        if name.partition(".")[0] == "xlwings"
    }

    assert users == {"workbook/live/excel.py"}


def test_neither_the_command_line_nor_the_watcher_loads_xlwings() -> None:
    program = (
        "import sys, o2c_xl.adapters.cli, o2c_xl.adapters.watcher, o2c_xl.adapters.commands.addin,"
        " o2c_xl.addin.examine, o2c_xl.company.run; print('xlwings' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
