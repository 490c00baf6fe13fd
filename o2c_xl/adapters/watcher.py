"""`o2c watch`: takes what is dropped and runs the process after it, for ever, or once.

The watcher never ends because of a file, a busy ledger, a full disk or a share that is away: it says so in its
health file and in the log, waits a little longer each time, and goes on.
"""

from __future__ import annotations

import datetime as dt
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from sqlalchemy.exc import SQLAlchemyError

from o2c_xl.adapters.mail.mailed import mailed
from o2c_xl.adapters.unforeseen import from_outside, unforeseen
from o2c_xl.adapters.waking import Waking
from o2c_xl.company.alone import Busy
from o2c_xl.company.book_facts import BookFacts, book_facts, changed_meanwhile
from o2c_xl.company.dropped.handling import TRIED_AGAIN
from o2c_xl.company.dropped.inbox import Inbox
from o2c_xl.company.dropped.pulse import Pulse
from o2c_xl.company.mailing.sending import messages_due
from o2c_xl.company.opened import Company
from o2c_xl.company.run import work_through
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.outcome import Outcome
from o2c_xl.intake.arrivals import file_issue
from o2c_xl.intake.process.reader import ReaderFault
from o2c_xl.ledger.issues import open_issues
from o2c_xl.workbook.errors import ChangedMeanwhile, InUse

__all__ = ["watch_for_ever", "watch_once"]

_A_MINUTE = 65.0  # a workbook without its end counts as damaged after a minute, so `--once` waits that long
_LONGEST_PAUSE = 60.0
_LOOK_AGAIN = 1.0
_Say = Callable[[str], None]


def watch_once(company: Company, today: Callable[[], dt.date], say: _Say) -> Outcome:
    """Take back claims of dead watchers, take all that is dropped, do the whole pass, and end."""
    with _stopping() as stop, Inbox(company) as inbox:
        day = today()
        outcome = mailed(company, day)
        outcome.include(inbox.take(day, say, _A_MINUTE, stop.asked, _warn))
        if not stop.asked():
            try:
                outcome.include(work_through(company, day, say, allow_empty=False))
            except CannotRun as fault:
                outcome.stop(fault)
    # The files were taken all the same; what hinders the rest is for a person.
    outcome.fault(file_issue("o2c", str(fault)) for fault in outcome.stops)
    outcome.stops.clear()
    return outcome


def watch_for_ever(company: Company, today: Callable[[], dt.date], say: _Say) -> Outcome:
    """Watch until a person or the system ends it; what was begun is finished first."""
    with _stopping() as stop, Inbox(company) as inbox:
        places = [company.folder.root / one.folder for one in inbox.folders.values() if one.events]
        waking = Waking([*places, company.folder.books])
        pulse = Pulse(company.folder.health, company.ledger.clock)
        stop.then(waking.wake)
        say(f"Watching {len(inbox.folders)} drop folders; Ctrl-C ends it.")
        try:
            _Watch(company, inbox, today, say, stop, pulse).until_stopped(waking)
        finally:
            waking.close()
            pulse.close()
    say("Stopped; what was begun is finished.")
    with company.ledger.reading() as conn:
        return Outcome(counts=pulse.counts, issues=open_issues(conn))


def _warn(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 -- said while it waits, to a scheduler's log too


@dataclass(slots=True)
class _Stop:
    """Whether a person or the system asked for the end, and what that sets off."""

    told: bool = False
    actions: list[Callable[[], None]] = field(default_factory=list)

    def asked(self) -> bool:
        return self.told

    def then(self, action: Callable[[], None]) -> None:
        self.actions.append(action)

    def handle(self, _number: int, _frame: FrameType | None) -> None:
        self.told = True
        for action in self.actions:
            action()


@contextmanager
def _stopping() -> Iterator[_Stop]:
    """Ctrl-C and the system's wish to end are heard between files, not in the middle of one."""
    stop = _Stop()
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    before = {number: signal.signal(number, stop.handle) for name in names if (number := getattr(signal, name, None))}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@dataclass(slots=True)
class _Watch:
    """The watcher at work."""

    company: Company
    inbox: Inbox
    today: Callable[[], dt.date]
    say: _Say
    stop: _Stop
    pulse: Pulse
    books: Mapping[str, BookFacts] = field(default_factory=dict)
    day: dt.date | None = None
    due: bool = True  # the pass after intake has something to do, or was not made yet
    failed: int = 0
    mail_at: float = 0.0
    send_at: float = 0.0
    said: dict[str, set[str]] = field(default_factory=dict)  # by the work at hand, when it was last done

    def until_stopped(self, waking: Waking) -> None:
        poll = min((one.poll_seconds for one in self.inbox.folders.values()), default=_LONGEST_PAUSE)
        while not self.stop.asked():
            pause = poll if self._looked_after() else min(poll * 2**self.failed, _LONGEST_PAUSE)
            self.pulse.tell("waiting")
            if self.failed:  # not at once again, whatever events come: a workbook may just be being saved
                time.sleep(_LOOK_AGAIN)
            if not self.stop.asked():
                waking.wait(min(pause, self.inbox.soon or pause))

    def _looked_after(self) -> bool:
        """One look at everything; False when something outside of us is in the way."""
        try:
            self._take()
            self._pass()
        except Busy:
            return True  # another watcher is at it; what is due is done by the next look
        except (CannotRun, OSError, ReaderFault, SQLAlchemyError) as error:
            said = from_outside(error, self.company.folder.root) or str(getattr(error, "orig", error))
            return self._in_trouble(" ".join(said.split()))
        except Exception as error:  # noqa: BLE001 -- whatever nobody foresaw, it must not end the watcher
            self._say_anew("trouble", [traceback.format_exc()])
            return self._in_trouble(unforeseen(error, None, self.company.folder.root))
        self.failed = 0
        return True

    def _in_trouble(self, sentence: str) -> bool:
        self.failed = min(self.failed + 1, 10)
        self.pulse.tell("in trouble", error=sentence)
        self.say(f"{sentence} Trying again.")
        return False

    def _take(self) -> None:
        day = self.today()
        self.pulse.tell("taking files")
        outcome = self._mailed(day)
        outcome.include(self.inbox.take(day, lambda _text: None, 0.0, self.stop.asked))
        saved = book_facts(self.company.folder.books) != self.books
        self.due = self.due or outcome.changed or day != self.day or saved or self._to_send(day)
        stuck = next((str(issue) for issue in outcome.issues if issue.fix == TRIED_AGAIN), "")
        self.pulse.tell("taking files", counts=outcome.counts, notes=outcome.notes, error=stuck)
        self._report("taking files", outcome)

    def _mailed(self, day: dt.date) -> Outcome:
        """What came by mail, looked for as often as the settings say."""
        told, now = self.company.config.mailbox, time.monotonic()
        if told is None or now < self.mail_at:
            return Outcome()
        self.mail_at = now + told.every_seconds
        outcome = mailed(self.company, day)
        self._say_anew("mail", outcome.notes)
        return outcome

    def _to_send(self, day: dt.date) -> bool:
        """Whether a message that was put off may be tried again; looked for once a minute."""
        now = time.monotonic()
        if now < self.send_at:
            return False
        self.send_at = now + _LONGEST_PAUSE
        return messages_due(self.company, day)

    def _pass(self) -> None:
        if not self.due or self.stop.asked():
            return
        day, before = self.today(), book_facts(self.company.folder.books)
        self.pulse.tell("at work")
        outcome = work_through(self.company, day, lambda _text: None, allow_empty=False)
        in_the_way = [reason for reason in outcome.stops if not isinstance(reason, (InUse, ChangedMeanwhile))]
        self.day, self.books = day, book_facts(self.company.folder.books)
        # What a person saved while this went on is for the next pass; what it wrote itself is not.
        self.due = bool(in_the_way) or changed_meanwhile(self.company, before)
        self.pulse.tell("waiting", counts=outcome.counts, faults=len(outcome.issues))
        self._report("at work", outcome)
        for reason in in_the_way:
            raise reason

    def _report(self, work: str, outcome: Outcome) -> None:
        done = ", ".join(f"{name}: {number}" for name, number in outcome.counts.items() if number)
        if done:
            self.say(done)
        self._say_anew(work, [*map(str, outcome.issues), *map(str, outcome.stops)])

    def _say_anew(self, work: str, told: Sequence[str]) -> None:
        """Say what the same work did not say the last time: a fault that stays is told once, one that returns again."""
        before = self.said.get(work, set())
        for text in dict.fromkeys(told):
            if text not in before:
                self.say(text)
        self.said[work] = set(told)
