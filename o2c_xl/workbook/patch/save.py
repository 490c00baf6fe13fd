"""Putting a new version in the place of the old one: only if the old one is still what was read, whole or not at all.

Order of events: nobody has it open, our lock, hash, the new file beside the old one and on the disk, the proof, a copy
of the version before, hash and locks once more, the swap, the folder on the disk. Any fault before the swap leaves
the workbook as it was and nothing beside it.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.errors import ChangedMeanwhile, InUse, Refused
from o2c_xl.workbook.locks import lock_holder
from o2c_xl.workbook.patch.durable import flush_folder, is_read_only, replacing, write_new
from o2c_xl.workbook.patch.edit import TableEdit
from o2c_xl.workbook.patch.last_write import LastWrite
from o2c_xl.workbook.patch.proof_drop import verify_drop
from o2c_xl.workbook.patch.verify_write import verify_package, verify_write

__all__ = ["Dropped", "save_if_unchanged"]

_WAIT_SECONDS = 10
_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})


@dataclass(frozen=True, slots=True)
class Dropped:
    """What was left of a workbook once rows were taken out of its tables, and which rows these were."""

    left: bytes
    rows: Mapping[str, Sequence[int]]


def save_if_unchanged(  # noqa: PLR0913 - each is a name of its own at the call
    path: Path,
    new: bytes,
    *,
    read_sha256: str,
    versions: Path,
    stamp: str,
    edits: Sequence[TableEdit] | None = None,
    dropped: Dropped | None = None,
    locks: Path | None = None,
    undo: Path | None = None,
) -> frozenset[str]:
    """Replace the workbook at `path` by `new` if it is still the one whose SHA-256 was `read_sha256`.

    The version before goes into the folder `versions` as `<name> <stamp><suffix>`; our lock stands in `locks`, or
    there too. What was written is remembered in the folder `undo`. With `edits` the new version is proved to be the
    old one, or what `dropped` left of it, with exactly these made; without, to be a workbook at all. Gives the tables
    that show a value as another kind, as `verify_write` does.

    Raises `InUse`, `ChangedMeanwhile`, `WriteFault`, `Refused` for a file marked read-only, or `CannotRun` for a folder
    or disk that takes no file.
    """
    target = Path(os.path.realpath(path))
    with _one_sentence(path), _our_lock(target, locks or versions):
        old = _still_the_same(target, read_sha256)
        if new == old:
            return frozenset()
        kept = None
        try:
            with replacing(target, new) as beside:
                other_kind = _prove(old, beside.read_bytes(), edits, dropped)
                shutil.copymode(target, beside)
                kept = _keep(old, versions, target, stamp)
                _still_the_same(target, read_sha256)
        except BaseException:
            if kept is not None:
                kept.unlink(missing_ok=True)
            raise
        if undo is not None:
            LastWrite(hashlib.sha256(new).hexdigest(), kept).keep(undo, target.name)
        _confirm(target)
        return other_kind


def _confirm(target: Path) -> None:
    try:
        flush_folder(target.parent)
    except OSError as error:
        raise CannotRun(f"{target.name} was replaced, but the disk did not confirm it: {error.strerror}.") from error


def _still_the_same(target: Path, sha256: str) -> bytes:
    """The workbook's bytes, unless somebody has it open, keeps it from changes or changed it since it was read."""
    holder = lock_holder(target)
    if holder is not None:
        raise InUse(f"{target.name} is open at {holder}. It is left as it is until it is closed.")
    try:
        if is_read_only(target):
            raise Refused(
                f"{target.name} is marked read-only, so it is left as it is. "
                "Take the mark off in the file's properties, then try again."
            )
        data = target.read_bytes()
    except FileNotFoundError as error:
        raise ChangedMeanwhile(f"{target.name} was moved or deleted since it was read.") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise ChangedMeanwhile(f"{target.name} was changed since it was read. It is read again at the next sync.")
    return data


def _prove(old: bytes, new: bytes, edits: Sequence[TableEdit] | None, dropped: Dropped | None) -> frozenset[str]:
    if dropped is not None:
        verify_drop(old, dropped.left, dropped.rows)
        old = dropped.left
    if edits is not None:
        return verify_write(old, new, edits)
    verify_package(new)
    return frozenset()


def _keep(old: bytes, versions: Path, target: Path, stamp: str) -> Path:
    """The version before, under a name that no other version has."""
    versions.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        again = f" {number}" if number > 1 else ""
        kept = versions / f"{target.stem} {stamp}{again}{target.suffix}"
        if not kept.exists():
            break
        number += 1
    write_new(kept, old)
    flush_folder(versions)
    return kept


@contextmanager
def _our_lock(target: Path, locks: Path) -> Iterator[None]:
    """No two runs write one workbook; the lock is held from the first look to the swap."""
    locks.mkdir(parents=True, exist_ok=True)
    lock = FileLock(locks / f".{target.name}.lock", timeout=_WAIT_SECONDS)
    try:
        lock.acquire()
    except Timeout as error:
        raise InUse(f"{target.name} is being written by another run of o2c.") from error
    try:
        yield
    finally:
        lock.release()


def _where(error: OSError, path: Path) -> Path:
    """The folder that is meant; the files that we put there for a moment mean nothing to a person."""
    return Path(error.filename).parent if isinstance(error.filename, str) else path.parent


@contextmanager
def _one_sentence(path: Path) -> Iterator[None]:
    """What the disk and the folder say, in words."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise CannotRun(
                f"The disk of {path.parent} is full: {path.name} was not written and is as it was. Make room and sync "
                "again."
            ) from error
        if error.errno in _FORBIDDEN:
            raise CannotRun(
                f"{path.name} was not written: the folder {_where(error, path)} may not be changed. Give this account "
                "the right to write there, and sync again."
            ) from error
        raise CannotRun(f"{path.name} was not written: {error.strerror or error}.") from error
