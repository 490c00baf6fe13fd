"""`o2c load`: the rows of a file into the ledger, the whole file in one transaction."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.domain.outcome import Outcome
from o2c_xl.domain.policy import Policy
from o2c_xl.intake.arrivals import Arrival, data_rows, known_files, remember
from o2c_xl.intake.came import untaken, whose
from o2c_xl.intake.checked import check_place
from o2c_xl.intake.fate import FILE_TAKEN, Fate
from o2c_xl.intake.folders.hashed import copy_hashed
from o2c_xl.intake.folders.names import known_name
from o2c_xl.intake.lists.told_encoding import in_utf8
from o2c_xl.intake.process.reader import Asked, Reader, ReaderFault
from o2c_xl.intake.refused.mending import mend_before, mend_elsewhere, overtake
from o2c_xl.ledger.issues import forget_issues, replace_issues
from o2c_xl.ledger.store import Ledger, Source, Txn
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.take_all import take_all

__all__ = ["Loaded", "load_file", "read_file"]


class _Refused(Exception):
    """The file is not taken: nothing that happened inside the transaction is kept."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as it was read: the name it is known by, the SHA-256 of the bytes that were read, and its rows."""

    name: str
    sha256: str
    batches: list[Batch]


def read_file(reader: Reader, path: Path, asked: Asked, encoding: str = "") -> Loaded:
    """A file with its rows; raises CannotRun where it is not there or cannot be read as a whole.

    `encoding` is that of a text without Unicode, where a person tells it.
    A link may be loaded, unlike dropped: who names a file at the command line means the one behind it.
    """
    if not path.is_file():
        raise CannotRun(f"{path} is not there. Check the name; o2c load FILE... takes xlsx and csv files.")
    check_place(path.resolve(), asked.name)
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        copy = Path(folder, "copy")  # what is read is what is hashed, whoever saves the file meanwhile
        try:
            sha256 = copy_hashed(path, copy)
            in_utf8(copy, encoding, asked.name)
            return Loaded(known_name(path.name), sha256, reader.read(copy, asked))
        except OSError as error:
            raise CannotRun(f"{path} cannot be read: {error.strerror or error}.") from error
        except ReaderFault as fault:
            raise CannotRun(str(fault)) from fault


def load_file(ledger: Ledger, file: Loaded, day: dt.date, policy_now: Callable[[Txn], Policy]) -> Outcome:
    """Take a file's rows by their keys; the same rows again change nothing.

    With the setting All or nothing files one fault refuses the whole file, else each order or row stands for
    itself.
    """
    batches = file.batches
    outcome, left = Outcome(), ""
    try:
        with ledger.transaction(day, Source(file.name)) as txn:
            counts = take_all(txn, batches, policy_now)
            outcome.fault(_issues(batches))
            if outcome.issues and policy_now(txn).all_or_nothing:
                outcome.counts = dict.fromkeys(counts, 0)
                left = untaken(txn, batches)
                raise _Refused  # noqa: TRY301 -- leaving by exception is how a transaction is given up
            outcome.counts = counts
            _note(txn, file, outcome)
        outcome.fault(remark for batch in batches for remark in batch.remarks)
    except _Refused:
        _set_aside(ledger, file, day, outcome.issues, left)
    outcome.notes = [note for batch in batches for note in batch.notes]
    return outcome


def _issues(batches: Sequence[Batch]) -> list[Issue]:
    return [issue for batch in batches for issue in batch.issues]


def _note(txn: Txn, file: Loaded, outcome: Outcome) -> None:
    """Keep that the file was taken; a file that changes nothing leaves no trace."""
    arrival, batches = _arrival(txn, file), file.batches
    replace_issues(txn, arrival.name, outcome.issues, arrival.sha256, whose(txn, batches))
    overtake(txn, arrival.key)
    if outcome.issues:
        forget_issues(txn, [arrival.name], arrival.sha256)
    else:
        mend_before(txn, arrival.key, ("", ""), batches)
    mend_elsewhere(txn, arrival.key, batches)
    if outcome.changed:
        txn.record(FILE_TAKEN, arrival.name, {"sha256": arrival.sha256, **outcome.counts})
        _remember(txn, arrival, batches, (Fate.DONE, ""))


def _set_aside(ledger: Ledger, file: Loaded, day: dt.date, issues: Sequence[Issue], left: str) -> None:
    with ledger.transaction(day, Source(file.name)) as txn:
        arrival, batches = _arrival(txn, file), file.batches
        replace_issues(txn, arrival.name, issues, arrival.sha256, whose(txn, batches))
        overtake(txn, arrival.key)
        forget_issues(txn, [arrival.name], arrival.sha256)
        why = f"{len(issues)} {'fault' if len(issues) == 1 else 'faults'}; nothing of the file was taken."
        _remember(txn, arrival, batches, (Fate.ASIDE, why), left)


def _arrival(txn: Txn, file: Loaded) -> Arrival:
    """A file that a person brought by hand; it stays where it is."""
    kind = ", ".join(dict.fromkeys(batch.table.name for batch in file.batches))
    return Arrival(file.name, file.sha256, kind, sender=txn.who)


def _remember(txn: Txn, arrival: Arrival, batches: Sequence[Batch], fate: tuple[str, str], left: str = "") -> None:
    """The same file with the same fate leaves no new trace."""
    if (arrival.name, *fate) not in {(row.file, row.fate, row.why) for row in known_files(txn.conn, arrival.sha256)}:
        remember(txn, arrival, *fate, data_rows(batches), left)
