"""Claiming dropped files: whoever renames a file into its own folder below `work/claims` has it, and nobody else.

Each watcher has a folder of its own there and holds a lock beside it for as long as it lives. The system gives the
lock back when the process ends, however it ends, so what a dead watcher had claimed can be told and taken over.
On a share other machines' locks may not be seen; a heartbeat says then whether the watcher lives.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from o2c_xl.intake.folders.names import fitted, known_name, readable
from o2c_xl.workbook.patch.durable import flush_file, flush_folder, rename_if_free

__all__ = ["DENIED", "OWN", "Claim", "Claims"]

OWN = ".o2c~"  # what a watcher's own working files begin with
DENIED = "It may not be moved: another program has it open, or its folder is read-only."
_HIDDEN = ".o2c-"  # a file on its way from another disk; the watcher's name follows
_LONGEST_HIDDEN = 200  # bytes that are left for the name there
_ALIVE = ".alive"
_DEAD_AFTER = 120.0  # seconds without a heartbeat after which another machine's watcher counts as dead


@dataclass(frozen=True, slots=True)
class Claim:
    """A file that is ours: where it lies, and the kind of drop folder it came from."""

    path: Path
    kind: str

    @property
    def name(self) -> str:
        """The name as dropped, or the one that stands for it."""
        return known_name(self.path.name)


class Claims:
    """One watcher's claims, made when it starts and taken down by `close`."""

    def __init__(self, root: Path) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self._root = root
        self.name = f"{_host()}-{os.getpid()}-{time.time_ns():x}"
        self.folder = root / self.name
        self._lock = FileLock(root / f"{self.name}{_ALIVE}", timeout=0)
        self._lock.acquire()
        self.folder.mkdir()
        self.left: dict[Path, str] = {}
        flush_folder(root)

    def claim(self, files: list[tuple[Path, str]]) -> list[Claim]:
        """Rename these files, each with its kind, into our folder, but those that someone else was quicker with.

        What cannot be claimed now is kept in `left` with the reason. Raises OSError where the disk fails.
        """
        taken: list[Claim] = []
        folders: set[Path] = set()
        for path, kind in files:
            target = self.folder / kind / known_name(path.name)
            target.parent.mkdir(exist_ok=True)
            if target.exists():
                self.left[path] = "A file of this name is being handled; it is taken after that."
                continue
            self.left[path] = DENIED
            with _let_be():
                if _renamed(path, target):
                    taken.append(Claim(target, kind))
                    folders |= {path.parent, target.parent}
                del self.left[path]
        for folder in folders:
            flush_folder(folder)
        return taken

    def held(self) -> list[Claim]:
        """What we hold, oldest first: claims of a moment ago, or taken over from the dead."""
        files = [path for kind in _folders(self.folder) for path in kind.iterdir() if not path.name.startswith(OWN)]
        return [Claim(path, path.parent.name) for path in sorted(files, key=_age)]

    def in_hand(self) -> frozenset[str]:
        """The names of all files that a watcher holds, living or dead."""
        names: set[str] = set()
        for watcher in _folders(self._root):
            with suppress(FileNotFoundError):  # it ended meanwhile
                names |= {path.name for kind in _folders(watcher) for path in kind.iterdir()}
        return frozenset(names)

    def adopt(self) -> int:
        """Take over the claims of dead watchers; returns how many."""
        count = sum(self._adopt_from(folder) for folder in _folders(self._root) if folder != self.folder)
        self._sweep()
        return count

    def _sweep(self) -> None:
        """Take locks away that watchers left who died before they had a folder, or after; not of one that begins."""
        for alive in self._root.glob(f"*{_ALIVE}"):
            with suppress(OSError):
                if not alive.with_suffix("").exists() and time.time() - alive.stat().st_mtime > _DEAD_AFTER:
                    alive.unlink()

    def _adopt_from(self, folder: Path) -> int:
        lock = FileLock(self._root / f"{folder.name}{_ALIVE}", timeout=0)
        if not _is_ours_to_judge(folder, Path(lock.lock_file)):
            return 0
        try:
            lock.acquire()
        except Timeout:
            return 0
        try:
            count = self._move_all(folder)
            if not any(path.is_file() for path in folder.rglob("*")):
                _take_down(folder)
                Path(lock.lock_file).unlink(missing_ok=True)
            return count
        finally:
            lock.release()

    def _move_all(self, folder: Path) -> int:
        count = 0
        for kind in _folders(folder):
            for path in sorted(kind.iterdir()):
                if path.name.startswith(OWN):  # a private copy, of no use to anyone but its maker
                    path.unlink(missing_ok=True)
                    continue
                count += len(self.claim([(path, kind.name)]))
        return count

    def free_hidden(self, folder: Path) -> None:
        """Give files their names back that a dead watcher was claiming from another disk."""
        for path in folder.glob(f"{_HIDDEN}*~*"):
            watcher, _, name = path.name.removeprefix(_HIDDEN).partition("~")
            dead = watcher != self.name and not (self._root / watcher).exists()
            if dead and not path.with_name(name).exists():
                with _let_be():
                    _renamed(path, path.with_name(name))

    def beat(self) -> None:
        """Show other machines that we live."""
        with suppress(OSError):
            os.utime(self._lock.lock_file)

    def give_back(self, claim: Claim, folder: Path) -> None:
        """Put a claimed file back where it was dropped, to be taken anew; it stays ours where its name is taken now."""
        target = folder / claim.name
        with _let_be():
            if not target.exists() and _renamed(claim.path, target):
                flush_folder(folder)
                flush_folder(claim.path.parent)

    def close(self) -> None:
        """Take our folder down, unless files lie in it still; then the next watcher finds and adopts them."""
        if not self.held():
            _take_down(self.folder)
            with suppress(OSError):
                Path(self._lock.lock_file).unlink(missing_ok=True)
        self._lock.release()


@contextmanager
def _let_be() -> Iterator[None]:
    """A file that may not be moved stays: on Windows one that another program has open, else a folder read-only."""
    try:
        yield
    except OSError as error:
        if not isinstance(error, PermissionError) and error.errno != errno.EROFS:
            raise


def _renamed(path: Path, target: Path) -> bool:
    """Rename a file that is on the disk; False when it is gone. Raises OSError where it may not be moved."""
    try:
        flush_file(path)
        path.rename(target)
    except FileNotFoundError:
        return False
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        return _copied(path, target)
    return True


def _copied(path: Path, target: Path) -> bool:
    """Claim from another disk: a hidden name first, which is the claim, then the bytes."""
    name = path.name if len(os.fsencode(path.name)) <= _LONGEST_HIDDEN else fitted(readable(path.name), _LONGEST_HIDDEN)
    hidden = path.with_name(f"{_HIDDEN}{target.parent.parent.name}~{name}")
    try:
        path.rename(hidden)
    except FileNotFoundError:
        return False
    part = target.with_name(f"{OWN}{target.name}")
    try:
        shutil.copyfile(hidden, part)
        flush_file(part)
        part.rename(target)
        flush_folder(target.parent)
    except BaseException:
        with suppress(OSError):  # what failed is told; under its hidden name nobody would see the file
            part.unlink(missing_ok=True)
            target.unlink(missing_ok=True)
            rename_if_free(hidden, path)
        raise
    hidden.unlink()
    return True


def _is_ours_to_judge(folder: Path, alive: Path) -> bool:
    """Locks of this machine can be trusted; of another's only the silence of its heart."""
    if folder.name.startswith(f"{_host()}-"):
        return True
    try:
        return time.time() - alive.stat().st_mtime > _DEAD_AFTER
    except FileNotFoundError:
        return True


def _host() -> str:
    return "".join(letter for letter in socket.gethostname().casefold() if letter.isalnum())[:20] or "machine"


def _folders(folder: Path) -> Iterator[Path]:
    yield from sorted(path for path in folder.iterdir() if path.is_dir())


def _age(path: Path) -> tuple[int, str]:
    try:
        return path.stat().st_mtime_ns, path.name
    except FileNotFoundError:
        return 0, path.name


def _take_down(folder: Path) -> None:
    with suppress(OSError):
        for kind in _folders(folder):
            for path in kind.iterdir():
                if path.name.startswith(OWN):
                    path.unlink()
            kind.rmdir()
        folder.rmdir()
