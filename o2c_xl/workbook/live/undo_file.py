"""The last write into an open workbook, kept so that it can be taken back.

Excel's own undo does not know what a program wrote. One file per workbook in `work/undo`, written before the cells are.
"""

from __future__ import annotations

import datetime as dt
import json
from contextlib import suppress
from dataclasses import astuple, dataclass, field
from pathlib import Path
from typing import Any

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.address import Area
from o2c_xl.workbook.live.blocks import Block
from o2c_xl.workbook.live.excel_values import ExcelValue
from o2c_xl.workbook.patch.durable import replace_file

__all__ = ["UndoFile", "Written"]

_FORM = 2


@dataclass(frozen=True, slots=True)
class Written:
    """What was written into one table: blocks as they were and as they are, and its last row before and after.

    `keys` are the keys beside them as they stood then, `formats` the number formats that the write changed.
    """

    table: str
    sheet: str
    before: list[Block]
    after: list[Block]
    bottom: int
    grown: int
    keys: list[Block] = field(default_factory=list)
    formats: list[tuple[Area, str]] = field(default_factory=list)

    @property
    def changed(self) -> int:
        """How many cells it changed: beside these it wrote some again with what they held."""
        return sum(
            old != new
            for before, after in zip(self.before, self.after, strict=True)
            for (_, old), (_, new) in zip(before.cells(), after.cells(), strict=True)
        )

    def rows(self) -> set[int]:
        """The rows that were written."""
        return {row for block in self.after for row in range(block.area.top, block.area.bottom + 1)}


@dataclass(frozen=True, slots=True)
class UndoFile:
    """The journal of one workbook's last write."""

    path: Path

    def keep(self, written: list[Written]) -> bytes | None:
        """Put it on the disk in the place of the one before; returns that one, for `give_back`."""
        earlier = None
        with suppress(OSError):
            earlier = self.path.read_bytes()
        told = {"form": _FORM, "tables": [_as_json(one) for one in written]}
        try:
            replace_file(self.path, json.dumps(told, ensure_ascii=False, default=_date).encode())
        except OSError as error:
            raise CannotRun(f"{self.path.parent} cannot be written: {error.strerror}. Nothing was written.") from error
        return earlier

    def give_back(self, earlier: bytes | None) -> None:
        """Keep again what was kept before the last write, of which nothing is left."""
        if earlier is None:
            self.clear()
        else:
            replace_file(self.path, earlier)

    def read(self) -> list[Written]:
        """What was written last; nothing when it was taken back already, or there was none."""
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
            return [_from_json(one) for one in told["tables"]] if told["form"] == _FORM else []
        except FileNotFoundError:
            return []
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CannotRun(f"{self.path} cannot be read, so the last write stays as it is.") from error

    def clear(self) -> None:
        """Forget it."""
        self.path.unlink(missing_ok=True)


def _as_json(one: Written) -> dict[str, Any]:
    return {
        "table": one.table,
        "sheet": one.sheet,
        "before": [_block(block) for block in one.before],
        "after": [_block(block) for block in one.after],
        "bottom": one.bottom,
        "grown": one.grown,
        "keys": [_block(block) for block in one.keys],
        "formats": [[astuple(area), code] for area, code in one.formats],
    }


def _block(block: Block) -> dict[str, Any]:
    return {"area": astuple(block.area), "values": block.values}


def _date(value: dt.date) -> dict[str, str]:
    return {"date": value.isoformat()}


def _from_json(told: dict[str, Any]) -> Written:
    before, after, keys = ([_block_of(block) for block in told[name]] for name in ("before", "after", "keys"))
    formats = [(Area(*area), str(code)) for area, code in told["formats"]]
    return Written(told["table"], told["sheet"], before, after, told["bottom"], told["grown"], keys, formats)


def _block_of(told: dict[str, Any]) -> Block:
    return Block(Area(*told["area"]), [[_value_of(value) for value in row] for row in told["values"]])


def _value_of(told: Any) -> ExcelValue:  # noqa: ANN401 -- whatever JSON holds
    if isinstance(told, dict):
        text = told["date"]
        return dt.datetime.fromisoformat(text) if "T" in text else dt.date.fromisoformat(text)
    return told  # type: ignore[no-any-return]
