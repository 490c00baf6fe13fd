"""One look at all drop folders: which files are complete, which wait and why. The folder is the truth, not events.

Nothing is opened but regular files, so no pipe or device can make the watcher hang.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from o2c_xl.intake.folders.names import is_passed_over, known_name, readable
from o2c_xl.intake.folders.settling import LISTS, Settling, look_at
from o2c_xl.intake.folders.watched import Watched
from o2c_xl.workbook.locks import lock_holder

__all__ = ["Dropped", "Looked", "Scan", "Waits"]

_LASTING = 10.0  # seconds
_ASTRAY = (
    "{} lies in this folder, and no watcher looks into it. Move its files into the drop folder above it, or have it "
    "watched by a file in watchers/."
)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A complete file in a drop folder; `size` in bytes."""

    path: Path
    watched: Watched
    size: int


@dataclass(frozen=True, slots=True)
class Waits:
    """A file, or a folder with files, that is left where it is, and why.

    `seconds`: in how many it may be ready; None where a person must act.
    """

    path: Path
    why: str
    seconds: float | None = None
    shown: str = ""  # a folder's place; a file goes by its name

    @property
    def name(self) -> str:
        """What people see of it."""
        return self.shown or known_name(self.path.name)

    @property
    def lasts(self) -> bool:
        """Whether it waits for longer than a copy takes, so that people should see it."""
        return self.seconds is None or self.seconds > _LASTING


@dataclass(slots=True)
class Looked:
    """What a look found; `alerts` says by kind which folders could not be looked into."""

    ready: list[Dropped] = field(default_factory=list)
    waiting: list[Waits] = field(default_factory=list)
    alerts: dict[str, str] = field(default_factory=dict)


class Scan:
    """Looks at the drop folders below `root` again and again, and remembers how young files looked."""

    def __init__(self, root: Path, folders: Sequence[Watched]) -> None:
        self._root = root
        self._places = [(root / watched.folder, watched, Settling(watched.settle_seconds)) for watched in folders]
        ours = [[folder, root / watched.done, root / watched.set_aside] for folder, watched, _ in self._places]
        self._known = frozenset(path for paths in ours for path in paths)

    def look(self, now: float, clock: float) -> Looked:
        """Look once; `now` in seconds since 1970, `clock` in seconds that only go forward."""
        looked = Looked()
        for folder, watched, settling in self._places:
            try:
                entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
            except OSError as error:
                looked.alerts[watched.kind] = f"{watched.folder} cannot be looked into: {error.strerror or error}."
                continue
            names = {entry.name for entry in entries}
            settling.keep({Path(entry.path) for entry in entries})
            for path in _candidates(entries, watched, looked):
                self._judge((path, watched, settling), names, (now, clock), looked)
            looked.waiting += self._astray(entries, watched)
        looked.ready.sort(key=lambda dropped: (_changed(dropped.path), dropped.path.name))
        return looked

    def _astray(self, entries: Sequence[os.DirEntry[str]], watched: Watched) -> Iterator[Waits]:
        """The folders in a drop folder that no watcher looks into though files lie there."""
        for entry in entries:
            if entry.is_dir(follow_symlinks=False) and not is_passed_over(entry.name):
                folder = Path(entry.path)
                if (file := self._first_in(folder, watched)) is not None:
                    yield Waits(
                        folder, _ASTRAY.format(readable(file.relative_to(folder).as_posix())), shown=self._shown(folder)
                    )

    def _first_in(self, folder: Path, watched: Watched) -> Path | None:
        """The first file below, but for folders that are watched themselves, or where handled files go."""
        if folder in self._known:
            return None
        for at, folders, files in os.walk(folder):
            here = Path(at)
            taken = (name for name in sorted(files) if not is_passed_over(name) and watched.takes(name))
            if (name := next(taken, None)) is not None:
                return here / name
            folders[:] = sorted(one for one in folders if here / one not in self._known and not is_passed_over(one))
        return None

    def _shown(self, folder: Path) -> str:
        return readable((folder.relative_to(self._root) if folder.is_relative_to(self._root) else folder).as_posix())

    @staticmethod
    def _judge(
        place: tuple[Path, Watched, Settling], names: set[str], times: tuple[float, float], looked: Looked
    ) -> None:
        path, watched, settling = place
        if f"~${path.name}" in names or f".~lock.{path.name}#" in names:
            looked.waiting.append(Waits(path, f"It is open at {lock_holder(path) or 'somebody'}; close it there."))
            return
        try:
            look = look_at(path)
        except FileNotFoundError:
            return
        except OSError as error:
            looked.waiting.append(Waits(path, f"It cannot be read: {error.strerror or error}."))
            return
        seconds = settling.wait(path, look, *times)
        if seconds:
            lacks = (
                "its last line has no end" if path.suffix.casefold() in LISTS else "the end of the workbook is missing"
            )
            why = "It may still be copied." if look.whole else f"It is not whole yet: {lacks}."
            looked.waiting.append(Waits(path, why, seconds))
        else:
            looked.ready.append(Dropped(path, watched, look.size))


def _candidates(entries: Sequence[os.DirEntry[str]], watched: Watched, looked: Looked) -> Iterator[Path]:
    for entry in entries:
        if is_passed_over(entry.name) or not watched.takes(entry.name):
            continue
        if entry.is_file(follow_symlinks=False):
            yield Path(entry.path)
        elif not entry.is_dir(follow_symlinks=False):
            looked.waiting.append(Waits(Path(entry.path), "It is a link or device; drop the file itself."))


def _changed(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0
