"""Judges whether a row of a grid is the header of a list, by its words and by what stands beneath it."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from o2c_xl.intake.layouts.grid import BLANK, DATE, NUMBER, NUMERIC, TEXT, Grid
from o2c_xl.intake.layouts.words import is_total, is_unit, meanings_of

__all__ = ["Verdict", "beneath", "is_second_line", "is_units_row", "judge", "known_count"]

_SAMPLE = 30  # rows beneath that are looked at
_GAP = 2  # blank rows that may stand between a header and its first row
_MOSTLY = 0.7
_LONG = 60
_VALUE = re.compile(r"@|\d{4,}|^\W*\d[\d\s.,/:-]*\W*$|https?:|^[\w&]+[-_ #]*\d{3,}$")
_YEARS = range(1990, 2101)
_LABELS = ":："
_MEASURES = frozenset({"quantity", "unit", "weight", "pack"})  # `pcs` and `kg` stand in columns of units too


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a row is taken for a header: `known` words, columns whose texts stand over numbers, and a total score."""

    row: int
    known: int
    contrast: int
    score: float


def beneath(grid: Grid, row: int, left: int, right: int, *, close: bool = False) -> list[int]:
    """The next rows that are filled between the two columns, up to a gap; `close`: up to the first blank row."""
    kinds = grid.kinds[left : right + 1]
    found: list[int] = []
    blank = 0
    for i in range(row + 1, grid.height):
        if any(column[i] for column in kinds):
            found.append(i)
            blank = 0
            if len(found) == _SAMPLE:
                break
        else:
            blank += 1
            if blank > ((0 if close else 1) if found else _GAP):
                break
    return found


def known_count(grid: Grid, row: int, left: int, right: int) -> int:
    """How many different meanings of the word list the row's texts name."""
    texts = (str(grid.columns[c][row]) for c in range(left, right + 1) if grid.kinds[c][row] == TEXT)
    return len({meaning for text in texts if (meaning := meanings_of(text))})


def judge(grid: Grid, row: int, left: int, right: int) -> Verdict | None:
    """The verdict on one row between two columns; None when it is no header."""
    kinds = grid.kinds
    filled = [c for c in range(left, right + 1) if kinds[c][row] != BLANK]
    texts = [c for c in filled if kinds[c][row] == TEXT]
    series = _series(grid, row, [c for c in filled if kinds[c][row] != TEXT])
    count = len(filled)
    if texts and is_units_row(grid, row, left, right):
        return None
    if count < 2 or not texts or (len(texts) + series) / count < _MOSTLY:  # noqa: PLR2004
        return None
    words = [str(grid.columns[c][row]).strip() for c in texts]
    known = len({m for word in words if (m := meanings_of(word))})
    if any(is_total(word, alone=True) for word in words[:1]) and known < 3:  # noqa: PLR2004
        return None
    below = beneath(grid, row, left, right, close=True)
    below = below if len(below) > 1 else beneath(grid, row, left, right)
    if len(below) > 2 and all(kinds[c][below[0]] in (BLANK, TEXT) for c in filled):  # noqa: PLR2004
        below = below[1:] if _contrast(grid, texts, below[1:]) > _contrast(grid, texts, below) else below
    facts = _Facts(grid, row, filled, texts, words, known, below, (left, right))
    return facts.verdict()


@dataclass(frozen=True, slots=True)
class _Facts:
    grid: Grid
    row: int
    filled: Sequence[int]
    texts: Sequence[int]
    words: Sequence[str]
    known: int
    below: Sequence[int]
    span: tuple[int, int]

    def verdict(self) -> Verdict | None:
        count = len(self.filled)
        values = sum(bool(_VALUE.search(word)) or len(word) > _LONG for word in self.words)
        labels = sum(word[-1:] in _LABELS for word in self.words)
        again = self._again()
        contrast = _contrast(self.grid, self.texts, self.below)
        covered, support = self._covered(), self._support()
        share = self.known / count
        score = 3 * share + 2 * contrast / count + 0.5 * covered + 0.5 * support
        score -= (1.5 * labels + 1.5 * values + 2 * again) / count
        if labels * 3 >= count and not (contrast >= 2 and labels >= 0.8 * count):  # noqa: PLR2004
            return None
        if not self.below:
            empty_form = self.known >= 3 and share >= _MOSTLY and not values  # noqa: PLR2004
            return Verdict(self.row, self.known, 0, score) if empty_form else None
        if covered < 0.6 or self._labels_beneath():  # noqa: PLR2004
            return None
        clean = not values and not again and (not labels or labels == count)
        return Verdict(self.row, self.known, contrast, score) if self._enough(contrast, support, clean=clean) else None

    def _enough(self, contrast: int, support: float, *, clean: bool) -> bool:
        """Whether words, contrast or plain regularity speak for a header."""
        count, below = len(self.filled), len(self.below)
        if self.known >= 2 and self.known / count >= 0.34:  # noqa: PLR2004
            return clean or self.known / count >= 0.5  # noqa: PLR2004
        if not clean:
            return False
        if contrast and support >= 0.5 and (count > 2 or below > 1):  # noqa: PLR2004
            return True
        if self.known and support >= 0.6 and (count > 2 or below > 1):  # noqa: PLR2004
            return True
        alike = len(set(self.words)) == count and sum(map(len, self.words)) <= 25 * count
        return count > 2 and below > 1 and support >= 0.8 and alike  # noqa: PLR2004

    def _again(self) -> int:
        """Columns in which the row's text stands again beneath, as a value would."""
        grid, found = self.grid, 0
        for c, word in zip(self.texts, self.words, strict=True):
            column = grid.columns[c]
            rows = [i for i in self.below if (i, c) not in grid.filled_down]
            same = sum(column[i] == column[self.row] for i in rows)
            found += bool(same) and not meanings_of(word)
        return found

    def _covered(self) -> float:
        """The share of columns with values beneath that the row has a text for."""
        kinds, rows = self.grid.kinds, [i for i in self.below if self._width(i) > 1] or self.below
        used = [
            c for c in range(self.span[0], self.span[1] + 1) if sum(map(bool, _at(kinds[c], rows))) * 3 >= len(rows)
        ]
        return sum(c in self.filled for c in used) / len(used) if used else 0

    def _support(self) -> float:
        """The share of rows beneath that are filled like most of them."""
        if not self.below:
            return 0.0
        widths = [self._width(i) for i in self.below]
        wide = Counter(w for w in widths if w > 1).most_common(1)
        usual = wide[0][0] if wide else 1
        return sum(w >= max(2, usual / 2) for w in widths) / len(widths)

    def _width(self, row: int) -> int:
        return sum(map(bool, (column[row] for column in self.grid.kinds[self.span[0] : self.span[1] + 1])))

    def _labels_beneath(self) -> bool:
        """Whether known words go on down the rows: then these are labels beside their values."""
        head = [i for i in self.below[:8] if self._width(i) <= max(2, len(self.filled))]
        named = [i for i in head if _named_label(self.grid, i, *self.span)]
        near = beneath(self.grid, self.row, *self.span, close=True)
        if len(self.filled) == 2 and near and all(_named_label(self.grid, i, *self.span) for i in near):  # noqa: PLR2004
            return True
        few = len(self.filled) <= 2 or self.known < 3  # noqa: PLR2004
        return few and len(named) >= 2 and len(named) * 5 >= len(head) * 2  # noqa: PLR2004


def _named_label(grid: Grid, row: int, left: int, right: int) -> bool:
    texts = (str(grid.columns[c][row]) for c in range(left, right + 1) if grid.kinds[c][row] == TEXT)
    return any(meanings_of(text) - _MEASURES for text in texts)


def is_units_row(grid: Grid, row: int, left: int, right: int) -> bool:
    """Whether a row under a header only says units, forms to write in, or the columns' numbers 1, 2, 3 …"""
    filled = [c for c in range(left, right + 1) if grid.kinds[c][row] != BLANK]
    texts = [grid.text(row, c) for c in filled if grid.kinds[c][row] == TEXT]
    if len(texts) == len(filled):
        return bool(texts) and sum(map(is_unit, texts)) >= 0.6 * len(texts)
    numbers = [grid.text(row, c) for c in filled]
    return len(filled) > 2 and numbers == [str(n) for n in range(1, len(filled) + 1)]  # noqa: PLR2004


def is_second_line(grid: Grid, first: int, row: int, left: int, right: int) -> bool:
    """Whether `row`, right under the header row `first`, is a line of the same header."""
    kinds = grid.kinds
    filled = [c for c in range(left, right + 1) if kinds[c][row] != BLANK]
    if len(filled) < 2 or any(kinds[c][row] != TEXT for c in filled):  # noqa: PLR2004
        return False
    if any(_VALUE.search(grid.text(row, c)) or grid.text(row, c)[-1:] in _LABELS for c in filled):
        return False
    below = beneath(grid, row, left, right)
    before = [c for c in range(left, right + 1) if kinds[c][first] == TEXT]
    over = _contrast(grid, filled, below)
    fresh = [c for c in filled if (row, c) not in grid.filled_down]
    if not below or not fresh:
        return False
    known = known_count(grid, row, left, right)
    return (over >= 1 and over * 2 >= _contrast(grid, before, below)) or (known > 1 and known * 2 >= len(fresh))


def _contrast(grid: Grid, texts: Sequence[int], below: Sequence[int]) -> int:
    """How many of the columns hold mostly numbers or dates beneath their text."""
    found = 0
    for c in texts:
        filled = [kind for kind in _at(grid.kinds[c], below) if kind != BLANK]
        found += bool(filled) and sum(kind in NUMERIC for kind in filled) >= _MOSTLY * len(filled)
    return found


def _series(grid: Grid, row: int, others: Sequence[int]) -> int:
    """How many cells that are no texts make a header all the same: years or days that go up, at least two."""
    values = [grid.columns[c][row] for c in others]
    kinds = {grid.kinds[c][row] for c in others}
    if len(values) < 2:  # noqa: PLR2004
        return 0
    if kinds == {NUMBER}:
        numbers = [value for value in values if isinstance(value, float | int) and value in _YEARS]
        return len(values) if len(numbers) == len(values) and numbers == sorted(set(numbers)) else 0
    days = [value for value in values if isinstance(value, dt.date)]
    return len(values) if kinds == {DATE} and len(days) == len(values) and _going_up(days) else 0


def _going_up(days: Sequence[dt.date]) -> bool:
    plain = [day.toordinal() for day in days]
    return plain == sorted(set(plain))


def _at(column: bytes, rows: Sequence[int]) -> list[int]:
    return [column[i] for i in rows]
