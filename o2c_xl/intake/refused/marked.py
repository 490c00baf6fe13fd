"""The marked copy of a refused file: what its sender opens, mends and drops again.

A workbook comes back as it was, its bad cells coloured and commented and a sheet `Issues` added; a csv as a workbook
with the same rows; a file that cannot be opened as a sheet `Issues` alone. Whatever comes back is read by the same
rules as any dropped file, and the sheet `Issues` is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.intake.refused.marked_csv import CsvCopy, workbook_of_csv
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.mark.marked import marked_book
from o2c_xl.workbook.mark.plain import plain_book
from o2c_xl.workbook.opc.kind import Kind, kind_of
from o2c_xl.workbook.opc.package import load

__all__ = ["issues_alone", "marked_copy"]

_PACKAGE = b"PK"


def marked_copy(path: Path, issues: Sequence[Issue], name: str, partly: str = "") -> bytes | None:
    """The marked copy of the file at `path`, which was dropped as `name`; None when nothing is at fault.

    `partly` says of a file whose sound rows were taken how many were not.

    Needs no ledger. Never fails because of what the file holds: where it cannot be opened, the copy is a workbook
    that says so and how to mend it.
    """
    if not issues:
        return None
    try:
        start = load(path)[:4] if path.is_file() else b""
        if start.startswith(_PACKAGE):
            if not any(issue.cell for issue in issues):
                _prove(path, name)
            return marked_book(load(path), issues, name, _hint(name, partly))
        if start and _is_text(path):
            return _of_csv(path, issues, name, partly)
    except (CannotRun, LookupError, ValueError):
        pass  # a file out of joint: the sheet alone then says what is wrong
    return issues_alone(issues, name, partly)


def _prove(path: Path, name: str) -> None:
    """Raise Damaged where the workbook itself is broken: its copy would be as broken, and show nothing."""
    try:
        read_rows(path, name=name)
    except Damaged:
        raise
    except CannotRun:
        pass


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return kind_of(file) is Kind.TEXT


def _of_csv(path: Path, issues: Sequence[Issue], name: str, partly: str) -> bytes:
    table = next((BY_NAME[issue.table] for issue in issues if issue.table in BY_NAME), None)
    copy = workbook_of_csv(path, name, table)
    hint = f"This is {name} as a workbook. Correct the coloured cells, save, and drop it in the folder again."
    return marked_book(copy.data, _addressed(copy, issues, name), name, hint + _rest(partly))


def _addressed(copy: CsvCopy, issues: Sequence[Issue], name: str) -> list[Issue]:
    """The csv's faults at the cells of its copy, and those of cells that the copy itself put in doubt."""
    listed = []
    for issue in issues:
        fix = issue.fix
        if issue.cell in copy.doubted:
            fix = f"{fix} What was added behind it here keeps it from being taken as it is; overwrite it."
        listed.append(replace(issue, sheet=copy.sheet, fix=fix))
    known = {issue.cell for issue in issues}
    fix = "Bring the row's values under their headers, delete what is too much, and overwrite this cell."
    for cell, (column, value) in copy.shifted.items():
        problem = "The line has more values than the header, so this one may belong to another column."
        row = int("".join(filter(str.isdigit, cell)))
        listed.append(Issue(name, copy.sheet, cell, column, row, value, problem, fix))
    for cell, (column, value) in copy.doubted.items():
        if cell not in known:
            problem = "It was not clear in the csv what this means."
            row = int("".join(filter(str.isdigit, cell)))
            listed.append(Issue(name, copy.sheet, cell, column, row, value, problem, "Overwrite it with the value."))
    return listed


def issues_alone(issues: Sequence[Issue], name: str, partly: str) -> bytes:
    """A workbook with nothing but the sheet `Issues`; the file itself is not read for it."""
    first = issues[0]
    hint = f"{name} was not taken and lies beside this file as it came. {first.problem} {first.fix}"
    if partly:
        hint = f"Of {name} {partly} {first.problem} {first.fix}"
    return marked_book(plain_book(), issues, name, hint)


def _hint(name: str, partly: str) -> str:
    return f"What is coloured in {name} is at fault. Correct it, save, and drop it in the folder again.{_rest(partly)}"


def _rest(partly: str) -> str:
    return f" {partly} These change nothing when they come again." if partly else ""
