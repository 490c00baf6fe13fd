"""A workbook that lost rows of its tables: every row that stayed is the bytes that it was, under its new number."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import zip_longest

from o2c_xl.workbook.errors import Damaged, WriteFault
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import Sheet, Table, book_parts
from o2c_xl.workbook.opc.sheet import SheetXml, with_number
from o2c_xl.workbook.patch.proof import fail, require
from o2c_xl.workbook.patch.proof_parts import prove_frame, prove_parts, prove_table, prove_workbook
from o2c_xl.workbook.patch.shrink import kept_bottom, own_rows, row_after

__all__ = ["verify_drop"]


def verify_drop(old: bytes, new: bytes, gone: Mapping[str, Sequence[int]]) -> None:
    """Raise `WriteFault` unless `new` is `old` without the rows `gone`, by table; of a whole table one row stays."""
    try:
        _prove(Package(old), Package(new), gone)
    except Damaged as error:
        raise WriteFault(f"The new version is not sound ({error}) The workbook was left as it is.") from error


def _prove(old: Package, new: Package, gone: Mapping[str, Sequence[int]]) -> None:
    parts, now = book_parts(old), book_parts(new)
    changed = {parts.workbook}
    for name, rows in gone.items():
        found, left = parts.table(name), now.table(name)
        if found is None or left is None:
            fail(f"its table {name} is gone")
        sheet, table = found
        bottom = kept_bottom(table, rows)
        require(left[1].ref == replace(table.ref, bottom=bottom), f"its table {name} does not end where it should")
        prove_table(old, new, table.part, {"autoFilter", "sortState", "sortCondition"})
        _Sheets(old, new, sheet, table, rows).prove(bottom)
        changed |= {sheet.part, table.part}
    prove_parts(old, new, changed)
    prove_workbook(old, new, parts.workbook)


class _Sheets:
    """One sheet before and after."""

    def __init__(self, old: Package, new: Package, sheet: Sheet, table: Table, gone: Sequence[int]) -> None:
        self.before, self.after = (SheetXml(book.read(sheet.part), f"sheet {sheet.name}") for book in (old, new))
        self.table = table
        self.gone = gone

    def prove(self, bottom: int) -> None:
        before, after, data = self.before, self.after, self.table.data
        prove_frame(before, after, shrunk=[(replace(self.table.ref, bottom=bottom), data.bottom)])
        emptied = len(self.gone) == data.bottom - data.top + 1
        start, end = before.place(self.gone[0]), before.place(data.bottom + 1)
        first = after.start + start - before.start
        last = after.end - (before.end - end)
        require(
            before.xml[before.start : start] == after.xml[after.start : first]
            and before.xml[end : before.end] == after.xml[last : after.end],
            f"a row above or below what moved on {after.name} changed",
        )
        columns = range(self.table.ref.left, self.table.ref.right + 1)
        numbers = own_rows(after.xml, first, last, after.prefix, columns)
        if emptied:
            nothing = re.search(rb"<%bc [^<>]*[^/<>]>" % re.escape(after.prefix), after.xml[first:last]) is None
            require(nothing and numbers in ([], [data.top]), f"the last row of its {after.name} is not empty")
            return
        after.check_order()
        require(numbers is not None and max(numbers, default=0) <= bottom, f"rows of its {after.name} are misnumbered")
        lost = set(self.gone)
        kept = ((n, row) for n, row in before.rows_between(self.gone[0], data.bottom) if n not in lost)
        moved = after.rows_between(self.gone[0], bottom)
        for (number, was), (place, now) in zip_longest(kept, moved, fillvalue=(0, b"")):
            stands = bool(was) and place == row_after(number, self.gone)
            same = stands and _numberless(before, number, was) == _numberless(after, place, now)
            require(same, f"row {place or number} of its {after.name}, which moved, changed")


def _numberless(sheet: SheetXml, number: int, row: bytes) -> bytes:
    return with_number(row, number, b"", sheet.prefix)
