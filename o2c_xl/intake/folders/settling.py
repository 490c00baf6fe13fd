"""When a dropped file is complete: what was not touched for a while, or was seen unchanged for as long.

Nobody tells a folder that a copy has ended. A file older than the settle time is complete at the first look; a
younger one must look the same for that long by our own clock, since the times of a share may be another machine's. An
Excel workbook ends with the directory of its zip, and a list of text with the end of a line: without it the copy is not
over, whatever its age, until a minute has gone by.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["LISTS", "Look", "Settling", "look_at"]

_END = b"PK\5\6"
_END_WITHIN = 22 + 65_535  # the directory's last record and the longest comment behind it
LISTS = frozenset({".csv", ".tsv", ".tab", ".txt"})
_LINE_END_WITHIN = 4  # bytes: of a line end in UTF-16, and the sign behind it by which DOS ends a text
_MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class Look:
    """What a look at a file sees: `size` in bytes, `changed` in nanoseconds, `node` which file it is.

    `whole` is False for a zip that has no directory (yet), and for a list whose last line has no end.
    """

    size: int
    changed: int
    node: int
    whole: bool = True


@dataclass(slots=True)
class Settling:
    """Remembers how files looked; `now` is the time in seconds since 1970, `clock` one that only goes forward."""

    seconds: float
    _seen: dict[Path, tuple[Look, float]] = field(default_factory=dict)

    def wait(self, path: Path, look: Look, now: float, clock: float) -> float:
        """Seconds this file has to wait still; 0 when it is complete, or counts as damaged."""
        before = self._seen.get(path)
        if before is None or before[0] != look:
            self._seen[path] = before = (look, clock)
        patience = self.seconds if look.whole else max(_MINUTE, self.seconds)
        age = max(now - look.changed / 1e9, clock - before[1])
        return max(patience - age, 0.0)

    def keep(self, paths: set[Path]) -> None:
        """Forget the files that are no longer there."""
        for path in self._seen.keys() - paths:
            del self._seen[path]


def look_at(path: Path) -> Look:
    """One look; raises OSError where the file is gone or may not be read."""
    with path.open("rb") as file:
        facts = os.fstat(file.fileno())
        whole = True
        if file.read(2) == b"PK":
            file.seek(max(facts.st_size - _END_WITHIN, 0))
            whole = _END in file.read(_END_WITHIN)
        elif path.suffix.casefold() in LISTS and facts.st_size:
            file.seek(max(facts.st_size - _LINE_END_WITHIN, 0))
            whole = file.read(_LINE_END_WITHIN).rstrip(b"\0\x1a").endswith((b"\n", b"\r"))
    return Look(facts.st_size, facts.st_mtime_ns, facts.st_ino, whole)
