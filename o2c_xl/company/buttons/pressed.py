"""What the buttons of the open workbook do. Each takes the company and the live book, and ends in one sentence.

The same commands stand behind them as behind the command line; only the workbook is synced where it is open. Those that
let the process work or write a report stand in modules of their own: what they need takes longer to load than to sync.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from o2c_xl.company.buttons.selected_approvals import SelectedApproval, misread, selected_approvals
from o2c_xl.company.deciding import decide_approvals
from o2c_xl.company.opened import Company
from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.domain.outcome import Outcome
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.address import Area, area
from o2c_xl.workbook.errors import ChangedMeanwhile, InUse
from o2c_xl.workbook.live.book import LiveBook
from o2c_xl.workbook.sync.books import OpenBook, book_paths, hash_of
from o2c_xl.workbook.sync.memory import remember_book
from o2c_xl.workbook.sync.taken_back import remember_taken_back
from o2c_xl.workbook.sync.tell import NEVER
from o2c_xl.workbook.template.sync_info import SYNC_INFO

__all__ = ["Answer", "Desk", "check", "decide", "preview", "sync", "told", "undo"]

_NAMED = 5
_WRITTEN = ("cells written", "rows no longer listed")


@dataclass(frozen=True, slots=True)
class Answer:
    """One sentence; `asks` when a person must read it before going on. Then what to bring to the front."""

    text: str
    asks: bool = False
    sheet: str = ""
    cell: Area | None = None
    table: str = ""
    opens: Path | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """What a button works on: the company, the open workbook, the business date, and where progress is told."""

    company: Company
    live: LiveBook
    day: dt.date
    tell: Callable[[str], None]

    @property
    def name(self) -> str:
        """The workbook's name."""
        return self.live.path.name

    def faults(self, outcome: Outcome) -> list[Issue]:
        """The outcome's faults that stand in this workbook."""
        return [issue for issue in outcome.issues if issue.source == self.name]


def check(desk: Desk) -> Answer:
    """`o2c sync --dry-run`, its faults: how many, and the first one."""
    desk.tell("looking for faults")
    outcome = _rehearsed(desk)
    faults = desk.faults(outcome)
    more = _noted([*map(str, outcome.stops), *outcome.notes])
    if not faults:
        return Answer(f"No faults in {desk.name}.{more}", asks=bool(more))
    found = _at_fault(faults, f"{_number(len(faults), 'fault')} in {desk.name}.")
    return replace(found, text=f"{found.text}{more}")


def preview(desk: Desk) -> Answer:
    """`o2c sync --dry-run`: what would be taken and written."""
    desk.tell("working out what a sync would change")
    outcome = _rehearsed(desk)
    taken, cells = _taken(outcome.counts), outcome.counts.get("cells written", 0)
    faults = len(desk.faults(outcome))
    more = _noted([*map(str, outcome.stops), *outcome.notes])
    if not (taken or cells or faults):
        agree = "." if more else f": {desk.name} and the books agree."
        return Answer(f"A sync would change nothing{agree}{more}", asks=bool(more))
    parts = [f"take {taken}" if taken else "take nothing", f"write {_number(cells, 'cell')}"]
    tail = f" {_number(faults, 'fault')} would be left out; press Check to see the first." if faults else ""
    return Answer(f"A sync would {' and '.join(parts)}. Nothing was changed.{tail}{more}", asks=True)


def sync(desk: Desk) -> Answer:
    """`o2c sync --book THIS`."""
    desk.tell("taking what was typed")
    outcome = desk.company.sync(desk.day, desk.live.path, dry_run=False, allow_empty=False, live=desk.live)
    return told(desk, outcome)


def decide(desk: Desk, verdict: str, selected: tuple[str, Sequence[Area]]) -> Answer:
    """`o2c approve` and `o2c reject` for the selected rows of Approvals, as the account of this process."""
    if any(table.name in BY_NAME for table in desk.live.grid.tables()):  # of a workbook without any, sync tells
        desk.live.tables({"Approvals"})
        _chosen(desk, verdict, selected)
    syncing = desk.company.syncing(desk.day, desk.live)
    desk.tell("taking what was typed")
    taken = syncing.take(desk.company.folder.books, desk.live.path)
    rows = _chosen(desk, verdict, selected)
    decided, refusals = _decided(desk, verdict, rows)
    desk.tell("writing")
    written = syncing.write()
    verb = "approved" if verdict == "Approve" else "rejected"
    done = f"{_number(len(decided), 'approval')} {verb}" if decided else f"Nothing was {verb}"
    stopped, _ = _stopped(desk, written)
    if stopped is not None:
        raise CannotRun(f"{stopped} In the books: {done}{': ' if decided else ''}{', '.join(decided)}.")
    named = f"{done}: {', '.join(decided[:_NAMED])}{' …' if len(decided) > _NAMED else ''}." if decided else f"{done}."
    head = f"{done}; {len(refusals)} could not be. {refusals[0]}" if refusals else named
    faults = desk.faults(taken)
    if faults:
        return _at_fault(faults, f"{head} {_number(len(faults), 'fault')} to mend.")
    return Answer(head, asks=bool(refusals))


def _chosen(desk: Desk, verdict: str, selected: tuple[str, Sequence[Area]]) -> list[SelectedApproval]:
    """The selected approvals as last read; raises CannotRun where there is none, or a rejection lacks its reason."""
    rows = selected_approvals(desk.live, selected)
    if not rows:
        raise CannotRun(f"No approval is selected. Select rows of {BY_NAME['Approvals'].title} and press again.")
    if verdict == "Reject" and not all(row.reason for row in rows):
        raise CannotRun("A rejection needs a reason. Type it in Reason beside each selected row and press again.")
    return rows


def undo(desk: Desk) -> Answer:
    """Take the last write into this workbook back; what was posted stays posted."""
    desk.tell("taking the last write back")
    with desk.company.ledger.transaction(desk.day) as txn, desk.live.taken_back() as written:
        desk.live.save()
        remember_taken_back(txn, desk.name, written, desk.live.grid.tables())
        remember_book(txn, OpenBook(desk.live.path, hash_of(desk.live.path), fresh=False, head=NEVER, day=None), NEVER)
    desk.live.undo.clear()
    cells = sum(one.changed for one in written if one.table != SYNC_INFO.name)
    return Answer(f"{_number(cells, 'cell')} put back. The books stay as they are; the next Sync shows them again.")


def _rehearsed(desk: Desk) -> Outcome:
    return desk.company.sync(desk.day, desk.live.path, dry_run=True, allow_empty=False, live=desk.live)


def _decided(desk: Desk, verdict: str, rows: Sequence[SelectedApproval]) -> tuple[list[str], list[str]]:
    """Decide what its row tells as the ledger does, the rows of one reason at a time."""
    with desk.company.ledger.reading() as conn:
        others = misread(conn, rows, verdict, desk.company.scope(desk.day))
    wanted = {row.number: row.reason for row in rows if row.number not in others}
    by_reason: dict[str, list[str]] = defaultdict(list)
    for approval, reason in wanted.items():
        by_reason[reason].append(approval)
    decided, refusals = [], [f"{number}: {why}." for number, why in others.items()]
    for reason, ids in by_reason.items():
        desk.tell("deciding")
        done, refused = decide_approvals(desk.company, ids, verdict, reason, desk.day, dry_run=False)
        decided += done
        refusals += refused
    return decided, refusals


def told(desk: Desk, outcome: Outcome) -> Answer:
    """What was done, in one sentence; faults in this workbook must be read. Raises what could not be done.

    Another workbook that somebody has open is no trouble of who pressed: it is written when it is free.
    """
    stopped, later = _stopped(desk, outcome)
    done = {name: number for name, number in outcome.counts.items() if number and name not in _WRITTEN}
    parts = [", ".join(f"{name} {number}" for name, number in done.items())] if done else []
    cells = outcome.counts.get("cells written", 0)
    parts += [f"{_number(cells, 'cell')} written"] if cells else []
    if stopped is not None:
        raise CannotRun(f"{stopped} In the books: {'; '.join(parts)}.") if parts else stopped
    faults = desk.faults(outcome)
    nothing = "Nothing was taken or written." if faults else f"Nothing to do: {desk.name} and the books agree."
    text = f"Done: {'; '.join(parts)}." if parts else nothing
    if faults:
        return _at_fault(faults, f"{text} {_number(len(faults), 'fault')} to mend.")
    if outcome.counts.get("files set aside"):
        return Answer("\n".join([text, *_of_files(desk, outcome)]), asks=True)
    return Answer(f"{text}{_noted([*outcome.notes, *later])}")


def _stopped(desk: Desk, outcome: Outcome) -> tuple[CannotRun | None, list[str]]:
    """What hindered this workbook or the whole, and what is told of others."""
    later = [
        reason
        for reason in outcome.stops
        if isinstance(reason, (InUse, ChangedMeanwhile)) and not str(reason).startswith(f"{desk.name}:")
    ]
    return next((reason for reason in outcome.stops if reason not in later), None), [str(reason) for reason in later]


def _at_fault(faults: Sequence[Issue], head: str) -> Answer:
    first = min(faults, key=lambda issue: (issue.sheet, issue.row))
    where = f"{first.sheet}!{first.cell}" if first.cell else first.sheet
    where += f", {first.column}" if first.column else ""
    where = f"{where}: " if where else ""
    told = f"{head} {'The first: ' if len(faults) > 1 else ''}{where}{first.problem} {first.fix}".strip()
    return Answer(told, asks=True, sheet=first.sheet, cell=area(first.cell) if first.cell else None)


def _of_files(desk: Desk, outcome: Outcome) -> list[str]:
    """The first faults that stand in no workbook, but in files that were dropped."""
    books = {path.name for path in book_paths(desk.company.folder.books)}
    found = [str(issue) for issue in outcome.issues if issue.source not in books]
    return found[:_NAMED] + (
        [f"… and {len(found) - _NAMED} more; all of them stand in Issues."] * (len(found) > _NAMED)
    )


def _noted(notes: Sequence[str]) -> str:
    """The first note, and how many more there are."""
    if not notes:
        return ""
    return f" {notes[0]}{f' And {len(notes) - 1} more to note.' if len(notes) > 1 else ''}"


def _taken(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counts.items() if number and name not in _WRITTEN)


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
