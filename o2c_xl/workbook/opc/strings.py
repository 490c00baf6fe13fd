"""The texts of a workbook: shared ones and those in cells, proved to say one thing to whoever reads them.

ECMA-376 part 1, 18.4.8: a text is one `t`, or runs (`r`) with one `t` each; readings (`rPh`) are no part of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from xml.etree.ElementTree import Element

from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.markup import TAG, local_name, tree

__all__ = ["check_cells_text", "check_count", "check_strings", "is_text", "long_texts"]

_CELL = len(b'<c t="s"><v>0</v></c>')  # no cell that shows a shared text is shorter
# Texts of rows that left a sheet stay in the part until Excel saves it; so many may.
_UNUSED = 300_000
_UNUSED_ODD = 20_000
_LONG = 256  # bytes; shorter texts take no more memory than the cells that show them
_MOST_LONG = 32 << 20  # bytes of long texts on a sheet, beyond each of them twice
_SHOWN = re.compile(
    rb"""<(?:[A-Za-z_][\w.-]*:)?c\s(?:[^<>]*?\s)?t\s*=\s*["']s["'][^<>]*>\s*<(?:[A-Za-z_][\w.-]*:)?v[^<>]*>\s*([0-9]{1,9})"""
)
_ROOT = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sst(?:\s[^<>]*)?>")


def is_text(item: Element) -> bool:
    """Whether an `si` or `is` is built as the standard has it."""
    if len(item) == 1 and item[0].tag == "t":
        return not len(item[0]) and not _stray(item)
    kinds = [child.tag for child in item if child.tag not in {"rPh", "phoneticPr"}]
    if kinds == ["t"] or not kinds:
        parts = item.findall("t")
    else:
        parts = [part for run in item.findall("r") for part in run if part.tag == "t"]
        if set(kinds) != {"r"} or any(not _is_run(run) for run in item.findall("r")):
            return False
    return all(not len(part) for part in parts) and not _stray(item)


def _is_run(run: Element) -> bool:
    kinds = [child.tag for child in run]
    return kinds in (["t"], ["rPr", "t"]) and not _stray(run)


def _stray(item: Element) -> bool:
    """Whether text stands beside the elements."""
    return bool((item.text or "").strip()) or any((child.tail or "").strip() for child in item)


def check_count(xml: bytes, sheets: int) -> None:
    """Raise `Damaged` for far more shared texts than sheets of so many bytes can show; before anything parses them."""
    root = _ROOT.search(xml)
    if root is not None and xml.count(b"<%bsi" % root[1]) > sheets // _CELL + _UNUSED:
        raise Damaged("The workbook holds far more texts than its cells can show; it is not read.")


def long_texts(xml: bytes) -> dict[int, int]:
    """The bytes of each shared text that is long, by its index."""
    root = _ROOT.search(xml)
    if root is None:
        return {}
    starts = [item.start() for item in re.finditer(rb"<%bsi[\s/>]" % re.escape(root[1]), xml)]
    spans = pairwise([*starts, len(xml)])  # none where the part is empty, as of a workbook that holds numbers only
    return {i: end - start for i, (start, end) in enumerate(spans) if end - start > _LONG}


def check_cells_text(data: bytes, long: Mapping[int, int], sheet: str) -> None:
    """Raise `Damaged` where the sheet's cells repeat long texts till they fill the memory of a machine."""
    most = _MOST_LONG + 2 * sum(long.values())
    if len(data) // _CELL * max(long.values(), default=0) <= most:
        return
    if sum(long.get(int(index[1]), 0) for index in _SHOWN.finditer(data)) > most:
        raise Damaged(f"The texts of the sheet {sheet} are far longer than those of any list; it is not read.")


def check_strings(xml: bytes, name: str, sheets: int) -> None:
    """Prove the part with the shared texts, well-formed UTF-8 without comments; raises `Damaged`.

    The sheets have so many bytes: texts that are written in an odd way take long, and so must not be many more than
    the cells.
    """
    broken = Damaged("The workbook is damaged: its texts are not built as Excel builds them.")
    root = _ROOT.search(xml)
    if root is None:
        raise broken
    if root[0].endswith(b"/>"):
        return
    prefix, position, end = root[1], root.end(), xml.rfind(b"</%bsst" % root[1])
    simple = _simple(re.escape(prefix)).match
    odd = iter(range(sheets // _CELL + _UNUSED_ODD))
    while position < end:
        found = simple(xml, position, end)
        if found is not None:
            position = found.end()
            continue
        tag = TAG.search(xml, position, end)
        if xml[position : tag.start() if tag else end].strip() or next(odd, None) is None:
            raise broken
        if tag is None or local_name(tag[0]) == b"extLst":
            return
        position = _after(xml, tag, prefix, end)
        if not _is_item(tree(xml[tag.start() : position], name)):
            raise broken


def _is_item(item: Element) -> bool:
    return item.tag == "si" and is_text(item)


def _after(xml: bytes, tag: re.Match[bytes], prefix: bytes, end: int) -> int:
    """Where the element that begins with this tag ends, if it is a text; else somewhere that is no end."""
    if tag[0].endswith(b"/>"):
        return tag.end()
    close = xml.find(b"</%bsi" % prefix, tag.end(), end)
    return xml.find(b">", close, end) + 1 if close >= 0 else end


def _simple(p: bytes) -> re.Pattern[bytes]:
    """As many texts as follow each other of those that Excel writes: plain, empty, of runs with formats or readings."""
    text = rb'<%bt(?: xml:space="preserve")?+(?:/>|>[^<]*+</%bt>)' % (p, p)
    formats = rb"(?:<%brPr>(?:<[^<>/]++/>)*+</%brPr>)?+" % (p, p)
    runs = rb"(?:<%br>%b%b</%br>)++" % (p, formats, text, p)
    readings = rb"(?:<%brPh [^<>/]*+>%b</%brPh>)*+(?:<%bphoneticPr [^<>/]*+/>)?+" % (p, text, p, p)
    return re.compile(rb"(?:\s*+<%bsi(?:/>|>(?:%b|%b)?+%b</%bsi>))++" % (p, text, runs, readings, p))
