"""The pages of rows behind the figures: a title, what is counted, checks, and one native table below the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from o2c_xl.documents.report.look import BETTER, WORSE, ReportLook, print_setup
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.reporting.report import Check, Page, ReportData, Rows, Unit

__all__ = ["Placed", "write_page"]

_CHART_ROWS = 17  # so many rows a chart beside a short table covers


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a table's rows stand: sheet, first and last row, columns from A; rows counted from 0."""

    sheet: str
    first: int
    last: int

    def column(self, at: int) -> list[str | int]:
        """The cells of a column, as a chart names them."""
        return [self.sheet, self.first, at, self.last, at]


def write_page(
    workbook: Workbook, look: ReportLook, data: ReportData, page: Page, *, beside: Sequence[str] = ()
) -> tuple[Worksheet, dict[str, Placed]]:
    """Write a page; where its tables stand, by name. Right of the tables in `beside` there is room for a chart."""
    sheet = workbook.add_worksheet(page.title)
    sheet.write_string(0, 0, page.question, look.title())
    sheet.write_string(1, 0, page.how, look.quiet())
    sheet.write_url(2, 0, "internal:'Key figures'!A1", look.link(), "◄ Key figures")
    sheet.set_row(0, 26)
    row = _checks(sheet, look, page.checks, 4)
    widths: dict[int, int] = {}
    placed: dict[str, Placed] = {}
    for table in page.tables:
        start = row
        row, placed[table.name] = _table(sheet, look, page.title, table, row)
        if table.name in beside:
            row = max(row, start + _CHART_ROWS + 1)
        for at, column in enumerate(table.columns):
            widths[at] = max(widths.get(at, 0), column.width)
    for at, width in widths.items():
        sheet.set_column(at, at, width)
    print_setup(sheet, look, data, high=0)
    first = placed[page.tables[0].name]
    if len(page.tables) == 1:
        sheet.freeze_panes(first.first, 1)
        sheet.repeat_rows(first.first - 1)
    return sheet, placed


def _checks(sheet: Worksheet, look: ReportLook, checks: Sequence[Check], row: int) -> int:
    """Each equality with both sides in sight and a word that says whether it holds."""
    for check in checks:
        money = look.cell(Unit.MONEY)
        sheet.write_string(row, 0, f"{check.name}, {check.currency}", look.style(bold=True))
        sheet.write_number(row, 2, check.found, money)
        sheet.write_string(row, 3, "=" if check.ok else "≠", look.style(align="center", bold=True))
        sheet.write_number(row, 4, check.expected, money)
        word = "  ✔ equal" if check.ok else f"  ✘ differs by {check.expected - check.found}"
        sheet.write_string(row, 5, word, look.style(bold=True, font_color=BETTER if check.ok else WORSE))
        row += 1
    return row + 1 if checks else row


def _table(sheet: Worksheet, look: ReportLook, title: str, table: Rows, row: int) -> tuple[int, Placed]:
    """Write heading, header, rows and sums from `row` on; the row after it, and where the rows stand."""
    if table.note:
        sheet.write_string(row, 0, table.note, look.heading())
        row += 1
    body = list(table.rows) or [(None,) * len(table.columns)]
    last = row + len(body)
    sheet.add_table(
        row,
        0,
        last,
        len(table.columns) - 1,
        {
            "name": table.name,
            "style": "Table Style Light 1",
            "autofilter": len(body) > 1,
            "columns": [
                {"header": column.header, "header_format": look.header(column.unit)} for column in table.columns
            ],
        },
    )
    for at, column in enumerate(table.columns):
        sheet.write_string(row, at, column.header, look.header(column.unit))
        style = look.cell(column.unit)
        for down, values in enumerate(body, row + 1):
            _write(sheet, down, at, values[at], style)
    placed = Placed(title, row + 1, last)
    if not table.rows:
        sheet.write_string(row + 1, 0, "Nothing", look.quiet(italic=True))
    elif any(column.total for column in table.columns):
        last += 1
        _sums(sheet, look, table, last)
    return last + 2, placed


def _sums(sheet: Worksheet, look: ReportLook, table: Rows, row: int) -> None:
    """Sums below the table, with their results stored; amounts in several currencies are not added up."""
    mixed = _several_currencies(table)
    for at, column in enumerate(table.columns):
        style = look.cell(column.unit, total=True)
        if column.total and not (mixed and column.unit is Unit.MONEY):
            amount = sum((values[at] for values in table.rows if values[at] is not None), ZERO)
            sheet.write_formula(row, at, f"=SUBTOTAL(109,{table.name}[{column.header}])", style, _number(amount))
        else:
            sheet.write_string(row, at, "" if at else "Total", look.cell(Unit.TEXT, total=True))


def _several_currencies(table: Rows) -> bool:
    at = next((at for at, column in enumerate(table.columns) if column.header == "Currency"), None)
    return at is not None and len({values[at] for values in table.rows}) > 1


def _number(value: Decimal | int) -> Decimal | int:
    return int(value) if value == int(value) else value


def _write(sheet: Worksheet, row: int, at: int, value: Any, style: Any) -> None:  # noqa: ANN401 -- any cell value
    if value is None or value == "":
        sheet.write_blank(row, at, None, style)
    elif isinstance(value, date):
        sheet.write_datetime(row, at, value, style)
    elif isinstance(value, Decimal | int):
        sheet.write_number(row, at, value, style)
    else:
        sheet.write_string(row, at, str(value), style)
