"""One sheet: one Excel table, its notes, dropdowns, marks and print set-up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range, xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from o2c_xl.tables.define.spec import Column, Table
from o2c_xl.workbook.template.choices import PYTHONS_COLUMN, validation
from o2c_xl.workbook.template.look import DEPARTMENT_COLOURS, TABLE_STYLE, Look
from o2c_xl.workbook.template.marks import marks

__all__ = ["Row", "add_table_sheet", "note", "write_value"]

Row = Mapping[str, Any]

LAST_ROW = 1_048_575  # counted from 0: rules reach to the end of the sheet, so no row is ever without them
_FROZEN_WIDTH = 88  # wider than this, the frozen part would leave too little room on a small screen
_LATE_WIDTH, _DAYS_WIDTH = 18, 15  # room for the word that a number format adds


def add_table_sheet(
    workbook: Workbook, table: Table, look: Look, *, feeds: frozenset[str], company: str, rows: Sequence[Row]
) -> None:
    """Write the sheet of `table` with `rows` in it; an empty table keeps the one blank row Excel asks for."""
    sheet = workbook.add_worksheet(table.title)
    sheet.set_tab_color(DEPARTMENT_COLOURS[table.department])
    _set_columns(sheet, table, look)
    _write_rows(sheet, table, look, rows)
    _add_list_object(sheet, table, max(len(rows), 1), look)
    _add_validations(sheet, table, feeds)
    for mark in marks(table, look):
        _add_mark(sheet, mark.columns, mark.formula, look.mark(**mark.look))
    _set_view(sheet, table)
    _set_print(sheet, table, look, company)


def note(column: Column, table: Table) -> str:
    """The header's note: whose column it is, what goes in, an example, what happens next."""
    lines = ["YOU FILL THIS" if column.typed else "PYTHON FILLS THIS", column.help]
    if column.example:
        lines.append(f"Example: {column.example}")
    if column.choices:
        lines.append(("Choose: " if column.typed else "Says: ") + " · ".join(column.choices))
    if column.feeds:
        lines.append(f"Comes from: {column.feeds.replace('.', ' → ')}")
    lines.append(_next(column, table))
    return "\n".join(lines)


def _next(column: Column, table: Table) -> str:
    if column.header == "Check":
        return "Next: mend the tinted cell and save; the text goes at the next sync."
    if not column.typed:
        return "Next: nothing to do; what is typed over it is put back at the next sync."
    if column.key and table.gives_key:
        return f"Next: the sync gives a number like {table.gives_key}000001 where it is empty."
    needed = "Needed. " if column.needed else ""
    return f"{needed}Next: the sync reads it; a fault shows in Check."


def write_value(sheet: Worksheet, row: int, index: int, value: Any, cell: Format) -> None:  # noqa: ANN401
    """Write one value as its own type; text stays text even where it looks like a formula."""
    if value is None or value == "":
        sheet.write_blank(row, index, None, cell)
    elif isinstance(value, datetime):
        moment = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        sheet.write_datetime(row, index, moment, cell)
    elif isinstance(value, date):
        sheet.write_datetime(row, index, value, cell)
    elif isinstance(value, (Decimal, int, float)) and not isinstance(value, bool):
        sheet.write_number(row, index, value, cell)
    else:
        sheet.write_string(row, index, str(value), cell)


def _set_columns(sheet: Worksheet, table: Table, look: Look) -> None:
    for index, column in enumerate(table.columns):
        least = (
            _LATE_WIDTH if column.header in table.late else _DAYS_WIDTH if " days late" in look.number(column) else 0
        )
        sheet.set_column(index, index, max(column.width, least), look.cell(column))


def _write_rows(sheet: Worksheet, table: Table, look: Look, rows: Sequence[Row]) -> None:
    cells = [(index, column.header, look.cell(column)) for index, column in enumerate(table.columns)]
    for number, row in enumerate(rows or [{}], start=1):
        for index, header, cell in cells:
            write_value(sheet, number, index, row.get(header), cell)


def _add_list_object(sheet: Worksheet, table: Table, height: int, look: Look) -> None:
    columns = [{"header": column.header, "header_format": look.header(column)} for column in table.columns]
    options = {"name": table.name, "columns": columns, "style": TABLE_STYLE, "autofilter": True}
    sheet.add_table(0, 0, height, len(columns) - 1, options)
    sheet.set_row(0, 32)
    for index, column in enumerate(table.columns):
        text = note(column, table)
        sheet.write_comment(0, index, text, _note_size(text))


def _note_size(text: str) -> dict[str, Any]:
    lines = sum(1 + len(line) // 44 for line in text.split("\n"))
    return {
        "author": "o2c",
        "width": 300,
        "height": 14 + 16 * lines,
        "font_name": "Arial",
        "font_size": 9,
        "color": "#FFFDF2",
    }


def _add_validations(sheet: Worksheet, table: Table, feeds: frozenset[str]) -> None:
    for index, column in enumerate(table.columns):
        rule = validation(column, feeds, xl_rowcol_to_cell(1, index)) if column.typed else None
        if rule:
            sheet.data_validation(1, index, LAST_ROW, index, rule)
    shown = [[1, index, LAST_ROW, index] for index, column in enumerate(table.columns) if not column.typed]
    sheet.data_validation(*shown[0], PYTHONS_COLUMN | {"other_cells": shown[1:]})


def _add_mark(sheet: Worksheet, columns: Sequence[int], formula: str, look: Format) -> None:
    ranges = " ".join(xl_range(1, index, LAST_ROW, index) for index in columns)
    options = {"type": "formula", "criteria": formula, "format": look, "multi_range": ranges}
    sheet.conditional_format(1, columns[0], LAST_ROW, columns[0], options)


def _set_view(sheet: Worksheet, table: Table) -> None:
    frozen = table.headers.index("Check") + 1
    if sum(column.width for column in table.columns[:frozen]) > _FROZEN_WIDTH:
        frozen -= 1
    sheet.freeze_panes(1, frozen)
    sheet.hide_gridlines(2)
    sheet.set_selection(1, 0, 1, 0)
    sheet.ignore_errors({"number_stored_as_text": xl_range(1, 0, LAST_ROW, len(table.columns) - 1)})


def _set_print(sheet: Worksheet, table: Table, look: Look, company: str) -> None:
    sheet.set_landscape()
    sheet.set_paper(look.paper)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    name = company.replace("&", "&&")
    sheet.set_header(f"&L&9{name}&C&11&B{table.title}&R&9&D")
    sheet.set_footer(f"&L&8&F · {table.department}&R&8Page &P of &N")
