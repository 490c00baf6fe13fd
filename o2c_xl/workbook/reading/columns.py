"""A sheet's values column by column, each that recurs kept once, and those among them that are not to be trusted."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from itertools import islice

from python_calamine import CalamineSheet

from o2c_xl.workbook.reading.data import BadCell, CellValue

__all__ = ["ReadColumn", "early_dates", "read_columns"]

_BLOCK = 512
# Above this many different texts a column is names and notes; keeping one of each then costs more than it saves.
_MAX_KINDS = 16_384
# Excel counts a 29 February 1900 that never was, so days before 1 March 1900 are off by one in every reader.
_FIRST_DATE = dt.date(1900, 3, 1)
_DAY_0 = dt.date(1899, 12, 31).toordinal()  # before that first date days count from here
_NUMBERS = frozenset({float})
_RECURRING = frozenset({str, dt.date, dt.datetime})


def read_columns(sheet: CalamineSheet) -> list[ReadColumn]:
    """The sheet column by column from row 1 on, in blocks."""
    rows: Iterator[Sequence[CellValue]] = iter(sheet.iter_rows())
    columns = [ReadColumn() for _ in range(sheet.width)]
    while block := list(islice(rows, _BLOCK)):
        for column, values in zip(columns, zip(*block, strict=True), strict=True):
            column.take(values)
    return columns


class ReadColumn:
    """The values of one column as they come in; each text, day and number that recurs is kept once."""

    def __init__(self) -> None:
        self.values: list[CellValue] = []
        self.known: dict[CellValue, CellValue] = {"": None}
        self.numbers: dict[CellValue, CellValue] = {}
        self.doubtful = False
        self.boundless = False

    def take(self, values: Sequence[CellValue]) -> None:
        """Add the values of the next rows."""
        kinds = set(map(type, values))
        if float in kinds and not self.boundless:
            numbers = values if kinds == _NUMBERS else [value for value in values if value.__class__ is float]
            # One sum says that all are finite; finite ones that add up to more than a number only cost a look.
            self.boundless = not math.isfinite(sum(numbers))  # type: ignore[arg-type]
        if kinds == _NUMBERS and len(self.numbers) <= _MAX_KINDS:
            self.values += map(self.numbers.setdefault, values, values)
        else:
            self.values += values if kinds.isdisjoint(_RECURRING) else self._shared(values, kinds)

    def _shared(self, values: Sequence[CellValue], kinds: set[type]) -> Sequence[CellValue]:
        if len(self.known) > _MAX_KINDS:
            self.doubtful = self.doubtful or any(map(_early, values))
            return [None if value == "" else value for value in values]
        once = self.known.setdefault
        if kinds <= _RECURRING:
            return list(map(once, values, values))
        # True and 1.0 are one key to a dict, so only what can be told apart goes through it.
        return [once(value, value) if type(value) in _RECURRING else value for value in values]

    def no_numbers(self) -> Iterator[tuple[int, float]]:
        """What stands as a number and is none: NaN and what is beyond all numbers."""
        if self.boundless:
            for row, value in enumerate(self.values, 1):
                if isinstance(value, float) and not math.isfinite(value):
                    yield row, value

    def early(self) -> Iterator[tuple[int, dt.date]]:
        """The dates that Excel counts wrong, each with its row."""
        if self.doubtful or any(map(_early, self.known)):
            for row, value in enumerate(self.values, 1):
                if isinstance(value, dt.date) and _early(value):
                    yield row, value


def _early(value: CellValue) -> bool:
    if not isinstance(value, dt.date):
        return False
    return (value.date() if isinstance(value, dt.datetime) else value) < _FIRST_DATE


def early_dates(columns: Sequence[ReadColumn], first_col: int) -> Iterator[BadCell]:
    """The dates that Excel counts wrong, as cells that hold no value to trust."""
    for col, column in enumerate(columns, first_col):
        for row, value in column.early():
            held = (value.date() if isinstance(value, dt.datetime) else value).toordinal() - _DAY_0
            shown = f"{value:%Y-%m-%d}"
            told = f"{held} stands in a cell formatted as a date: {shown} is before 1 March 1900."
            yield BadCell(row, col, shown, told, "Format it as a number and enter it again, or enter a later date.")
