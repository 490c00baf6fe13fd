"""Which names in a drop folder are no files to take: lock files, temporary ones, half-finished transfers."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

__all__ = ["is_passed_over"]

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


def is_passed_over(name: str) -> bool:
    """Whether a file of this name is never taken, nor counted as waiting."""
    folded = name.casefold()
    return bool(_EXCEL_SAVING.fullmatch(folded)) or any(fnmatchcase(folded, pattern) for pattern in _PATTERNS)
