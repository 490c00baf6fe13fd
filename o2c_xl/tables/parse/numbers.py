"""Numbers in cells: exact decimals from what a spreadsheet stores as binary floats or a file as text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal

from o2c_xl.domain.money import AMOUNT_BELOW, places, quantity_places
from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.tables.parse.fault import CellFault, Fault, quoted, seen
from o2c_xl.tables.parse.script import Script, ungrouped
from o2c_xl.tables.parse.texts import error_fault

__all__ = ["check_money_places", "check_quantity_places", "number_parser", "whole_parser"]

_PLACES = 4  # what the ledger keeps
_LONGEST_SHOWN = 30  # signs of a number in a sentence
_TAIL = _PLACES + 1  # with the point
_DAY_0 = date(1899, 12, 30).toordinal()  # from 1 March 1900 on, spreadsheets count days from here
_LARGEST = int(AMOUNT_BELOW)
_PATTERNS = {
    (".", False): re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?"),
    (".", True): re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?"),
    (",", False): re.compile(r"[+-]?[0-9]+(?:,[0-9]+)?"),
    (",", True): re.compile(r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]+)?"),
    ("", False): re.compile(r"[+-]?[0-9]+"),
}
_MARKED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)+")
_SPACED = re.compile(r"[+-]?[0-9]{1,3}(?:[\s’'][0-9]{3})+(?:[.,][0-9]+)?")
_HOW_MANY = re.compile(r"How many\b((?: \w+)*)")
_EXAMPLES = {
    Kind.MONEY: "an amount such as 12.50",
    Kind.PRICE: "a price such as 12.50",
    Kind.QUANTITY: "a quantity such as 12",
    Kind.PERCENT: "19 for 19 %",
    Kind.NUMBER: "a number such as 12",
    Kind.WHOLE: "a whole number such as 7",
}


def number_parser(column: Column, script: Script) -> Callable[[object], Decimal | Fault | None]:
    """Reads one cell of an exact-number column: at most four places, within the column's limits."""
    floor, ceiling = _bounds(column)

    def parse(value: object) -> Decimal | Fault | None:
        if isinstance(value, float) and math.isfinite(value):
            text = format(value, ".15g")
            point = text.find(".")
            if floor <= value <= ceiling and (point < 0 or len(text) - point <= _TAIL) and "e" not in text:
                return Decimal(text)  # by far the most common; what follows would say the same
            return _within(column, text)
        if isinstance(value, str):
            return _from_text(column, value.strip(), script)
        if value is None:
            return None
        if isinstance(value, int | Decimal) and not isinstance(value, bool):
            return _within(column, format(value, "f"))
        return _wrong_type(column, value)

    return parse


def whole_parser(column: Column, script: Script) -> Callable[[object], int | Fault | None]:
    """Reads one cell of a whole-number column."""
    exact = number_parser(column, script)

    def parse(value: object) -> int | Fault | None:
        number = exact(value)
        if number is None or isinstance(number, Fault):
            return number
        if number != int(number):
            return Fault(f"{quoted(value)} is not a whole number.", _enter(column))
        return int(number)

    return parse


def check_money_places(values: Sequence[Decimal | None], currencies: Sequence[str | None]) -> list[CellFault]:
    """Faults of amounts with more places than their currency has; an amount without a currency is left alone."""
    allowed = {code: places(code) for code in set(currencies) if code}
    return _too_fine(values, currencies, allowed, "{amount} has more decimal places than {name} ({count}).")


def check_quantity_places(values: Sequence[Decimal | None], units: Sequence[str | None]) -> list[CellFault]:
    """Faults of quantities with more places than their unit takes: none for counted things, three for others."""
    allowed = {unit: quantity_places(unit) for unit in set(units) if unit}
    whole = "{amount} {name} is not a whole number."
    return _too_fine(values, units, allowed, "{amount} {name} has more than {count} decimal places.", whole)


def _too_fine(
    values: Sequence[Decimal | None],
    names: Sequence[str | None],
    allowed: dict[str, int],
    problem: str,
    whole: str = "",
) -> list[CellFault]:
    pairs = set(zip(values, names, strict=True))
    wrong: dict[tuple[Decimal | None, str | None], Fault] = {}
    for amount, name in pairs:
        if amount is None or not name or amount == round(amount, allowed[name]):
            continue
        count = allowed[name]
        words = whole if whole and not count else problem
        text = words.format(amount=seen(amount), name=name, count=count)
        wrong[amount, name] = Fault(text, f"Enter it with {_count_of_places(count)}.")
    if not wrong:
        return []
    found = enumerate(zip(values, names, strict=True))
    return [CellFault(i, seen(pair[0]), wrong[pair]) for i, pair in found if pair in wrong]


def _count_of_places(count: int) -> str:
    return f"at most {count} decimal places" if count else "no decimal places"


def _from_text(column: Column, text: str, script: Script) -> Decimal | Fault | None:
    if not text:
        return None
    digits = text if script.typed else ungrouped(text)
    if script.doubts(digits) or not _PATTERNS[script.decimal, script.grouped].fullmatch(digits):
        return error_fault(text) or _no_number(column, text, script)
    return _within(column, _plain(digits, script))


def _plain(text: str, script: Script) -> str:
    """The text with a decimal point and no thousands signs."""
    if script.decimal == ",":
        return text.replace(".", "").replace(",", ".")
    return text.replace(",", "")


def _bounds(column: Column) -> tuple[float, float]:
    """The least and the largest float that is surely inside of the column's limits."""
    largest = math.nextafter(_LARGEST, 0) if column.most is None else column.most
    if column.least is None:
        return math.nextafter(-_LARGEST, 0), largest
    return math.nextafter(column.least, math.inf) if column.above else column.least, largest


def _within(column: Column, text: str) -> Decimal | Fault:
    """The number, if it is neither too fine, too large nor outside the column's limits."""
    number = Decimal(text)
    if "e" in text:
        text = format(number, "f")
    places = len(text.partition(".")[2].rstrip("0"))
    text = text if len(text) <= _LONGEST_SHOWN else seen(number)
    if places > _PLACES:
        return Fault(f"{text} has more than four decimal places.", "Round it to four decimal places or fewer.")
    if not -_LARGEST < number < _LARGEST:
        return Fault(f"{text} is too large; at most eleven digits stand before the point.", _enter(column))
    return _limit_fault(column, number, text) or number


def _limit_fault(column: Column, number: Decimal, text: str) -> Fault | None:
    least = column.least
    if least is not None and column.above and number <= least:
        return Fault(f"{text} is not more than {least}.", _enter_above(column))
    if least is not None and number < least:
        how_many = _HOW_MANY.match(column.help)
        return Fault(f"{text} is less than {least}.", _enter_above(column) if how_many else f"Enter {least} or more.")
    return None if column.most is None or number <= column.most else _too_much(column, text)


def _too_much(column: Column, text: str) -> Fault:
    span = f"from {column.least} to {column.most}" if column.least is not None else f"up to {column.most}"
    if column.kind is Kind.PERCENT:
        return Fault(f"{text} is more than {column.most} %.", f"Enter a number {span}; 19 means 19 %.")
    return Fault(f"{text} is more than {column.most}.", f"Enter a number {span}.")


def _enter_above(column: Column) -> str:
    found = _HOW_MANY.match(column.help)
    if found:
        return f"Enter how many{found[1] or ' you want'}."
    return f"Enter a number above {column.least}."


def _enter(column: Column) -> str:
    return f"Enter {_EXAMPLES[column.kind]}."


def _wrong_type(column: Column, value: object) -> Fault:
    if isinstance(value, bool):
        return Fault(f"{seen(value)} is a logical value, not a number.", _enter(column))
    if isinstance(value, date):
        held = value.toordinal() - _DAY_0
        return Fault(
            f"{held} stands in a cell formatted as a date ({seen(value)}).", "Format it as a number and enter it again."
        )
    if isinstance(value, time):
        fix = f"Format the cell as a number and {_enter(column)[0].lower()}{_enter(column)[1:]}"
        return Fault(f"{seen(value)} is a date or time, not a number.", fix)
    return Fault(f"{quoted(value)} is not a number.", _enter(column))


def _no_number(column: Column, text: str, script: Script) -> Fault:
    if script.doubts(text) and script.typed:
        problem = f"{quoted(text)} can be read in two ways: as text it does not show what its point or comma means."
        return Fault(problem, "Format the cell as a number and enter the number again.")
    if script.doubts(text):
        problem = f"{quoted(text)} can be read in two ways: the file does not show what its points and commas mean."
        return Fault(problem, "Write decimals with a point and no thousands signs, such as 1234.50.")
    grouped = _MARKED.fullmatch(text) or _SPACED.fullmatch(text)
    if grouped and script.decimal == ",":
        problem = f"{quoted(text)} is not written like the other numbers of the column, which have a decimal comma."
        return Fault(problem, "Write it with a decimal comma and no thousands signs.")
    if grouped:
        if script.typed:
            return Fault(f"{quoted(text)} is text, not a number.", "Format the cell as a number and enter it again.")
        problem = f"{quoted(text)} is not a number written with a decimal point and no thousands signs."
        return Fault(problem, "Write it with a decimal point, such as 1234.50.")
    return Fault(f"{quoted(text)} is not a number.", _enter(column))
