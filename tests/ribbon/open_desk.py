"""A desk whose workbook is open in Excel: what a person does there, and the buttons."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import xlwings

from o2c_xl.domain.outcome import Outcome
from o2c_xl.workbook.address import address
from tests import fake_excel
from tests.fake_excel import FakeBook, FakeExcel, FakeRange
from tests.sync.desk import DAY, Desk

__all__ = ["OpenDesk"]


class OpenDesk:
    """The workbook of a `Desk`, open in the fake Excel."""

    def __init__(self, root: Path, tables: tuple[str, ...]) -> None:
        self.paper = Desk(root, tables)
        self.excel: FakeExcel = fake_excel.install()
        self.book: FakeBook | None = None

    def open(self, path: Path | None = None) -> FakeBook:
        """Open the workbook, as the one whose button is pressed."""
        self.book = self.excel.open(path or self.paper.book)
        xlwings.Book(impl=self.book).set_mock_caller()
        return self.book

    def close(self) -> None:
        """End everything."""
        if self.book is not None:
            self.book.owner_file.unlink(missing_ok=True)
        fake_excel.uninstall()
        self.paper.company.close()

    # --- the sheet ---------------------------------------------------------------------------------------------

    def place(self, table: str) -> tuple[str, int, dict[str, int]]:
        """Where a table stands: sheet, first data row, columns by header."""
        assert self.book is not None
        for sheet in self.book.sheets:
            for one in sheet.tables:
                if one.name == table:
                    whole = one.header_row_range
                    headers = whole.raw_value[0]
                    return sheet.name, whole.first_row + 1, {h: whole.first_col + i for i, h in enumerate(headers)}
        raise AssertionError(table)

    def type(self, table: str, row: int, values: Mapping[str, Any]) -> None:
        """Type into the table's row of that number, 0 being the first; the table grows as it does in Excel."""
        assert self.book is not None
        sheet, first, columns = self.place(table)
        for header, value in values.items():
            self.excel.person_types(self.book, sheet, address(first + row, columns[header]), value)
        model = self.book.model[sheet].tables[table]
        top, _, bottom = model.ref.partition(":")
        letters = "".join(sign for sign in bottom if sign.isalpha())
        if int(bottom[len(letters) :]) < first + row:
            self.book.sheets(sheet).tables(table).resize(
                xlwings.Range(impl=self.book.sheets(sheet).range(f"{top}:{letters}{first + row}"))
            )

    def rows(self, table: str) -> list[dict[str, Any]]:
        """What the table shows, as Excel gives it; blank rows left out."""
        assert self.book is not None
        sheet, _, columns = self.place(table)
        whole = self.book.sheets(sheet).tables(table).range
        rows = [dict(zip(columns, values, strict=True)) for values in whole.raw_value[1:]]
        return [row for row in rows if any(value is not None for value in row.values())]

    def select(self, table: str, *rows: int) -> None:
        """Select rows of a table, side by side."""
        assert self.book is not None
        sheet, first, _ = self.place(table)
        self.book.sheets(sheet).range((first + rows[0], 1), (first + rows[-1], 3)).select()

    def select_address(self, table: str, address: str) -> None:
        """Select by an address that Excel gives, such as whole columns."""
        assert self.book is not None
        one = self.book.sheets(self.place(table)[0])
        self.excel.app.chosen = type("Chosen", (FakeRange,), {"address": address})(one, 1, 1, 1, 1)

    # --- buttons -----------------------------------------------------------------------------------------------

    def press(self, button: Callable[[], None]) -> str:
        """Press; returns the sentence it ended in."""
        before = self.excel.state()
        self.excel.alerts.clear()
        button()
        assert self.excel.state() == before
        if self.excel.alerts:
            assert len(self.excel.alerts) == 1
            assert self.excel.app.status_bar is False
            return self.excel.alerts[0][1]
        return str(self.excel.app.status_bar)

    def shown(self, table: str) -> list[dict[str, Any]]:
        """What the ledger holds."""
        return self.paper.shown(table)

    def disk_sync(self) -> Outcome:
        """`o2c sync` from the command line."""
        return self.paper.company.sync(DAY, None, dry_run=False, allow_empty=False)
