"""What a dropped file does to the ledger: taken whole, set aside with its faults, or known already.

All of it is one transaction: rows, postings, the journal, the list of files, the message to the sender. Where the file
lies afterwards is written down in the same transaction and made true after it; if the process ends in
between, the same file is found again and only moved.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, select

from o2c_xl.domain.issue import Issue
from o2c_xl.domain.outcome import Outcome
from o2c_xl.domain.policy import Policy
from o2c_xl.intake.came import untaken, whose
from o2c_xl.intake.decisions import refuse_decisions
from o2c_xl.intake.fate import FILE_REFUSED, FILE_TAKEN, Fate
from o2c_xl.intake.layouts.resolve import resolve
from o2c_xl.intake.refused.mending import mend_before, mend_elsewhere
from o2c_xl.intake.refused.told import set_aside_letter
from o2c_xl.ledger import schema
from o2c_xl.ledger.issues import replace_issues
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import put_in_outbox
from o2c_xl.ledger.store import Ledger, Source, Txn
from o2c_xl.tables.check.batches import accepted
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.bank import refuse_other_accounts
from o2c_xl.tables.take.take_all import take_all

__all__ = [
    "Arrival",
    "Taken",
    "data_rows",
    "file_issue",
    "known_files",
    "note_place",
    "refuse",
    "remember",
    "take_arrival",
]

_C = schema.files.c
# Asked once per dropped file, so they are put together once.
_BY_HASH = select(schema.files).where(_C.hash == bindparam("sha256")).order_by(_C.seen)
_THIS = (_C.file == bindparam("name"), _C.hash == bindparam("sha256"))
_TIMES = select(_C.times).where(*_THIS)
_OTHERS_TAKEN = "the others were taken."


@dataclass(frozen=True, slots=True)
class Arrival:
    """A dropped file: its name as dropped, SHA-256, sender, and where it will lie if it is taken or refused.

    `stored` and `aside` are paths as the sheet Files shows them. `seen`: these bytes were taken before. `whole`: one
    fault refuses all of it (None = by the setting). `customers` are those it may order for, empty = any. `decisions`:
    it may decide what the company's people do. `address` gets the message about a refusal. `size` in bytes.
    """

    name: str
    sha256: str
    kind: str
    sender: str
    stored: str = ""
    aside: str = ""
    seen: bool = False
    whole: bool | None = None
    customers: frozenset[str] = frozenset()
    decisions: bool = False
    address: str = ""
    size: int = 0

    @property
    def key(self) -> tuple[str, str]:
        """What tells the file from every other."""
        return self.name, self.sha256


@dataclass(slots=True)
class Taken:
    """What the ledger made of a file: its fate, where it belongs now, and what was counted and found.

    `partly` says of a file whose sound rows were taken how many were not.
    """

    fate: str
    stored: str
    outcome: Outcome = field(default_factory=Outcome)
    partly: str = ""


class _Refused(Exception):
    """The file is not taken: nothing that happened inside the transaction is kept."""


def known_files(conn: Connection, sha256: str) -> list[Row[Any]]:
    """Every file with these bytes that was seen before, the one that was taken first."""
    rows = conn.execute(_BY_HASH, {"sha256": sha256}).all()
    return sorted(rows, key=lambda row: row.fate != Fate.DONE)


def file_issue(name: str, problem: str) -> Issue:
    """A fault of the file as a whole."""
    what, _, fix = problem.partition(". ")
    return Issue(name, "", "", "", 0, "", f"{what.rstrip('.')}.", fix or "Mend it and drop it again.")


def take_arrival(
    ledger: Ledger, arrival: Arrival, batches: Sequence[Batch], day: dt.date, policy_now: Callable[[Txn], Policy]
) -> Taken:
    """Take the rows of a file whose bytes were not taken before; with a fault it is set aside.

    By the setting All or nothing files, or the folder's own rule, one fault refuses the whole file; else sound
    orders and rows go in and the rest comes back.
    """
    outcome, left = Outcome(), ""
    try:
        with ledger.transaction(day, Source(arrival.name)) as txn:
            known = known_files(txn.conn, arrival.sha256)
            if known and known[0].fate == Fate.DONE:
                return _repeated(txn, arrival, known[0])
            resolve(batches, txn)
            _refuse_strangers(txn, batches, arrival.customers)
            if not arrival.decisions:
                refuse_decisions(txn, batches, policy_now(txn))
            refuse_other_accounts(txn, batches, policy_now(txn))
            counts = take_all(txn, batches, policy_now)
            outcome.notes = [note for batch in batches for note in batch.notes]
            outcome.fault(issue for batch in batches for issue in batch.issues)
            if outcome.issues and (_is_whole(txn, arrival, policy_now) or not any(counts.values())):
                left = untaken(txn, batches)
                raise _Refused  # noqa: TRY301 -- leaving by exception is how a transaction is given up
            outcome.counts = counts
            if not outcome.issues:
                mend_before(txn, arrival.key, (arrival.stored, arrival.aside), batches)
            mend_elsewhere(txn, arrival.key, batches)
            taken = _taken(txn, arrival, batches, outcome)
    except _Refused:
        return refuse(ledger, arrival, outcome.issues, day, of=batches, left=left)
    taken.outcome.fault(remark for batch in batches for remark in batch.remarks)
    return taken


def _is_whole(txn: Txn, arrival: Arrival, policy_now: Callable[[Txn], Policy]) -> bool:
    """Whether one fault refuses the whole file: the folder's own rule, else the setting."""
    return policy_now(txn).all_or_nothing if arrival.whole is None else arrival.whole


def _repeated(txn: Txn, arrival: Arrival, first: Row[Any]) -> Taken:
    """Note that a file was taken before, under this name or another; nothing else changes."""
    replace_issues(txn, arrival.name, (), arrival.sha256)
    if first.file == arrival.name:
        again = {"file": first.file, "hash": first.hash, "times": first.times + 1, "stored_as": arrival.stored}
        txn.update(schema.files, [again])
    else:
        why = f"The same bytes came as {first.file} on {first.seen[:10]}; nothing changed."
        remember(txn, arrival, Fate.REPEAT, why, first.rows)
    return Taken(Fate.REPEAT, arrival.stored)


def note_place(ledger: Ledger, arrival: Arrival, stored: str, day: dt.date) -> None:
    """The file got another name than was planned, since someone else was quicker."""
    with ledger.transaction(day) as txn:
        txn.update(schema.files, [{"file": arrival.name, "hash": arrival.sha256, "stored_as": stored}])


def refuse(
    ledger: Ledger,
    arrival: Arrival,
    issues: Sequence[Issue],
    day: dt.date,
    *,
    of: Sequence[Batch] = (),
    left: str = "",
) -> Taken:
    """Set the file aside with its faults, and tell the sender; nothing of it is taken.

    `of` are its rows, if known, and `left` the sound ones of them as `untaken` gives them.
    """
    with ledger.transaction(day, Source(arrival.name)) as txn:
        why = f"{len(issues)} {'fault' if len(issues) == 1 else 'faults'}; nothing of the file was taken."
        partly = _set_aside(txn, arrival, issues, (why, of, left))
    return Taken(Fate.ASIDE, arrival.aside, Outcome(issues=list(issues)), partly)


def _taken(txn: Txn, arrival: Arrival, batches: Sequence[Batch], outcome: Outcome) -> Taken:
    rows = data_rows(batches)
    txn.record(FILE_TAKEN, arrival.name, {"sha256": arrival.sha256, "size": arrival.size, **outcome.counts})
    if outcome.issues:
        partly = _partly(rows, batches, outcome.issues)
        _set_aside(txn, arrival, outcome.issues, (partly, batches, ""), partly)
        return Taken(Fate.ASIDE, arrival.aside, outcome, partly)
    told = " ".join(outcome.notes)
    remember(txn, arrival, Fate.DONE, told if outcome.changed else f"Every row was known already. {told}".strip(), rows)
    return Taken(Fate.DONE, arrival.stored, outcome)


def _partly(rows: int, batches: Sequence[Batch], issues: Sequence[Issue]) -> str:
    """How many rows have faults, and how many more were left with them since their order is taken whole."""
    faulty = len({(issue.sheet, issue.row) for issue in issues})
    more = rows - data_rows(accepted(batches)) - faulty
    have = "has" if faulty == 1 else "have"
    left = f" and {more} more of the same orders {'was' if more == 1 else 'were'} left with them" if more > 0 else ""
    return f"{faulty} of {rows} rows {have} faults{left}; {_OTHERS_TAKEN}"


def _set_aside(
    txn: Txn, arrival: Arrival, issues: Sequence[Issue], about: tuple[str, Sequence[Batch], str], partly: str = ""
) -> str:
    """`about` is why, the rows, and those untaken; `partly` is told of a file whose other rows were taken.

    What was said already of a file on its way there is not said again, and its `partly` is given back. That it has the
    same faults tells, not why: of a file whose sound rows were taken nothing is left to take.
    """
    why, of, left = about
    others = replace_issues(txn, arrival.name, issues, arrival.sha256, whose(txn, of))
    c = schema.files.c
    this = (c.file == arrival.name, c.hash == arrival.sha256)
    before = txn.conn.execute(select(c.fate, c.stored_as, c.why).where(*this)).first()
    if not others and before is not None and before[:2] == (Fate.ASIDE, arrival.aside):
        return before.why if before.why.endswith(_OTHERS_TAKEN) else ""
    txn.record(FILE_REFUSED, arrival.name, {"sha256": arrival.sha256, "size": arrival.size, "faults": len(issues)})
    put_in_outbox(txn, [set_aside_letter(arrival.name, arrival.aside, arrival.address, issues, partly)])
    remember(txn, replace(arrival, stored=arrival.aside), Fate.ASIDE, why, data_rows(of), left)
    return partly


def remember(txn: Txn, arrival: Arrival, fate: str, why: str, rows: int, left: str = "") -> None:
    """Keep what became of the file; `left` are the sound rows that were not taken, as `untaken` gives them."""
    this = {"name": arrival.name, "sha256": arrival.sha256}
    times = txn.conn.execute(_TIMES, this).scalar()
    if times is not None:
        txn.conn.execute(delete(schema.files).where(*_THIS), this)
    row = {
        "file": arrival.name,
        "hash": arrival.sha256,
        "kind": arrival.kind,
        "from": arrival.sender,
        "seen": txn.at,
        "rows": rows,
        "times": (times or 0) + 1,
        "fate": fate,
        "stored_as": arrival.stored,
        "why": why,
        "untaken": left,
    }
    txn.insert(schema.files, [row])


def data_rows(batches: Sequence[Batch]) -> int:
    """How many rows the file has; one of a flat list brings an order and a line."""
    lists: dict[object, set[int]] = {}
    for batch in batches:
        for at, row in enumerate(batch.rows):
            part = batch.part_of[at] if batch.parts else 0
            lists.setdefault((batch.sheet_of(at), part), set()).add(row)
    return sum(map(len, lists.values()))


def _refuse_strangers(txn: Txn, batches: Iterable[Batch], customers: frozenset[str]) -> None:
    """Mark rows for customers that this sender may not order for, be it in a new order or in one that stands."""
    if not customers:
        return
    fix = f"From here come orders of {', '.join(sorted(customers))} only."
    for batch in batches:
        for i, customer in enumerate(batch.columns.get("customer_id", ())):
            if customer is not None and customer not in customers:
                batch.fault(i, "customer_id", f"{customer} may not be ordered for by this sender.", fix)
        if "order" not in batch.columns:
            continue
        c = schema.orders.c
        keys = {key for key in batch.columns["order"] if key is not None}
        standing = dict(tuple(row) for row in rows_by_key(txn.conn, [c.order, c.customer_id], c.order, keys))
        for i, key in enumerate(batch.columns["order"]):
            if standing.get(key, next(iter(customers))) not in customers:
                number = "Give it another number, or put it in Customer reference and leave Order empty."
                batch.fault(i, "order", f"{key} is another customer's order.", f"{number} {fix}")
