"""Rows of one table on their way in: parsed column by column, each cell with its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from o2c_xl.domain.issue import Issue
from o2c_xl.tables.define.spec import Column, Table
from o2c_xl.tables.parse.fault import seen

__all__ = ["STAND_IN", "RowSet"]

STAND_IN = "\ue000"  # begins the keys of rows that still get theirs, and none that anybody types


@dataclass(slots=True)
class RowSet:
    """Rows as they were typed or dropped; `columns` holds parsed values by field, `None` for an empty cell.

    Only the fields that the sheet or file has are present: a missing column leaves a value as it is, an empty
    cell empties it. `rows` are Excel row numbers (lines in a csv), `letters` the column letters by field.
    `shared` tells rows typed into a shared workbook from rows a file brought. `faulty` are the rows of any table that
    came with these and are at fault, by table and key. `bad` are the indexes of the rows here that have a fault.
    `notes` say of a file what was kept out, and what else its sender may not expect.
    """

    table: Table
    source: str
    sheet: str
    columns: dict[str, list[Any]]
    rows: list[int]
    letters: dict[str, str]
    shared: bool = False
    issues: list[Issue] = field(default_factory=list)
    faulty: Mapping[tuple[str, str], Issue] = field(default_factory=dict)
    bad: set[int] = field(default_factory=set)
    notes: list[str] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def fields(self) -> tuple[str, ...]:
        """Fields present, in the sheet's order."""
        return tuple(self.columns)

    def sheet_of(self, index: int) -> str:  # noqa: ARG002 - rows of several lists tell them apart
        """The sheet that a row stands on."""
        return self.sheet

    def letters_of(self, index: int) -> Mapping[str, str]:  # noqa: ARG002 - as above
        """The column letters of a row's cells, by field."""
        return self.letters

    def key(self, index: int) -> tuple[Any, ...]:
        """The business key of a row."""
        return tuple(self.columns[column.field][index] for column in self.table.keys)

    def key_text(self, index: int) -> str:
        """The business key as one text, parts joined by `/`; an empty one is ''."""
        parts = self.key(index)
        return "/".join("" if part is None or str(part).startswith(STAND_IN) else str(part) for part in parts)

    def first_keys_at_fault(self) -> set[str]:
        """What cells of the first key column say that could not be read: a number where text stands, as a rule.

        They name all the same what the row is a part of.
        """
        header = self.header_of(self.table.keys[0])
        return {issue.value for issue in self.issues if issue.column == header and issue.value}

    def header_of(self, column: Column) -> str:
        """The column's header as the rows have it."""
        return column.header

    def fault(self, index: int, field_: str, problem: str, fix: str) -> Issue:
        """A fault of one cell, with its address; kept in `issues` and returned."""
        value = self.columns[field_][index] if field_ in self.columns else None
        letters = self.letters_of(index)
        issue = Issue(
            source=self.source,
            sheet=self.sheet_of(index),
            cell=f"{letters.get(field_, '')}{self.rows[index]}" if field_ in letters else "",
            column=self.table.by_field[field_].header if field_ in self.table.by_field else "",
            row=self.rows[index],
            value=seen(value),
            problem=problem,
            fix=fix,
            table=self.table.name,
            key=self.key_text(index) if all(c.field in self.columns for c in self.table.keys) else "",
        )
        self.issues.append(issue)
        self.bad.add(index)
        return issue

    def select(self, indexes: Sequence[int]) -> RowSet:
        """Only these rows, in that order; issues stay behind."""
        return RowSet(
            table=self.table,
            source=self.source,
            sheet=self.sheet,
            columns={name: [values[i] for i in indexes] for name, values in self.columns.items()},
            rows=[self.rows[i] for i in indexes],
            letters=self.letters,
            shared=self.shared,
        )
