"""What a workbook consists of: its sheets, the Excel tables on them, and what forbids writing.

Relations are followed by the end of their type (`…/table`), which the transitional and the strict dialect share.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TypeVar
from urllib.parse import unquote
from xml.etree.ElementTree import Element

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.headers import as_ours
from o2c_xl.workbook.address import Area, area
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.formula import Formula
from o2c_xl.workbook.opc.kind import Kind, kind_of_zip, refusal
from o2c_xl.workbook.opc.markup import check_well_formed, tree
from o2c_xl.workbook.opc.package import Package

__all__ = ["Parts", "Sheet", "Table", "book_parts", "related", "unescaped"]

_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_SMALL = 65_536  # bytes of a part of which is kept what it says
_Parsed = TypeVar("_Parsed")


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table: `ref` with its header and totals rows, `formulas` of its calculated columns by header."""

    part: str
    name: str
    ref: Area
    headers: tuple[str, ...]
    header_rows: int
    totals_rows: int
    formulas: Mapping[str, Formula]

    @property
    def data(self) -> Area:
        """The rows between header and totals; `bottom` is above `top` when there are none."""
        ref = self.ref
        return Area(ref.top + self.header_rows, ref.left, ref.bottom - self.totals_rows, ref.right)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A worksheet and the tables on it."""

    name: str
    part: str
    tables: tuple[Table, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """The workbook's parts by their meaning; empty names stand for parts it does not have."""

    workbook: str
    relations: str
    sheets: tuple[Sheet, ...]
    strings: str
    styles: str
    date1904: bool
    signed: bool
    revisions: bool
    names: frozenset[str] = field(repr=False)

    def table(self, name: str) -> tuple[Sheet, Table] | None:
        """The table of that name with its sheet; names compare without regard to case, as in Excel."""
        for sheet in self.sheets:
            for table in sheet.tables:
                if table.name.casefold() == name.casefold():
                    return sheet, table
        return None


@dataclass(frozen=True, slots=True)
class _Relation:
    id: str
    kind: str
    target: str


def book_parts(package: Package) -> Parts:
    """Follow the relations from the root; raises `Damaged` when a needed part is missing or no workbook."""
    roots = _relations(package, "")
    workbook = next((r.target for r in roots if r.kind == "officeDocument"), "")
    found = package.find(workbook)
    if found is None:
        raise Damaged(_no_workbook(package))
    if found.casefold().endswith(".bin"):
        raise Damaged(f"The file {refusal(Kind.XLSB)}")
    if kinds_part := package.find("[Content_Types].xml"):
        check_well_formed(package.read(kinds_part), kinds_part)
    root = tree(package.read(found), found)
    if root.tag != "workbook":
        raise Damaged(_no_workbook(package))
    relations = _relations(package, found)
    kinds = {r.kind: r.target for r in relations}
    properties = root.find("workbookPr")
    return Parts(
        workbook=found,
        relations=_relations_of(found),
        sheets=_sheets(package, root, {r.id: r for r in relations}),
        strings=package.find(kinds.get("sharedStrings", "")) or "",
        styles=package.find(kinds.get("styles", "")) or "",
        date1904=properties is not None and properties.get("date1904") in {"1", "true"},
        signed=any(r.kind == "origin" for r in roots) or any("_xmlsignatures/" in n for n in package.names),
        revisions="revisionHeaders" in kinds,
        names=frozenset(package.names),
    )


def _no_workbook(package: Package) -> str:
    """What the zip is instead."""
    mimetype = package.read("mimetype") if "mimetype" in package.names else b""
    kind = kind_of_zip(package.names, mimetype)
    if kind is Kind.ARCHIVE and package.find("[Content_Types].xml"):
        return "The file is not an Excel workbook (.xlsx or .xlsm), or its main part is missing."
    return f"The file {refusal(kind)}"


def _sheets(package: Package, root: Element, relations: Mapping[str, _Relation]) -> tuple[Sheet, ...]:
    sheets: list[Sheet] = []
    seen: set[str] = set()
    for entry in root.iterfind("sheets/sheet"):
        relation = relations.get(entry.get("id", ""))
        name = entry.get("name", "")
        if relation is not None and relation.kind != "worksheet":
            continue  # chart sheets and macro sheets hold no rows
        part = package.find(relation.target) if relation else None
        if part is None:
            raise Damaged(f"The workbook is damaged: the sheet {name} is missing in it.")
        if any(sheet.name.casefold() == name.casefold() for sheet in sheets):
            raise Damaged(f"The workbook is damaged: it has two sheets named {name}.")
        tables = tuple(_tables(package, part))
        for table in tables:
            if table.name.casefold() in seen:
                raise Damaged(f"The workbook is damaged: it has two tables named {table.name}.")
            seen.add(table.name.casefold())
        sheets.append(Sheet(name, part, tables, hidden=entry.get("state") in {"hidden", "veryHidden"}))
    return tuple(sheets)


def _tables(package: Package, sheet_part: str) -> list[Table]:
    tables = []
    for relation in _relations(package, sheet_part):
        if relation.kind != "table":
            continue
        part = package.find(relation.target)
        if part is None:
            raise Damaged(f"The workbook is damaged: its part {relation.target} is missing.")
        tables.append(_once(_table, part, package.read(part)))
    return tables


def _table(part: str, data: bytes) -> Table:
    root = tree(data, part)
    name = root.get("displayName") or root.get("name") or ""
    ref = area(root.get("ref", ""))
    columns = root.findall("tableColumns/tableColumn")
    if ref is None or not name or len(columns) != ref.right - ref.left + 1:
        raise Damaged(f"The workbook is damaged: its table {name or part} does not say where it is.")
    headers = as_ours([unescaped(column.get("name", "")) for column in columns], BY_NAME.get(name))
    header_rows = _count(root, "headerRowCount", 1, name)
    formulas = {}
    for header, column in zip(headers, columns, strict=True):
        formula = column.find("calculatedColumnFormula")
        if formula is not None and formula.text:
            formulas[header] = Formula(formula.text, ref.top + header_rows, array=formula.get("array") in {"1", "true"})
    return Table(
        part=part,
        name=name,
        ref=ref,
        headers=headers,
        header_rows=header_rows,
        totals_rows=_count(root, "totalsRowCount", 0, name),
        formulas=formulas,
    )


def _count(root: Element, key: str, default: int, name: str) -> int:
    value = root.get(key, str(default))
    if value not in {"0", "1"}:
        raise Damaged(f"The workbook is damaged: its table {name} has {value} header or totals rows.")
    return int(value)


def unescaped(text: str) -> str:
    """`_x000a_` in a name is the character it stands for (ECMA-376 part 1, 22.9.2.19)."""
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


def _relations_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def _relations(package: Package, part: str) -> Sequence[_Relation]:
    """The part's relations to other parts; links to outside stay unread."""
    name = package.find(_relations_of(part))
    return () if name is None else _once(_related_to, part, package.read(name))


def _related_to(part: str, data: bytes) -> tuple[_Relation, ...]:
    found = []
    for entry in tree(data, _relations_of(part)):
        if entry.get("TargetMode") == "External":
            continue
        kind = entry.get("Type", "").rpartition("/")[2]
        found.append(_Relation(entry.get("Id", ""), kind, _target(part, entry.get("Target", ""))))
    return tuple(found)


def _once(parse: Callable[[str, bytes], _Parsed], part: str, data: bytes) -> _Parsed:
    """What a small part says, parsed once: a sync looks at several versions of one workbook that share most parts."""
    return _kept(parse, part, data) if len(data) <= _SMALL else parse(part, data)


@lru_cache(maxsize=256)
def _kept(parse: Callable[[str, bytes], _Parsed], part: str, data: bytes) -> _Parsed:
    return parse(part, data)


def related(package: Package, part: str) -> list[tuple[str, str]]:
    """The parts that a part relates to, as (kind, name); those that the package lacks are left out."""
    found = ((relation.kind, package.find(relation.target)) for relation in _relations(package, part))
    return [(kind, name) for kind, name in found if name is not None]


def _target(part: str, target: str) -> str:
    path = unquote(target)
    if not path.startswith("/"):
        path = posixpath.join("/", posixpath.dirname(part), path)
    return posixpath.normpath(path).lstrip("/")
