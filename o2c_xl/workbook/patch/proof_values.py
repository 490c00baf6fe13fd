"""Whether what python-calamine reads from a new version is what was to be written.

A cell's format decides whether a number shows as a date, so a written value may read as another kind and still be
right; whoever remembers what the sheet shows has to know, so this is told.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from o2c_xl.workbook.patch.new_rows import Given, LeftOut, told_apart
from o2c_xl.workbook.reading.data import CellValue
from o2c_xl.workbook.values import CellOut, serial

__all__ = ["ColumnProof", "other_kind", "reads_as"]

_MILLISECOND = 1.5 / 86_400_000
_FIRST_SURE_SERIAL = 61


def reads_as(meant: CellOut, value: CellValue, *, date1904: bool) -> bool:
    """Whether the value read is the one written, as far as a binary number and a cell's format can tell."""
    if meant is None or meant == "":
        return value is None or value == ""
    if isinstance(meant, str | bool):
        return type(value) is type(meant) and value == meant
    wanted = float(serial(meant, date1904=date1904) if isinstance(meant, dt.date) else Decimal(meant))
    if isinstance(value, bool | str) or value is None:
        return False
    if isinstance(value, float | int):
        return float(value) == wanted
    return _shown_as_time(value, wanted, date1904=date1904)


def _shown_as_time(value: dt.date | dt.time | dt.timedelta, wanted: float, *, date1904: bool) -> bool:
    """A number in a cell with a date format reads as a date; near Excel's first days no reader is exact."""
    if wanted < _FIRST_SURE_SERIAL:
        return True
    if isinstance(value, dt.timedelta):
        return abs(value / dt.timedelta(days=1) - wanted) < _MILLISECOND
    return isinstance(value, dt.date) and abs(float(serial(value, date1904=date1904)) - wanted) < _MILLISECOND


def other_kind(meant: CellOut, value: CellValue) -> bool:
    """Whether a date reads as a number or a number as a date."""
    return isinstance(meant, dt.date) != isinstance(value, dt.date | dt.time | dt.timedelta)


class ColumnProof:
    """One column of new rows against what is read from top to bottom; each distinct value is made once."""

    def __init__(self, values: Sequence[Given], *, date1904: bool) -> None:
        self.values = values
        self.keys = told_apart(values)
        self.likely = {key: _likely(value) for key, value in dict(zip(self.keys, values, strict=True)).items()}
        self.date1904 = date1904
        self.known: set[tuple[object, ...]] = set()
        self.other_kind = False

    def first_fault(self, start: int, read: Sequence[CellValue]) -> int | None:
        """The index of the first value from `start` on that does not read as meant, None when all do."""
        stop = start + len(read)
        likely = list(map(self.likely.__getitem__, self.keys[start:stop]))
        # True equals 1 to Python, so the kinds are compared too.
        if likely == list(read) and list(map(type, likely)) == list(map(type, read)):
            return None
        for index, value in enumerate(read, start):
            if not self._reads(self.values[index], value):
                return index
        return None

    def _reads(self, meant: Given, value: CellValue) -> bool:
        if isinstance(meant, LeftOut):
            return value is None or value == ""
        pair = (type(meant), meant, type(value), value)
        if pair not in self.known:
            if not reads_as(meant, value, date1904=self.date1904):
                return False
            self.known.add(pair)
            self.other_kind = self.other_kind or other_kind(meant, value)
        return True


def _likely(value: Given) -> CellValue:
    """What python-calamine gives for it in a cell whose format fits."""
    if value is None or isinstance(value, LeftOut):
        return ""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, dt.datetime):
        return value.date() if value.time() == dt.time() else value
    return value if isinstance(value, dt.date) else float(value)
