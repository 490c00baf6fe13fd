"""A layout file: how a partner's file is to be read, as a person wrote or confirmed it.

The file is TOML; `read_layout` takes it strictly, so that a slip of the pen is a sentence and not a silent default.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.lists.told_encoding import check_encoding
from o2c_xl.tables.define.catalogue import BY_NAME, find_table
from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.tables.parse.headers import header_key

__all__ = ["LOOKUPS", "BlockRule", "Layout", "Source", "columns_of", "read_layout"]

LOOKUPS = {
    "Products.Name": "SKU",
    "SupplierPrices.Supplier SKU": "SKU",
    "Customers.Name": "Customer ID",
    "Customers.Email": "Customer ID",
    "Suppliers.Name": "Supplier ID",
}
_BIGGEST = 1 << 20  # bytes; a layout is a page or two
_LONGEST_PATTERN = 200


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def _texts(value: object) -> object:
    return (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Source(_Strict):
    """Where a value comes from, a column (`header`) or a labelled cell (`label`), and how it is written there."""

    header: str = ""
    above: str = ""
    label: str = ""
    at: Literal["right", "below", "same"] = "right"
    by: str = ""
    numbers: Literal["", "whole"] = ""
    decimal: Literal["", ".", ","] = ""
    dates: Literal["", "dmy", "mdy", "ymd"] = ""
    time: Literal["", "drop"] = ""
    fraction: bool = False
    without: Texts = ()
    values: dict[str, str] = {}


def _source(value: object) -> object:
    return {"header": value} if isinstance(value, str) else value


def _label(value: object) -> object:
    return {"label": value} if isinstance(value, str) else value


def _constant(value: object) -> object:
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return value.isoformat() if isinstance(value, dt.date) else str(value) if isinstance(value, int | float) else value


class _Skip(_Strict):
    columns: Texts = ()
    empty: Texts = ()
    rows: dict[str, str] = {}


class _Block(_Strict):
    table: str
    sheet: str = "*"
    use: bool = True
    columns: dict[str, Annotated[Source, BeforeValidator(_source)]] = {}
    cells: dict[str, Annotated[Source, BeforeValidator(_label)]] = {}
    constants: dict[str, Annotated[str, BeforeValidator(_constant)]] = {}
    skip: _Skip = _Skip()
    decimal: Literal["", ".", ","] = ""
    dates: Literal["", "dmy", "mdy", "ymd"] = ""


class _File(_Strict):
    name: str = ""
    files: str = "*"
    encoding: Annotated[str, AfterValidator(check_encoding)] = ""
    block: tuple[_Block, ...] = Field(default=(), strict=False)


@dataclass(frozen=True, slots=True)
class BlockRule:
    """How one kind of list in the file is read: `columns` and `cells` by our header.

    `skip_columns` are the partner's columns that are not read on purpose.
    """

    table: Table
    sheet: str
    columns: Mapping[str, Source]
    cells: Mapping[str, Source]
    constants: Mapping[str, str]
    skip_columns: frozenset[str] = frozenset()
    skip_empty: tuple[str, ...] = ()
    skip_rows: Mapping[str, re.Pattern[str]] = field(default_factory=dict)

    @property
    def wanted(self) -> tuple[str, ...]:
        """The header texts that the list must have, each once, as `header_key` gives them."""
        return tuple(dict.fromkeys(header_key(source.header) for source in self.columns.values()))

    @property
    def flat(self) -> bool:
        """Whether it is an order list: orders and their lines in one."""
        return self.table.name == "Orders" and bool(self.columns.keys() & {"SKU", "Quantity"})


@dataclass(frozen=True, slots=True)
class Layout:
    """A layout file as it was read; `encoding` is that of csv files without Unicode."""

    path: Path
    name: str
    files: str
    blocks: tuple[BlockRule, ...]
    encoding: str = ""


def columns_of(table: Table) -> dict[str, Column]:
    """Our columns that a list of this table may fill; an order list fills those of the lines too."""
    both = (BY_NAME["OrderLines"], table) if table.name == "Orders" else (table,)
    return {c.header: c for one in reversed(both) for c in one.columns if c.typed or c.key}


def read_layout(path: Path) -> Layout:
    """Read a layout file; raises CannotRun with the place of the fault and how to mend it."""
    try:
        if path.stat().st_size > _BIGGEST:
            raise CannotRun(f"{path} is no layout: it is far too long.")
        raw: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        file = _File.model_validate(raw)
    except FileNotFoundError as error:
        raise CannotRun(f"{path} is not there. Make a layout with: o2c layout learn FILE --out {path}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise CannotRun(f"{path} cannot be read: {error}. Mend that line, or learn the layout anew.") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = " > ".join(str(part + 1) if isinstance(part, int) else str(part) for part in first["loc"])
        raise CannotRun(f"{path}: {place}: {first['msg']}.") from error
    rules = tuple(_rule(path, number, block) for number, block in enumerate(file.block, 1) if block.use)
    if not rules:
        raise CannotRun(f"{path} says how to read nothing: it needs a [[block]] that is in use.")
    return Layout(path, file.name or path.stem, file.files, rules, file.encoding)


def _rule(path: Path, number: int, block: _Block) -> BlockRule:
    where = f"{path}, block {number}"
    table = find_table(block.table)
    if table is None or not table.typed or table.name == "OrderLines":
        named = "an order list is table Orders" if table else "see o2c show Tables in the guide"
        raise CannotRun(f"{where}: there is no list of {block.table or 'a table without a name'}; {named}.")
    known = columns_of(table)
    for header in (*block.columns, *block.cells, *block.constants):
        if header not in known:
            raise CannotRun(f"{where}: {table.title} has no column {header}. See fields.md for its columns.")
    if not block.columns:
        raise CannotRun(f"{where}: it names no columns; write them under [block.columns].")
    for header, source in (*block.columns.items(), *block.cells.items()):
        _check(f"{where}, {header}", header, source, is_cell=header in block.cells and source is block.cells[header])
    return BlockRule(
        table=table,
        sheet=block.sheet,
        columns={h: _with_ways(s, block, known[h]) for h, s in block.columns.items()},
        cells={h: _with_ways(s, block, known[h]) for h, s in block.cells.items()},
        constants=block.constants,
        skip_columns=frozenset(map(header_key, block.skip.columns)),
        skip_empty=tuple(map(header_key, block.skip.empty)),
        skip_rows={header_key(h): _pattern(where, p) for h, p in block.skip.rows.items()},
    )


def _with_ways(source: Source, block: _Block, column: Column) -> Source:
    """The source with the block's way of writing numbers and dates, where it has none of its own."""
    ways: dict[str, str] = {}
    if not source.decimal and block.decimal:
        ways["decimal"] = block.decimal
    if not source.dates and block.dates and column.kind is Kind.DATE:
        ways["dates"] = block.dates
    return source.model_copy(update=ways) if ways else source


def _check(where: str, header: str, source: Source, *, is_cell: bool) -> None:
    if is_cell and not source.label:
        raise CannotRun(f'{where}: say beside which label the value stands, such as label = "Order date".')
    if not is_cell and not source.header:
        raise CannotRun(f'{where}: say under which header the values stand, such as header = "Qty".')
    if source.by and LOOKUPS.get(source.by) != header:
        able = [name for name, key in LOOKUPS.items() if key == header]
        fix = f"write {' or '.join(able)}" if able else "leave it out"
        raise CannotRun(f"{where}: it cannot be looked up by {source.by}; {fix}.")


def _pattern(where: str, text: str) -> re.Pattern[str]:
    """A pattern people write; nested repetition, which can take for ever, is refused."""
    if len(text) > _LONGEST_PATTERN or re.search(r"[+*}]\)?[+*{]|\([^)]*[+*][^)]*\)[+*{]", text):
        raise CannotRun(f"{where}: the pattern {text} is too involved; write a plain one such as ^Total.")
    try:
        return re.compile(text, re.IGNORECASE)
    except re.error as error:
        raise CannotRun(f"{where}: {text} is no pattern: {error}.") from error
