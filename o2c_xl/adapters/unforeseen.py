"""What a person is told of faults that no rule of the books made: the disk, the folder, the database, or anything.

One place, so that every command, button and watcher says the same of a full disk or a folder that may not be written:
which one it is, what stays, and how to mend it.
"""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

__all__ = ["from_outside", "unforeseen"]

_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
_FAILS = frozenset({errno.EIO})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_HARDLY_ANY = 4 << 20
"""Bytes free below which a database that cannot write is said to have no room: its log alone takes more."""
_AGAIN = "run again: what was finished before stays, the rest follows."


def unforeseen(error: BaseException, log: Path | None, folder: Path) -> str:
    """The sentence for a fault in the company of `folder`; `log` is where the details are."""
    where = f" The details are in {log}." if log else ""
    return f"{from_outside(error, folder) or _unknown(error)}{where}"


def _unknown(error: BaseException) -> str:
    """What nobody foresaw; the stage of a run in which it happened stands in the error's notes."""
    stage = "".join(f' at "{note}"' for note in getattr(error, "__notes__", ()))
    return f"Something unforeseen happened{stage} ({_said(error)}). Nothing of this step was kept."


def from_outside(error: BaseException, folder: Path) -> str | None:
    """The sentence where the disk, the folder or another writer is the cause; None where it is anything else."""
    text, number = _said(error), getattr(error, "errno", None)
    if "database is locked" in text:
        return "The ledger is busy: another o2c is writing. Try again in a moment."
    if number in _FORBIDDEN or "readonly" in text or "read-only" in text:
        reason = getattr(error, "strerror", None) or text
        place = _at(error, folder) if _takes_files(folder) else folder
        return f"{place} cannot be written: {reason}. Mend your rights to it and {_AGAIN}"
    if number in _FULL or "disk is full" in text:
        return f"The disk of {_at(error, folder)} is full. Make room on it and {_AGAIN}"
    if "disk I/O error" in text:  # what SQLite says of a full disk too
        state = "full" if _room(folder) < _HARDLY_ANY else f"full or fails ({text})"
        return f"The disk of {folder} is {state}. Make room on it, or have it looked at, and {_AGAIN}"
    if number in _FAILS:
        return f"The disk of {_at(error, folder)} fails ({text}). Have it looked at and {_AGAIN}"
    return None


def _said(error: BaseException) -> str:
    """The first line of what the system or the database's driver said."""
    return str(getattr(error, "orig", error)).splitlines()[0] if str(error) else type(error).__name__


def _at(error: BaseException, folder: Path) -> Path:
    """The folder in which it happened; the names of our own files in it mean nothing to a person."""
    named = getattr(error, "filename", None)
    if not isinstance(named, str):
        return folder
    path = Path(named)
    return path if path.is_dir() else path.parent


def _takes_files(folder: Path) -> bool:
    return os.access(folder, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def _room(folder: Path) -> int:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        return _HARDLY_ANY
