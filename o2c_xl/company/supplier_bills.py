"""`o2c bill`: a supplier's e-invoice, recomputed, matched with what was ordered and came, and posted or set aside."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from o2c_xl.company.opened import Company
from o2c_xl.company.periods import check_open
from o2c_xl.domain.buying.supplier_bill import BillRow, bill_of
from o2c_xl.domain.einvoice.fields import gaps
from o2c_xl.domain.einvoice.gap import Gap
from o2c_xl.domain.einvoice.model import EInvoice
from o2c_xl.domain.einvoice.sums import Difference, differences
from o2c_xl.domain.issue import CannotRun, check_text
from o2c_xl.intake.arrivals import Arrival, Taken, file_issue, known_files, note_place, refuse, take_arrival
from o2c_xl.intake.fate import Fate
from o2c_xl.intake.folders.hashed import copy_hashed
from o2c_xl.intake.folders.stored import Moving, find_place, free_place, place_new
from o2c_xl.intake.process.reader import Reader, ReaderFault
from o2c_xl.intake.refused.mending import clear_away
from o2c_xl.ledger.buying.bills import BillingBooks
from o2c_xl.ledger.buying.supplier_bills import billing_for, what_became_of
from o2c_xl.ledger.store import Ledger, rehearsing
from o2c_xl.steps.post_bills import post_bills
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch

__all__ = ["BillTaken", "check_bill", "take_bill"]

_KIND = "bills"
_KNOWN = "Known already"
_ASK = "Ask the supplier for a corrected invoice."
_GOOD = frozenset({"Posted", "Paid", _KNOWN})


@dataclass(frozen=True, slots=True)
class BillTaken:
    """What a supplier's invoice says wrongly, what it lacks, and what became of it.

    `status` is the bill's (Posted, Set aside, Not posted), `Known already`, or empty when it was only checked; `why` is
    what stops it, with what to do.
    """

    differences: Sequence[Difference]
    warnings: Sequence[Gap]
    bill: str = ""
    supplier: str = ""
    po: str = ""
    status: str = ""
    why: str = ""
    stored: str = ""
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def ok(self) -> bool:
        """Whether every sum recomputes, nothing forbids to pay it, and nothing waits for a person."""
        stopped = self.differences or any(gap.stops for gap in self.warnings)
        return not stopped and (not self.status or self.status in _GOOD)


def check_bill(path: Path) -> BillTaken:
    """Recompute every sum of the invoice in a file. Raises CannotRun where it cannot be read."""
    return _checked(_invoice(_there(path), path.name))


def _checked(invoice: EInvoice) -> BillTaken:
    return BillTaken(differences(invoice), gaps(invoice))


def _there(path: Path) -> Path:
    if not path.is_file():
        raise CannotRun(f"{path} is not there. Check the name; o2c bill takes UBL, CII and Factur-X.")
    return path


def _invoice(path: Path, name: str) -> EInvoice:
    try:
        with Reader() as reader:
            invoice: EInvoice = reader.run("e-invoice", path.resolve(), name)
    except ReaderFault as fault:
        raise CannotRun(str(fault)) from fault
    return invoice


def take_bill(company: Company, path: Path, day: dt.date, *, dry_run: bool) -> BillTaken:
    """Enter the bill of a file and post it if it matches; the file is kept in `done/` by date, or in `set-aside/`.

    The same bytes, or the same invoice of the same supplier in another file, change nothing. Raises CannotRun where the
    file cannot be read, or the books are closed for the day.
    """
    check_open(company, day)
    with TemporaryDirectory() as folder:
        copy = Path(folder, "copy")  # what is read is what is kept, whoever saves the file meanwhile
        sha256 = copy_hashed(_there(path), copy)
        invoice, content = _invoice(copy, path.name), copy.read_bytes()
    with rehearsing(company.ledger) if dry_run else nullcontext(company.ledger) as ledger:
        at_work = _Desk(replace(company, ledger=ledger), path, content, sha256, day)
        return at_work.take(invoice, keep=not dry_run)


def _why(problems: Sequence[str]) -> str:
    """The problems in one go; what to do about wrong sums is said once."""
    wrong = [problem.removesuffix(f" {_ASK}") for problem in problems]
    return " ".join([*wrong, _ASK] if wrong != [*problems] else problems)


@dataclass(slots=True)
class _Desk:
    """One file at work."""

    company: Company
    path: Path
    content: bytes
    sha256: str
    day: dt.date

    def take(self, invoice: EInvoice, *, keep: bool) -> BillTaken:
        checked, ledger = _checked(invoice), self.company.ledger
        with ledger.reading() as conn:
            known = known_files(conn, self.sha256)
            settings = self.company.settings(conn)
            row = bill_of(invoice, billing_for(conn, invoice, settings), self.day)
        if known and known[0].fate == Fate.DONE:
            why = f"The same file came as {known[0].file} on {known[0].seen[:10]}; nothing changed."
            return replace(checked, status=_KNOWN, why=why, stored=known[0].stored_as)
        problems = [f"{one}. {_ASK}" for one in checked.differences] or ([row] if isinstance(row, str) else [])
        if isinstance(row, BillRow) and row.known and not problems:
            why = f"Bill {row.bill} of {row.supplier} is in the books already; nothing changed."
            return replace(checked, bill=row.bill, supplier=row.supplier, po=row.po, status=_KNOWN, why=why)
        if problems or not isinstance(row, BillRow):
            taken = self._refused(ledger, problems)
        else:
            taken = take_arrival(ledger, self._arrival(), [self._batch(row)], self.day, self.company.policy)
        stored = self._stored(taken) if keep else taken.stored
        return self._told(replace(checked, stored=stored), row, taken, problems)

    def _told(self, checked: BillTaken, row: BillRow | str, taken: Taken, problems: Sequence[str]) -> BillTaken:
        if isinstance(row, BillRow):
            checked = replace(checked, bill=row.bill, supplier=row.supplier, po=row.po)
        if taken.fate != Fate.DONE:
            return replace(checked, status="Set aside", why=_why(problems) or check_text(taken.outcome.issues))
        ledger = self.company.ledger
        post_bills(BillingBooks(ledger, self.day, self.company.policy_now()), self.day)
        with ledger.reading() as conn:
            status, po, problem = what_became_of(conn, checked.bill)
        return replace(checked, status=status, po=po, why=problem, notes=taken.outcome.notes)

    def _arrival(self) -> Arrival:
        root, name = self.company.folder.root, self.path.name
        done = free_place(root / "done" / _KIND / self.day.isoformat(), name, self.sha256, self.path)
        aside = free_place(root / "set-aside" / _KIND, name, self.sha256, self.path)
        return Arrival(
            name,
            self.sha256,
            _KIND,
            self.company.ledger.who,
            stored=done.relative_to(root).as_posix(),
            aside=aside.relative_to(root).as_posix(),
        )

    def _refused(self, ledger: Ledger, problems: Sequence[str]) -> Taken:
        issues = [file_issue(self.path.name, problem) for problem in problems]
        return refuse(ledger, self._arrival(), issues, self.day)

    def _batch(self, row: BillRow) -> Batch:
        values = {
            "bill": row.bill,
            "supplier_id": row.supplier,
            "po": row.po or None,
            "bill_date": row.bill_date,
            "due_date": row.due_date,
            "net": row.net,
            "tax": row.tax,
            "rounding": row.rounding or None,
            "total": row.total,
        }
        columns = {name: [value] for name, value in values.items()}
        return Batch(table=BY_NAME["Bills"], source=self.path.name, sheet="", columns=columns, rows=[1], letters={})

    def _stored(self, taken: Taken) -> str:
        """Keep the file where the ledger says; one that was refused before leaves `set-aside`."""
        root, name = self.company.folder.root, self.path.name
        wanted = root / taken.stored
        kept = place_new(wanted.parent, name, self.content, self.sha256)
        stored = kept.relative_to(root).as_posix()
        if kept != wanted:
            note_place(self.company.ledger, self._arrival(), stored, self.day)
        before = find_place(root / "set-aside" / _KIND, name, self.sha256) if taken.fate == Fate.DONE else None
        if before is not None and not before.samefile(self.path):
            moving = Moving()
            clear_away(moving, before, name, self.sha256)
            moving.settle()
        return stored
