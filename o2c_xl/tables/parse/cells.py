"""Reads the cells of one column: each value in the sense of the column's kind, or a fault a clerk can mend.

A column is read as a whole and each distinct value once: real columns repeat themselves, and the price of a value's
check is then paid per value instead of per cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.tables.parse.codes import choice_parser, parse_country, parse_currency, parse_payment_terms
from o2c_xl.tables.parse.dates import date_parser, parse_moment
from o2c_xl.tables.parse.fault import CellFault, Fault, seen
from o2c_xl.tables.parse.numbers import check_money_places, check_quantity_places, number_parser, whole_parser
from o2c_xl.tables.parse.script import TYPED, Script
from o2c_xl.tables.parse.texts import (
    parse_email,
    parse_identifier,
    parse_line,
    parse_long_text,
    parse_text,
    plain_texts,
)

__all__ = [
    "NUMBERS",
    "CellFault",
    "Fault",
    "check_money_places",
    "check_quantity_places",
    "parse_cell",
    "parse_column",
]

Parser = Callable[[object], Any]

EXACT = frozenset({Kind.MONEY, Kind.PRICE, Kind.QUANTITY, Kind.PERCENT, Kind.NUMBER})
NUMBERS = EXACT | {Kind.WHOLE}
_SIMPLE: dict[Kind, Parser] = {
    Kind.CODE: parse_identifier,
    Kind.LINE: parse_line,
    Kind.TEXT: parse_text,
    Kind.LONG_TEXT: parse_long_text,
    Kind.EMAIL: parse_email,
    Kind.COUNTRY: parse_country,
    Kind.CURRENCY: parse_currency,
    Kind.TERMS: parse_payment_terms,
    Kind.MOMENT: parse_moment,
}


def parse_column(column: Column, values: Sequence[object], script: Script = TYPED) -> tuple[list[Any], list[CellFault]]:
    """The column's values (None = empty or at fault), and its faults from top to bottom.

    Identifiers, texts and codes come as `str`, exact numbers as `Decimal`, whole numbers as `int`, dates as `date`.
    """
    plain = plain_texts(column.kind, values)
    if plain is not None:
        return plain, []
    parsed, faulty = _each_distinct(_parser(column, script), values)
    if not faulty:
        return parsed, []
    faults = [CellFault(i, seen(values[i]), v) for i, v in enumerate(parsed) if v.__class__ is Fault]
    for fault in faults:
        parsed[fault.index] = None
    return parsed, faults


def parse_cell(column: Column, value: object, script: Script = TYPED) -> Any:  # noqa: ANN401 - by the column's kind
    """One cell's value, None when empty, or a `Fault`."""
    return _parser(column, script)(value)


def _parser(column: Column, script: Script) -> Parser:
    kind = column.kind
    if kind in EXACT:
        return number_parser(column, script)
    if kind is Kind.WHOLE:
        return whole_parser(column, script)
    if kind is Kind.DATE:
        return date_parser(script)
    return choice_parser(column) if kind is Kind.CHOICE else _SIMPLE[kind]


def _each_distinct(parse: Parser, values: Sequence[object]) -> tuple[list[Any], bool]:
    """Each value parsed, and whether a fault is among them."""
    if bool in set(map(type, values)):  # True would be looked up as 1
        memo = {value: parse(value) for value in {v for v in values if v.__class__ is not bool}}
        return [parse(v) if v.__class__ is bool else memo[v] for v in values], True
    memo = dict.fromkeys(values)
    for value in memo:
        memo[value] = parse(value)
    return list(map(memo.__getitem__, values)), Fault in set(map(type, memo.values()))
