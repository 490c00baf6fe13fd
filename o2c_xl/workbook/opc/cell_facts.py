"""What the values of a sheet do not tell, and the proof of a cell that no pattern took."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from o2c_xl.workbook.address import address
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.strings import is_text

__all__ = ["Cell", "Facts", "note_cell", "untrusted"]

Cell = tuple[int, int]
_KINDS = frozenset({None, "n", "s", "b", "e", "str", "inlineStr", "d"})
# What may stand in a cell, in this order (ECMA-376 part 1, 18.3.1.4); calamine loses a value that precedes its formula.
_ORDERS = frozenset({(), ("v",), ("f",), ("f", "v"), ("is",), ("f", "is")})
_NUMBER = re.compile(
    r"\s*(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|nan|[+-]?inf(?:inity)?)\s*", re.ASCII | re.IGNORECASE
)
_TRUTHS = frozenset({"0", "1", "true", "false"})
_INDEX = re.compile(r"\s*[0-9]{1,9}\s*")  # python-calamine counts longer ones round


@dataclass(slots=True)
class Facts:
    """What the values alone do not tell; rows and columns count from 1.

    `errors` maps a cell to its code (`#N/A`), `uncached` are formulas without a stored result, `formulas` all cells
    with one. `clean` is the part as python-calamine can read it when that is not the part itself. `hidden` says that
    rows or columns are hidden, by a filter or by hand; their values count like the others. `spaced`: some number has
    white space about it, which python-calamine takes for a text.
    """

    errors: dict[Cell, str] = field(default_factory=dict)
    uncached: set[Cell] = field(default_factory=set)
    formulas: set[Cell] = field(default_factory=set)
    last: Cell = (0, 0)
    clean: bytes | None = None
    hidden: bool = False
    spaced: bool = False


def untrusted(sheet: str, what: str) -> Damaged:
    """What is said of a part that a reader would read as something else than it is."""
    return Damaged(f"The workbook's {sheet} cannot be trusted: {what}.")


def note_cell(found: Facts, cell: Element, place: Cell, sheet: str) -> None:
    """Prove one cell, and note its error, formula and missing result; raises `Damaged`."""
    where = address(*place)
    inside = tuple(child.tag for child in cell if child.tag != "extLst")
    kind = cell.get("t")
    if inside not in _ORDERS or kind not in _KINDS or ("is" in inside and kind != "inlineStr"):
        raise untrusted(sheet, f"cell {where} is not built like one")
    _check_inside(found, cell, where, sheet)
    value = cell.findtext("v")
    if kind == "e":
        found.errors[place] = value or "#ERROR"
    if "f" in inside:
        found.formulas.add(place)
        if not value and (kind != "str" or "v" not in inside):
            found.uncached.add(place)


def _check_inside(found: Facts, cell: Element, where: str, sheet: str) -> None:
    """The value fits the kind of the cell, and a text is one."""
    kind, held = cell.get("t"), cell.find("v")
    text = cell.find("is")
    if text is not None and not is_text(text):
        raise untrusted(sheet, f"the text of cell {where} is not built like one")
    if held is None:
        return
    value = held.text or ""
    if kind in {None, "n", "s"} and value != value.strip():
        found.spaced = True
    if kind == "s" and not _INDEX.fullmatch(value):
        raise untrusted(sheet, f"cell {where} points to no text")
    if len(held) or kind == "inlineStr" or not _fits(kind, value):
        raise untrusted(sheet, f"cell {where} holds {value!r}, which is not of the kind it says")


def _fits(kind: str | None, value: str) -> bool:
    if kind == "b":
        return value in _TRUTHS
    if kind not in {None, "n"} or not value:
        return True
    return _NUMBER.fullmatch(value) is not None
