"""How each watcher is: one small file per watcher, replaced whole, for `o2c watch --status` and for other programs."""

from __future__ import annotations

import datetime as dt
import json
import os
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

__all__ = ["Pulse", "watchers_of"]


class Pulse:
    """One watcher's file; it is held locked for as long as the watcher lives, so the dead can be told."""

    def __init__(self, folder: Path, clock: Callable[[], dt.datetime]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._clock = clock
        self.name = f"{socket.gethostname()}-{os.getpid()}"
        self.path = folder / f"{self.name}.json"
        self._lock = FileLock(folder / f"{self.name}.alive", timeout=0)
        self._lock.acquire()
        self._sweep(folder)
        self._facts: dict[str, Any] = {
            "watcher": self.name,
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "started": self._now(),
            "counts": {},
        }

    def _sweep(self, folder: Path) -> None:
        """What watchers of this machine left who died is of no use to anyone: this one takes up their work."""
        for path in folder.glob(f"{socket.gethostname()}-*.json"):
            alive = path.with_suffix(".alive")
            if path != self.path and not _lives(alive):
                with suppress(OSError):
                    path.unlink()
                    alive.unlink(missing_ok=True)

    @property
    def counts(self) -> dict[str, int]:
        """What was done so far, by step and table."""
        return dict(self._facts["counts"])

    def tell(self, state: str, **facts: object) -> None:
        """The state in one word, and what else is known; counts add up."""
        counts = facts.pop("counts", {})
        if isinstance(counts, Mapping):
            total = self._facts["counts"]
            self._facts["counts"] = total | {name: total.get(name, 0) + number for name, number in counts.items()}
        self._facts |= {"state": state, "seen": self._now(), **facts}
        text = json.dumps(self._facts, ensure_ascii=False, indent=2)
        beside = self.path.with_suffix(".tmp")
        try:
            beside.write_text(text, encoding="utf-8", errors="backslashreplace")
            beside.replace(self.path)
        except OSError:  # a full disk must not stop the watcher: what it wrote before has room for what it says now
            with suppress(OSError):
                beside.unlink(missing_ok=True)
                with self.path.open("r+", encoding="utf-8", errors="backslashreplace") as file:
                    file.write(text)
                    file.truncate()

    def close(self) -> None:
        """Take the file away: this watcher ended as it should."""
        for path in (self.path, Path(self._lock.lock_file)):
            with suppress(OSError):  # on Windows a file that somebody reads stays
                path.unlink(missing_ok=True)
        self._lock.release()

    def _now(self) -> str:
        return self._clock().astimezone(dt.UTC).isoformat(timespec="seconds")


def watchers_of(folder: Path) -> list[dict[str, Any]]:
    """What every watcher told last; `alive` says whether it still runs, as far as this machine can tell."""
    found = []
    for path in sorted(folder.glob("*.json")):
        with suppress(OSError, ValueError):
            facts = json.loads(path.read_text(encoding="utf-8"))
            found.append({**facts, "alive": _lives(path.with_suffix(".alive"))})
    return found


def _lives(alive: Path) -> bool:
    lock = FileLock(alive, timeout=0)
    try:
        lock.acquire()
    except Timeout:
        return True
    lock.release()
    return False
