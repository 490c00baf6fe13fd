"""Amounts and days in banks' lists: as the whole column proves them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal

from o2c_xl.intake.statements.bank_profile import Order
from o2c_xl.intake.statements.bank_words import plain

__all__ = ["bare", "day", "number", "proved_decimal", "proved_order"]

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,4})?[+-]?")
_IN_BRACKETS = re.compile(r"^\((.*)\)$")
_GROUPED = re.compile(r"(?<=[0-9])[ \u00a0\u202f'’](?=[0-9]{3}(?:[^0-9]|$))")
_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ].*)?")
_PARTED = re.compile(r"([0-9]{1,4})([./-])([0-9]{1,2})\2([0-9]{2,4})(?: .*)?")
_DAY_FIRST = re.compile(r"([0-9]{1,2})[. -]{1,2}([^\W\d_]{3,10})[. -]{1,2}([0-9]{4}|[0-9]{2})")
_MONTH_FIRST = re.compile(r"([^\W\d_]{3,10})[. -]{1,2}([0-9]{1,2}),? ([0-9]{4})")
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan ene gen janv januari janvier january januar enero gennaio",
            "feb fev fevr februar februari february febrero fevrier febbraio",
            "mar marz maerz maa mrt march maart mars marzo",
            "apr abr avr april avril abril aprile",
            "may mai mei mag maj mayo maggio",
            "jun giu june juni juin junio giugno",
            "jul lug juil july juli juillet julio luglio",
            "aug ago aou aout august augustus augusti agosto",
            "sep set sept september septembre septiembre settembre",
            "oct okt ott october oktober octobre octubre ottobre",
            "nov november novembre noviembre",
            "dec dez dic december dezember decembre diciembre dicembre",
        ),
        1,
    )
    for name in names.split()
}
_COMPACT = re.compile(r"(20[0-9]{2})([0-9]{2})([0-9]{2})")
_ORDERS = {"DMY": (0, 1, 2), "MDY": (1, 0, 2), "YMD": (2, 1, 0)}


def proved_decimal(cells: Iterable[object]) -> str | None:
    """The decimal sign that the amounts together prove; None where 1,234 may be either."""
    signs = set()
    for cell in cells:
        text = bare(str(cell))
        if not isinstance(cell, str) or not re.search(r"[.,]", text):
            continue
        last = max(text.rfind(","), text.rfind("."))
        behind = re.match(r"[0-9]*", text[last + 1 :])
        both = "," in text and "." in text
        if both or (behind is not None and len(behind[0]) != 3):  # noqa: PLR2004 - may be thousands
            signs.add(text[last])
    return signs.pop() if len(signs) == 1 else None


def proved_order(cells: Iterable[object], decimal: str | None) -> Order | None:
    """The order of day, month and year that the dates together allow; None where several do."""
    # who writes a decimal comma writes no month first
    possible: set[Order] = {"DMY", "YMD"} if decimal == "," else {"DMY", "MDY", "YMD"}
    for cell in cells:
        found = _PARTED.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found is not None and not _ISO.fullmatch(str(cell)):
            possible = {order for order in possible if _ordered(found, order) is not None}
            if found[2] == "." and "DMY" in possible:
                possible = {"DMY"}
    return possible.pop() if len(possible) == 1 else None


def number(cell: object, decimal: str | None) -> Decimal | None:
    """An amount by the decimal sign of its list; None where it is none, or may be several."""
    if cell is None or cell == "" or isinstance(cell, bool):
        return None
    if not isinstance(cell, str):
        return cell if isinstance(cell, Decimal) else None
    text = _GROUPED.sub("", _IN_BRACKETS.sub(lambda found: f"-{bare(found[1])}", bare(cell)))
    mark = decimal
    if mark is not None:
        other = "." if mark == "," else ","
        if re.fullmatch(rf"[+-]?[0-9]{{1,3}}(?:{re.escape(other)}[0-9]{{3}})+(?:{re.escape(mark)}[0-9]*)?[+-]?", text):
            text = text.replace(other, "")
        elif other in text:
            return None
    elif "," in text or "." in text:
        return None
    text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        return None
    return -Decimal(text[:-1]) if text.endswith("-") else Decimal(text.rstrip("+"))


def bare(text: str) -> str:
    """An amount without its currency and its blanks at the ends."""
    return re.sub(r"^\s*(?:[A-Z]{3}|[€$£])?\s*|\s*(?:[A-Z]{3}|[€$£])?\s*$", "", text).replace("−", "-")


def day(cell: object, order: Order | None) -> date | None:
    """A day by the order of its list; None where it is none, or may be several."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    text = str(cell or "").strip()
    parts = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if parts:
        try:
            return date(*map(int, parts.groups()[:3]))
        except ValueError:
            return None
    found = _PARTED.fullmatch(text)
    return _ordered(found, order) if found and order else _named(text)


def _named(text: str) -> date | None:
    """A day whose month is a word."""
    first, last = _DAY_FIRST.fullmatch(text), _MONTH_FIRST.fullmatch(text)
    if first:
        day, name, year = first.groups()
    elif last:
        name, day, year = last.groups()
    else:
        return None
    try:
        return date(int(year) % 2000 + 2000, _MONTHS.get(plain(name), 0), int(day))
    except ValueError:
        return None


def _ordered(found: re.Match[str], order: Order) -> date | None:
    parts = (found[1], found[3], found[4])
    day, month, year = (parts[place] for place in _ORDERS[order])
    if len(year) not in (2, 4) or len(day) > 2 or len(month) > 2:  # noqa: PLR2004
        return None
    if order == "YMD" and len(year) != 4:  # noqa: PLR2004 - a year of two digits stands last
        return None
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day))  # noqa: PLR2004
    except ValueError:
        return None
