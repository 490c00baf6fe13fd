"""The drop folders of a company: what is complete is claimed and handled; what is not waits, and says why."""

from __future__ import annotations

import datetime as dt
import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from o2c_xl.company.dropped.handling import TRIED_AGAIN, Handling, Read
from o2c_xl.company.opened import Company
from o2c_xl.domain.outcome import Outcome
from o2c_xl.intake.arrivals import file_issue
from o2c_xl.intake.folders.claims import DENIED, Claim, Claims
from o2c_xl.intake.folders.grown import Grown
from o2c_xl.intake.folders.names import known_name
from o2c_xl.intake.folders.scan import Dropped, Looked, Scan, Waits
from o2c_xl.intake.folders.standing import forget_gone, note_alerts, note_waiting
from o2c_xl.intake.folders.watched import Watched, watched_folders
from o2c_xl.intake.process.reader import Reader
from o2c_xl.intake.refused.mending import put_mended_away

__all__ = ["Inbox", "rehearse_inbox"]

_AT_ONCE = 32  # files claimed and committed at a time: several watchers share a burst by it
_BYTES_AT_ONCE = 16 << 20
_LOOK_AGAIN = 0.2  # seconds
_LOOK_BACK = 10.0


class Inbox:
    """A watcher's hold on the drop folders, for as long as it lives; a context manager.

    `soon` is in how many seconds the next file may be complete, None when none is on its way.
    """

    def __init__(self, company: Company) -> None:
        folder = company.folder
        self.company = company
        self.folders = {watched.kind: watched for watched in watched_folders(folder.watchers, folder.ledger_address())}
        self.scan = Scan(folder.root, tuple(self.folders.values()))
        self.claims = Claims(folder.claims)
        self.reader = Reader()
        self.grown = Grown(company.ledger, folder.root, self._folder_of)
        self.look_back = 0.0
        self.soon: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Put back what was claimed and not handled, and end the reader."""
        self.reader.close()
        for claim in self.claims.held():
            if claim.kind in self.folders:
                with suppress(OSError):
                    self.claims.give_back(claim, self._place(self.folders[claim.kind]))
        self.claims.close()

    def look(self) -> Looked:
        """What lies in the drop folders now; what could not be claimed a moment ago waits."""
        looked = self.scan.look(time.time(), time.monotonic())
        left = self.claims.left
        for one in looked.ready:
            if one.path in left:
                looked.waiting.append(Waits(one.path, left[one.path]))
                if left[one.path] == DENIED:
                    looked.alerts.setdefault(one.watched.kind, f"{known_name(one.path.name)}: {DENIED}")
        looked.ready = [one for one in looked.ready if one.path not in left]
        return looked

    def take(
        self,
        day: dt.date,
        tell: Callable[[str], None],
        patience: float,
        stop: Callable[[], bool] = lambda: False,
        warn: Callable[[str], None] = lambda _text: None,
    ) -> Outcome:
        """Handle all files that are complete, or become so within `patience` seconds; `stop` ends it between files.

        Claims of watchers that died are finished first. `warn` is told of each file that is waited for; what goes on
        waiting is noted in the list of files.
        """
        handling = Handling(self.company, self.reader, self.folders, day)
        self.claims.left.clear()
        self.claims.adopt()
        for watched in self.folders.values():
            with suppress(OSError):  # the look tells of a folder that is out of reach
                self.claims.free_hidden(self._place(watched))
        self._bring_back(day, handling.outcome)
        held = self.claims.held()
        until = time.monotonic() + patience
        looked = self.look()
        said: set[Path] = set()
        while not stop():
            if looked.ready or held:
                tell(f"Taking {len(looked.ready) + len(held)} dropped files")
                self._handle(handling, self._claimed(held, looked.ready), stop)
                held = []
            soon = min((waits.seconds for waits in looked.waiting if waits.seconds is not None), default=patience + 1)
            if not looked.ready and time.monotonic() + soon > until:
                break
            if not looked.ready:
                _hold_up(looked, said, warn)
                time.sleep(min(soon, _LOOK_AGAIN))
            looked = self.look()
        self.soon = min((waits.seconds for waits in looked.waiting if waits.seconds is not None), default=None)
        self._note(looked, day, handling.outcome)
        return handling.outcome

    def _bring_back(self, day: dt.date, outcome: Outcome) -> None:
        """Drop anew what other programs went on writing into; asked at most once in `_LOOK_BACK` seconds."""
        if time.monotonic() < self.look_back:
            return
        self.look_back = time.monotonic() + _LOOK_BACK
        try:
            names = self.grown.bring_back(day)
        except OSError as error:
            why = f"A file that was written into could not be dropped again: {error.strerror or error}. {TRIED_AGAIN}"
            outcome.fault([file_issue("done or set-aside", why)])
            return
        if names:
            outcome.count("files written into", len(names))
        outcome.notes += [f"{name} was written into after it was read; it is read again." for name in names]

    def _folder_of(self, kind: str) -> Path | None:
        return self._place(self.folders[kind]) if kind in self.folders else None

    def _claimed(self, held: list[Claim], ready: Sequence[Dropped]) -> Iterator[list[Claim]]:
        """The files part by part. What was claimed before goes with the first of the rest: one may lean on another."""
        parts = list(_parts(ready))
        for part in parts or [[]]:
            yield [*held, *self.claims.claim([(one.path, one.watched.kind) for one in part])]
            held = []

    def _handle(self, handling: Handling, parts: Iterable[list[Claim]], stop: Callable[[], bool]) -> None:
        """Take files part by part. The next are read, by another process, while the ledger takes those before."""
        with ThreadPoolExecutor(1) as ahead:
            before: Future[Sequence[Read]] | None = None
            for claims in parts:
                now = ahead.submit(handling.read, claims, stop)
                self._finish(handling, before)
                before = now
                if stop():
                    break
            self._finish(handling, before)

    def _finish(self, handling: Handling, read: Future[Sequence[Read]] | None) -> None:
        if read is not None:
            for claim in handling.finish(read.result()):
                self.claims.give_back(claim, self._place(self.folders[claim.kind]))
            self.claims.beat()

    def _note(self, looked: Looked, day: dt.date, outcome: Outcome) -> None:
        """Let the list of files say what waits, and forget faults of files that a person took out of `set-aside`."""
        waiting = {waits.name: waits.why for waits in looked.waiting if waits.lasts}
        note_waiting(self.company.ledger, waiting, day)
        note_alerts(self.company.ledger, looked.alerts, day)
        forget_gone(self.company.ledger, self.company.folder.root, day, self.claims.in_hand)
        try:
            put_mended_away(self.company.ledger, self.company.folder.root, day)
        except FileNotFoundError:  # another watcher moves it, and is done by the next look
            pass
        except OSError as error:
            why = f"A mended file could not be moved out of it: {error.strerror or error}. {TRIED_AGAIN}"
            outcome.fault([file_issue("set-aside", why)])
        outcome.notes += [f"{name} waits: {why}" for name, why in waiting.items()]

    def _place(self, watched: Watched) -> Path:
        return self.company.folder.root / watched.folder


def _hold_up(looked: Looked, said: set[Path], warn: Callable[[str], None]) -> None:
    """Say once of each file that is waited for how long that may take, and why."""
    for one in looked.waiting:
        if one.seconds is not None and one.lasts and one.path not in said:
            warn(f"Waiting up to {math.ceil(one.seconds)} seconds for {one.name}. {one.why}")
            said.add(one.path)


def _parts(ready: Sequence[Dropped]) -> Iterator[list[Dropped]]:
    """Files to claim at once: not too many, and not too much to hold in memory."""
    part: list[Dropped] = []
    size = 0
    for dropped in ready:
        if part and (len(part) == _AT_ONCE or size + dropped.size > _BYTES_AT_ONCE):
            yield part
            part, size = [], 0
        part.append(dropped)
        size += dropped.size
    if part:
        yield part


def rehearse_inbox(company: Company, day: dt.date) -> Outcome:
    """What taking the dropped files would do, on a company whose ledger keeps nothing; no file is touched."""
    here = company.folder
    folders = {watched.kind: watched for watched in watched_folders(here.watchers, here.ledger_address())}
    looked = Scan(here.root, tuple(folders.values())).look(time.time(), time.monotonic())
    with Reader() as reader:
        handling = Handling(company, reader, folders, day)
        for dropped in looked.ready:
            handling.rehearse(Claim(dropped.path, dropped.watched.kind))
    handling.outcome.notes += [f"{waits.name} waits: {waits.why}" for waits in looked.waiting]
    return handling.outcome
