"""A cell as one canonical text, so that what a sheet holds and what the ledger wants compare as text.

`#` marks a number, `@` a date or time, `?` a truth value, `=` a formula, `!` what is no value, such as #N/A; any other
text is itself. So 5, 5.0 and 5.00 are the same number, and the text "5" is not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from types import NoneType

__all__ = ["BAD", "FORMULA", "MARKS", "SEPARATOR", "column_texts", "text_of", "value_of"]

SEPARATOR = "\x1f"
FORMULA = "="  # a formula stands here: never written over, whatever it shows
BAD = "!"  # an error or the like stands here, with what it shows: a person's to mend, and no empty cell
MARKS = "#@?=!'"
_SECONDS = "s"  # how long something takes
_NO_SIGN = "\ufffd"


def text_of(value: object) -> str:
    """The canonical text of one cell's value; empty for an empty cell."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        # As the parser reads it: around a text it is blank space, within one no column takes it.
        text = value.strip().replace(SEPARATOR, _NO_SIGN) if SEPARATOR in value else value
        return f"'{text}" if text and text[0] in MARKS else text
    if isinstance(value, bool):
        return f"?{value}"
    if isinstance(value, float | int | Decimal):
        return _number(value)
    if isinstance(value, dt.datetime):
        return f"@{value:%Y-%m-%d}" if value.time() == dt.time() else f"@{value:%Y-%m-%d %H:%M:%S}"
    return f"@{value.total_seconds()}{_SECONDS}" if isinstance(value, dt.timedelta) else f"@{value}"


def _number(value: float | Decimal) -> str:
    if isinstance(value, float):
        value = Decimal(format(value, ".15g"))
    number = Decimal(value)
    return f"#{number.normalize():f}" if number else "#0"


def column_texts(values: Sequence[object]) -> list[str]:
    """The canonical texts of a column, each distinct value made once: sheets repeat themselves."""
    kinds = set(map(type, values))
    if bool in kinds and len(kinds - {bool, NoneType}) > 0:  # to a dict, True and 1.0 are one
        return [text_of(value) for value in values]
    memo = {value: text_of(value) for value in set(values)}
    return list(map(memo.__getitem__, values))


def value_of(text: str) -> object:
    """The value behind a canonical text: the way back from `text_of`."""
    if not text or text.startswith(FORMULA):
        return None
    mark, rest = text[0], text[1:]
    if mark == "#":
        return float(rest)  # as a reader gives it
    if mark == "@":
        return _moment(rest)
    if mark == "?":
        return rest == "True"
    return rest if mark in ("'", BAD) else text


def _moment(text: str) -> dt.date | dt.time | dt.timedelta:
    """A day, a time of the day, both, or how long something takes."""
    if text.endswith(_SECONDS):
        return dt.timedelta(seconds=float(text.removesuffix(_SECONDS)))
    if "-" not in text:
        return dt.time.fromisoformat(text)
    return dt.datetime.fromisoformat(text) if " " in text else dt.date.fromisoformat(text)
