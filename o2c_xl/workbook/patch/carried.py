"""Formulas that a column goes on with though its table does not say so: LibreOffice keeps no calculated columns."""

from __future__ import annotations

import re
from dataclasses import replace

from o2c_xl.workbook.address import area
from o2c_xl.workbook.opc.formula import Formula
from o2c_xl.workbook.opc.markup import plain, tree
from o2c_xl.workbook.opc.parts import Table
from o2c_xl.workbook.opc.sheet import CellSpan, SheetXml

__all__ = ["carrying"]


def carrying(table: Table, xml: SheetXml) -> Table:
    """The table with a formula for each column whose last two rows hold the same one, filled down."""
    bottom = table.data.bottom
    if bottom <= table.data.top:
        return table
    above, last = _formulas(table, xml, bottom - 1), _formulas(table, xml, bottom)
    more = {header: last[header] for header in last if header in above and last[header].goes_on(above[header])}
    return replace(table, formulas=more | dict(table.formulas))


def _formulas(table: Table, xml: SheetXml, number: int) -> dict[str, Formula]:
    """The formulas of a row by header."""
    row = xml.row(number)
    cells = [cell for cell in xml.cells(row) if cell.formula] if row else []
    inside = [cell for cell in cells if table.ref.left <= cell.column <= table.ref.right]
    found = {table.headers[cell.column - table.ref.left]: _formula(xml, cell, number) for cell in inside}
    return {header: formula for header, formula in found.items() if formula is not None}


def _formula(xml: SheetXml, cell: CellSpan, number: int) -> Formula | None:
    """The formula of a cell, also where it shares that of one above; None of one that fills several cells."""
    element = tree(plain(xml.xml[cell.start : cell.end], xml.name), xml.name).find("f")
    if element is None:
        return None
    kind, block = element.get("t", "normal"), area(element.get("ref", ""))
    if kind == "shared":
        return _shared(xml, element.get("si", ""), cell.column)
    alone = block is not None and block.top == block.bottom and block.left == block.right
    if not element.text or not (kind == "normal" or (kind == "array" and alone)):
        return None
    return Formula(element.text, number, array=kind == "array")


def _shared(xml: SheetXml, index: str, column: int) -> Formula | None:
    """A formula that cells of this one column share, as it stands in the first of them."""
    pattern = rb'<%bf\s[^<>]*\bsi="%b"[^<>]*>[^<]+</%bf>' % ((p := re.escape(xml.prefix)), re.escape(index.encode()), p)
    found = re.search(pattern, xml.xml[xml.start : xml.end])
    if found is None:
        return None
    element = tree(found[0], xml.name)
    block = area(element.get("ref", ""))
    if block is None or (block.left, block.right) != (column, column):
        return None
    return Formula(element.text or "", block.top)
