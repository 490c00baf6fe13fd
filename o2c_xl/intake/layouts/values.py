"""Cells as a partner writes them, turned into what our own reader takes, exactly as the layout says.

A value that does not fit the layout's pattern is left as it is, so that our reader names it as a fault at its cell.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from o2c_xl.intake.layouts.spec import Source
from o2c_xl.tables.define.spec import Column
from o2c_xl.tables.parse.cells import NUMBERS

__all__ = ["converted", "plain_date", "plain_number"]

_PATTERNS = {
    ".": re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:[,’' \u00a0\u202f][0-9]{3})+)(?:\.[0-9]+)?"),
    ",": re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:[.’' \u00a0\u202f][0-9]{3})+)(?:,[0-9]+)?"),
}
_GROUPS = str.maketrans("", "", "’' \u00a0\u202f")
_DATE = re.compile(r"([0-9]{1,4})[./ -]([0-9]{1,2})[./ -]([0-9]{2,4})\.?")
_ASIAN = re.compile(r"([0-9]{4})年([0-9]{1,2})月([0-9]{1,2})日")
_SOLID = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_CENTURY = 100
_ORDERS = {"dmy": (2, 1, 0), "mdy": (2, 0, 1), "ymd": (0, 1, 2)}
_LARGEST_WHOLE = 10**15


def converted(values: Sequence[object], source: Source, column: Column) -> list[object]:
    """The values of one column, each distinct one turned once."""
    steps = list(_steps(source, column))
    if not steps:
        return list(values)
    memo: dict[tuple[type, object], object] = {}
    out: list[object] = []
    for value in values:
        key = (value.__class__, value)
        if value is not None and key not in memo:
            memo[key] = _through(value, steps)
        out.append(None if value is None else memo[key])
    return out


def _through(value: object, steps: Sequence[Callable[[object], object]]) -> object:
    for step in steps:
        value = step(value)
    return value


def _steps(source: Source, column: Column) -> list[Callable[[object], object]]:
    """What is done to each value, in this order."""
    exact = column.kind in NUMBERS and bool(source.decimal)
    known = {key.strip().casefold(): value for key, value in source.values.items()}
    steps: tuple[tuple[bool, Callable[[object], object]], ...] = (
        (bool(known), lambda v: known.get(v.strip().casefold(), v) if isinstance(v, str) else v),
        (bool(source.without), lambda v: _without(v, source.without)),
        (bool(source.by), lambda v: " ".join(v.split()) if isinstance(v, str) else _whole(v)),
        (source.numbers == "whole", _whole),
        (exact, lambda v: plain_number(v, source.decimal)),
        (source.fraction, lambda v: _percent(v, source.decimal)),
        (source.time == "drop", _day_only),
        (bool(source.dates), lambda v: plain_date(v, source.dates)),
    )
    return [step for wanted, step in steps if wanted]


def _without(value: object, parts: Sequence[str]) -> object:
    if not isinstance(value, str):
        return value
    for part in parts:
        value = value.replace(part, "")
    return value.strip()


def _whole(value: object) -> object:
    """A whole number as the text a person sees; all else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    return str(int(value)) if abs(value) < _LARGEST_WHOLE and value == int(value) else value


def _percent(value: object, decimal: str) -> object:
    if isinstance(value, str) and value.rstrip().endswith("%"):
        number = plain_number(value.rstrip().removesuffix("%"), decimal or ".")
        return number if isinstance(number, Decimal) else value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Decimal(format(value, ".15g")) * 100
    return value


def _day_only(value: object) -> object:
    if isinstance(value, dt.datetime):
        return value.date()
    return re.split(r"[T ](?=[0-9]{1,2}:)", value, maxsplit=1)[0] if isinstance(value, str) else value


def plain_number(value: object, decimal: str) -> object:
    """A text that is a number written with that decimal sign as the number; what is not one stays as it is."""
    if not isinstance(value, str):
        return value
    text = value.strip()
    if not _PATTERNS[decimal].fullmatch(text):
        return value
    text = text.translate(_GROUPS)
    return Decimal(text.replace(".", "").replace(",", ".") if decimal == "," else text.replace(",", ""))


def plain_date(value: object, order: str) -> object:
    """A date written in that order (`dmy`, `mdy`, `ymd`) as ISO text; years of two digits are of this century."""
    if isinstance(value, float) and order == "ymd" and value.is_integer():
        value = str(int(value))
    if not isinstance(value, str):
        return value
    text = value.strip()
    found = _ASIAN.fullmatch(text) or (_SOLID.fullmatch(text) if order == "ymd" else None)
    parts = found.groups() if found else None
    if parts is None:
        found = _DATE.fullmatch(text)
        if found is None:
            return value
        place = _ORDERS[order] if len(found[1]) <= 2 else _ORDERS["ymd"]  # noqa: PLR2004 - a year comes first
        parts = tuple(found.groups()[i] for i in place)
    year, month, day = map(int, parts)
    if year < _CENTURY:
        year += 2000
    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return value
