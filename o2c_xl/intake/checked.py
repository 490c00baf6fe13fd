"""The first look at a file, before any reader: is it a file at all, of which kind, and does its name say the same."""

from __future__ import annotations

import stat
from pathlib import Path, PurePath

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.errors import Damaged, Incomplete
from o2c_xl.workbook.opc.kind import Kind, kind_of, refusal
from o2c_xl.workbook.opc.package import MAX_FILE

__all__ = ["check_place", "look_over"]

_BOOKS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})
_TEXTS = frozenset({".csv", ".txt", ".tsv", ".tab"})
_ZIPS = frozenset({".xlsb", ".ods", ".docx", ".pptx", ".zip"})
_OTHERS = frozenset({".xls", ".pdf", ".doc", ".htm", ".html", ".xml", ".json"})


def check_place(path: Path, name: str) -> None:
    """Refuse what is no regular file of a size that is read: a dropped link or folder names another place."""
    try:
        found = path.lstat()
    except OSError as error:
        raise CannotRun(f"{name} cannot be read: {error.strerror or error}.") from error
    if stat.S_ISLNK(found.st_mode):
        raise Damaged(f"{name} is a link to another file. Send the file itself.")
    if stat.S_ISDIR(found.st_mode):
        raise Damaged(f"{name} is a folder. Send the files in it one by one.")
    if not stat.S_ISREG(found.st_mode):
        raise Damaged(f"{name} is not a file that can be read.")
    if found.st_size > MAX_FILE:
        raise Damaged(f"{name} is larger than {MAX_FILE >> 20} MB. Send it in several files.")


def look_over(path: Path, name: str) -> Kind:
    """ZIP or TEXT; raises CannotRun in one sentence for every other kind, and where the name says another one.

    An empty file, or a workbook that does not even begin, is `Incomplete`: it may still be on its way.
    """
    try:
        with path.open("rb") as file:
            kind = kind_of(file)
    except OSError as error:
        raise CannotRun(f"{name} cannot be read: {error.strerror or error}.") from error
    suffix = PurePath(name).suffix.lower()
    if kind is Kind.EMPTY:
        raise Incomplete(f"{name} is empty. Copy it again once it is whole.")
    if kind not in {Kind.ZIP, Kind.TEXT}:
        raise Damaged(f"{name} {_disguised(kind, suffix)}")
    if kind is Kind.ZIP and suffix in _TEXTS | _OTHERS:
        raise Damaged(f"{name} is named {suffix} but is an Excel workbook or zip file. Name it .xlsx and try again.")
    if kind is Kind.TEXT and suffix in _BOOKS | _OTHERS | _ZIPS:
        if suffix in _BOOKS and path.stat().st_size < 4 and path.read_bytes() in b"PK\3\4":  # noqa: PLR2004
            raise Incomplete(f"{name}: The workbook is cut off: its end is missing. Copy it again once it is whole.")
        raise Damaged(f"{name} is named {suffix} but holds plain text. Name it .csv, or save it as .xlsx in Excel.")
    return kind


def _disguised(kind: Kind, suffix: str) -> str:
    """What the file is, and that its name says otherwise where it does."""
    if kind is not Kind.ENCRYPTED and suffix in _BOOKS | _TEXTS:
        return f"is named {suffix} but {refusal(kind)}"
    return refusal(kind)
