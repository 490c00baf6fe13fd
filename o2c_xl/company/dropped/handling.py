"""Handling claimed files: private copy, checked reading, the ledger, and the place where each file stays.

A file is in one place at any moment, and each step can be repeated: what a claim meant to the ledger is found there by
the hash of its bytes, so whatever ends the process, the next one finishes it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from sqlalchemy.exc import SQLAlchemyError

from o2c_xl.company.opened import Company
from o2c_xl.company.traces import keep_trace
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.outcome import Outcome
from o2c_xl.intake.arrivals import Arrival, Taken, file_issue, known_files, note_place, refuse, take_arrival
from o2c_xl.intake.copies import copy_name
from o2c_xl.intake.fate import Fate
from o2c_xl.intake.folders.claims import OWN, Claim
from o2c_xl.intake.folders.hashed import copy_hashed, file_hash
from o2c_xl.intake.folders.landing import sender_of
from o2c_xl.intake.folders.stored import Moving, find_place, free_place, place_new
from o2c_xl.intake.folders.watched import Watched
from o2c_xl.intake.lists.told_encoding import in_utf8
from o2c_xl.intake.process.reader import Asked, Reader, ReaderFault
from o2c_xl.intake.refused.marked import issues_alone
from o2c_xl.intake.refused.mending import clear_away
from o2c_xl.ledger.store import Ledger, together
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.take_all import earliest
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.patch.durable import flush_file

__all__ = ["TRIED_AGAIN", "Handling", "Read"]

TRIED_AGAIN = "It is tried again by the next run."
_UNREADABLE = "Open it in Excel, save it and drop it again; where it does not open there, copy or send it again."
_STUMBLED = "The program stumbled over it ({}). Take it away, and send it to your support{}."
_COUNTS = {Fate.DONE: "files taken", Fate.ASIDE: "files set aside", Fate.REPEAT: "files repeated"}
_LASTING = {Fate.DONE, Fate.REPEAT}  # a refused file is read anew: it may go through now


@dataclass(slots=True)
class Read:
    """A claimed file with what its private copy holds: rows, or the sentence why there are none.

    `settled` is what the ledger made of it already, where only the move is left.
    """

    claim: Claim
    copy: Path
    arrival: Arrival
    settled: Taken | None = None
    batches: list[Batch] = field(default_factory=list)
    refusal: str = ""


class Handling:
    """Handles claims on one business day; `outcome` grows."""

    def __init__(self, company: Company, reader: Reader, folders: Mapping[str, Watched], day: dt.date) -> None:
        self.company, self.reader, self.folders, self.day = company, reader, folders, day
        self.root = company.folder.root
        self._one_at_a_time = Lock()
        self.outcome = Outcome(counts=dict.fromkeys(_COUNTS.values(), 0))

    def read(self, claims: Sequence[Claim], stop: Callable[[], bool]) -> Sequence[Read]:
        """Copy and read these files; may be called while another thread finishes those before.

        What the disk does not give stays claimed, as a fault of this pass, and is tried again by the next.
        """
        read: list[Read] = []
        for claim in claims:
            if claim.kind in self.folders and not stop():
                with self._minding(claim):
                    read.append(self._read(claim))
        return read

    def finish(self, read: Sequence[Read]) -> list[Claim]:
        """Take these files into the ledger, in the order in which their tables lean on each other, and put them away.

        Each is taken whole or not at all, and one commit keeps them all. What the disk does not take stays claimed,
        as above. Returns the claims that another program went on writing into: what it wrote is to be dropped anew.
        """
        return self._put_away(self._decided(sorted(read, key=lambda one: earliest(one.batches))))

    def rehearse(self, claim: Claim) -> None:
        """What handling the file would do to the ledger; a copy of it is read."""
        with self._minding(claim), TemporaryDirectory() as folder:
            read = self._known(claim, copy := Path(folder, "copy"), copy_hashed(claim.path, copy))
            self._read_rows(read)
            taken = read.settled or self._taken(self.company.ledger, read)
            self.outcome.include(taken.outcome)
            self.outcome.count(_COUNTS[taken.fate], 1)

    @contextmanager
    def _reading(self) -> Iterator[Reader]:
        """The reader, for one thread at a time."""
        with self._one_at_a_time:
            yield self.reader

    @contextmanager
    def _minding(self, *claims: Claim) -> Iterator[None]:
        """A file that the disk does not give or take keeps no other from being handled."""
        try:
            yield
        except OSError as error:
            self._stopped_at(claims, f"It could not be handled yet: {error.strerror or error}. {TRIED_AGAIN}")
        except (SQLAlchemyError, CannotRun, ReaderFault):
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, it must not stop the watcher
            self._stumbled(claims, error)

    def _stumbled(self, claims: Sequence[Claim], error: Exception) -> None:
        """Tell of an error that nobody foresaw; the log keeps it for those who mend it."""
        log = keep_trace(self.company.folder.logs, self.company.ledger.clock(), f"stumbled over {claims}")
        self._stopped_at(claims, _STUMBLED.format(type(error).__name__, f", with {self._shown(log)}" if log else ""))

    def _stopped_at(self, claims: Sequence[Claim], why: str) -> None:
        with self._one_at_a_time:
            self.outcome.fault([file_issue(claim.name, why) for claim in claims])

    # --- reading -----------------------------------------------------------------------------------------------

    def _read(self, claim: Claim) -> Read:
        copy = claim.path.with_name(f"{OWN}{hashlib.sha256(os.fsencode(claim.name)).hexdigest()[:16]}")
        read = self._known(claim, copy, copy_hashed(claim.path, copy))
        if read.settled is None and not read.arrival.seen:
            self._read_rows(read)
        return read

    def _known(self, claim: Claim, copy: Path, sha256: str) -> Read:
        """What the ledger knows of these bytes: taken before, or settled under this name with only the move left."""
        watched = self.folders[claim.kind]
        done, aside = self.root / watched.done / self.day.isoformat(), self.root / watched.set_aside
        with self.company.ledger.reading() as conn:
            known = known_files(conn, sha256)
        mine = next((row for row in known if row.file == claim.name and row.stored_as), None)
        before = self.root / mine.stored_as if mine else None
        unmoved = before is not None and (not before.exists() or before.samefile(claim.path))
        again = before if unmoved and mine and mine.fate == Fate.ASIDE else None
        refused = again or free_place(aside, claim.name, sha256, claim.path)
        sender = sender_of(self.company.ledger, claim.kind, claim.name, sha256) if self.company.config.mailbox else ""
        arrival = Arrival(
            name=claim.name,
            sha256=sha256,
            kind=claim.kind,
            sender=sender or watched.sender or _owner(claim.path),
            stored=self._shown(free_place(done, claim.name, sha256, claim.path)),
            aside=self._shown(refused),
            seen=bool(known) and known[0].fate == Fate.DONE,
            whole=watched.whole,
            customers=frozenset(watched.customers),
            decisions=watched.decisions,
            address=sender or watched.sender,
            size=copy.stat().st_size,
        )
        settled = Taken(mine.fate, mine.stored_as) if mine and unmoved and mine.fate in _LASTING else None
        return Read(claim, copy, arrival, settled)

    def _read_rows(self, read: Read) -> None:
        watched = self.folders[read.claim.kind]
        told = watched.tables[0] if len(watched.tables) == 1 or watched.tables[:1] == ["Statements"] else None
        layout, folder = self.root / watched.layout if watched.layout else None, self.company.folder
        asked = Asked(read.claim.name, told, layout, folder.partners, folder.bank_profiles, self.company.own_accounts())
        try:
            in_utf8(read.copy, watched.encoding, read.claim.name)
            read.batches = _allowed(self._rows(read, asked), watched, self.folders)
        except CannotRun as refusal:
            read.refusal = str(refusal).removeprefix(f"{read.claim.name}: ")
            if isinstance(refusal, Damaged) and ". " not in read.refusal:
                read.refusal = f"{read.refusal} {_UNREADABLE}"

    def _rows(self, read: Read, asked: Asked) -> list[Batch]:
        """The rows; of a file that does not hold the folder's table also those of another, so that it can be named."""
        try:
            with self._reading() as reader:
                return reader.read(read.copy, asked)
        except CannotRun as refusal:
            if asked.table is None or isinstance(refusal, Damaged):
                raise
            try:
                others = self._rows(read, replace(asked, table=None))
            except CannotRun:
                raise refusal from None
            if _all_of(asked.table, others):
                raise
            return others

    # --- deciding and storing ----------------------------------------------------------------------------------

    def _decided(self, read: Sequence[Read]) -> list[tuple[Read, Taken]]:
        """What the ledger makes of each file. A file that the program stumbles over keeps no other from being taken."""
        try:
            with together(self.company.ledger) as ledger:
                return [(one, one.settled or self._taken(ledger, one)) for one in read]
        except (SQLAlchemyError, CannotRun):
            raise
        except Exception as error:  # noqa: BLE001 -- whatever it is, it must not stop the watcher
            if len(read) > 1:
                return [decided for one in read for decided in self._decided([one])]
            self._stumbled([read[0].claim], error)
            return []

    def _taken(self, ledger: Ledger, read: Read) -> Taken:
        if read.refusal:
            return refuse(ledger, read.arrival, [file_issue(read.claim.name, read.refusal)], self.day)
        return take_arrival(ledger, read.arrival, read.batches, self.day, self.company.policy)

    def _put_away(self, decided: Sequence[tuple[Read, Taken]]) -> list[Claim]:
        """Move each file to its place; returns the claims that another program went on writing into."""
        moving, placed, written_into = Moving(), [], []
        for read, taken in decided:
            self.outcome.include(taken.outcome)
            with self._minding(read.claim):
                if taken.fate == Fate.ASIDE and self.folders[read.claim.kind].mark:
                    self._mark(read, taken)
                if taken.fate == Fate.DONE:
                    self._clear(moving, read)
                if not self._stored(moving, read, self.root / taken.stored):
                    written_into.append(read.claim)
                placed.append((read, taken))
        with self._minding(*(read.claim for read, _ in placed)):
            moving.settle()
            for read, taken in placed:
                read.copy.unlink(missing_ok=True)
                self.outcome.count(_COUNTS[taken.fate], 1)
        return written_into

    def _mark(self, read: Read, taken: Taken) -> None:
        """The copy with its faults marked, beside where the file will lie; of one beyond reading the faults alone."""
        name = Path(taken.stored).name
        try:
            with self._reading() as reader:
                content = reader.run("marked copy", read.copy, name, taken.outcome.issues, taken.partly)
        except CannotRun:
            content = issues_alone(taken.outcome.issues, name, taken.partly)
        folder = (self.root / taken.stored).parent
        place_new(folder, copy_name(name), content, hashlib.sha256(content).hexdigest())

    def _clear(self, moving: Moving, read: Read) -> None:
        """Out of `set-aside` with the same bytes: they were refused before and are taken now."""
        name, sha256 = read.claim.name, read.arrival.sha256
        before = find_place(self.root / self.folders[read.claim.kind].set_aside, name, sha256)
        if before is not None:
            clear_away(moving, before, name, sha256)

    def _stored(self, moving: Moving, read: Read, wanted: Path) -> bool:
        """Place the file, or what it was where another program has written into it since; False in that case."""
        path, name, sha256 = read.claim.path, read.claim.name, read.arrival.sha256
        same = file_hash(path) == sha256
        if not same:
            flush_file(read.copy)
        stored = moving.place(path if same else read.copy, wanted, name, sha256)
        if stored != wanted:
            note_place(self.company.ledger, read.arrival, self._shown(stored), self.day)
        return same

    def _shown(self, path: Path) -> str:
        """A path as people see it: below the company's folder where it is."""
        return (path.relative_to(self.root) if path.is_relative_to(self.root) else path).as_posix()


def _allowed(batches: Sequence[Batch], watched: Watched, folders: Mapping[str, Watched]) -> list[Batch]:
    """The batches with rows, where this folder takes their tables; raises CannotRun naming the one that does."""
    filled = [batch for batch in batches if len(batch) or batch.issues]
    for batch in filled:
        name = batch.table.name
        if watched.tables and name not in watched.tables:
            having = (one for one in folders.values() if name in one.tables)
            right = min(having, key=lambda one: len(one.tables), default=None)
            where = f"Drop it into {right.folder}" if right else "Bring it with: o2c load"
            takes = ", ".join(BY_NAME[one].title for one in watched.tables)
            raise CannotRun(f"It brings rows of {batch.table.title}, and this folder takes {takes}. {where}")
    if not filled:
        raise CannotRun("It holds a header and no rows. Enter at least one row beneath the header.")
    return filled


def _all_of(table: str, batches: Sequence[Batch]) -> bool:
    """Whether all columns that were found are those of `table` as well: it is meant, and lacks what it needs."""
    found = {one.header for batch in batches for one in batch.table.columns if batch.letters.get(one.field)}
    return bool(found) and found <= set(BY_NAME[table].headers)


def _owner(path: Path) -> str:
    """The account that the file belongs to, where the system tells."""
    with suppress(NotImplementedError, OSError, KeyError):
        return path.owner()
    return ""
