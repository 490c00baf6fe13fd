"""The parts of two versions side by side, but for the rows of sheets: what may differ in each, and nothing else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from xml.etree.ElementTree import Element

from o2c_xl.workbook.address import Area, area
from o2c_xl.workbook.opc.markup import plain, tree
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.sheet import SheetXml
from o2c_xl.workbook.patch.proof import require, same

__all__ = ["prove_frame", "prove_parts", "prove_table", "prove_workbook"]

_RULES = frozenset({"dataValidation", "conditionalFormatting"})
_TABLE_MAY_CHANGE = frozenset({"ref", "insertRow", "insertRowShift"})


def prove_parts(old: Package, new: Package, may_change: Container[str]) -> None:
    """The same parts, and the same packed bytes in each that may not change."""
    require(old.names == new.names, "its list of parts changed")
    for name in old.names:
        if name not in may_change:
            require(old.packed(name) == new.packed(name), f"its part {name} changed")


def prove_workbook(old: Package, new: Package, name: str) -> None:
    """workbook.xml differs in the recalculation flag alone."""
    before, after = tree(old.read(name), name), tree(new.read(name), name)
    for root in (before, after):
        for calc in root.findall("calcPr"):
            calc.attrib.pop("fullCalcOnLoad", None)
            if not calc.attrib:
                root.remove(calc)
    require(same(before, after), "something else than the recalculation flag changed in it")


def prove_table(old: Package, new: Package, name: str, kinds: Container[str]) -> None:
    """A table's part differs in the areas of the table and of those of its own elements that are of these kinds."""
    before, after = tree(old.read(name), name), tree(new.read(name), name)
    for root in (before, after):
        _without_area(root, kinds)
    require(same(before, after), f"something else than the area changed in {name}")


def _without_area(element: Element, kinds: Container[str]) -> None:
    """Take the area off an element and off those of these kinds right in it; an extension's are another's."""
    for key in _TABLE_MAY_CHANGE:
        element.attrib.pop(key, None)
    for child in element:
        if child.tag in kinds:
            _without_area(child, kinds)


def prove_frame(
    before: SheetXml,
    after: SheetXml,
    *,
    grown: Sequence[tuple[Area, int]] = (),
    shrunk: Sequence[tuple[Area, int]] = (),
) -> None:
    """What stands around the rows is the same, but for the used area and the ranges of rules.

    `grown` are tables as they were with their new last row, `shrunk` are tables as they are with their old one.
    """
    was, now = (tree(plain(s.xml[: s.start] + s.xml[s.end :], s.name), s.name) for s in (before, after))
    for root, moved in ((was, shrunk), (now, grown)):
        for dimension in root.findall("dimension"):
            dimension.attrib.pop("ref", None)
        for element in root.iter():
            if element.tag in _RULES or element.tag == "sqref":
                _cut_back(element, moved)
    require(same(was, now), f"something around the rows of its {after.name} changed")


def _cut_back(element: Element, grown: Sequence[tuple[Area, int]]) -> None:
    """Take the rows that a table gained off a rule's ranges, so that it must equal the rule before."""
    text = element.get("sqref") if element.tag in _RULES else element.text
    if text is None:
        return
    kept = list(text.split())
    for table, bottom in grown:
        kept = [cut for part in kept if (cut := _without_growth(part, table, bottom))]
    if Counter(kept) != Counter(text.split()):
        if element.tag in _RULES:
            element.set("sqref", " ".join(kept))
        else:
            element.text = " ".join(kept)


def _without_growth(text: str, table: Area, bottom: int) -> str:
    block = area(text)
    if block is None or block.bottom != bottom or not (table.left <= block.left and block.right <= table.right):
        return text
    if block.top > table.bottom:
        return ""
    return str(Area(block.top, block.left, table.bottom, block.right))
