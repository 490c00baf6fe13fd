"""How a file writes its numbers and dates, told from a whole column: proof or nothing, never a guess.

`1,5` proves a decimal comma and `1.5` a decimal point, since a thousands sign is followed by three digits; `1,234`
proves nothing. `31/12/2026` proves that the day stands first, `12/31/2026` that the month does, each for dates with
that sign between the numbers; a day that no calendar has proves nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

__all__ = ["DAY_FIRST", "MONTH_FIRST", "PLAIN", "TYPED", "Script", "number_scripts", "prove_dates", "ungrouped"]

DAY_FIRST = "day first"
MONTH_FIRST = "month first"
# One odd cell among many is a slip and shown as such; a tenth of them leaves the column in doubt.
_DOMINANT = 10
_THREE = 3
_LAST_MONTH = 12
_MARKED = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)+")
# A thousands sign that can be nothing else: the same space or apostrophe before each three digits.
_APART = re.compile(r"[+-]?[0-9]{1,3}([ \u00a0\u2009\u202f'’])[0-9]{3}(?:\1[0-9]{3})*(?:[.,][0-9]+)?")
_DATE = re.compile(r"([0-9]{1,2})([./-])([0-9]{1,2})\2([0-9]{4})")


@dataclass(frozen=True, slots=True)
class Script:
    """How numbers and dates are written in one column.

    `decimal` is `.` or `,`, empty when the file leaves it in doubt; `grouped` says that thousands signs (the other
    of the two) are in use; `dates` is empty for ISO only and holds for dates with one of `signs` between the numbers.
    `typed` says that the cells carry types, so that a number there as text is an oddity, and one such as `5.000` is
    doubtful.
    """

    decimal: str = "."
    grouped: bool = False
    dates: str = ""
    signs: str = "./-"
    typed: bool = False

    def doubts(self, text: str) -> bool:
        """Whether a number in words of this column can be read in two ways: `1.234`, where nothing shows which."""
        return bool(_MARKED.fullmatch(text)) and (not self.decimal or (self.typed and not _proof(text.lstrip("+-"))[0]))


PLAIN = Script()
TYPED = Script(typed=True)


@dataclass(frozen=True, slots=True)
class _Shown:
    """How often each decimal sign is proved, and with which of them thousands signs were seen."""

    signs: Mapping[str, int]
    grouped: frozenset[str]


def ungrouped(text: str) -> str:
    """A number without the spaces or apostrophes between its groups of three digits; any other text as it is."""
    found = _APART.fullmatch(text)
    return text.replace(found[1], "") if found else text


def number_scripts(columns: Sequence[Iterable[object]], fallback: str) -> list[Script]:
    """How each of a csv's number columns writes decimals: as the file shows, or where that differs, as the column.

    `fallback` is the sign where the whole file proves none: `.`, or empty where `1.234` could mean either.
    """
    if fallback == "." and not any("," in str(value) for column in columns for value in set(column)):
        return [PLAIN] * len(columns)
    shown = [_evidence(column) for column in columns]
    total: Counter[str] = Counter()
    for one in shown:
        total.update(one.signs)
    of_file = _dominant(total) if total else fallback
    return [_script(one, of_file) for one in shown]


def prove_dates(values: Iterable[object], script: Script = PLAIN) -> Script:
    """`script` with the order of day and month, if the column's texts prove one.

    A column that also holds real dates proves nothing: the program that made them may have swapped some already.
    """
    shown: dict[str, Counter[str]] = {}
    for value in set(values):
        if value is None:
            continue
        if not isinstance(value, str):
            return script
        found = _DATE.fullmatch(value.strip())
        order = _order(*map(int, found.group(1, 3, 4))) if found else ""
        if found and order:
            shown.setdefault(found[2], Counter())[order] += 1
    proved = _dominant(sum(shown.values(), Counter())) if shown else ""
    signs = "".join(sorted(sign for sign, counts in shown.items() if _dominant(counts) == proved))
    return replace(script, dates=proved, signs=signs) if proved else script


def _order(first: int, second: int, year: int) -> str:
    """The order that the three numbers prove: empty where both could be the month, or no calendar has the day."""
    if (first > _LAST_MONTH) == (second > _LAST_MONTH):
        return ""
    month, day, order = (second, first, DAY_FIRST) if first > _LAST_MONTH else (first, second, MONTH_FIRST)
    try:
        date(year, month, day)
    except ValueError:
        return ""
    return order


def _script(shown: _Shown, of_file: str) -> Script:
    sign = of_file or (_dominant(shown.signs) if shown.signs else "")
    return Script(decimal=sign, grouped=sign in shown.grouped)


def _evidence(values: Iterable[object]) -> _Shown:
    signs: Counter[str] = Counter()
    grouped: set[str] = set()
    for value in set(values):
        text = ungrouped(value.strip()) if isinstance(value, str) else ""
        if not _MARKED.fullmatch(text):
            continue
        sign, groups = _proof(text.lstrip("+-"))
        if sign:
            signs[sign] += 1
        if groups:
            grouped.add(sign)
    return _Shown(signs, frozenset(grouped))


def _proof(digits: str) -> tuple[str, bool]:
    """The decimal sign that the text proves (empty = none), and whether it holds thousands signs."""
    last = "." if digits.rfind(".") > digits.rfind(",") else ","
    other = "," if last == "." else "."
    if other in digits:
        return (last, True) if digits.count(last) == 1 else ("", False)
    if digits.count(last) > 1:
        return other, True
    head, tail = digits.split(last)
    could_be_thousands = len(tail) == _THREE and len(head) <= _THREE and not head.startswith("0")
    return ("", False) if could_be_thousands else (last, False)


def _dominant(counts: Mapping[str, int]) -> str:
    """The one that is shown at least ten times as often as the other; empty when neither is."""
    (first, most), *rest = sorted(counts.items(), key=lambda item: -item[1])
    return first if not rest or most >= _DOMINANT * rest[0][1] else ""
