"""Follows a list from its header downwards: which rows are its data, which are headings, totals or the end.

Each pattern of filled cells is judged once; only rows that look odd are read cell by cell, so that 100,000 rows cost
about as much as reading them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from o2c_xl.intake.layouts.grid import BAD, BLANK, NUMBER, NUMERIC, TEXT, Grid
from o2c_xl.intake.layouts.judge import is_units_row, judge, known_count
from o2c_xl.intake.layouts.words import is_page, is_summary, is_total, meanings_of
from o2c_xl.tables.parse.headers import header_key

__all__ = ["GROUP", "OTHER", "TOTAL", "Traced", "trace"]

GROUP, TOTAL, OTHER, UNITS, HEADER, UNUSED = "heading", "total", "other", "units", "header again", "unused line"
_PROFILE = 60  # rows from which it is learnt how a row of the list is filled
_LOOKED = 150  # rows among which these are sought
_ALWAYS = 0.85
_NUMERIC = 0.85
_MOST_BLANK = 100  # blank rows after which the list is over
_MOST_OTHER = 12  # rows of something else in a row after which it is over
_LABELS = ":："
_MOST_SUMS = 60
_CENT = 0.005
_COMPARED = 20  # rows above that a doubtful one is compared with

Pattern = tuple[int, ...]


@dataclass(slots=True)
class Traced:
    """The rows of a list (from 0): its data, and those left out with the reason; `last` is the last that is its own."""

    rows: list[int] = field(default_factory=list)
    left_out: dict[int, str] = field(default_factory=dict)
    last: int = 0


@dataclass(slots=True)
class _Profile:
    """How a row is filled: `usual` cells, columns filled nearly `always`, columns of `numeric` values."""

    usual: int
    always: frozenset[int]
    numeric: frozenset[int]
    texts: frozenset[int]
    known: dict[Pattern, str] = field(default_factory=dict)

    def judged(self, pattern: Pattern) -> str:
        found = self.known.get(pattern)
        if found is None:
            found = self.known[pattern] = self._judge(pattern)
        return found

    def _judge(self, pattern: Pattern) -> str:
        """`blank`, `full` (filled and typed as most rows), `data`, `single` or `odd`."""
        filled = [c for c, kind in enumerate(pattern) if kind != BLANK]
        if not filled:
            return "blank"
        share = sum(c in self.always for c in filled) / len(self.always) if self.always else 1.0
        numeric = [c for c in filled if c in self.numeric]
        strange = sum(pattern[c] == TEXT for c in numeric)
        if len(filled) == 1 and (self.usual > 1 or filled[0] not in self.always):
            return "single"
        if self.texts and not any(pattern[c] in (TEXT, BAD) for c in filled) and not self._keyed(pattern):
            return "odd"
        if not strange and share >= 0.75 and len(filled) * 5 >= self.usual * 3:  # noqa: PLR2004
            return "full"
        mostly_text = strange * 2 > len(numeric) or (strange and share < 0.75)  # noqa: PLR2004
        return "odd" if mostly_text or share < 0.5 else "data"  # noqa: PLR2004

    def _keyed(self, pattern: Pattern) -> bool:
        """Whether the columns that should hold text hold at least something."""
        return sum(pattern[c] != BLANK for c in self.texts) * 2 >= len(self.texts)


def trace(grid: Grid, header: int, left: int, right: int, *, end: int | None = None) -> Traced:
    """The rows under the header row, between two columns; `end` is the row before which to stop at the latest."""
    stop = grid.height if end is None else end
    profile = _learn(grid, header, left, right, stop)
    walk = _Walk(grid, header, (left, right), profile)
    for i, pattern in _patterns(grid, header + 1, stop, left, right):
        if not walk.step(i, pattern):
            break
    return walk.finish()


def _patterns(grid: Grid, start: int, stop: int, left: int, right: int) -> Iterator[tuple[int, Pattern]]:
    columns = [memoryview(column)[start:stop] for column in grid.kinds[left : right + 1]]
    return enumerate(zip(*columns, strict=True), start)


def _learn(grid: Grid, header: int, left: int, right: int, stop: int) -> _Profile:
    """How the rows are filled, told by the widest kind of row among the first ones."""
    head: list[Pattern] = []
    numeric: set[int] = set()
    apart = False
    for i, pattern in _patterns(grid, header + 1, min(stop, header + 1 + _LOOKED), left, right):
        if apart and (_texts_over(numeric, pattern) or _labelled(grid, i, left, pattern)):
            break  # most likely the header of another list, or labels above it
        filled = sum(map(bool, pattern))
        apart = apart or filled < 2  # noqa: PLR2004 - a gap or a title
        if filled and not _same_texts(grid, header, i, left, right):
            head.append(pattern)
            numeric.update(c for c, kind in enumerate(pattern) if kind in NUMERIC)
    widths = Counter(sum(map(bool, pattern)) for pattern in head)
    usual = _usual(widths)
    sample = [p for p in head if sum(map(bool, p)) * 5 >= usual * 3][:_PROFILE] or head[:1]
    columns = list(zip(*sample, strict=True)) if sample else []
    always: set[int] = set()
    texts: set[int] = set()
    numeric = set()
    for c, kinds in enumerate(columns):
        values = [kind for kind in kinds if kind != BLANK]
        if len(values) >= _ALWAYS * len(kinds):
            always.add(c)
        if values and sum(kind in NUMERIC for kind in values) >= _NUMERIC * len(values):
            numeric.add(c)
        elif values and len(values) >= _ALWAYS * len(kinds) and kinds.count(TEXT) * 2 > len(values):
            texts.add(c)
    return _Profile(usual, frozenset(always), frozenset(numeric), frozenset(texts))


def _labelled(grid: Grid, row: int, left: int, pattern: Pattern) -> bool:
    """Whether a row is nothing but a label and its value."""
    filled = [c for c, kind in enumerate(pattern) if kind != BLANK]
    if len(filled) != 2 or len(pattern) < 3 or pattern[filled[0]] != TEXT:  # noqa: PLR2004
        return False
    text = grid.text(row, left + filled[0])
    return text[-1:] in _LABELS or bool(meanings_of(text))


def _texts_over(numeric: set[int], pattern: Pattern) -> bool:
    """Whether a row holds nothing but texts, several of them, one at least where numbers stood before."""
    texts = [c for c, kind in enumerate(pattern) if kind == TEXT]
    return len(texts) > 1 and len(texts) == sum(map(bool, pattern)) and not numeric.isdisjoint(texts)


def _usual(widths: Counter[int]) -> int:
    """How many cells a row of the list fills: the most common width, single cells only where nothing else is."""
    wide = Counter({width: count for width, count in widths.items() if width > 1})
    if not wide:
        return 1
    total = sum(wide.values())
    return max(width for width, count in wide.items() if count * 5 >= total)


class _Walk:
    """Goes down the rows and sorts them."""

    def __init__(self, grid: Grid, header: int, span: tuple[int, int], profile: _Profile) -> None:
        self.grid, self.header, self.span, self.profile = grid, header, span, profile
        self.found = Traced(last=header)
        self.blank = 0  # blank rows right above
        self.others: list[int] = []  # rows since the last data row that are no data
        self.totals = False  # a totals row came since the last data row
        self.going_on = False
        self.sums = _MOST_SUMS  # how often it may still be tried whether a row is the sum of those above
        self.plain: dict[Pattern, bool] = {}

    def step(self, i: int, pattern: Pattern) -> bool:
        """Sort one row; False when the list is over."""
        kind = self.profile.judged(pattern)
        if kind == "full" and self.going_on and not self.blank and not self.others and self._plain(pattern):
            self.found.rows.append(i)  # by far the most common; what follows would say the same
            return True
        if kind == "blank":
            self.blank += 1
            return self.blank < _MOST_BLANK
        going_on = self._sort(i, pattern, kind)
        self.going_on = bool(self.found.rows)
        self.blank = 0
        return going_on and len(self.others) < _MOST_OTHER

    def _plain(self, pattern: Pattern) -> bool:
        """Whether a row filled so can be neither a totals row nor the header again, whatever it says."""
        found = self.plain.get(pattern)
        if found is None:
            texts = pattern.count(TEXT)
            filled = sum(map(bool, pattern))
            many = texts >= max(len(self.profile.texts), 2) and (texts > 2 or filled >= self.profile.usual)  # noqa: PLR2004
            found = self.plain[pattern] = many and any(kind not in (BLANK, TEXT) for kind in pattern)
        return found

    def _sort(self, i: int, pattern: Pattern, kind: str) -> bool:
        if kind == "full" and not self.blank and not self.others and not self._total(i, pattern):
            if i == self.header + 1 and is_units_row(self.grid, i, *self.span):
                self.found.left_out[i] = UNITS
            elif all(k in (BLANK, TEXT) for k in pattern) and _same_texts(self.grid, self.header, i, *self.span):
                self.found.left_out[i] = HEADER
            elif self._goes_on(i, pattern):
                self._take(i)
            else:
                self._leave(i, OTHER)
            return True
        return self._doubtful(i, pattern, kind)

    def _take(self, i: int) -> None:
        self.found.rows.append(i)
        self.found.last = i
        self.others.clear()
        self.totals = False

    def _doubtful(self, i: int, pattern: Pattern, kind: str) -> bool:
        """A row that is filled otherwise, or that comes after a gap, a heading or a total."""
        if _same_texts(self.grid, self.header, i, *self.span):
            if self.blank or any(not is_page(self._first_text(o)) for o in self.others):
                return False
            self.others.clear()
            self.found.left_out[i] = HEADER
        elif self._new_header(i, pattern):
            return False
        elif self._total(i, pattern):
            self.totals = True
            self._leave(i, TOTAL)
        elif (
            (kind == "full" and self._goes_on(i, pattern))
            or (kind == "data" and not self.blank and not self.totals and self._goes_on(i, pattern))
            or (kind == "single" and not self.blank and not self.others and self._coded(i, pattern))
        ):
            self._take(i)
        elif i == self.header + 1 and is_units_row(self.grid, i, *self.span):
            self.found.left_out[i] = UNITS
        else:
            self._leave(i, GROUP if kind == "single" else OTHER)
        return True

    def _coded(self, i: int, pattern: Pattern) -> bool:
        """Whether a row of one cell is a row of the list that nobody finished: its key is one like the others."""
        col = next(c for c, kind in enumerate(pattern) if kind != BLANK)
        above = self.found.rows[-_COMPARED:]
        return (
            col in self.profile.always
            and bool(above)
            and all(_like_code(self.grid.text(row, col + self.span[0])) for row in (i, *above))
        )

    def _leave(self, i: int, why: str) -> None:
        self.others.append(i)
        self.found.left_out[i] = why

    def _goes_on(self, i: int, pattern: Pattern) -> bool:
        """Whether a row after a gap, a heading or a total still belongs to the list."""
        first = self._first_text(i)
        if first and first[-1:] in _LABELS:
            return False
        filled = sum(map(bool, pattern))
        if first and filled < self.profile.usual and not any(map(str.isalnum, first)):
            return False  # a footnote
        if first and filled == 2 < self.profile.usual and (self.blank or self.others) and meanings_of(first):  # noqa: PLR2004
            return False  # a label and its value
        return not (self.totals and is_summary(first))

    def _first_text(self, i: int) -> str:
        for c in range(self.span[0], self.span[1] + 1):
            if self.grid.kinds[c][i] == TEXT:
                return self.grid.text(i, c)
        return ""

    def _total(self, i: int, pattern: Pattern) -> bool:
        """Whether the row sums up: by its words, or since it holds nothing but numbers where texts should stand."""
        texts = [self.grid.text(i, c + self.span[0]) for c, kind in enumerate(pattern) if kind == TEXT]
        filled = sum(map(bool, pattern))
        if not texts:
            return bool(self.found.rows) and self.profile.judged(pattern) in ("odd", "single") and filled > 0
        if len(texts) == 1 and is_total(texts[0], alone=True):
            return True
        if filled >= self.profile.usual and len(texts) >= max(len(self.profile.texts), 1):
            return False
        if len(texts) == 1 and filled * 2 <= self.profile.usual + 1 and self._sums_up(i, pattern):
            return True
        if any(map(is_total, texts)):
            return len(texts) <= max(1, len(self.profile.texts) - 1) or self.profile.judged(pattern) != "full"
        return self.totals and filled < self.profile.usual and any(map(is_summary, texts))

    def _sums_up(self, i: int, pattern: Pattern) -> bool:
        """Whether a number in the row is the sum of its column since the last totals row, whatever the label says."""
        if self.sums <= 0 or len(self.found.rows) < 2:  # noqa: PLR2004
            return False
        self.sums -= 1
        start = max((row for row, why in self.found.left_out.items() if why == TOTAL), default=self.header)
        rows = [row for row in self.found.rows if row > start]
        for c, kind in enumerate(pattern):
            if kind == NUMBER and c in self.profile.numeric:
                column = self.grid.columns[c + self.span[0]]
                above = [value for row in rows if isinstance(value := column[row], float | int)]
                total = column[i]
                if len(above) > 1 and isinstance(total, float | int) and total and abs(sum(above) - total) < _CENT:
                    return True
        return False

    def _new_header(self, i: int, pattern: Pattern) -> bool:
        if any(kind not in (BLANK, TEXT) for kind in pattern) or sum(map(bool, pattern)) < 2:  # noqa: PLR2004
            return False
        if is_units_row(self.grid, i, *self.span):
            return False
        strange = sum(kind == TEXT and c in self.profile.numeric for c, kind in enumerate(pattern))
        if not strange and known_count(self.grid, i, *self.span) < 2:  # noqa: PLR2004
            return False
        left, right = self.span
        apart = bool(self.blank or self.others)
        if apart:  # another list may be wider
            while right + 1 < self.grid.width and self.grid.kinds[right + 1][i] == TEXT:
                right += 1
        verdict = judge(self.grid, i, left, right)
        return verdict is not None and (verdict.known > 1 or bool(strange and (verdict.contrast or apart)))

    def finish(self) -> Traced:
        """What was found; what is left out under the last row counts only as far as it belongs to the list."""
        found = self.found
        found.last = max(found.last, found.rows[-1]) if found.rows else found.last
        _drop_unused(self.grid, found, self.span)
        last = found.last
        while last + 1 in found.left_out and found.left_out[last + 1] in (TOTAL, GROUP, OTHER):
            last += 1
        if found.left_out.get(last + 2) == TOTAL:
            last += 2
        found.left_out = {i: why for i, why in found.left_out.items() if i <= last}
        found.last = last
        return found


def _like_code(text: str) -> bool:
    return " " not in text and any(map(str.isdigit, text))


def _drop_unused(grid: Grid, found: Traced, span: tuple[int, int]) -> None:
    """Lines that a form numbers beforehand and nobody filled: nothing but their number and zeros."""
    if not found.rows:
        return
    numbered = next((c for c in range(span[0], span[1] + 1) if _counts_up(grid, c, found.rows)), None)
    if numbered is None:
        return
    unused = [i for i in found.rows if all(_nothing(grid, i, c) for c in range(span[0], span[1] + 1) if c != numbered)]
    if unused and len(unused) < len(found.rows):
        found.left_out.update(dict.fromkeys(unused, UNUSED))
        gone = set(unused)
        found.rows = [i for i in found.rows if i not in gone]


def _counts_up(grid: Grid, col: int, rows: Sequence[int]) -> bool:
    return all(grid.text(i, col).rstrip(".") == str(n) for n, i in enumerate(rows, 1))


def _nothing(grid: Grid, row: int, col: int) -> bool:
    value = grid.columns[col][row]
    if grid.kinds[col][row] == BAD:
        return True
    return (
        value is None
        or (grid.kinds[col][row] == NUMBER and value == 0)
        or (isinstance(value, str) and not value.strip())
    )


def _same_texts(grid: Grid, header: int, row: int, left: int, right: int) -> bool:
    """Whether a row says the same as the header."""
    same = total = 0
    for c in range(left, right + 1):
        mine = header_key(grid.columns[c][header])
        if mine:
            total += 1
            same += mine == header_key(grid.columns[c][row])
            if total - same > 2:  # noqa: PLR2004 - more cannot make four in five of a usual header
                return same * 5 >= total * 4 and total > 10  # noqa: PLR2004
    return total > 0 and same * 5 >= total * 4
