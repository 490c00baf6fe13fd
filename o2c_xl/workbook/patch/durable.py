"""The small door to what makes a written file survive a power cut; POSIX and Windows differ only here."""

from __future__ import annotations

import errno
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

__all__ = [
    "flush_file",
    "flush_folder",
    "is_read_only",
    "link_if_free",
    "rename_if_free",
    "replace_file",
    "replacing",
    "write_new",
]

# What a file system answers that knows no links: some shares, sticks, and Android's.
_NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})

# What it answers whose folders cannot be flushed.
_NO_FLUSH = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EBADF})


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


def replace_file(path: Path, data: bytes) -> None:
    """Put the whole file there in one step, or leave what is there; name and content are on the disk at the end.

    Its folder is made if it is missing. Raises OSError, also where the file there is marked read-only.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path, data):
        pass
    flush_folder(path.parent)


@contextmanager
def replacing(path: Path, data: bytes) -> Iterator[Path]:
    """The new file beside the one at `path` and on the disk, for a last look; it takes the place when the block ends.

    A fault in the block leaves the old file and nothing beside it. The swap lasts once `flush_folder` was called.
    """
    if is_read_only(path):
        raise PermissionError(errno.EACCES, "it is marked read-only", str(path))
    beside = path.with_name(f".{path.name}.o2c.tmp")
    try:
        write_new(beside, data)
        yield beside
        beside.replace(path)
    finally:
        with suppress(OSError):  # it is there only where something failed, which is told
            beside.unlink()


def flush_file(path: Path) -> None:
    """Bring what another program wrote to the disk, so that renaming the file cannot leave an empty one."""
    if sys.platform == "win32":  # pragma: no cover - flushes only what may be written; else its owner has done it
        with suppress(PermissionError), path.open("r+b") as file:
            os.fsync(file.fileno())
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Make a rename in the folder last; Windows does so by itself and cannot open folders.

    A share whose folders cannot be flushed keeps what it keeps: that is no reason never to write there.
    """
    if sys.platform == "win32":  # pragma: no cover - the other half runs elsewhere
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FLUSH:
            raise
    finally:
        os.close(handle)


def rename_if_free(source: Path, target: Path) -> None:
    """Rename without ever replacing another file: raises FileExistsError when the name is taken."""
    if link_if_free(source, target):
        source.unlink()


def link_if_free(source: Path, target: Path) -> bool:
    """Give a file a second name, the first half of a rename; raises FileExistsError when the name is taken.

    True where the old name is still there, to be taken away once the new one is on the disk. Windows renames, and
    never replaces; a file system that knows no links gets a rename after one more look.
    """
    if sys.platform == "win32":  # pragma: no cover - the other half runs elsewhere
        source.rename(target)
        return False
    try:
        os.link(source, target)
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        if target.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(target)) from None
        source.rename(target)
        return False
    return True


def is_read_only(path: Path) -> bool:
    """Whether the file bears the mark that nobody may change it, which renaming another one over it does not heed.

    That is no write bit for anybody, as which Python also shows Windows' attribute, or the lock of macOS.
    """
    try:
        found = path.stat()
    except FileNotFoundError:
        return False
    locked = getattr(found, "st_flags", 0) & (stat.UF_IMMUTABLE | stat.SF_IMMUTABLE)
    return bool(locked) or not found.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
