"""The small door to what makes a written file survive a power cut; POSIX and Windows differ only here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["flush_folder", "write_new"]


def write_new(path: Path, data: bytes) -> None:
    """Write the whole file and flush it to the disk; an unfinished one is taken away again."""
    try:
        with path.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def flush_folder(folder: Path) -> None:
    """Make a rename in the folder last; Windows does so by itself and cannot open folders."""
    if sys.platform == "win32":  # pragma: no cover - the other half runs elsewhere
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
