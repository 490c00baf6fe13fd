"""A second reader of workbooks, slow and simple, that shares nothing with the program's: what both accept must agree.

Trees by ElementTree, zip by zipfile, cell by cell in the order of the file. Errors and formulas without a result are
left out, since the program shows those as faults; so are cells without a value.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import posixpath
import re
import zipfile
from urllib.parse import unquote
from xml.etree import ElementTree as ET

Cell = tuple[int, int]
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_EPOCH, _EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)
_CLOSE = 1e-4  # of a day: python-calamine gives whole seconds


def plain_sheets(data: bytes) -> dict[str, dict[Cell, object]]:  # noqa: C901 - one walk from part to part
    """The values of each sheet by row and column from 1: text, float, bool, or an ISO date's text."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    parts = {name.casefold(): name for name in archive.namelist()}

    def tree(name: str) -> ET.Element:
        return ET.fromstring(archive.read(parts[name.casefold()]))

    def related(part: str) -> dict[str, tuple[str, str]]:
        folder, name = posixpath.split(part)
        rels = posixpath.join(folder, "_rels", f"{name}.rels")
        if rels.casefold() not in parts:
            return {}
        found = {}
        for one in tree(rels):
            target = posixpath.normpath(posixpath.join("/", folder, unquote(one.get("Target", "")))).lstrip("/")
            if one.get("TargetMode") != "External":
                found[one.get("Id", "")] = (one.get("Type", "").rpartition("/")[2], target)
        return found

    workbook = next(target for kind, target in related("").values() if kind == "officeDocument")
    relations = related(workbook)
    strings = next((tree(t) for kind, t in relations.values() if kind == "sharedStrings"), ())
    texts = [_text(one) for one in strings if _local(one) == "si"]
    sheets = {}
    for one in tree(workbook).iter():
        if _local(one) == "sheet":
            link = next(value for name, value in one.items() if name.rpartition("}")[2] == "id")
            kind, target = relations[link]
            if kind == "worksheet":
                sheets[one.get("name", "")] = _cells(tree(target), texts)
    return sheets


def _local(one: ET.Element) -> str:
    return one.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(one.tag, str) else ""


def _text(item: ET.Element) -> str:
    """The text of a shared or inline string, its readings (rPh) left out."""
    found = []
    for child in item:
        if _local(child) == "t":
            found.append(child.text or "")
        elif _local(child) == "r":
            found += [run.text or "" for run in child if _local(run) == "t"]
    return _unescaped("".join(found))


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)


def _cells(sheet: ET.Element, texts: list[str]) -> dict[Cell, object]:
    found: dict[Cell, object] = {}
    number = 0
    for row in (row for data in sheet if _local(data) == "sheetData" for row in data):
        number = int(row.get("r", number + 1))
        column = 0
        for cell in (cell for cell in row if _local(cell) == "c"):
            column = _column(cell.get("r")) or column + 1
            value = _value(cell, texts)
            assert (number, column) not in found
            if value is not None and value != "":
                found[number, column] = value
    return found


def _column(address: str | None) -> int:
    number = 0
    for letter in (address or "").rstrip("0123456789"):
        number = number * 26 + ord(letter) - 64
    return number


def _value(cell: ET.Element, texts: list[str]) -> object:
    inside = {_local(child): child for child in cell}
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return _text(inside["is"]) if "is" in inside else None
    if "v" not in inside or kind == "e":
        return None
    text = inside["v"].text or ""
    if kind == "s":
        return texts[int(text)]
    if kind in {"str", "d"}:
        return _unescaped(text)
    if kind == "b":
        return {"1": True, "true": True, "0": False, "false": False}[text]
    assert kind == "n", kind
    return float(text) if text.strip() else None


def same(ours: object, theirs: object, *, date1904: bool) -> bool:
    """Whether the program's value is the plain one; a number in a cell formatted as a date is a date to it."""
    if isinstance(ours, bool) or isinstance(theirs, bool):
        return ours is theirs
    if isinstance(theirs, str):
        return (isinstance(ours, str) and _words(ours) == _words(theirs)) or _iso(ours, theirs)
    if not isinstance(theirs, float):
        return False
    if isinstance(ours, float):
        return ours == theirs or (math.isnan(ours) and math.isnan(theirs))
    serial = _serial(ours, _EPOCH_1904 if date1904 else _EPOCH)
    return serial is not None and (abs(serial - theirs) < _CLOSE or (theirs <= 0 and serial == 0))


def _words(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _iso(ours: object, theirs: str) -> bool:
    return isinstance(ours, dt.date | dt.time) and theirs.startswith(ours.isoformat()[:10])


def _serial(value: object, epoch: dt.datetime) -> float | None:
    if isinstance(value, dt.timedelta):
        return value / dt.timedelta(1)
    if isinstance(value, dt.time):
        return (value.hour * 3600 + value.minute * 60 + value.second) / 86400 + value.microsecond / 86400e6
    if isinstance(value, dt.datetime):
        return (value - epoch) / dt.timedelta(1)
    if isinstance(value, dt.date):
        return float((value - epoch.date()).days)
    return None
