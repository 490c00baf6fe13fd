"""Malformed and odd files, read as the watcher reads them: what the dearest of them costs the process that reads."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.process.reader import Asked, Reader

SECONDS, MB = 2.0, 256
_TICKS = 100  # a second, in /proc


def _used(reader: Reader) -> tuple[float, float]:
    """CPU seconds so far and the peak in MB of the process that reads; nothing where a file was its end."""
    child = reader._child  # noqa: SLF001
    if child is None or child.process.poll() is not None:
        return 0.0, 0.0
    proc = Path(f"/proc/{child.process.pid}")
    words = (proc / "stat").read_text().rpartition(")")[2].split()
    found = re.search(r"VmHWM:\s+(\d+)", (proc / "status").read_text())
    return (int(words[11]) + int(words[12])) / _TICKS, int(found[1]) / 1024 if found else 0.0


def measure(root: Path) -> Iterator[str]:
    """Read one file after the other; the peak is that of all of them, the time each one's own."""
    from tests.faults.malformed_files import all_files

    if sys.platform != "linux":
        yield "malformed files: only Linux tells what another process took"
        return
    seconds, megabytes, files = (0.0, ""), 0.0, all_files()
    with Reader() as reader:
        for number, odd in enumerate(files):
            path = odd.make(root / str(number))
            before = _used(reader)[0]
            with suppress(CannotRun):
                reader.read(path, Asked(odd.file))
            cpu, peak = _used(reader)
            seconds, megabytes = max(seconds, (cpu - before, odd.about)), max(megabytes, peak)
    spent = f"{seconds[0]:.2f} s CPU ({_verdict(seconds[0], SECONDS)}; {seconds[1]})"
    yield f"{len(files)} malformed files: at most {spent}"
    yield f"  peak {megabytes:.0f} MB ({_verdict(megabytes, MB)})"


def _verdict(found: float, limit: float) -> str:
    return f"{'within' if found <= limit else 'OVER'} {limit:g}"
