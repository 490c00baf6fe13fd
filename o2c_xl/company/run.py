"""`o2c run`: one pass through the whole process, in the order of the work.

Each stage finds what is pending, decides and records it. Passes are repeated until one finds nothing to do, up to a
bound, since a purchase order sent today changes the day that was promised a moment ago.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from o2c_xl.company.alone import alone
from o2c_xl.company.dropped.inbox import Inbox, rehearse_inbox
from o2c_xl.company.mailing.sending import not_sent, send_messages
from o2c_xl.company.mailing.wording import write_notices
from o2c_xl.company.opened import Company
from o2c_xl.company.papers.making import write_papers
from o2c_xl.company.papers.withdrawn import put_withdrawn_aside
from o2c_xl.company.periods import check_open
from o2c_xl.company.stages import STAGES, Stage
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.outcome import Outcome
from o2c_xl.intake.refused.mending import forget_cancelled
from o2c_xl.ledger.issues import open_issues
from o2c_xl.ledger.store import rehearsing
from o2c_xl.tables.show.faults import standing_faults
from o2c_xl.workbook.live.book import LiveBook
from o2c_xl.workbook.sync.sync import Sync

__all__ = ["run_company", "work_through"]

_SETTLING = 3.0  # seconds that `o2c run` gives a file that was dropped a moment ago
_MOST_PASSES = 6


def run_company(  # noqa: PLR0913 - each is a name of its own at the call
    company: Company,
    day: dt.date,
    tell: Callable[[str], None],
    *,
    dry_run: bool,
    allow_empty: bool,
    live: LiveBook | None = None,
    only: Sequence[Stage] = (),
) -> Outcome:
    """Inbox, sync in, every step as far as it goes, documents, sync out; with `dry_run` only what would happen.

    `live` is the workbook that is open in Excel and synced there. With `only` these steps alone work, and what was
    dropped stays where it is.
    """
    if dry_run:
        return _rehearse(company, day, tell, only, allow_empty=allow_empty)
    if only:
        return work_through(company, day, tell, allow_empty=allow_empty, live=live, stages=only)
    with Inbox(company) as inbox:
        outcome = inbox.take(day, tell, _SETTLING)
    outcome.include(work_through(company, day, tell, allow_empty=allow_empty, live=live))
    return outcome


def work_through(
    company: Company,
    day: dt.date,
    tell: Callable[[str], None],
    *,
    allow_empty: bool,
    live: LiveBook | None = None,
    stages: Sequence[Stage] = STAGES,
) -> Outcome:
    """The pass after intake: sync in, every step or those of `stages`, documents, sync out. One at a time.

    On a day for which the books are closed nothing but the sync is done.
    """
    with alone(company):
        return _pass(company, company.syncing(day, live), tell, stages, allow_empty=allow_empty)


def _pass(
    company: Company, sync: Sync, tell: Callable[[str], None], stages: Sequence[Stage], *, allow_empty: bool
) -> Outcome:
    outcome, day = Outcome(), sync.day
    tell("Reading workbooks")
    with _timed(outcome, "sync in"):
        outcome.include(sync.take(company.folder.books, allow_empty=allow_empty))
    if _is_open(company, day, outcome):
        _work_on(company, sync, tell, outcome, stages)
        _send_out(company, day, tell, outcome)
    tell("Writing workbooks")
    with _timed(outcome, "sync out"):
        outcome.include(sync.write())
    _add_faults(company, outcome)
    return outcome


def _is_open(company: Company, day: dt.date, outcome: Outcome) -> bool:
    """Whether anything is posted for the day, by the settings that were just taken; the outcome tells why not."""
    try:
        check_open(company, day)
    except CannotRun as closed:
        outcome.stop(closed)
        return False
    return True


def _send_out(company: Company, day: dt.date, tell: Callable[[str], None], outcome: Outcome) -> None:
    """Documents, then messages."""
    tell("Writing documents")
    before = sum(outcome.counts.values())
    outcome.count("documents written", 0)
    with _timed(outcome, "documents"), _minding_files(outcome):
        written = write_papers(company, day)
        outcome.count("documents written", written.count)
        outcome.notes += written.notes
        outcome.include(write_notices(company, day))
    made = sum(outcome.counts.values()) != before
    tell("Sending messages")
    with _timed(outcome, "sending"), _minding_files(outcome):
        outcome.include(send_messages(company, day))
        put_withdrawn_aside(company, day)
    if made:
        outcome.notes += not_sent(company, day)


@contextmanager
def _minding_files(outcome: Outcome) -> Iterator[None]:
    """A file that another program keeps to itself puts off what needs it, and never the workbooks."""
    try:
        yield
    except PermissionError as error:
        name = Path(error.filename).name if error.filename else "A file in the folder outbox"
        outcome.stop(CannotRun(f"{name} is in use or protected. Close it; the next run goes on from there."))


def _rehearse(
    company: Company, day: dt.date, tell: Callable[[str], None], only: Sequence[Stage], *, allow_empty: bool
) -> Outcome:
    outcome = Outcome()
    with rehearsing(company.ledger) as ledger:
        trial = replace(company, ledger=ledger)
        if not only:
            tell("Reading dropped files")
            outcome.include(rehearse_inbox(trial, day))
        sync = trial.syncing(day)
        outcome.include(sync.take(trial.folder.books, allow_empty=allow_empty))
        if _is_open(trial, day, outcome):
            _work_on(trial, sync, tell, outcome, only or STAGES)
        outcome.include(sync.planned())
        _add_faults(trial, outcome)
    return outcome


def _work_on(
    company: Company, sync: Sync, tell: Callable[[str], None], outcome: Outcome, stages: Sequence[Stage]
) -> None:
    """Work, and try what was refused anew, until no more of it can be taken: the next run finds nothing to do."""
    for _ in range(_MOST_PASSES):
        _work(company, sync.day, tell, outcome, stages)
        before = set(sync.faults)
        if not before:
            break
        again = sync.take_again()
        outcome.issues = [issue for issue in outcome.issues if issue not in before]
        outcome.include(again)
        if not again.changed:
            break


def _work(
    company: Company,
    day: dt.date,
    tell: Callable[[str], None],
    outcome: Outcome,
    stages: Sequence[Stage] = STAGES,
) -> None:
    """Let every stage work until a whole pass finds nothing to do; the outcome tells which could not, and why."""
    for stage in stages:
        outcome.count(stage.name, 0)
    for _ in range(_MOST_PASSES):
        if not sum(_stage_counts(company, day, tell, outcome, stages)):
            break
    forget_cancelled(company.ledger, day)


def _stage_counts(
    company: Company,
    day: dt.date,
    tell: Callable[[str], None],
    outcome: Outcome,
    stages: Sequence[Stage],
) -> Sequence[int]:
    policy = company.policy_now()
    counts = []
    for stage in stages:
        tell(stage.telling)
        try:
            with _timed(outcome, stage.name):
                counts.append(stage.run(company.ledger, policy, day))
        except CannotRun as stop:
            outcome.stop(stop)
            counts.append(0)
        except Exception as error:
            error.add_note(stage.telling)
            raise
        outcome.count(stage.name, counts[-1])
    return counts


def _add_faults(company: Company, outcome: Outcome) -> None:
    with company.ledger.reading() as conn:
        outcome.fault([*open_issues(conn), *standing_faults(conn)])


class _timed:  # noqa: N801 -- reads as a statement
    """Adds the seconds that a block took to an outcome."""

    def __init__(self, outcome: Outcome, name: str) -> None:
        self.outcome, self.name = outcome, name

    def __enter__(self) -> None:
        self.start = time.perf_counter_ns()

    def __exit__(self, *_failure: object) -> None:
        spent = Decimal(time.perf_counter_ns() - self.start).scaleb(-9)
        self.outcome.seconds[self.name] = self.outcome.seconds.get(self.name, Decimal(0)) + spent
