"""What a cell accepts: dropdowns, numbers, dates; each refusal says how to mend it.

Fixed choices, numbers and dates stop; what another table feeds only warns, because that row may come tomorrow and
because a pasted column must not be refused. The sync checks everything again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.workbook.template.lists import feed_name, list_name

__all__ = ["PYTHONS_COLUMN", "validation"]

_FIRST_DAY = date(1900, 3, 1)  # Excel's calendar is wrong before it
_MOST = 999_999_999_999
_TITLE_LIMIT, _TEXT_LIMIT = 32, 255

Rule = dict[str, Any]

# Typing over a value of Python's is possible, because a protected sheet could not grow; but people should know.
PYTHONS_COLUMN: Rule = {
    "validate": "custom",
    "value": "=FALSE",
    "error_type": "warning",
    "error_title": "Python fills this column",
    "error_message": "What you type here is put back at the next sync. Type in a column with blue text instead.",
}


def validation(column: Column, present_feeds: frozenset[str], first_cell: str) -> Rule | None:
    """XlsxWriter's rule for one staff column, its formula written for `first_cell`; None where any text will do."""
    if column.feeds:
        return _fed(column, present_feeds)
    if column.offers:
        return {"validate": "list", "source": list(column.offers), "show_error": False, **_hint(column)}
    if column.kind is Kind.EMAIL:
        return _EMAIL | {"value": f'=ISNUMBER(FIND("@",{first_cell},2))'}
    if column.header == "Value":
        return _SETTING
    maker = _RULES.get(column.kind)
    rule = maker(column) if maker else None
    return rule and {"error_title": column.header[:_TITLE_LIMIT], **rule}


def _hint(column: Column, *more: str) -> Rule:
    text = " ".join((column.help, *more))
    return {"input_title": column.header[:_TITLE_LIMIT], "input_message": text[:_TEXT_LIMIT]}


def _fed(column: Column, present_feeds: frozenset[str]) -> Rule:
    table, _, header = column.feeds.partition(".")
    place = f"the sheet {table}"
    if column.feeds not in present_feeds:
        told = f"Type a {header} from {place}, which is in another workbook."
        return {"validate": "any", **_hint(column, told)}
    return {
        "validate": "list",
        "source": f"={feed_name(column.feeds)}",
        "error_type": "warning",
        "error_title": f"Not in {table}"[:_TITLE_LIMIT],
        "error_message": f"The sheet {table} has no such {header}. Choose one from the list (Alt + Down), "
        f"or add the row in {table} first.",
        **_hint(column, f"Choose it with Alt + Down; what belongs to it stands on {place}."),
    }


def _choice(column: Column) -> Rule:
    name = list_name(column)
    source: Any = f"={name}" if name else list(column.choices)
    words = ", ".join(column.choices)
    return {
        "validate": "list",
        "source": source,
        "error_type": "stop",
        "error_message": f"Choose one of: {words}. Alt + Down opens the list."[:_TEXT_LIMIT],
        **_hint(column),
    }


def _listed(column: Column) -> Rule:
    strict = column.kind is not Kind.TERMS
    return {
        "validate": "list",
        "source": f"={list_name(column)}",
        "error_type": "stop" if strict else "warning",
        "error_message": f"{column.help} Alt + Down opens the list."[:_TEXT_LIMIT],
        **_hint(column),
    }


def _number(column: Column) -> Rule:
    bound = "" if column.least is None else f" {'above' if column.above else 'from'} {column.least}"
    bound += "" if column.most is None else f" to {column.most}"
    example = f", such as {column.example}" if column.example else ""
    whole = column.kind is Kind.WHOLE
    limits: Rule = {"criteria": "between", "minimum": -_MOST, "maximum": _MOST}
    if column.most is not None:
        limits = {"criteria": "between", "minimum": column.least or 0, "maximum": column.most}
    elif column.least is not None:
        limits = {"criteria": ">" if column.above else ">=", "value": column.least}
    return {
        "validate": "integer" if whole else "decimal",
        **limits,
        "error_type": "stop",
        "error_message": f"Enter a {'whole ' if whole else ''}number{bound}{example}, without unit or currency.",
    }


def _percent(column: Column) -> Rule:
    return {
        "validate": "decimal",
        "criteria": "between",
        "minimum": 0,
        "maximum": 100,
        "error_type": "stop",
        "error_message": "Enter the percentage as a number from 0 to 100: 19 means 19 %.",
        **_hint(column),
    }


def _date(column: Column) -> Rule:
    return {
        "validate": "date",
        "criteria": ">=",
        "value": _FIRST_DAY,
        "error_type": "stop",
        "error_message": f"Enter a day, such as {column.example or '2026-11-16'}.",
    }


_EMAIL: Rule = {
    "validate": "custom",
    "error_type": "warning",
    "error_title": "No e-mail address",
    "error_message": "An e-mail address has an @ in it. Enter one, such as orders@example.com.",
}
# Most settings are Yes or No; the others take what they need, so the list offers and never refuses.
_SETTING: Rule = {"validate": "list", "source": ["Yes", "No"], "show_error": False}

_RULES: dict[Kind, Callable[[Column], Rule]] = {
    Kind.CHOICE: _choice,
    Kind.COUNTRY: _listed,
    Kind.CURRENCY: _listed,
    Kind.TERMS: _listed,
    Kind.MONEY: _number,
    Kind.PRICE: _number,
    Kind.QUANTITY: _number,
    Kind.NUMBER: _number,
    Kind.WHOLE: _number,
    Kind.PERCENT: _percent,
    Kind.DATE: _date,
}
