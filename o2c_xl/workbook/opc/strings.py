"""The texts of a workbook: shared ones and those in cells, proved to say one thing to whoever reads them.

ECMA-376 part 1, 18.4.8: a text is one `t`, or runs (`r`) with one `t` each; readings (`rPh`) are no part of it.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.markup import TAG, local_name, tree

__all__ = ["check_strings", "is_text"]

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


def check_strings(xml: bytes, name: str) -> None:
    """Prove the part with the shared texts, well-formed UTF-8 without comments; raises `Damaged`."""
    broken = Damaged("The workbook is damaged: its texts are not built as Excel builds them.")
    root = _ROOT.search(xml)
    if root is None:
        raise broken
    if root[0].endswith(b"/>"):
        return
    prefix, position, end = root[1], root.end(), xml.rfind(b"</%bsst" % root[1])
    simple = _simple(re.escape(prefix)).match
    while position < end:
        found = simple(xml, position, end)
        if found is not None:
            position = found.end()
            continue
        tag = TAG.search(xml, position, end)
        if xml[position : tag.start() if tag else end].strip():
            raise broken
        if tag is None or local_name(tag[0]) == b"extLst":
            return
        position = _after(xml, tag, prefix, end)
        item = tree(xml[tag.start() : position], name)
        if item.tag != "si" or not is_text(item):
            raise broken


def _after(xml: bytes, tag: re.Match[bytes], prefix: bytes, end: int) -> int:
    """Where the element that begins with this tag ends, if it is a text; else somewhere that is no end."""
    if tag[0].endswith(b"/>"):
        return tag.end()
    close = xml.find(b"</%bsi" % prefix, tag.end(), end)
    return xml.find(b">", close, end) + 1 if close >= 0 else end


def _simple(p: bytes) -> re.Pattern[bytes]:
    """As many texts without formats as follow each other."""
    return re.compile(rb'(?:\s*+<%bsi><%bt(?: xml:space="preserve")?+>[^<]*+</%bt></%bsi>)++' % (p, p, p, p))
