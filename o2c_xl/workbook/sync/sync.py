"""Workbooks ↔ ledger: take what people typed, then show what the ledger holds.

The two halves stand apart so that `o2c run` can let every step work in between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select

from o2c_xl.domain.collector import collector_at_rest
from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.domain.outcome import Outcome
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.engine import let_go
from o2c_xl.ledger.store import Ledger, Source, Txn
from o2c_xl.tables.show.views import Scope
from o2c_xl.workbook.live.book import LiveBook
from o2c_xl.workbook.sync.books import OpenBook, book_paths, gone_books, hash_of, open_books
from o2c_xl.workbook.sync.header_notes import book_gone, header_notes
from o2c_xl.workbook.sync.memory import forget_books, miss_book, remember_book
from o2c_xl.workbook.sync.plan import BookPlan, plan_books
from o2c_xl.workbook.sync.take_in import take_again, take_books
from o2c_xl.workbook.sync.taken import TakenBook
from o2c_xl.workbook.sync.tell import NEVER, tell_faults
from o2c_xl.workbook.sync.write_back import Places, leave_formulas, record_restored, write_books

__all__ = ["Places", "Sync"]


@dataclass
class Sync:
    """One sync of a company's workbooks; `scope` gives the view of the ledger as it holds at that moment.

    `live` is the one that is open in Excel and synced there; with `saving` False it is only looked at. `gone` are
    workbooks that were here and are not any longer. `everywhere` are all that are here, `books` those to be synced.
    """

    ledger: Ledger
    day: dt.date
    places: Places
    scope: Callable[[], Scope]
    policy_now: Callable[[Txn], Policy]
    live: LiveBook | None = None
    saving: bool = True
    books: list[OpenBook] = field(default_factory=list)
    everywhere: list[OpenBook] = field(default_factory=list)
    taken: list[TakenBook] = field(default_factory=list)
    gone: Sequence[str] = ()

    def take(self, folder: Path, only: Path | None = None, *, allow_empty: bool = False) -> Outcome:
        """Take what changed in the workbooks into the ledger, in one transaction."""
        self._open(folder, only)
        if not (self.gone or any(book.tables or book.fresh for book in self.books)):
            return Outcome(notes=header_notes(self.books))
        with collector_at_rest(), self.ledger.transaction(self.day, Source()) as txn:
            self.taken, outcome = take_books(txn, self.books, self.scope(), self.policy_now, allow_empty=allow_empty)
            self._part(txn, outcome)
            self._keep_file(txn)
        outcome.notes += header_notes(self.books)
        return outcome

    def _part(self, txn: Txn, outcome: Outcome) -> None:
        """Tell of the workbooks that are gone, and forget those whose tables stand in others now."""
        if not self.gone:
            return
        missed = gone_books(txn.conn, {book.name: book.places for book in self.everywhere})
        for name in missed:
            miss_book(txn, name)
        forget_books(txn, [name for name in self.gone if name not in missed])
        faults = {name: [book_gone(name, missed[name])] if name in missed else [] for name in self.gone}
        tell_faults(txn, self.books, faults)
        outcome.fault([issue for issues in faults.values() for issue in issues])

    def take_again(self) -> Outcome:
        """Try the rows at fault again after work was done: what is said of them is true of what is shown."""
        with collector_at_rest(), self.ledger.transaction(self.day, Source()) as txn:
            counts = take_again(txn, self.taken, self.scope(), self.policy_now)
            if any(counts.values()):
                self._keep_file(txn)
        return Outcome(counts=counts, issues=self.faults)

    @property
    def faults(self) -> list[Issue]:
        """What was wrong in the workbooks that were read."""
        return [issue for one in self.taken for issue in one.issues]

    def _keep_file(self, txn: Txn) -> None:
        """Save the open workbook before what it holds counts: its file and what is remembered of it are never apart."""
        for one in self.taken:
            if one.book.live is not None and one.changed and self.saving:
                one.book.live.save()
                one.book.sha256 = hash_of(one.book.path)
                remember_book(txn, one.book, NEVER)

    def write(self) -> Outcome:
        """Make the workbooks show what the ledger holds now."""
        with collector_at_rest():
            plans = self._plans()
            if record_restored(self.ledger, plans, self.day):
                plans = self._plans()
            let_go(self.ledger.engine)  # a large workbook is written next, which wants the memory
            return write_books(self.ledger, plans, self.day, self.places)

    def _plans(self) -> list[BookPlan]:
        head = self.ledger.head()
        with collector_at_rest(), self.ledger.reading() as conn:
            plans = plan_books(conn, self.books, self.taken, self.scope(), head)
        for plan in plans:
            leave_formulas(plan)
        return plans

    def planned(self) -> Outcome:
        """What `write` would write: cells, a note per table of a file, what would hinder an open workbook."""
        plans = self._plans()
        outcome = Outcome(counts={"cells written": sum(plan.cells() for plan in plans)})
        outcome.notes += [
            f"{plan.book.name}: {name}: {len(sheet.out.cells)} cells, {len(sheet.out.append)} new rows to write, "
            f"{len(sheet.out.drop)} to take out"
            for plan in plans
            for name, sheet in plan.sheets.items()
            if plan.book.live is None and not sheet.out.empty
        ]
        for plan in plans:
            if plan.book.live is not None:
                try:
                    plan.book.live.refuse_unwritable(plan.edits)
                except CannotRun as error:
                    outcome.stop(error)
        return outcome

    def _open(self, folder: Path, only: Path | None) -> None:
        paths = book_paths(folder)
        with collector_at_rest(), self.ledger.reading() as conn:
            books = open_books(conn, paths, self.live)
            known = set(conn.execute(select(schema.books.c.name)).scalars())
        _refuse_lost(paths, known)
        self.gone = sorted(known - {path.name for path in paths})
        if only is not None and only.name not in {book.name for book in books}:
            raise CannotRun(f"{only.name} is not in the folder {folder.name}. There are: {_names(paths)}.")
        self.everywhere = books
        self.books = [book for book in books if only is None or book.name == only.name]


def _refuse_lost(paths: Sequence[Path], known: set[str]) -> None:
    """All workbooks gone at once is a folder that is not reachable, not a wish."""
    if known and not paths:
        raise CannotRun(
            f"No workbook is in the folder books, where there were {', '.join(sorted(known))}. "
            "Is the share connected? Bring them back; nothing was changed."
        )


def _names(paths: Sequence[Path]) -> str:
    return ", ".join(path.name for path in paths) or "none"
