"""What the reading process can be asked for, by name: nothing else runs in it.

A job takes the file's path, its name as people know it and its arguments; it raises CannotRun, and what it returns
consists of what `wire` lets through: rows, issues, bytes, texts and numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.checked import look_over
from o2c_xl.intake.lists.rows import read_rows
from o2c_xl.tables.define.catalogue import find_table
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.workbook.errors import Damaged

__all__ = ["job_named"]

Job = Callable[..., object]
_Banks = tuple[str | None, Sequence[str]]  # the folder of the banks' profiles, and the company's accounts
_PARTNERS = "o2c_xl.intake.layouts.partner_files"  # loaded for partners' files alone
_STATEMENTS = "o2c_xl.intake.statements.read"
_OF_BANKS = ("Statements", "BankLines")
_HEAD = 16_384
_SIGNS = (b"camt.05", b"BkToCstmr", b"OFX", b"ofx", b":20:")


def job_named(name: str) -> Job:
    """The function behind a job's name."""
    return _JOBS[name]


def _rows(
    path: Path, name: str, table: str | None, layout: str | None, layouts: str | None, banks: _Banks = (None, ())
) -> Sequence[Batch]:
    """The file's rows by its sender's layout, as a statement or one of our own tables, or by a layout that fits."""
    if layout is not None:
        return _by_layout(path, Path(layout), name)
    if table in _OF_BANKS or (table is None and _looks_like_statement(path)):
        return _statement(path, name, banks)
    told = None if table is None else find_table(table)
    if table is not None and told is None:
        raise CannotRun(f"{name} is said to hold {table}, and there is no table of that name.")
    try:
        return read_rows(path, told, name=name)
    except Damaged:
        raise
    except CannotRun as none:
        fitting = _fitting(path, layouts, name)
        if fitting is None:
            listed = None if table else _bank_list(path, name, banks, told=False)
            if listed is None:
                raise CannotRun(_nearest(path, layouts, name) or str(none)) from none
            return listed
    return _by_layout(path, fitting, name)


def _looks_like_statement(path: Path) -> bool:
    """Whether it begins like an MT940, a camt or an OFX; their readers are loaded for those alone."""
    with path.open("rb") as file:
        head = file.read(_HEAD).replace(b"\0", b"")
    if not any(sign in head for sign in _SIGNS):
        return False
    looks: bool = import_module(_STATEMENTS).looks_like_statement(path)
    return looks


def _statement(path: Path, name: str, banks: _Banks) -> list[Batch]:
    if _looks_like_statement(path):
        read: Callable[[Path, str], list[Batch]] = import_module(_STATEMENTS).bank_statement
        return read(path, name)
    listed = _bank_list(path, name, banks, told=True)
    if listed is None:
        raise CannotRun(
            f"{name} is no bank statement that is known. Send MT940, camt.052, 053, 054 or OFX; for the bank's own csv "
            "put a profile into layouts/bank."
        )
    return listed


def _bank_list(path: Path, name: str, banks: _Banks, *, told: bool) -> list[Batch] | None:
    """A bank's own csv or sheet, by its profile or by the words of its header."""
    look_over(path, name)
    profiles, own = banks
    read: Callable[..., list[Batch] | None] = import_module(_STATEMENTS).bank_list
    return read(path, name, None if profiles is None else Path(profiles), told=told, own=own)


def _by_layout(path: Path, layout: Path, name: str) -> list[Batch]:
    look_over(path, name)
    read: Callable[[Path, Path, str], list[Batch]] = import_module(_PARTNERS).read_with_layout
    return read(path, layout, name)


def _fitting(path: Path, layouts: str | None, name: str) -> Path | None:
    if layouts is None or not any(Path(layouts).glob("*.toml")):
        return None
    find: Callable[[Path, Path, str], Path | None] = import_module(_PARTNERS).layout_for
    return find(path, Path(layouts), name)


def _nearest(path: Path, layouts: str | None, name: str) -> str:
    if layouts is None or not any(Path(layouts).glob("*.toml")):
        return ""
    why: Callable[[Path, Path, str], str] = import_module(_PARTNERS).why_none_fits
    return why(path, Path(layouts), name)


def _marked_copy(path: Path, name: str, issues: object, partly: str = "") -> object:
    make: Job = import_module("o2c_xl.intake.refused.marked").marked_copy
    return make(path, issues, name, partly)


def _learnt(path: Path, name: str, encoding: str = "") -> tuple[object, ...]:
    look_over(path, name)
    found = import_module(_PARTNERS).learn_layout(path, name, encoding)
    return found.name, found.blocks, found.text, found.notes


def _tried(path: Path, name: str, layout: str, encoding: str = "") -> tuple[object, ...]:
    found = import_module(_PARTNERS).tried(path, Path(layout), name, encoding)
    return found.rows, found.issues, found.notes


def _einvoice(path: Path, name: str) -> object:
    read: Job = import_module("o2c_xl.intake.einvoice.read").read_einvoice
    return read(path, name)


_JOBS: dict[str, Job] = {
    "rows": _rows, "marked copy": _marked_copy, "learn": _learnt, "try": _tried, "e-invoice": _einvoice,
}  # fmt: skip
