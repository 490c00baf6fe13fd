"""`o2c load`: the rows of a file into the ledger, the whole file in one transaction."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import delete, insert, select

from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.domain.outcome import Outcome
from o2c_xl.domain.settings import Policy
from o2c_xl.intake.rows import read_rows
from o2c_xl.ledger import schema
from o2c_xl.ledger.issues import mend_issues, replace_issues
from o2c_xl.ledger.store import Ledger, Source, Txn
from o2c_xl.tables.batch import Batch
from o2c_xl.tables.spec import Table
from o2c_xl.tables.take_all import take_all

__all__ = ["load_file", "read_file"]


class _Refused(Exception):
    """The file is not taken: nothing that happened inside the transaction is kept."""


def read_file(path: Path, table: Table | None) -> list[Batch]:
    """The rows of a file; raises CannotRun where it is not there or cannot be read as a whole."""
    if not path.is_file():
        raise CannotRun(f"{path} is not there. Check the name; o2c load FILE... takes xlsx and csv files.")
    return read_rows(path, table)


def load_file(
    ledger: Ledger, what: tuple[Path, list[Batch]], day: dt.date, policy_now: Callable[[Txn], Policy], *, dry_run: bool
) -> Outcome:
    """Take a file's rows by their keys; the same rows again change nothing.

    With the setting All or nothing files one fault refuses the whole file, else each order or row stands for
    itself.
    """
    path, batches = what
    outcome = Outcome(notes=[note for batch in batches for note in batch.notes])
    try:
        with ledger.transaction(day, Source(path.name)) as txn:
            counts = take_all(txn, batches, policy_now)
            outcome.fault(_issues(batches))
            if dry_run or (outcome.issues and policy_now(txn).all_or_nothing):
                outcome.counts = counts if dry_run and outcome.ok else dict.fromkeys(counts, 0)
                raise _Refused  # noqa: TRY301 -- leaving by exception is how a transaction is given up
            outcome.counts = counts
            _note(txn, path, batches, outcome)
    except _Refused:
        if not dry_run:
            _set_aside(ledger, path, day, batches, outcome.issues)
    return outcome


def _issues(batches: Sequence[Batch]) -> list[Issue]:
    return [issue for batch in batches for issue in batch.issues]


def _note(txn: Txn, path: Path, batches: Sequence[Batch], outcome: Outcome) -> None:
    """Keep that the file was taken; a file that changes nothing leaves no trace."""
    replace_issues(txn, path.name, outcome.issues)
    if txn.conn.execute(select(schema.issues.c.source).where(schema.issues.c.source != path.name).limit(1)).first():
        for batch in batches:
            bad = batch.bad
            keys = [batch.key_text(i) for i in range(len(batch)) if i not in bad]
            mend_issues(txn, batch.table.name, keys, path.name)
    if outcome.changed:
        txn.record("file taken", path.name, {"sha256": _sha256(path), **outcome.counts})
        _remember(txn, path, batches, ("Done", ""))


def _set_aside(ledger: Ledger, path: Path, day: dt.date, batches: Sequence[Batch], issues: Sequence[Issue]) -> None:
    with ledger.transaction(day, Source(path.name)) as txn:
        replace_issues(txn, path.name, issues)
        _remember(txn, path, batches, ("Set aside", f"{len(issues)} faults; nothing of the file was taken."))


def _remember(txn: Txn, path: Path, batches: Sequence[Batch], fate: tuple[str, str]) -> None:
    """Keep what became of the file; the same file with the same fate leaves no new trace."""
    table, sha256 = schema.files, _sha256(path)
    c = table.c
    known = txn.conn.execute(select(c.fate, c.why).where(c.file == path.name, c.hash == sha256)).first()
    if known is not None and tuple(known) == fate:
        return
    txn.conn.execute(delete(table).where(table.c.file == path.name, table.c.hash == sha256))
    values = {
        "file": path.name,
        "hash": sha256,
        "kind": ", ".join(dict.fromkeys(batch.table.name for batch in batches)),
        "from": txn.who,
        "seen": txn.at,
        "rows": sum(len(batch) for batch in batches),
        "times": 1,
        "fate": fate[0],
        "why": fate[1],
    }
    txn.conn.execute(insert(table).values(values))


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
