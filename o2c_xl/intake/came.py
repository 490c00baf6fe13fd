"""What a file's rows did to the ledger, and whose they are: by that another file's faults are told as mended."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from o2c_xl.domain.issue import Issue
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.check.batches import accepted
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch

__all__ = ["Came", "came_in", "owner_of", "owners_of", "parted", "untaken", "whole_of", "whose"]

_JOINED = "\x1f"
_MOST_UNITS, _MANY = 2_000, "…"  # a longer file is mended by one of its name
_ORDERS = {"Orders": "Orders", "OrderLines": "Orders"} | dict.fromkeys(
    ("PurchaseOrders", "PurchaseOrderLines"), "PurchaseOrders"
)
_OWNED = ("Orders", "OrderLines")
_AMENDED, _OF_LINES = "order amended", ("lines", "new_lines", "released")


def untaken(txn: Txn, batches: Sequence[Batch]) -> str:
    """The sound rows of a file that is refused whole, as the ledger keeps them; not those that it knew already.

    To be asked before what was done with the file in `txn` is given up.
    """
    found = sorted(came_in(txn, accepted(batches)).units())
    return _JOINED.join(found if len(found) <= _MOST_UNITS else [_MANY])


def parted(kept: str) -> list[str]:
    """The units that `untaken` gave."""
    return kept.split(_JOINED)


def whose(txn: Txn, batches: Sequence[Batch]) -> Callable[[Issue], str]:
    """Tells for a fault in an order whose order the file says that it is; empty where that is no customer of ours."""
    said: dict[str, str] = {}
    for batch in batches:
        if batch.table.name == "Orders" and "customer_id" in batch.columns:
            pairs = zip(batch.columns["order"], batch.columns["customer_id"], strict=True)
            said |= {order: customer for order, customer in pairs if order and customer}
    c = schema.customers.c.customer_id
    known = {row.customer_id for row in rows_by_key(txn.conn, [c], c, set(said.values()))}
    owners = {order: customer for order, customer in said.items() if customer in known}
    return lambda issue: owner_of(owners, issue.key) if issue.table in _OWNED else ""


@dataclass(frozen=True, slots=True)
class Came:
    """Rows that changed the ledger, by table and key, each with the customer whose order it is, else empty.

    `new` are the units of them that were not there before, `brought` the columns that the file has, by table.
    """

    rows: Mapping[tuple[str, str], str]
    new: Mapping[str, str]
    brought: Mapping[str, Collection[str]]

    def units(self) -> set[str]:
        """What these rows are of: an order with its lines is one."""
        return {f"{_unit(*row)}/{customer}" for row, customer in self.rows.items()}

    def mends(self, table: str, key: str, customer: str, column: str) -> bool:
        """Whether a row that was at fault in a column, as one of that customer's, came now.

        A file without that column says nothing of it, unless what it brings is new.
        """
        new = self.new.get(_unit(table, key))
        owner = self.rows.get((table, key), new)
        if owner is None or customer not in ("", owner):
            return False
        ours = new is None and column in BY_NAME[table].by_header
        return not ours or column in self.brought.get(table, ())


def came_in(txn: Txn, batches: Sequence[Batch]) -> Came:
    """What of these rows was recorded in this transaction."""
    changed, made = set(), set()
    for entry in txn.recorded:
        if entry.event == _AMENDED:
            lines = [*entry.data.get("lines", ()), *entry.data.get("new_lines", ())]
            changed |= {f"{entry.subject}/{line}" for line in lines}
            changed |= {entry.subject for name in entry.data if name not in _OF_LINES}
        else:
            made.add(entry.subject)
    keys = [(batch.table.name, key) for batch in batches for key in batch.sound_keys]
    rows = [(table, key) for table, key in keys if key in made or key in changed or _order_of(key) in made]
    owners = owners_of(txn, {key for table, key in rows if table in _OWNED})
    came = {(table, key): owner_of(owners, key) if table in _OWNED else "" for table, key in rows}
    new = {_unit(table, key): whose for (table, key), whose in came.items() if key in made or _order_of(key) in made}
    brought: dict[str, set[str]] = {}
    for batch in batches:
        headers = {column.header for column in batch.table.columns if column.field in batch.columns}
        brought.setdefault(batch.table.name, set()).update(headers)
    return Came(came, new, brought)


def owners_of(txn: Txn, keys: Iterable[str]) -> dict[str, str]:
    """The customers of the orders that these keys name, or whose lines they name."""
    c = schema.orders.c
    names = {name for key in keys for name in (key, _order_of(key))}
    return {row.order: row.customer_id for row in rows_by_key(txn.conn, [c.order, c.customer_id], c.order, names)}


def owner_of(owners: Mapping[str, str], key: str) -> str:
    """The customer of the order that a key names, or whose line it names; empty where there is none."""
    return owners.get(key) or owners.get(_order_of(key), "")


def _order_of(key: str) -> str:
    """The order of a line's key; an order's own number may have strokes too."""
    return key.rpartition("/")[0]


def _unit(table: str, key: str) -> str:
    return f"{_ORDERS[table]}/{whole_of(key)}" if table in _ORDERS else f"{table}/{key}"


def whole_of(key: str) -> str:
    """What a row is part of: the first part of its key."""
    return key.partition("/")[0]
