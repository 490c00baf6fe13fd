"""Putting a finished document into the outbox folder: whole or not at all, once, never over another file."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from pathlib import Path

from o2c_xl.workbook.patch.durable import flush_folder, rename_if_free

__all__ = ["files_told", "settle_outbox", "write_outbox"]


def write_outbox(folder: Path, name: str, content: bytes) -> Path:
    """Write `content` as `name` in `folder` (made if it is missing); the path of the file.

    The same content again changes nothing. Where another file has the name, the new one gets a hash of its
    content behind its own. A write cut short leaves only a hidden temporary file that the next one completes.

    The content is on the disk when this returns, its name is once `settle_outbox` was called: once for many files,
    before anyone is told that they are there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(content).hexdigest()
    wanted = Path(name).name
    stem, suffix = Path(wanted).stem, Path(wanted).suffix
    temporary = folder / f".{digest[:32]}.tmp"
    for candidate in (folder / wanted, folder / f"{stem} {digest[:8]}{suffix}"):
        if _is_there(candidate, content) or _taken_over(temporary, candidate, content):
            with suppress(FileNotFoundError):
                temporary.unlink()
            return candidate
    raise FileExistsError(f"{folder / wanted}: other files have this name and the name with its hash.")


def settle_outbox(folder: Path) -> None:
    """Make the names of all files in `folder` last through a power cut."""
    if folder.is_dir():
        flush_folder(folder)


def _is_there(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _taken_over(temporary: Path, path: Path, content: bytes) -> bool:
    """Give the content its name if that is free; False when another content has it."""
    if path.exists():
        return False
    _write_through(temporary, content)
    try:
        rename_if_free(temporary, path)
    except (FileExistsError, FileNotFoundError):  # someone was quicker, with this content or another
        return _is_there(path, content)
    return True


def _write_through(path: Path, content: bytes) -> None:
    """Write to the disk. The name tells the content, so two writers at once put the same bytes in place."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.truncate(len(content))
        file.flush()
        os.fsync(file.fileno())


def files_told(outbox: Path, path: str) -> list[Path] | None:
    """The files of `path`, where they stand with commas between; a name may hold one itself. None where one is gone."""
    found, begun = [], ""
    for part in path.split(", "):
        begun = f"{begun}, {part}" if begun else part
        if (outbox / Path(begun).name).is_file():
            found.append(outbox / Path(begun).name)
            begun = ""
    return None if begun else found
