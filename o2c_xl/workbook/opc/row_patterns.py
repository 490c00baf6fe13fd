"""What rows and cells of a sheet look like as bytes; no pattern goes back, so each takes time by the row's length."""

from __future__ import annotations

import re
from functools import lru_cache

from o2c_xl.workbook.address import column_number

__all__ = ["bare_row_pattern", "error_pattern", "formula_pattern", "row_pattern"]

_DIGITS = rb"[-+]?+[0-9]++(?:\.[0-9]++)?+(?:[eE][-+]?+[0-9]{1,3}+)?+"


@lru_cache(maxsize=64)
def row_pattern(prefix: bytes, shape: frozenset[str], values_only: bool) -> re.Pattern[bytes]:  # noqa: FBT001
    """One row whose cells come in the order of `shape`, each at most once and each of the row's own number.

    Every group inside is possessive, so the match takes time in proportion to the row and never backtracks. With
    `values_only` it takes no formula and no error; what it takes needs no second look.
    """
    p = re.escape(prefix)
    rest = rb'\1"(?: s="[0-9]++")?+%b' % (_value_cell(p) if values_only else _any_cell(p))
    cells = b"".join(rb'(?:<%bc r="%b%b)?+' % (p, column.encode(), rest) for column in sorted(shape, key=column_number))
    return re.compile(
        rb'\s*+<%brow r="([1-9][0-9]{0,6})"%b(?: ?/>|>%b</%brow>)' % (p, _others(b"r"), cells, p),
    )


@lru_cache(maxsize=8)
def bare_row_pattern(prefix: bytes) -> re.Pattern[bytes]:
    """One row whose cells tell no address, as some programs write it, and hold nothing but values."""
    p = re.escape(prefix)
    cells = rb'(?:<%bc(?: s="[0-9]++")?+%b)++' % (p, _value_cell(p))
    return re.compile(rb'\s*+<%brow(?: r="([1-9][0-9]{0,6})")?+%b>(%b)</%brow>' % (p, _others(b"r"), cells, p))


def _others(*taken: bytes) -> bytes:
    """Any attributes but those that were matched by name."""
    return rb'(?: (?!(?:%b)=)[A-Za-z0-9:]+="[^"<>]*+")*+' % b"|".join(taken)


def _value_cell(p: bytes) -> bytes:
    """The rest of a cell with a number, a shared text, an inline text, a truth, or nothing; most frequent first."""
    number = rb"><%bv>%b</%bv></%bc>" % (p, _DIGITS, p, p)
    said = rb' t="n"><%bv>%b</%bv></%bc>' % (p, _DIGITS, p, p)
    truth = rb' t="b"><%bv>[01]</%bv></%bc>' % (p, p, p)
    text = rb' t="str"><%bv(?: xml:space="preserve")?+>[^<]*+</%bv></%bc>' % (p, p, p)
    return rb"(?:%b|%b| ?/>|%b|%b|%b|%b)" % (number, _shared_cell(p), _inline_cell(p), said, truth, text)


def _any_cell(p: bytes) -> bytes:
    """The rest of any cell but those with rich text; the plain one first, which halves the time of the match."""
    attrs = _others(b"r", b"s", b"t")
    formula = rb'(?:<%bf(?: [A-Za-z0-9:]+="[^"<>]*+")*+(?:/>|>[^<]*+</%bf>))?+' % (p, p)
    usual = rb"><%bv>%b</%bv></%bc>" % (p, _DIGITS, p, p)
    number = rb"(?:<%bv>%b</%bv>|<%bv ?/>|<%bv></%bv>)?+" % (p, _DIGITS, p, p, p, p)
    truth = rb"<%bv>[01]</%bv>" % (p, p)
    words = rb'(?:<%bv(?: xml:space="preserve")?+>[^<]*+</%bv>|<%bv ?/>)?+' % (p, p, p)
    kinds = ((rb'(?: t="n")?+', number), (rb' t="(?:str|e|d)"', words), (rb' t="b"', truth))
    typed = b"|".join(rb"%b%b(?: ?/>|>%b%b</%bc>)" % (kind, attrs, formula, inside, p) for kind, inside in kinds)
    return rb"(?:%b|%b|%b|%b)" % (usual, _shared_cell(p), _inline_cell(p), typed)


def _shared_cell(p: bytes) -> bytes:
    """The rest of a cell that points to a text."""
    return rb' t="s"><%bv>[0-9]{1,9}+</%bv></%bc>' % (p, p, p)


def _inline_cell(p: bytes) -> bytes:
    """The rest of a cell that holds a text without formats."""
    return rb' t="inlineStr"><%bis><%bt(?: xml:space="preserve")?+>[^<]*+</%bt></%bis></%bc>' % (p, p, p, p, p)


def formula_pattern(prefix: bytes) -> re.Pattern[bytes]:
    """A cell with a formula: its column, its row, its attributes and what it stored."""
    p = re.escape(prefix)
    return re.compile(
        rb'<%bc r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>'
        rb"<%bf(?:[^<>]*/>|[^<>]*>[^<]*</%bf>)"
        rb"(?:<%bv[^<>/]*>([^<]*)</%bv>|(?=<))" % (p, p, p, p, p)
    )


def error_pattern(prefix: bytes) -> re.Pattern[bytes]:
    """A cell with an error: its column, its row and the code."""
    p = re.escape(prefix)
    return re.compile(
        rb'<%bc r="([A-Z]{1,3})([0-9]{1,7})"[^<>]* t="e"[^<>]*>'
        rb"(?:<%bf(?:[^<>]*/>|[^<>]*>[^<]*</%bf>))?<%bv>([^<]*)</%bv>" % (p, p, p, p, p)
    )
