"""Which rows of two versions of a sheet differ, told by their bytes.

Two versions of a large sheet share nearly all bytes. So both are walked together from one difference to the next, at
the speed of comparing memory; only where the rows are not written the usual way is every row looked up.
"""

from __future__ import annotations

import re

from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.sheet import SheetXml

__all__ = ["rows_that_differ"]

Rows = dict[int, tuple[bytes, bytes]]
_STEP = 1 << 12
_LEAP = 1 << 18
_NO_ROW = 1 << 30


def rows_that_differ(before: SheetXml, after: SheetXml) -> Rows:
    """The bytes of the rows that differ, before and after, by row number; empty where a version lacks the row.

    What stands behind a row, up to the next one, counts as the row's.
    """
    if before.simple and before.prefix == after.prefix:
        found = _Walk(before, after).rows()
        if found is not None:
            return found
    return _by_index(before, after)


def _by_index(before: SheetXml, after: SheetXml) -> Rows:
    differ: Rows = {}
    for sheet in (before, after):
        sheet.check_order()
    for number in sorted({*before.numbers, *after.numbers}):
        was, now = before.row_bytes(number), after.row_bytes(number)
        if was != now:
            differ[number] = (was, now)
    return differ


class _Walk:
    """Both versions side by side, from one difference to the next."""

    def __init__(self, before: SheetXml, after: SheetXml) -> None:
        self.before, self.after = before, after
        self.head = b"<%srow" % before.prefix
        self.numbered = re.compile(re.escape(self.head) + rb' r="([0-9]{1,7})"')

    def rows(self) -> Rows | None:
        """The rows that differ, None when one of them is not written the usual way."""
        differ: Rows = {}
        before, after = self.before, self.after
        a, b, last = before.start, after.start, 0
        while True:
            same = _common((before.xml, a, before.end), (after.xml, b, after.end))
            if a + same == before.end and b + same == after.end:
                return differ
            # The last row that begins in what both share is the one in which, or behind which, they part.
            begin = max(before.xml.rfind(self.head, a, a + same) - a, 0)
            a, b = a + begin, b + begin
            one, other = self._number(before, a), self._number(after, b)
            if one is None or other is None:
                return None
            number = min(one, other)
            self._check_order(number, a, last)
            was = self._piece(before, a) if one == number else b""
            now = self._piece(after, b) if other == number else b""
            a, b, last = a + len(was), b + len(now), number
            if was != now:
                differ[number] = (was, now)

    def _check_order(self, number: int, at: int, last: int) -> None:
        """A row that is new stands behind the one before it in number too."""
        above = self.before.xml.rfind(self.head, self.before.start, at)
        if number <= max(last, (self._number(self.before, above) or 0) if above >= 0 else 0):
            raise Damaged(f"The new version of {self.after.name} has rows out of order.")

    def _number(self, sheet: SheetXml, at: int) -> int | None:
        """The number of the row at `at`; above all others at the end of the rows."""
        if at >= sheet.end:
            return _NO_ROW
        row = self.numbered.match(sheet.xml, at, sheet.end)
        return int(row[1]) if row else None

    def _piece(self, sheet: SheetXml, at: int) -> bytes:
        end = sheet.xml.find(self.head, at + 1, sheet.end)
        return sheet.xml[at : end if end >= 0 else sheet.end]


def _common(one: tuple[bytes, int, int], other: tuple[bytes, int, int]) -> int:
    """How many bytes the two stretches (bytes, from, to) share from their beginnings on."""
    (x, a, a_end), (y, b, b_end) = one, other
    room = min(a_end - a, b_end - b)
    done, step = 0, _STEP
    while done < room:
        size = min(step, room - done)
        if x[a + done : a + done + size] == y[b + done : b + done + size]:
            done += size
            step = min(step * 2, _LEAP)
        elif size == 1:
            break
        else:
            step = max(size // 2, 1)
            room = done + size  # the difference lies in here
    return done
