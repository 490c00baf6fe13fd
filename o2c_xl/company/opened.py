"""A company, opened: its folder, settings, ledger and workbooks behind one door for every command."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, make_url

from o2c_xl.company.folder import CONFIG, Config, Folder, find_folder
from o2c_xl.company.post import PostOffice
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.outcome import Outcome
from o2c_xl.domain.policy import Policy, policy_of, unreadable
from o2c_xl.domain.settings import SETTINGS
from o2c_xl.ledger.cash.bank_statements import own_accounts
from o2c_xl.ledger.engine import open_engine, open_for_now, open_to_read
from o2c_xl.ledger.migrate import is_blank, prepare
from o2c_xl.ledger.proof.verify import Check, verify
from o2c_xl.ledger.settings import settings_told
from o2c_xl.ledger.store import Ledger, Txn, rehearsing
from o2c_xl.tables.define.catalogue import BY_NAME, find_table
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.show.views import Scope, view_rows
from o2c_xl.tables.take.take_all import earliest
from o2c_xl.workbook.live.book import LiveBook
from o2c_xl.workbook.sync.books import book_paths
from o2c_xl.workbook.sync.sync import Places, Sync
from o2c_xl.workbook.sync.traces import first_trace

__all__ = ["Company", "open_company"]


@dataclass(frozen=True, slots=True)
class Company:
    """One company for the time of a command."""

    folder: Folder
    config: Config
    ledger: Ledger
    post: PostOffice | None = None
    """Who mails; nobody where there is none."""

    def close(self) -> None:
        """Give back the ledger's connections."""
        self.ledger.engine.dispose()

    # --- settings ----------------------------------------------------------------------------------------------

    def settings(self, conn: Connection) -> dict[str, str]:
        """The settings that hold: what the ledger was told and can be read, else `o2c.toml`, else the default."""
        told = settings_told(conn)
        bad = unreadable(told)
        told = {name: value for name, value in told.items() if name not in bad}
        defaults = {setting.name: setting.default for setting in SETTINGS}
        return defaults | self.config.setting_values() | told

    def policy(self, txn: Txn) -> Policy:
        """The policy as it holds inside a transaction."""
        return policy_of(self.settings(txn.conn))

    def policy_now(self) -> Policy:
        """The policy as it holds now."""
        with self.ledger.reading() as conn:
            return policy_of(self.settings(conn))

    def own_accounts(self) -> tuple[str, ...]:
        """The bank accounts that are known as the company's, that of Settings first."""
        with self.ledger.reading() as conn:
            return own_accounts(conn, self.settings(conn).get("Company IBAN", ""))

    def scope(self, day: dt.date, *, recent: bool = True) -> Scope:
        """What views show on that day: what is open or closed lately, or with `recent` False everything."""
        with self.ledger.reading() as conn:
            settings = self.settings(conn)
        policy = policy_of(settings)
        days = policy.show_closed_days
        since = day - dt.timedelta(days=days) if recent and days is not None else None
        return Scope(day, since, settings, policy.currency, self.ledger.today)

    # --- commands ----------------------------------------------------------------------------------------------

    def load(
        self, files: Sequence[Path], table: str | None, day: dt.date, *, dry_run: bool, encoding: str = ""
    ) -> Outcome:
        """`o2c load`: each file in a transaction of its own, in the order in which their tables lean on each other.

        A file that cannot be taken stands in the outcome's `stops`; the others are taken.
        """
        from o2c_xl.intake.folders.names import known_name  # noqa: PLC0415
        from o2c_xl.intake.load import load_file, read_file  # noqa: PLC0415 -- readers of files, which only files need
        from o2c_xl.intake.process.reader import Asked, Reader  # noqa: PLC0415

        told = None if table is None else self.table(table)
        outcome, read, own = Outcome(), [], self.own_accounts()
        with Reader() as reader:
            for path in files:
                try:
                    name = known_name(path.name)
                    asked = Asked(name, told.name if told else None, profiles=self.folder.bank_profiles, own=own)
                    read.append(read_file(reader, path, asked, encoding))
                except CannotRun as reason:
                    outcome.stop(reason)
        read.sort(key=lambda one: earliest(one.batches))
        with rehearsing(self.ledger) if dry_run else nullcontext(self.ledger) as ledger:
            while read:
                try:
                    outcome.include(load_file(ledger, read.pop(0), day, self.policy))
                except CannotRun as reason:
                    outcome.stop(reason)
        return outcome

    def syncing(self, day: dt.date, live: LiveBook | None = None) -> Sync:
        """The sync of this company's workbooks; `live` is the one that is open in Excel and synced there."""
        places = Places(self.folder.versions, self.folder.locks, self.folder.undo)
        return Sync(self.ledger, day, places, lambda: self.scope(day), self.policy, live)

    def sync(
        self, day: dt.date, book: Path | None, *, dry_run: bool, allow_empty: bool, live: LiveBook | None = None
    ) -> Outcome:
        """`o2c sync`: take what was typed, show what the ledger holds."""
        if dry_run:
            with rehearsing(self.ledger) as ledger:
                sync = replace(self, ledger=ledger).syncing(day, live)
                sync.saving = False
                outcome = sync.take(self.folder.books, book, allow_empty=allow_empty)
                outcome.include(sync.planned())
                return outcome
        sync = self.syncing(day, live)
        outcome = sync.take(self.folder.books, book, allow_empty=allow_empty)
        outcome.include(sync.write())
        return outcome

    def show(self, name: str, day: dt.date) -> tuple[Table, list[tuple[Any, ...]]]:
        """`o2c show`: every row the ledger has of a table, as tuples of `fields_of(table)`."""
        table = self.table(name)
        scope = self.scope(day, recent=False)
        with self.ledger.reading() as conn:
            return table, view_rows(conn, table, scope)

    def verify(self) -> list[Check]:
        """`o2c verify`: prove the books."""
        return verify(self.ledger)

    @staticmethod
    def table(name: str) -> Table:
        """The table of that name; raises CannotRun naming the nearest, else one with a column so called."""
        table = find_table(name)
        if table is None:
            raise CannotRun(f"There is no table {name}. {_likely(name)}; o2c docs lists them all.")
        return table


def _likely(name: str) -> str:
    """What somebody may have meant who asked for a table that is none."""
    for near in get_close_matches(name, BY_NAME, n=1, cutoff=0.75):
        return f"The nearest is {near}"
    columns = ((table.name, header) for table in BY_NAME.values() for header in table.headers)
    for table, header in columns:
        if header.casefold().startswith(name.strip().casefold()):
            return f"{table} has a column {header}"
    return "There are Orders, Products and more"


def open_company(
    start: Path,
    *,
    clock: Callable[[], dt.datetime],
    who: str,
    post: PostOffice | None = None,
    dry_run: bool = False,
    allow_empty: bool = False,
) -> Company:
    """Open the company folder at `start` or above it; raises CannotRun in one clear sentence.

    One that has no ledger yet gets one, with `dry_run` only for the time of the command. Raises CannotRun where its
    workbooks show that it had one, unless `allow_empty`.
    """
    folder = find_folder(start)
    config = folder.config()
    engine = _engine(folder, dry_run=dry_run, allow_empty=allow_empty)
    return Company(folder, config, Ledger(engine, clock=clock, who=who), post)


def _engine(folder: Folder, *, dry_run: bool, allow_empty: bool) -> Engine:
    address = folder.ledger_address()
    if isinstance(address, Path) and address.is_file() and not _may_write(address):
        return open_to_read(address)
    there = not isinstance(address, Path) or address.is_file()
    engine = open_engine(address)  # nothing is made before something connects
    try:
        if not there or is_blank(engine):
            if not allow_empty:
                _refuse_lost(folder, address)
            if dry_run:
                engine.dispose()
                engine = open_for_now()
        prepare(engine)
    except CannotRun:
        engine.dispose()
        raise
    return engine


def _refuse_lost(folder: Folder, address: Path | str) -> None:
    """Raises CannotRun where workbooks show what only a ledger can have told them, and there is none.

    Begun anew, all that waits in them would be done a second time: invoices with numbers that went out before.
    """
    trace = first_trace(book_paths(folder.books)) if folder.books.is_dir() else ""
    if trace:
        where = f"{address} is not there"
        if not isinstance(address, Path):
            where = f"{make_url(address).render_as_string()} is empty"
        raise CannotRun(
            f"The ledger {where}, but {trace} was written from it. Put it back from your backup, or mend `ledger` in "
            f"{CONFIG}; only where all is to begin anew: o2c run --allow-empty. Nothing was changed."
        )


def _may_write(ledger: Path) -> bool:
    """Whether this account may change the ledger: SQLite writes the file and files beside it."""
    effective = os.access in os.supports_effective_ids
    return all(os.access(path, os.W_OK, effective_ids=effective) for path in (ledger, ledger.parent))
