"""A small company whose people type into a workbook, for tests of sync."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from o2c_xl.company.folder import Folder
from o2c_xl.company.opened import Company, open_company
from o2c_xl.company.run import work_through
from o2c_xl.domain.outcome import Outcome
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.patch.edit import TableEdit, apply_edits
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.template.make import build_template
from tests.made_once import made_once

DAY = dt.date(2026, 3, 2)


def clock() -> dt.datetime:
    return dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)


@made_once
def _make(root: Path, tables: tuple[str, ...]) -> None:
    Folder(root).make()
    (root / "o2c.toml").write_text("", encoding="utf-8")
    build_template(root / "books" / "Book.xlsx", tables=[BY_NAME[name] for name in tables], company="Test")
    open_company(root, clock=clock, who="anna").ledger.engine.dispose()


@dataclass
class Desk:
    """One workbook on a desk: what a person does with it, and what sync makes of it."""

    root: Path
    tables: tuple[str, ...] = ("Customers",)
    company: Company = field(init=False)

    def __post_init__(self) -> None:
        _make(self.root, self.tables)
        self.company = open_company(self.root, clock=clock, who="anna")

    @property
    def book(self) -> Path:
        return self.root / "books" / "Book.xlsx"

    def sync(self, **options: bool) -> Outcome:
        wishes = {"dry_run": False, "allow_empty": False} | options
        return self.company.sync(DAY, None, **wishes)

    def run(self) -> Outcome:
        """`o2c run`: the sync with all the work between taking and writing."""
        return work_through(self.company, DAY, lambda _text: None, allow_empty=False)

    def rows(self, table: str) -> dict[int, dict[str, Any]]:
        """What the sheet shows: rows that hold anything, by their Excel row."""
        data = next(t for t in read_book(self.book).tables if t.name == table)
        rows = {}
        for i in range(data.height):
            values = {h: column[i] for h, column in zip(data.headers, data.columns, strict=True)}
            if any(value is not None for value in values.values()):
                rows[data.first_row + i] = values
        return rows

    def height(self, table: str) -> int:
        """How many rows the table has, blank ones included."""
        return next(t for t in read_book(self.book).tables if t.name == table).height

    def type(self, table: str, row: int, values: Mapping[str, Any]) -> None:
        """Type into cells of a row that is there."""
        self._save(TableEdit(table, {(row, header): value for header, value in values.items()}))

    def add(self, table: str, *rows: Mapping[str, Any]) -> None:
        """Type new rows under the table."""
        self._save(TableEdit(table, {}, list(rows)))

    def clear(self, table: str, row: int) -> None:
        """Empty every cell of a row."""
        headers = [h for h, value in self.rows(table)[row].items() if value is not None]
        self._save(TableEdit(table, {(row, header): None for header in headers}))

    def _save(self, edit: TableEdit) -> None:
        self.book.write_bytes(apply_edits(self.book.read_bytes(), [edit]))

    def shown(self, table: str) -> list[dict[str, Any]]:
        """What the ledger holds, by header."""
        definition, rows = self.company.show(table, DAY)
        headers = [c.header for c in definition.columns if c.header != "Check"]
        return [dict(zip(headers, row, strict=True)) for row in rows]
