"""Values as they stand in a cell: text inline, dates as serial numbers, numbers exact."""

from __future__ import annotations

import datetime as dt
import math
import re
from dataclasses import dataclass
from decimal import Decimal

from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.opc.markup import escaped

__all__ = ["MAX_TEXT", "CellOut", "Writer", "serial"]

CellOut = str | Decimal | int | float | dt.date | dt.datetime | bool | None

MAX_TEXT = 32_767  # characters in a cell, Excel's specification
# What XML cannot hold or would change, and text that would read back as such an escape (ECMA-376 1, 22.9.2.19).
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f]|_(?=x[0-9A-Fa-f]{4}_)")
_NO_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
_EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - cells know no time zone
_EPOCH_1904 = dt.datetime(1904, 1, 1)  # noqa: DTZ001
_FIRST_SERIAL = 61  # 1 March 1900; before it Excel's own calendar is wrong
_DAY_SECONDS = Decimal(86_400)


def serial(value: dt.date, *, date1904: bool) -> Decimal:
    """The day count of a date, or of a naive date and time, in the workbook's date system."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    if moment.tzinfo is not None:
        raise Refused(f"The time {value.isoformat()} carries a time zone, which a cell cannot hold.")
    since = moment - (_EPOCH_1904 if date1904 else _EPOCH)
    if since.days < (0 if date1904 else _FIRST_SERIAL):
        raise Refused(f"The date {value.isoformat()} is before the first day of the workbook's calendar.")
    seconds = Decimal(since.seconds) + Decimal(since.microseconds) / 1_000_000
    # Eleven places are a microsecond's tenth; more would not survive the binary number that Excel makes of it.
    return (Decimal(since.days) + (seconds / _DAY_SECONDS).quantize(Decimal("1e-11"))).normalize()


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes cells for one sheet: `prefix` of its elements (`x:` or none), date system of its workbook."""

    prefix: bytes
    date1904: bool

    def cell(self, ref: str, style: bytes | None, value: CellOut) -> bytes:
        """The whole `c` element; `style` is the index that the cell keeps."""
        kind, inside = self._content(value)
        return self._wrapped(ref, style, kind, inside)

    def formula(self, ref: str, style: bytes | None, text: str, *, array: bool) -> bytes:
        """A cell with a formula and no result: Excel computes it when it opens the workbook."""
        p = self.prefix
        kind = b' t="array" ref="%s"' % ref.encode() if array else b""
        return self._wrapped(ref, style, b"", b"<%sf%s>%s</%sf>" % (p, kind, escaped(text), p))

    def _wrapped(self, ref: str, style: bytes | None, kind: bytes, inside: bytes) -> bytes:
        p = self.prefix
        head = b'<%sc r="%s"' % (p, ref.encode())
        if style:
            head += b' s="%s"' % style
        if kind:
            head += b' t="%s"' % kind
        return head + (b">%s</%sc>" % (inside, p) if inside else b"/>")

    def _content(self, value: CellOut) -> tuple[bytes, bytes]:
        """The cell's type and what is inside it."""
        p = self.prefix
        if value is None or value == "":
            return b"", b""
        if isinstance(value, str):
            text = _text(value)
            keep = b' xml:space="preserve"' if text != text.strip() or "\n" in text else b""
            return b"inlineStr", b"<%sis><%st%s>%s</%st></%sis>" % (p, p, keep, escaped(text), p, p)
        if isinstance(value, bool):
            return b"b", b"<%sv>%d</%sv>" % (p, value, p)
        return b"", b"<%sv>%s</%sv>" % (p, self._number(value).encode(), p)

    def _number(self, value: Decimal | float | dt.date) -> str:
        if isinstance(value, dt.date):
            return format(serial(value, date1904=self.date1904), "f")
        if not math.isfinite(value):
            raise Refused(f"The number {value} cannot stand in a cell.")
        return repr(value) if isinstance(value, float) else str(value)


def _text(value: str) -> str:
    if len(value) > MAX_TEXT:
        raise Refused(f"A text of {len(value)} characters does not fit in a cell, which holds {MAX_TEXT}.")
    if _NO_CHARACTER.search(value):
        raise Refused("A text holds half a character or none (U+FFFE), which no workbook can hold.")
    return _ESCAPED.sub(lambda found: f"_x{ord(found[0]):04X}_", value)
