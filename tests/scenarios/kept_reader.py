"""A reading process that serves one command after another: starting one takes longer than reading a test's files."""

from __future__ import annotations

import atexit
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from o2c_xl.intake.process import reader
from o2c_xl.intake.process.wire import Answer

__all__ = ["kept_reader"]


class _Kept(reader._Child):
    """Ends where a reader has to start another; else it waits for the next command in the same folder."""

    fit = True

    def ask(self, task: bytes, seconds: float) -> Answer | None:
        answer = super().ask(task, seconds)
        self.fit = answer is not None and not answer.spent
        return answer

    def end(self) -> None:
        if self.fit and self.process.poll() is None and _WAITING.setdefault(Path.cwd(), self) is self:
            return
        super().end()


_WAITING: dict[Path, _Kept] = {}
_START = reader._Child


def _child() -> reader._Child:
    waiting = _WAITING.pop(Path.cwd(), None)
    return waiting if waiting is not None and waiting.process.poll() is None else _Kept()


@contextmanager
def kept_reader() -> Iterator[None]:
    """Readers inside take the process that an earlier one left."""
    reader._Child = _child  # type: ignore[assignment,misc]
    try:
        yield
    finally:
        reader._Child = _START  # type: ignore[misc]


@atexit.register
def _end() -> None:
    for waiting in _WAITING.values():
        waiting.fit = False
        waiting.end()
