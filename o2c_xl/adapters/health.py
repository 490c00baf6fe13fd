"""`o2c doctor`: what is installed, what is missing, and one sentence each on how to mend it. It changes nothing."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, func, select
from sqlalchemy.exc import SQLAlchemyError

from o2c_xl.addin.build import FILE_NAME
from o2c_xl.addin.examine import examine_addin
from o2c_xl.addin.machine import Machine
from o2c_xl.company.account import process_account
from o2c_xl.company.folder import CONFIG, Folder, find_folder
from o2c_xl.domain.finding import Finding
from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger import schema
from o2c_xl.ledger.engine import open_engine
from o2c_xl.ledger.migrate import prepare
from o2c_xl.workbook.locks import lock_holder
from o2c_xl.workbook.reading.book import read_book
from o2c_xl.workbook.sync.books import book_paths, gone_books, gone_tables
from o2c_xl.workbook.sync.header_notes import BRING_BACK, book_gone

__all__ = ["examine"]

_Answer = TypeVar("_Answer")
_PACKAGE = "o2c-xl"
_OLDEST = (3, 11)
_LEAST_FREE = 500_000_000  # bytes: a ledger, its log and some versions of a large workbook
_REQUIREMENT = re.compile(r"^([A-Za-z0-9._-]+)[^;]*(;.*)?$")


def examine(start: Path, machine: Machine | None = None) -> list[Finding]:
    """Look at the machine, then at the company folder at `start` or above it."""
    findings = [_python(), _libraries(), _account(), _spreadsheet(), *_ribbon(machine or Machine())]
    try:
        folder = find_folder(start)
    except CannotRun as error:
        return [*findings, Finding("Company folder", ok=False, found="none.", mend=str(error))]
    findings.append(Finding("Company folder", ok=True, found=str(folder.root)))
    findings += [_settings(folder), _ledger(folder), _writable(folder), _room(folder)]
    return [*findings, *_books(folder)]


# --- the machine -----------------------------------------------------------------------------------------------


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    ok = sys.version_info >= _OLDEST
    mend = "" if ok else "Install Python 3.11 or newer from python.org, then install o2c-xl again."
    return Finding("Python", ok, f"{version} at {sys.executable}", mend)


def _libraries() -> Finding:
    try:
        version = importlib.metadata.version(_PACKAGE)
        needed = list(_required(importlib.metadata.requires(_PACKAGE) or ()))
    except importlib.metadata.PackageNotFoundError:
        return Finding("o2c-xl", ok=True, found="run from its source, not installed; libraries were not looked at")
    missing = [name for name in needed if not _installed(name)]
    if missing:
        return Finding(
            "o2c-xl",
            ok=False,
            found=f"{version}, but without {', '.join(missing)}.",
            mend=f"Install it again: {sys.executable} -m pip install --force-reinstall {_PACKAGE}",
        )
    return Finding("o2c-xl", ok=True, found=f"{version} with its {len(needed)} libraries")


def _required(requirements: Iterable[str]) -> Iterator[str]:
    """Names of the libraries that every machine needs: extras and those of some machines only are left out."""
    for requirement in requirements:
        match = _REQUIREMENT.match(requirement)
        if match and not match[2]:
            yield match[1]


def _installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _account() -> Finding:
    return Finding("Your account", ok=True, found=f"{process_account()}; it is this name that Roles and approvals know")


def _spreadsheet() -> Finding:
    return Finding(
        "Excel or LibreOffice", ok=True, found="not needed on this machine; o2c reads and writes workbooks by itself"
    )


def _ribbon(machine: Machine) -> list[Finding]:
    """The add-in, where it is installed; nothing on a machine without Excel, where it cannot be."""
    folder = machine.startup_folder()
    if folder is None or not folder.parent.is_dir():
        return []
    if not (folder / FILE_NAME).is_file():
        found = "its add-in is not installed; o2c add-in install puts the tab Order to Cash into Excel"
        return [Finding("Ribbon", ok=True, found=found)]
    return [replace(one, name=f"Ribbon, {one.name}") for one in examine_addin(machine)]


# --- the company folder ----------------------------------------------------------------------------------------


def _settings(folder: Folder) -> Finding:
    try:
        count = len(folder.config().setting_values())
    except CannotRun as error:
        return Finding("Settings", ok=False, found=str(error), mend=f"Open {folder.root / CONFIG} in a text editor.")
    return Finding("Settings", ok=True, found=f"{CONFIG} can be read; it sets {count} of them")


def _ledger(folder: Folder) -> Finding:
    name = "Ledger"
    try:
        address = folder.ledger_address()
    except CannotRun as error:
        return Finding(name, ok=False, found="not looked at.", mend=str(error))
    if isinstance(address, Path) and not address.exists():
        mend = "Bring it back from a backup; without it o2c would begin an empty one."
        return Finding(name, ok=False, found=f"{address} is missing.", mend=mend)
    try:
        engine = open_engine(address)
        prepare(engine)
        with engine.connect() as conn:
            entries = conn.execute(select(func.count()).select_from(schema.journal)).scalar()
    except CannotRun as error:
        return Finding(name, ok=False, found=str(error), mend="Bring the ledger back from a backup.")
    except ModuleNotFoundError:
        mend = f"Install it: {sys.executable} -m pip install '{_PACKAGE}[postgresql]'"
        return Finding(name, ok=False, found="PostgreSQL's driver psycopg is missing.", mend=mend)
    except SQLAlchemyError as error:
        reason = str(getattr(error, "orig", None) or error).splitlines()[0]
        return Finding(name, ok=False, found=f"{reason}.", mend="Is the database there, and may you write it?")
    kind = "SQLite" if isinstance(address, Path) else "PostgreSQL"
    return Finding(name, ok=True, found=f"{kind}, {entries} journal entries; o2c verify proves them")


def _writable(folder: Folder) -> Finding:
    for path in (folder.root, folder.books, folder.versions, folder.outbox):
        try:
            path.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=path):
                pass
        except OSError as error:
            mend = "Give your account the right to write there, or make room."
            return Finding("Folder is writable", ok=False, found=f"{path}: {error.strerror}.", mend=mend)
    return Finding("Folder is writable", ok=True, found="yes")


def _room(folder: Folder) -> Finding:
    free = shutil.disk_usage(folder.root).free
    ok = free >= _LEAST_FREE
    mend = "" if ok else "Make room: a full disk stops every command before it changes anything."
    return Finding("Disk space", ok, f"{free // 1_000_000:,} MB free", mend)


def _books(folder: Folder) -> list[Finding]:
    try:
        paths = book_paths(folder.books)
    except CannotRun as error:
        return [Finding("Workbooks", ok=False, found="none.", mend=str(error))]
    if not paths:
        mend = f"Bring them back to {folder.books}, or take the last ones from {folder.versions}."
        return [Finding("Workbooks", ok=False, found="none.", mend=mend)]
    tables: dict[str, set[str]] = {path.name: set() for path in paths}
    findings = [_book(folder, path, tables[path.name]) for path in paths]
    missed = _asked(folder, lambda conn: gone_books(conn, tables)) or {}
    faults = [book_gone(name, synced_at) for name, synced_at in missed.items()]
    return findings + [Finding(f"Workbook {one.source}", ok=False, found=one.problem, mend=one.fix) for one in faults]


def _asked(folder: Folder, ask: Callable[[Connection], _Answer]) -> _Answer | None:
    """What the ledger answers; None where it cannot be asked, which is told of the ledger itself."""
    try:
        address = folder.ledger_address()
        if isinstance(address, Path) and not address.exists():
            return None
        with open_engine(address).connect() as conn:
            return ask(conn)
    except (CannotRun, ModuleNotFoundError, SQLAlchemyError):
        return None


def _book(folder: Folder, path: Path, found: set[str]) -> Finding:
    """What is to be said of a workbook; the tables in it are added to `found`."""
    name = f"Workbook {path.name}"
    try:
        found |= {table.name for table in read_book(path).tables}
    except CannotRun as error:
        mend = "Open it and save it anew, or take the version before from work/versions."
        return Finding(name, ok=False, found=str(error), mend=mend)
    tables = len(found)
    if gone := _asked(folder, lambda conn: [table.title for table in gone_tables(conn, path.name, found)]):
        sheets = "sheet" if len(gone) == 1 else "sheets"
        return Finding(name, ok=False, found=f"without the {sheets} {', '.join(gone)}.", mend=BRING_BACK)
    holder = lock_holder(path)
    if holder:
        told = f"{tables} tables; {holder} has it open, so o2c reads it and writes it at the next sync after closing"
        return Finding(name, ok=True, found=told)
    return Finding(name, ok=True, found=f"{tables} tables, nobody has it open")
