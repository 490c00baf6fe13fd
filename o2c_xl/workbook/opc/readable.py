"""A sheet part as python-calamine can read it: without what only trips it, and what costs much and says nothing."""

from __future__ import annotations

import re
from itertools import product

from o2c_xl.tables.parse.error_values import NEWER_ERRORS
from o2c_xl.workbook.address import area
from o2c_xl.workbook.opc.cell_facts import Facts
from o2c_xl.workbook.opc.places import sheet_data

__all__ = ["hides", "readable_part", "without_end"]

_LONG_END = 1 << 20  # bytes of rows
_DIMENSION = re.compile(rb'<(?:[A-Za-z_][\w.-]*:)?dimension(?:\s[^<>]*?)??\sref="([^"<>]*)"[^<>]*>')
_SPACED = re.compile(rb"(<(?:[A-Za-z_][\w.-]*:)?v>)\s*([^<\s]*)\s*(</)")


def without_end(xml: bytes) -> bytes:
    """The part without its last rows where those hold nothing but formats, and are so many that they cost much."""
    found = sheet_data(xml)
    if found is None or found[2] - found[1] < _LONG_END:
        return xml
    prefix, start, end = found
    held = max(xml.rfind(b"<%b%b" % (prefix, tag), start, end) for tag in (b"v", b"is", b"f"))
    close = b"</%brow>" % prefix
    last = start if held < 0 else xml.find(close, held, end) + len(close)
    return xml[:last] + xml[end:] if start <= last < end - _LONG_END else xml


def hides(xml: bytes) -> bool:
    """Whether rows or columns of the part are hidden, by a filter or by hand."""
    return any(xml.find(b' %s="%s"' % pair) >= 0 for pair in product((b"hidden", b"zeroHeight"), (b"1", b"true")))


def readable_part(xml: bytes, facts: Facts) -> bytes:
    """The part less what only trips python-calamine: a `dimension` that is none, errors newer than it knows."""
    found = sheet_data(xml)
    head = xml[: found[1]] if found else b""
    told = _DIMENSION.search(head)
    if told is not None and area(told[1].decode("utf-8", "replace")) is None:
        xml = xml[: told.start()] + xml[told.end() :]
    if facts.spaced:
        xml = _SPACED.sub(rb"\1\2\3", xml)
    for code in set(facts.errors.values()) & NEWER_ERRORS:
        xml = re.sub(rb"(<(?:[A-Za-z_][\w.-]*:)?v>)%b(?=<)" % re.escape(code.encode()), rb"\1#N/A", xml)
    return xml
