"""How much memory and processor time the reading process may take for a file.

By the size of what the file holds unpacked, since that is what any reader has to look at. Linux and macOS keep the
limits themselves; on Windows the process is put into a job object that does; where neither can be had, the wall
limit of the program is what remains.
"""

from __future__ import annotations

import math
import sys
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Allowance", "allowance", "limit"]

MB = 1 << 20
# A file that packs to nothing needs no look: deflate makes at most 1,032 bytes of one.
_TINY = 8 << 10
_LARGE = 16 * MB  # unpacked; a process that has read this much is not kept
# Measured: 100,000 lines of 12 columns are 50 MB unpacked and take 3 s and 136 MB. Four times as much is allowed.
_SECONDS, _SECONDS_PER_MB = 2.0, 0.25
_MEMORY, _TIMES_SIZE = 256 * MB, 12  # address space; Python and the program take 33 MB of it
_MOST_MEMORY = 4096 * MB


@dataclass(frozen=True, slots=True)
class Allowance:
    """CPU seconds and bytes of address space for one file; `large` when the process is not kept after it."""

    seconds: float
    memory: int
    large: bool = False


def allowance(path: Path) -> Allowance:
    """What a file may cost, by its size unpacked as its zip directory says it."""
    size = path.stat().st_size
    return _allowed(size if size < _TINY else max(size, _unpacked(path)))


def _allowed(size: int) -> Allowance:
    extra = size / MB
    return Allowance(
        _SECONDS + _SECONDS_PER_MB * extra,
        min(_MEMORY + _TIMES_SIZE * size, _MOST_MEMORY),
        size > _LARGE,
    )


def _unpacked(path: Path) -> int:
    """What the parts claim to hold; a part that lies is not unpacked beyond its claim."""
    with path.open("rb") as file:
        if file.read(2) != b"PK":
            return 0
        try:
            with zipfile.ZipFile(file) as archive:
                return sum(info.file_size for info in archive.infolist())
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            return 0


if sys.platform == "win32":  # pragma: no cover - on Windows only
    from o2c_xl.intake.process.windows import limit_job

    def limit(allowed: Allowance) -> None:
        """Hold this process to the allowance from now on."""
        limit_job(math.ceil(time.process_time() + allowed.seconds), allowed.memory)

else:
    import resource

    def limit(allowed: Allowance) -> None:
        """Hold this process to the allowance from now on."""
        seconds = math.ceil(time.process_time() + allowed.seconds)
        _lower(resource.RLIMIT_CPU, seconds)
        if sys.platform != "darwin":  # macOS maps several GB into each process and knows no such limit
            _lower(resource.RLIMIT_AS, allowed.memory)

    def _lower(what: int, value: int) -> None:
        """Set the soft limit; the hard one stays, so that the next file can have more."""
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
