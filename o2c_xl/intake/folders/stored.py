"""Where handled files go: `done/` by date and `set-aside/`, under the name they were dropped with."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, count, islice
from pathlib import Path

from o2c_xl.intake.folders.hashed import file_hash
from o2c_xl.workbook.patch.durable import flush_file, flush_folder, link_if_free, rename_if_free, write_new

__all__ = ["Moving", "find_place", "free_place", "place", "place_again", "place_new"]

_LONGEST = 255  # bytes that a name may have on any of the systems
_LOOKED_AT = 3  # names that a file of ours may have in a folder; more of them were never seen


def free_place(folder: Path, name: str, sha256: str, mine: Path) -> Path:
    """The first name in `folder` that is free for the file at `mine`, or its own already; nothing is made."""
    return next(path for path in _places(folder, name, sha256) if not path.exists() or _same(path, mine))


def find_place(folder: Path, name: str, sha256: str) -> Path | None:
    """Where in `folder` a file with these bytes lies that was given a name by us; None where there is none."""
    there = (path for path in islice(_places(folder, name, sha256), _LOOKED_AT) if path.is_file())
    return next((path for path in there if file_hash(path) == sha256), None)


class Moving:
    """Moves files to where they stay: `place` each, then `settle` all.

    A new name is on the disk before the old one goes, so that a power cut cannot take both; one flush of a folder
    serves all files that came into it. Until `settle` a file has both names.
    """

    def __init__(self) -> None:
        self._placed: list[tuple[Path, Path, bool]] = []

    def place(self, file: Path, wanted: Path, name: str, sha256: str) -> Path:
        """Give `file` the name `wanted`; where that was taken meanwhile, the next free one beside it. Returns which."""
        for path in chain([wanted], _places(wanted.parent, name, sha256)):
            path.parent.mkdir(parents=True, exist_ok=True)
            if _same(path, file):  # a move that was cut short between its two halves
                self._placed.append((file, path, True))
                return path
            if not path.exists():
                with suppress(FileExistsError):
                    self._placed.append((file, path, link_if_free(file, path)))
                    return path
        raise FileExistsError(str(wanted))

    def settle(self) -> None:
        """Flush the new names, take the old ones away, flush that; raises OSError, and is not to be tried again."""
        for folder in {path.parent for _, path, _ in self._placed}:
            flush_folder(folder)
        for file, _, still_there in self._placed:
            if still_there:
                file.unlink()
        for folder in {file.parent for file, _, _ in self._placed}:
            flush_folder(folder)


def place(file: Path, wanted: Path, name: str, sha256: str) -> Path:
    """Move one file to `wanted`; where that was taken meanwhile, to the next free name beside it. Returns which."""
    moving = Moving()
    path = moving.place(file, wanted, name, sha256)
    moving.settle()
    return path


def place_again(file: Path, content: bytes, dropped: Path) -> bool:
    """Give `file`, which another program wrote into, the name `dropped`, and its own name to what it held before.

    False where that name is taken. The file keeps both names until the other is on the disk.
    """
    flush_file(file)
    part = file.with_name(f".o2c~{hashlib.sha256(content).hexdigest()[:16]}.tmp")
    part.unlink(missing_ok=True)  # left where the process ended in between
    write_new(part, content)
    try:
        still_there = link_if_free(file, dropped)
    except FileExistsError:
        if not _same(file, dropped):
            part.unlink()
            return False
        still_there = True
    flush_folder(dropped.parent)
    part.replace(file) if still_there else part.rename(file)
    flush_folder(file.parent)
    return True


def place_new(folder: Path, name: str, content: bytes, sha256: str) -> Path:
    """Write a file of our own; the same content again is the same file."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in _places(folder, name, sha256):
        part = path.with_name(f".o2c~{sha256[:16]}.tmp")
        if path.exists():
            if path.read_bytes() == content:
                part.unlink(missing_ok=True)  # left where the process ended between two names
                return path
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        write_new(part, content)
        with suppress(FileExistsError):
            rename_if_free(part, path)
            flush_folder(path.parent)
            return path
    raise FileExistsError(name)


def _places(folder: Path, name: str, sha256: str) -> Iterator[Path]:
    """The name itself, then with the hash of the bytes before it, then numbered; a folder before too long a name."""
    yield folder / name
    for number in count(1):
        mark = sha256[:8] if number == 1 else f"{sha256[:8]}-{number}"
        whole = f"{mark} {name}"
        yield folder / (whole if len(os.fsencode(whole)) <= _LONGEST else Path(mark, name))


def _same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False
