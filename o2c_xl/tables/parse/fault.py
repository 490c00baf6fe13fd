"""What is wrong with one cell, and how a person sees a cell's value."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

__all__ = ["CellFault", "Fault", "quoted", "seen"]

_LONGEST_QUOTE = 60
_LONGEST_VALUE = 255
_LONGEST_NUMBER = 30  # digits that say something


@dataclass(frozen=True, slots=True)
class Fault:
    """What was found and what was expected (`problem`), and what the clerk does about it (`fix`)."""

    problem: str
    fix: str


@dataclass(frozen=True, slots=True)
class CellFault:
    """A fault in the `index`-th value of a column (from 0); `value` is the text a person sees there."""

    index: int
    value: str
    fault: Fault


def seen(value: object) -> str:
    """The value as a person sees it in the cell: 0 and not 0.0, TRUE, 2026-11-02."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float) and math.isfinite(value):
        value = Decimal(format(value, ".15g"))
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text if len(text) <= _LONGEST_NUMBER else format(value.normalize(), "E")
    if isinstance(value, datetime):
        value = value.date() if value.time() == time(0) else value.isoformat(" ", "seconds")
    text = _span(value) if isinstance(value, timedelta) else str(value)
    return text if len(text) <= _LONGEST_VALUE else f"{text[: _LONGEST_VALUE - 1]}…"


def _span(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def quoted(value: object) -> str:
    """The value inside a sentence: text in quotes and cut short, everything else as it is seen."""
    text = seen(value)
    if not isinstance(value, str):
        return text
    text = " ".join(text.split())
    return f'"{text}"' if len(text) <= _LONGEST_QUOTE else f'"{text[:_LONGEST_QUOTE]}…"'
