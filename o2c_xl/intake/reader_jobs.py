"""What the reading process can be asked for, by name: nothing else runs in it.

A job takes the file's path, its name as people know it and its arguments; it raises CannotRun, and what it returns
consists of what `reader_wire` lets through: rows, issues, bytes, texts and numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.checked import look_over
from o2c_xl.intake.rows import read_rows
from o2c_xl.tables.batch import Batch
from o2c_xl.tables.catalogue import find_table
from o2c_xl.workbook.errors import Damaged

__all__ = ["job_named"]

Job = Callable[..., object]
_PARTNERS = "o2c_xl.intake.layouts.partner_files"  # loaded for partners' files alone


def job_named(name: str) -> Job:
    """The function behind a job's name."""
    return _JOBS[name]


def _rows(path: Path, name: str, table: str | None, layout: str | None, layouts: str | None) -> Sequence[Batch]:
    """The file's rows by its sender's layout, as one of our own tables, or by the only layout that fits it."""
    if layout is not None:
        return _by_layout(path, Path(layout), name)
    told = None if table is None else find_table(table)
    if table is not None and told is None:
        raise CannotRun(f"{name} is said to hold {table}, and there is no table of that name.")
    try:
        return read_rows(path, told, name=name)
    except Damaged:
        raise
    except CannotRun:
        fitting = _fitting(path, layouts, name)
        if fitting is None:
            raise
    return _by_layout(path, fitting, name)


def _by_layout(path: Path, layout: Path, name: str) -> list[Batch]:
    look_over(path, name)
    read: Callable[[Path, Path, str], list[Batch]] = import_module(
        "o2c_xl.intake.layouts.partner_files"
    ).read_with_layout
    return read(path, layout, name)


def _fitting(path: Path, layouts: str | None, name: str) -> Path | None:
    if layouts is None or not any(Path(layouts).glob("*.toml")):
        return None
    find: Callable[[Path, Path, str], Path | None] = import_module(_PARTNERS).layout_for
    return find(path, Path(layouts), name)


def _marked_copy(path: Path, name: str, *arguments: object) -> object:
    make: Job = import_module("o2c_xl.intake.marked").marked_copy
    return make(path, *arguments, name)


def _learnt(path: Path, name: str) -> tuple[object, ...]:
    look_over(path, name)
    found = import_module(_PARTNERS).learn_layout(path, name)
    return found.name, found.blocks, found.text, found.notes


def _tried(path: Path, name: str, layout: str) -> tuple[object, ...]:
    found = import_module(_PARTNERS).tried(path, Path(layout), name)
    return found.rows, found.issues, found.notes


_JOBS: dict[str, Job] = {"rows": _rows, "marked copy": _marked_copy, "learn": _learnt, "try": _tried}
