"""Reads files in a process apart, so that no file can take the program with it.

Libraries that read workbooks abort the process on some small files, and a file can be built to take all memory. So
each file is read by a child with limits of memory, processor time and wall time; its death sets the file aside.
"""

from __future__ import annotations

import contextlib
import math
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Self, cast

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.process.child import READY
from o2c_xl.intake.process.wire import Answer, Task, receive, send, unpacked
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.workbook.errors import Damaged, Incomplete

__all__ = ["Asked", "Reader", "ReaderFault"]

# Hung, not slow: what computes is ended by its limit of processor time long before.
_WALL, _WALL_PER_MB, _STARTING = 60.0, 5.0, 60.0  # seconds
_LOOK = 1.0
_REFUSALS: dict[str, type[CannotRun]] = {kind.__name__: kind for kind in (CannotRun, Damaged, Incomplete)}
# Signals that come from outside (a person, the system short of memory) and say nothing about the file.
_FROM_OUTSIDE = frozenset({"SIGTERM", "SIGINT", "SIGHUP", "SIGKILL"})


class ReaderFault(Exception):
    """No process to read with could be started; it says nothing about the file, which stays where it is."""


@dataclass(frozen=True, slots=True)
class Asked:
    """How to read a file: its name as dropped, the table it is told to hold, the layout file of its sender.

    Without a layout, one of those in the folder `layouts` is taken where the file holds none of our own tables; the
    lists of banks are read by the profiles in the folder `profiles`, `own` being the accounts known as the company's.
    """

    name: str
    table: str | None = None
    layout: Path | None = None
    layouts: Path | None = None
    profiles: Path | None = None
    own: tuple[str, ...] = ()


class Reader:
    """A child process that reads one file after another; started at first use, replaced when it died.

    A context manager; for one thread at a time.
    """

    def __init__(self) -> None:
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def read(self, path: Path, asked: Asked) -> list[Batch]:
        """The rows of a file, as `read_rows` or the layout gives them.

        Raises CannotRun, Damaged or Incomplete in one sentence that names the file, and ReaderFault when no child
        can be started.
        """
        wanted = (asked.layout, asked.layouts, asked.profiles)
        layout, layouts, profiles = (None if place is None else str(place) for place in wanted)
        banks = (profiles, asked.own)
        return cast("list[Batch]", self.run("rows", path, asked.name, asked.table, layout, layouts, banks))

    def run(self, job: str, path: Path, name: str, *arguments: object) -> Any:  # noqa: ANN401 - by the job
        """The result of a job of `jobs` on a file; raises as `read` does."""
        task = pickle.dumps(Task(job, str(path), name, arguments), pickle.HIGHEST_PROTOCOL)
        answer = self._asked(task, _seconds(path))
        if answer is None:
            raise CannotRun(_gave_up(name))
        if answer.refusal == "broken":
            raise CannotRun(_gave_up(name)) from _Trace(answer.text)
        if answer.refusal:
            raise _REFUSALS.get(answer.refusal, CannotRun)(answer.text)
        return answer.result

    def close(self) -> None:
        """End the child; the next file starts another."""
        if self._child is not None:
            self._child.end()
            self._child = None

    def _asked(self, task: bytes, seconds: float) -> Answer | None:
        """The child's answer; None when the file was its end. A child ended from outside is asked anew, once."""
        for _ in range(2):
            child = self._child = self._child or _Child()
            answer = child.ask(task, seconds)
            if answer is None or answer.spent:
                self.close()
            if answer is not None or not child.ended_from_outside:
                return answer
        return None


class _Trace(Exception):
    """What went wrong in the child, for whoever mends the program."""


class _Child:
    """The process and its two pipes."""

    def __init__(self) -> None:
        self.overdue = False
        words = [sys.executable, "-m", "o2c_xl.intake.process.child"]
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own module
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_environment()
            )
        except OSError as error:
            raise ReaderFault(f"The process that reads files cannot be started: {error}.") from error
        self.over, self.deadline = threading.Event(), math.inf
        threading.Thread(target=self._watch, daemon=True).start()
        if self._within(_STARTING) != READY:
            self.end()
            raise ReaderFault("The process that reads files cannot be started.")

    def ask(self, task: bytes, seconds: float) -> Answer | None:
        """The answer, None when the process died or took longer than so many seconds."""
        try:
            send(cast("BinaryIO", self.process.stdin), task)
        except OSError:
            return None
        data = self._within(seconds)
        try:
            return None if data is None else unpacked(data)
        except Exception:  # noqa: BLE001 - bytes that are no answer can break in any way; all say the same
            return None

    def _within(self, seconds: float) -> bytes | None:
        self.deadline = time.monotonic() + seconds
        try:
            return receive(cast("BinaryIO", self.process.stdout))
        finally:
            self.deadline = math.inf

    def _watch(self) -> None:
        """End the process at its deadline; a look a second costs a file nothing, as a timer of its own would."""
        while not self.over.wait(_LOOK):
            if time.monotonic() > self.deadline:
                self.overdue = True
                self.process.kill()
                return

    @property
    def ended_from_outside(self) -> bool:
        """Whether somebody other than the file or we ended it."""
        code = self.process.poll()
        if self.overdue or code is None or code >= 0:
            return False
        return signal.Signals(-code).name in _FROM_OUTSIDE

    def end(self) -> None:
        """Let it go; it ends by itself when its input does, and is ended when it does not."""
        self.over.set()
        for pipe in (self.process.stdin, self.process.stdout):
            with contextlib.suppress(OSError):
                cast("BinaryIO", pipe).close()
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def _environment() -> dict[str, str]:
    """Ours, with the child finding the program where we found it, and one heap: more of them only look like use."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "MALLOC_ARENA_MAX": "1"}


def _seconds(path: Path) -> float:
    try:
        return _WALL + _WALL_PER_MB * path.stat().st_size / (1 << 20)
    except OSError:
        return _WALL


def _gave_up(name: str) -> str:
    return (
        f"{name} is damaged or too large to be read. Open it in the program that made it and save it anew, in several "
        "files where it is very large; where it does not open there, have it sent again."
    )
