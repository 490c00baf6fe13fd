"""A fault that a person can mend: where it is, what was found, how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["CannotRun", "Issue", "check_text", "sentence"]


class CannotRun(Exception):
    """The work cannot start or go on; the message is one clear sentence for the user (exit 2)."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One fault in one cell of a sheet or a dropped file.

    `source` is the file's name as people know it; `cell` an address such as `M2` (in a csv: column letter and
    line); `row` the Excel row number, first row = 1, 0 where a fault belongs to no single row; `key` the
    business key of the row, parts joined by `/`, empty when there is none.
    """

    source: str
    sheet: str
    cell: str
    column: str
    row: int
    value: str
    problem: str
    fix: str
    table: str = ""
    key: str = ""

    def __str__(self) -> str:
        where = "!".join(part for part in (self.source, self.sheet, self.cell) if part)
        return f"{where}: {sentence(self)}"


def sentence(issue: Issue) -> str:
    """The fault as it stands beside its row: column, problem, mend."""
    head = f"{issue.column}: " if issue.column else ""
    return f"{head}{issue.problem} {issue.fix}".strip()


def check_text(issues: Iterable[Issue]) -> str:
    """What the `Check` column shows for one row; empty when nothing is wrong."""
    return " ".join(dict.fromkeys(sentence(issue) for issue in issues))
