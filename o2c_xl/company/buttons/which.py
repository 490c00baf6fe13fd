"""Which company a workbook's button works for.

`O2C_COMPANY` names it, else the folder that the workbook belongs to, else this installation's default. The workbook
itself has no say: a workbook that belongs to another company is refused.
"""

from __future__ import annotations

import os
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from o2c_xl.company.folder import CONFIG, Folder, find_folder
from o2c_xl.domain.issue import CannotRun

__all__ = ["company_folder", "personal_folder", "saved_place"]

_PLACES = {"win32": ("APPDATA", "AppData/Roaming"), "darwin": ("", "Library/Application Support")}


def personal_folder(environ: Mapping[str, str], platform: str = sys.platform) -> Path:
    """Where this user's own settings and log of the buttons lie; nothing of a company is kept there."""
    variable, usual = _PLACES.get(platform, ("XDG_CONFIG_HOME", ".config"))
    told = environ.get(variable) if variable else None
    return (Path(told) if told else Path.home() / usual) / "o2c_xl"


def saved_place(name: str, fullname: str) -> Path:
    """The workbook's file; raises CannotRun where it has none on this machine."""
    if "://" in fullname:
        raise CannotRun(
            f"{name} is open from the internet ({fullname.split('/')[2]}). Buttons work on the file in the company's "
            "folder books: open that one."
        )
    path = Path(fullname)
    if path.is_absolute() and not path.is_file():
        raise CannotRun(
            f"The file of {name} is gone from {path.parent}: it was moved, renamed or deleted since it was opened. "
            "Bring it back there, or save the workbook there again, then press the button again."
        )
    if not path.is_absolute():
        raise CannotRun(f"{name} was never saved. Save it in the company's folder books, then press the button again.")
    return path


def company_folder(book: Path, environ: Mapping[str, str], personal: Path) -> Folder:
    """The company whose folder `books` holds the workbook; raises CannotRun where it is not the one to work for."""
    own = _at_or_above(book)
    told = environ.get("O2C_COMPANY")
    named = _named(Path(told), "O2C_COMPANY") if told else None
    folder = named or own or _default(personal)
    if folder is None:
        raise CannotRun(
            f"{book.name} lies in no company's folder, and none is set for this installation. Save it in the folder "
            f"books of a company folder, or name one in {personal / 'settings.toml'}: company = 'FOLDER'."
        )
    if own is not None and own.root != folder.root:
        raise CannotRun(
            f"{book.name} belongs to the company in {own.root}, and this Excel works for the one in {folder.root} "
            "(O2C_COMPANY). Nothing was done."
        )
    if not folder.books.is_dir() or not os.path.samefile(book.parent, folder.books):  # noqa: PTH121 -- Path's asks the same of both
        raise CannotRun(f"{book.name} does not lie in {folder.books}. Only workbooks there belong to the company.")
    return folder


def _at_or_above(book: Path) -> Folder | None:
    try:
        return find_folder(book.parent)
    except CannotRun:
        return None


def _default(personal: Path) -> Folder | None:
    path = personal / "settings.toml"
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8-sig")).get("company")
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise CannotRun(f"{path} cannot be read: {error}. Mend it or delete it.") from error
    return _named(Path(str(told)), str(path)) if told else None


def _named(start: Path, where: str) -> Folder:
    if not start.is_dir():
        raise CannotRun(f"{where} names the company folder {start}, which is not there. Mend that, then press again.")
    try:
        return find_folder(start)
    except CannotRun as error:
        raise CannotRun(f"{where} names {start}, which is no company folder: it has no {CONFIG}.") from error
