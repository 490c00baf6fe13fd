"""The ledger's door: open it, read from it, and record facts in one transaction.

`Ledger.transaction` is the only way to write. What is recorded inside it is kept in memory until the end and then
written at once: journal entries with their hash chain, postings, movements, the running stock balance and its cost
layers. So money and stock move only together with the fact, and a batch of a thousand orders costs a handful of
statements.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, select

from o2c_xl.domain.accounts import Leg, unbalanced
from o2c_xl.domain.goods.stock import Move, Position
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.bulk import insert_columns, update_columns
from o2c_xl.ledger.engine import to_rehearse
from o2c_xl.ledger.heads import keep_head, last_entry
from o2c_xl.ledger.journal import Entry, Source, chain, digest_of
from o2c_xl.ledger.layers import LayerBook
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.numbers import Numbers
from o2c_xl.ledger.seals import Written

__all__ = ["Ledger", "Rehearsal", "Source", "Txn", "Unbalanced", "rehearsing", "together"]

Row = Mapping[str, Any]


class Unbalanced(Exception):
    """The legs of an entry do not add up to nothing in each currency: a fault of the program, never of a user."""


@dataclass(slots=True)
class _StockState:
    """The balance of one SKU while a transaction runs."""

    on_hand: Decimal
    allocated: Decimal
    quarantined: Decimal
    value: Decimal


@dataclass
class Txn:
    """One write transaction: the connection, the business day, that of the clock, and what is recorded at its end."""

    conn: Connection
    day: dt.date
    today: dt.date
    at: str
    who: str
    head: int
    head_hash: str
    numbers: Numbers
    source: Source = field(default_factory=Source)
    _entries: list[Entry] = field(default_factory=list)
    _legs: list[tuple[int, Leg]] = field(default_factory=list)
    _moves: list[tuple[int, Move]] = field(default_factory=list)
    _stock: dict[str, _StockState] = field(default_factory=dict)
    _stock_known: set[str] = field(default_factory=set)
    _stock_changed: set[str] = field(default_factory=set)
    _written: Written = field(default_factory=Written)
    _layers: LayerBook = field(default_factory=LayerBook)

    def record(
        self,
        event: str,
        subject: str,
        data: Mapping[str, Any] | None = None,
        legs: Sequence[Leg] = (),
        moves: Sequence[Move] = (),
        source: Source | None = None,
    ) -> int:
        """Record one fact: `event` in past tense to `subject`; returns its number in the journal.

        Raises `Unbalanced` when the legs do not add up to nothing per currency.
        """
        if legs and (rest := unbalanced(legs)):
            raise Unbalanced(f"{event} {subject}: {rest}")
        self.head += 1
        self._entries.append(
            Entry(self.head, event, subject, data or {}, source or self.source, digest_of(legs, moves))
        )
        self._legs.extend((self.head, leg) for leg in legs)
        for move in moves:
            self._move(move)
        return self.head

    @property
    def recorded(self) -> Sequence[Entry]:
        """What was recorded so far, oldest first."""
        return tuple(self._entries)

    def _move(self, move: Move) -> None:
        self._moves.append((self.head, move))
        state = self.stock([move.sku])[move.sku]
        state.on_hand += move.quantity
        state.quarantined += move.quarantined
        state.value += move.value
        self._stock_changed.add(move.sku)

    def reserve(self, sku: str, quantity: Decimal) -> None:
        """Set `quantity` of a product aside (negative: give it back), in its stock unit."""
        state = self._stock.get(sku) or self.stock([sku])[sku]
        state.allocated += quantity
        self._stock_changed.add(sku)

    def stock(self, skus: Iterable[str]) -> Mapping[str, _StockState]:
        """Balances of these products (all that were asked for so far), as they stand inside the transaction."""
        missing = [sku for sku in set(skus) if sku not in self._stock]
        for row in rows_by_key(self.conn, schema.stock, schema.stock.c.sku, missing):
            self._stock[row.sku] = _StockState(row.on_hand, row.allocated, row.quarantined, row.value)
            self._stock_known.add(row.sku)
        for sku in missing:
            self._stock.setdefault(sku, _StockState(ZERO, ZERO, ZERO, ZERO))
        return self._stock

    def positions(self, skus: Iterable[str]) -> dict[str, Position]:
        """What there is of these products inside the transaction, as the rules of stock take it."""
        wanted = set(skus)
        states, layers = self.stock(wanted), self._layers.of(self.conn, wanted, self._moves)
        return {
            sku: Position(sku, at.on_hand, at.allocated, at.quarantined, at.value, layers.get(sku))
            for sku, at in ((sku, states[sku]) for sku in wanted)
        }

    def number(self, series: str, beside: Collection[str] = ()) -> str:
        """The next number of a gap-free series such as `INV-`; raises CannotRun when the day is before the last's.

        One that a row of the ledger bears, or that is `beside` it in what came in, is passed over.
        """
        return self.numbers.next(self.conn, series, self.day, beside)

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows; all must bring the same columns."""
        if rows:
            self.insert_columns(table, {name: [row[name] for row in rows] for name in rows[0]})

    def insert_columns(self, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
        """Insert rows given column by column, each of the same length: the quickest way for many rows."""
        insert_columns(self.conn, table, columns)
        self.numbers.inserted(table.name, columns)
        self._written.note(table, columns, new=True)

    def update(self, table: Table, rows: Sequence[Row]) -> None:
        """Update rows by their primary key; all must bring the same columns, keys included."""
        if rows:
            columns = {name: [row[name] for row in rows] for name in rows[0]}
            update_columns(self.conn, table, columns)
            self._written.note(table, columns, new=False)

    def delete(self, table: Table, keys: Sequence[str]) -> None:
        """Delete the rows whose first key column is one of `keys`."""
        column = next(iter(table.primary_key))
        for part in chunks(keys):
            self.conn.execute(delete(table).where(column.in_(part)))
        self._written.note(table, {column.name: keys}, new=True)

    def flush(self) -> None:
        """Write what was recorded; called once, before the commit."""
        self._flush_stock()
        self._layers.flush(self.conn, self._moves)
        self._written.note(schema.numbers, {"series": self.numbers.flush(self.conn)}, new=True)
        self._seal()
        if not self._entries:
            return
        rows, self.head_hash = chain(self._entries, self.head_hash, at=self.at, day=self.day, who=self.who)
        self.insert(schema.journal, rows)
        keep_head(self.conn, self.head, self.head_hash, self.day)
        self.insert(
            schema.postings,
            [
                {
                    "entry": entry,
                    "day": self.day,
                    "account": str(leg.account),
                    "amount": leg.amount,
                    "currency": leg.currency,
                    "party": leg.party,
                }
                for entry, leg in self._legs
            ],
        )
        self.insert(
            schema.movements,
            [
                {
                    "entry": entry,
                    "day": self.day,
                    "sku": move.sku,
                    "quantity": move.quantity,
                    "value": move.value,
                    "quarantined": move.quarantined,
                    "kind": move.kind,
                }
                for entry, move in self._moves
            ],
        )

    def _seal(self) -> None:
        """Seal the rows written with the last entry; rows that no entry tells of get one of their own."""
        seals = self._written.seals(self.conn)
        if not seals:
            return
        if not self._entries:
            self.record("rows changed", seals[0].table)
        last = self._entries[-1]
        legs = [leg for entry, leg in self._legs if entry == last.seq]
        moves = [move for entry, move in self._moves if entry == last.seq]
        self._entries[-1] = replace(last, digest=digest_of(legs, moves, seals))
        self.insert(schema.seals, [{"entry": last.seq, "table": one.table, "rows": one.rows} for one in seals])

    def _flush_stock(self) -> None:
        rows = [
            {
                "sku": sku,
                "on_hand": self._stock[sku].on_hand,
                "allocated": self._stock[sku].allocated,
                "quarantined": self._stock[sku].quarantined,
                "value": self._stock[sku].value,
            }
            for sku in sorted(self._stock_changed)
        ]
        self.update(schema.stock, [row for row in rows if row["sku"] in self._stock_known])
        self.insert(schema.stock, [row for row in rows if row["sku"] not in self._stock_known])


class Ledger:
    """A company's ledger, opened once. `clock` gives the time in UTC, `who` is the account of the process."""

    def __init__(self, engine: Engine, *, clock: Callable[[], dt.datetime], who: str) -> None:
        self.engine = engine
        self.clock = clock
        self.who = who

    @property
    def now(self) -> dt.datetime:
        """The time by the clock where the program runs, without its zone."""
        return self.clock().astimezone().replace(tzinfo=None)

    @property
    def today(self) -> dt.date:
        """The day by the clock, whatever the business date is: by it, rights are held or not."""
        return self.now.date()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one state of the ledger and writes nothing."""
        with self.engine.connect() as conn:
            if conn.dialect.name == "postgresql":  # SQLite's snapshot holds by itself
                conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            yield conn

    @contextmanager
    def transaction(self, day: dt.date, source: Source | None = None) -> Iterator[Txn]:
        """Everything recorded inside is committed together, or nothing is. `day` is the business date."""
        with self.engine.connect().execution_options(o2c_write=True) as conn, conn.begin():
            lock_writers(conn)
            txn = self._begin(conn, day, source or Source())
            yield txn
            txn.flush()

    def _begin(self, conn: Connection, day: dt.date, source: Source) -> Txn:
        last = last_entry(conn)
        at = self.clock().astimezone(dt.UTC).isoformat(timespec="milliseconds")
        return Txn(
            conn=conn,
            day=day,
            today=self.today,
            at=at,
            who=self.who,
            head=last.seq,
            head_hash=last.hash,
            numbers=Numbers(),
            source=source,
        )

    def head(self) -> int:
        """The number of the last journal entry; 0 when there is none."""
        with self.reading() as conn:
            return conn.execute(select(schema.journal.c.seq).order_by(schema.journal.c.seq.desc())).scalar() or 0


class Rehearsal(Ledger):
    """A ledger whose transactions are savepoints inside one that someone else ends.

    What `--dry-run` works with, where nothing is kept; and `together`, where all is.
    """

    def __init__(self, ledger: Ledger, conn: Connection) -> None:
        super().__init__(ledger.engine, clock=ledger.clock, who=ledger.who)
        self._conn = conn

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """The rehearsal's own connection, which sees what was recorded so far."""
        yield self._conn

    @contextmanager
    def transaction(self, day: dt.date, source: Source | None = None) -> Iterator[Txn]:
        """A savepoint; its facts are seen by the rest of the rehearsal."""
        with self._conn.begin_nested():
            txn = self._begin(self._conn, day, source or Source())
            yield txn
            txn.flush()


@contextmanager
def rehearsing(ledger: Ledger) -> Iterator[Rehearsal]:
    """A rehearsal on `ledger`; whatever happens in it is given up at the end."""
    with to_rehearse(ledger.engine) as engine, engine.connect().execution_options(o2c_write=True) as conn:
        outer = conn.begin()
        try:
            lock_writers(conn)
            yield Rehearsal(Ledger(engine, clock=ledger.clock, who=ledger.who), conn)
        finally:
            outer.rollback()


@contextmanager
def together(ledger: Ledger) -> Iterator[Ledger]:
    """A ledger whose transactions are each whole or not at all, as ever, and are all kept by one commit at the end.

    For many small ones: what a commit costs is waiting for the disk. Anything raised through gives all of them up.
    """
    if isinstance(ledger, Rehearsal):
        yield ledger
        return
    with ledger.engine.connect().execution_options(o2c_write=True) as conn, conn.begin():
        lock_writers(conn)
        yield Rehearsal(ledger, conn)


def lock_writers(conn: Connection) -> None:
    """One writer at a time: SQLite has begun IMMEDIATE; PostgreSQL takes one advisory lock until the commit."""
    if conn.dialect.name == "postgresql":
        conn.exec_driver_sql("SELECT pg_advisory_xact_lock(7041976)")
