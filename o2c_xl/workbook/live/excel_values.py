"""Values between Excel's types and ours.

Excel knows binary numbers, texts, truth values, date-times and blanks. What it would bend is guarded here: money is
rounded before it becomes a binary number, a text that looks like something else needs a cell formatted as text, and
an error cell is never a value.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal

from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.values import MAX_TEXT, CellOut

__all__ = ["ExcelValue", "as_held", "as_told", "from_excel", "is_early", "needs_text_format", "to_excel"]

ExcelValue = str | float | bool | dt.date | dt.datetime | None

# The errors of XlCVError; Excel's interface gives them as numbers of their own, of which xlwings names the oldest.
_ERROR_BASE, _ERROR_CODES = -2146828288, range(2000, 3000)
_ERRORS = {
    2000: "#NULL!", 2007: "#DIV/0!", 2015: "#VALUE!", 2023: "#REF!", 2029: "#NAME?", 2036: "#NUM!", 2042: "#N/A",
    2043: "#GETTING_DATA", 2045: "#SPILL!", 2046: "#CONNECT!", 2047: "#BLOCKED!", 2048: "#UNKNOWN!", 2049: "#FIELD!",
    2050: "#CALC!",
}  # fmt: skip
_PLACES = 12  # more than any amount, price, quantity or rate has
_SURELY_TEXT = 40  # no number, date or time that Excel understands is longer
_FIRST_DATE = dt.date(1900, 3, 1)  # Excel counts a 29 February 1900 that never was
_MIDNIGHT = dt.time()


def to_excel(value: CellOut) -> ExcelValue:
    """A value of ours as Excel takes it; raises `Refused` for what no cell can hold.

    A `Decimal` has its own places already; dust beyond twelve of them is rounded half up before it becomes binary.
    """
    if value is None or value == "":
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, dt.datetime):
        return _moment(value)
    if isinstance(value, dt.date):
        return _moment(dt.datetime.combine(value, _MIDNIGHT))
    if not math.isfinite(value):
        raise Refused(f"The number {value} cannot stand in a cell.")
    if isinstance(value, Decimal) and value.as_tuple().exponent < -_PLACES:  # type: ignore[operator]
        value = value.quantize(Decimal(1).scaleb(-_PLACES), ROUND_HALF_UP)
    return float(value)


def _text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise Refused(f"A text of {len(value)} characters does not fit in a cell, which holds {MAX_TEXT}.")
    return value


def _moment(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is not None:
        raise Refused(f"The time {value.isoformat()} carries a time zone, which a cell cannot hold.")
    if is_early(value):
        raise Refused(f"The date {value.isoformat()} is before the first day of the workbook's calendar.")
    return value


def needs_text_format(texts: Iterable[str]) -> bool:
    """Whether Excel might make something else of one of these texts: `00123`, `=A1`, `1-2`, `TRUE`, `5 %`.

    Which words are dates depends on the language of the person's Excel, so only a long sentence is trusted.
    """
    return any(len(text) <= _SURELY_TEXT or not text[0].isalpha() for text in texts)


def from_excel(value: object) -> ExcelValue:
    """What a cell holds, as reading its file would give it: numbers binary, whole days as dates, no empty texts."""
    if value is None or value == "":
        return None
    if isinstance(value, dt.datetime):
        naive = value.replace(tzinfo=None)
        return naive.date() if naive.time() == _MIDNIGHT else naive
    if isinstance(value, bool | str | dt.date):
        return value
    if isinstance(value, int | float | Decimal):  # a cell in a currency's format comes as Decimal on Windows
        return float(value)
    return str(value)


def as_told(value: object) -> object:
    """What Excel's interface gives, an error as its text; of one that it does not name at least that it is one."""
    if type(value) is int and value - _ERROR_BASE in _ERROR_CODES:
        return _ERRORS.get(value - _ERROR_BASE, "#UNKNOWN!")
    return value


def as_held(values: Iterable[CellOut]) -> Iterator[ExcelValue]:
    """Values of ours as they will be read once they are written; each distinct one is turned once."""
    known: dict[tuple[type, CellOut], ExcelValue] = {}
    for value in values:
        kind = value.__class__, value  # to a dict, True and 1 are one
        if kind not in known:
            known[kind] = from_excel(to_excel(value))
        yield known[kind]


def is_early(value: object) -> bool:
    """Whether it is a date that Excel counts wrong."""
    if not isinstance(value, dt.date):
        return False
    return (value.date() if isinstance(value, dt.datetime) else value) < _FIRST_DATE
