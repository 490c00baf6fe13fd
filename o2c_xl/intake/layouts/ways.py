"""How the values of a column are written, told from the values: decimal sign, order of day and month, signs of money.

Only what the values prove is put into effect; what they leave open is said in a comment.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.tables.parse.cells import NUMBERS
from o2c_xl.tables.parse.script import DAY_FIRST, MONTH_FIRST, number_scripts, prove_dates

__all__ = ["ways_of"]

_LOOKED = 2000
_AROUND = re.compile(r"^([^\d+-]*)[+-]?\d[\d.,’' \u00a0\u202f]*?([^\d.,]*)$")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]00:00(?::00(?:\.0+)?)?)?")
_YEAR_FIRST = re.compile(r"\d{4}[./]\d{1,2}[./]\d{1,2}|\d{8}|\d{4}年\d{1,2}月\d{1,2}日|\d{4}-\d{1,2}-\d{1,2}")
_YEAR_LAST = re.compile(r"(\d{1,2})([./ -])(\d{1,2})\2(\d{4}|\d{2})\.?")
_LAST_MONTH = 12


def ways_of(values: Sequence[object], column: Column) -> tuple[dict[str, object], str]:
    """The ways of writing that the values prove, by their names in a layout, and a remark for the person."""
    filled = [value for value in values[:_LOOKED] if value is not None and str(value).strip()]
    if column.kind is Kind.CODE:
        return _identifier(filled)
    if column.kind is Kind.DATE:
        return _dates(filled)
    return _numbers(filled, column) if column.kind in NUMBERS else ({}, "")


def _identifier(values: Sequence[object]) -> tuple[dict[str, object], str]:
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if not numbers:
        return {}, ""
    if all(value == int(value) for value in numbers):
        return {"numbers": "whole"}, "these are numbers in the file: right only if no zero stands in front of them"
    return {}, "these are numbers with decimals, which no identifier has"


def _numbers(values: Sequence[object], column: Column) -> tuple[dict[str, object], str]:
    ways: dict[str, object] = {}
    texts = [str(value).strip() for value in values if isinstance(value, str)]
    numbers = [value for value in values if isinstance(value, float | int) and not isinstance(value, bool)]
    if column.kind is Kind.PERCENT and numbers and all(abs(value) < 1 for value in numbers) and any(numbers):
        return {"fraction": True}, "0.1 in the file is shown as 10 %"
    if not texts:
        return ways, ""
    around = {
        part for text in texts if (found := _AROUND.match(text)) for part in map(str.strip, found.groups()) if part
    }
    if 0 < len(around) <= 3:  # noqa: PLR2004
        ways["without"] = sorted(around)
        for part in around:
            texts = [text.replace(part, "").strip() for text in texts]
    sign = number_scripts([texts], "")[0].decimal
    if sign:
        ways["decimal"] = sign
    elif any("." in text or "," in text for text in texts):
        return ways, 'points and commas do not show what they mean: add decimal = "," or decimal = "."'
    return ways, ""


def _dates(values: Sequence[object]) -> tuple[dict[str, object], str]:
    ways: dict[str, object] = {}
    if any(isinstance(value, dt.datetime) and value.time() != dt.time(0) for value in values):
        ways["time"] = "drop"
    texts = [str(value).strip() for value in values if isinstance(value, str)]
    if any(re.search(r"[T ]\d{1,2}:", text) for text in texts):
        ways["time"] = "drop"
        texts = [re.split(r"[T ](?=\d{1,2}:)", text, maxsplit=1)[0] for text in texts]
    texts = [text for text in texts if not _ISO.fullmatch(text)]
    solid = [v for v in values if isinstance(v, float) and _YEAR_FIRST.fullmatch(format(v, ".15g"))]
    if (texts or solid) and all(_YEAR_FIRST.fullmatch(text) for text in texts):
        return {**ways, "dates": "ymd"}, ""
    if not texts:
        return ways, ""
    order = _order(texts)
    if order:
        return {**ways, "dates": order}, ""
    return ways, 'day and month are not told apart: add dates = "dmy" or dates = "mdy"'


def _order(texts: Sequence[str]) -> str:
    proved = prove_dates(texts).dates
    if proved:
        return "dmy" if proved == DAY_FIRST else "mdy" if proved == MONTH_FIRST else ""
    found = [match for text in texts if (match := _YEAR_LAST.fullmatch(text))]
    if found and all(match[2] == "." for match in found):
        return "dmy"  # with points the day stands first, wherever dates are written so
    first = any(int(match[1]) > _LAST_MONTH for match in found)
    second = any(int(match[3]) > _LAST_MONTH for match in found)
    return "dmy" if first and not second else "mdy" if second and not first else ""
