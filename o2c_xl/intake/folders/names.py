"""Names in a drop folder: which are no files to take, and under which name a file is known that has an odd one."""

from __future__ import annotations

import hashlib
import os
import re
from fnmatch import fnmatchcase
from pathlib import PurePath

from o2c_xl.intake.copies import split_mark

__all__ = ["fitted", "is_passed_over", "known_name", "readable"]

_PATTERNS = (
    "~$*",  # Excel's owner file
    ".*",  # hidden, LibreOffice's .~lock.…#, rsync's parts
    "~wrl*",  # Word and Excel while saving
    "*~",  # editors' backups
    "*.tmp",
    "*.temp",
    "*.part",
    "*.partial",
    "*.filepart",
    "*.crdownload",
    "*.download",
    "*.swp",
    "thumbs.db",
    "desktop.ini",
)
# Excel saves under eight hex digits without an ending before it renames.
_EXCEL_SAVING = re.compile(r"[0-9a-f]{8}(\.tmp)?")
_NOT_TEXT = re.compile(r"[\ud800-\udfff]+")  # what stands in Python for bytes that are no UTF-8
# Of the 255 bytes that a name may have, 12 are for the hash before a second one and 18 for the mark of a copy.
_LONGEST, _LONGEST_COPY = 224, 242
_LONGEST_ENDING = 40


def is_passed_over(name: str) -> bool:
    """Whether a file of this name is never taken, nor counted as waiting."""
    folded = name.casefold()
    return bool(_EXCEL_SAVING.fullmatch(folded)) or any(fnmatchcase(folded, pattern) for pattern in _PATTERNS)


def known_name(name: str) -> str:
    """The name under which a dropped file is known and kept: its own, wherever that can be shown and added to.

    A name that leaves no room for the mark of a copy is cut, and a hash of it tells it from others that begin alike.
    """
    shown = readable(name)
    return fitted(shown, _LONGEST_COPY if split_mark(shown) else _LONGEST)


def readable(name: str) -> str:
    """A name or path with the bytes in it that are no UTF-8 written as in a web address: `lat%E9.csv`."""
    return _NOT_TEXT.sub(lambda found: "".join(f"%{byte:02X}" for byte in os.fsencode(found.group())), name)


def fitted(name: str, longest: int) -> str:
    """The name in at most so many bytes of UTF-8, whole characters, with its ending and a copy's mark."""
    whole = name.encode()
    if len(whole) <= longest:
        return name
    stem, end = split_mark(name) or (PurePath(name).stem, PurePath(name).suffix)
    if len(end.encode()) > _LONGEST_ENDING:
        stem, end = name, ""
    end = f"~{hashlib.sha256(whole).hexdigest()[:8]}{end}"
    return stem.encode()[: longest - len(end.encode())].decode(errors="ignore") + end
