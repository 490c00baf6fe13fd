"""Events of the file system that wake the watcher early. They only wake it: what is there, the folder says."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

__all__ = ["Waking"]

# Reading a file makes events too; the watcher reads, and would wake itself for ever.
_CHANGES = frozenset({"created", "modified", "moved", "closed", "deleted"})


# An event that comes while the observer ends is an error to watchdog; Python prints it where nobody asked for a log.
logging.getLogger("watchdog").addHandler(logging.NullHandler())


class Waking(FileSystemEventHandler):
    """Wakes whoever waits when something changes in one of the folders; shares without events are simply polled."""

    def __init__(self, folders: Iterable[Path]) -> None:
        # a signal may come at any place of the thread that waits: unlike an Event's lock, this can be put into there
        self._changed: SimpleQueue[None] = SimpleQueue()
        self._observer = Observer()
        for folder in folders:
            with suppress(OSError):  # too many watches, or a share: the poll finds it
                self._observer.schedule(self, str(folder))
        self._observer.daemon = True
        with suppress(OSError):
            self._observer.start()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by the observer's thread."""
        if event.event_type in _CHANGES:
            self.wake()

    def wake(self) -> None:
        """Wake whoever waits; a signal handler may call it too."""
        if self._changed.empty():
            self._changed.put(None)

    def wait(self, seconds: float) -> None:
        """Until something changes, at most so long."""
        with suppress(Empty):
            self._changed.get(timeout=max(seconds, 0))
        with suppress(Empty):
            while True:  # what several threads said at once wakes once
                self._changed.get_nowait()

    def close(self) -> None:
        """End the observer."""
        if self._observer.is_alive():
            self._observer.stop()
            self._observer.join(timeout=5)
