"""What each table shows, as SELECTs over the ledger: every cell of Python's can be rebuilt from here.

A view gives the table's columns from left to right without `Check`. `recent` limits it to what is open or closed
lately; without it every row the ledger has is given, in key order.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, case, cast, func, literal, select

from o2c_xl.domain.goods.slips import NOT_POSTED
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import policy_of, unreadable
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.lookups import chunks, driver_rows, readers_of
from o2c_xl.ledger.ordering.orders import WHY
from o2c_xl.ledger.receivables.reminders import LETTER_STATUS, LEVEL_SENT
from o2c_xl.ledger.schema.partial import STUCK_MESSAGES
from o2c_xl.ledger.settings import settings_told
from o2c_xl.ledger.types import Exact
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Kind, field_of
from o2c_xl.tables.define.spec import Table as Sheet
from o2c_xl.tables.known.lines import line_order
from o2c_xl.tables.show import computed
from o2c_xl.tables.show import receivables as receivables_shown
from o2c_xl.tables.show.recent import FINISHED, shown_lately
from o2c_xl.tables.show.waiting_stock import GOING_ON

__all__ = ["RawView", "Scope", "fields_of", "kept_in", "seen_otherwise", "view_raw", "view_rows"]

Rows = list[tuple[Any, ...]]
_FEW = 2_000  # beyond so many keys the whole view is cheaper


@dataclass(frozen=True, slots=True)
class Scope:
    """What a view is asked for.

    `day` is the business day, `since` the first day that counts as lately (`None` = all rows), `settings` those
    that hold, `currency` the company's, `today` the day by the clock, by which roles are held or not.
    """

    day: dt.date
    since: dt.date | None
    settings: Mapping[str, str]
    currency: str
    today: dt.date


def fields_of(table: Sheet) -> tuple[str, ...]:
    """The fields a view gives: all columns but `Check`, from left to right."""
    return tuple(column.field for column in table.columns if column.header != "Check")


def kept_in(table: Sheet) -> Table | None:
    """The ledger table that holds its rows; None where a table has none."""
    return s.metadata.tables.get(_LEDGER_NAMES.get(table.name) or field_of(table.title))


@dataclass(frozen=True, slots=True)
class RawView:
    """A view as the driver gives it: rows of raw values, and per field what turns a value into Python's (or None)."""

    fields: tuple[str, ...]
    rows: Rows
    readers: tuple[Callable[[Any], Any] | None, ...]


def view_rows(conn: Connection, table: Sheet, scope: Scope, firsts: Sequence[str] | None = None) -> Rows:
    """The table's rows as tuples of `fields_of(table)`, in key order; `firsts` as in `view_raw`."""
    view = view_raw(conn, table, scope, firsts)
    active = [(i, reader) for i, reader in enumerate(view.readers) if reader is not None]
    if not active:
        return view.rows
    columns: list[Any] = list(zip(*view.rows, strict=True))
    for i, reader in active if columns else ():
        columns[i] = [None if value is None else reader(value) for value in columns[i]]
    return list(zip(*columns, strict=True))


def view_raw(conn: Connection, table: Sheet, scope: Scope, firsts: Sequence[str] | None = None) -> RawView:
    """The table's rows as the driver gives them, in key order.

    `firsts` limits them to rows whose first key column is one of these; where these are many, and in a view that is
    computed as a whole, all rows are given all the same.
    """
    fields = fields_of(table)
    special = _SPECIAL.get(table.name)
    kept = kept_in(table)
    if special is not None or kept is None:
        return RawView(fields, special(conn, scope) if special is not None else [], (None,) * len(fields))
    extra = _COMPUTED.get(table.name, {})
    columns = [extra[name].label(name) if name in extra else kept.c[name] for name in fields]
    statement = select(*columns)
    if table.name in _JOINED:
        statement = _JOINED[table.name](statement)
    statement = shown_lately(statement, table.name, scope.since)
    statement = statement.order_by(*(kept.c[column.field] for column in table.keys))
    first = kept.c[table.keys[0].field]
    parts = [None] if firsts is None or len(firsts) > _FEW else chunks(firsts)
    rows: Rows = []
    for part in parts:
        rows += driver_rows(conn, statement if part is None else statement.where(first.in_(part)))
    rows = _lines_as_counted(table, fields, rows)
    moments = {column.field for column in table.columns if column.kind is Kind.MOMENT}
    readers = zip(fields, readers_of(conn, columns), strict=True)
    return RawView(fields, rows, tuple(_moment if field in moments else reader for field, reader in readers))


def _moment(text: str) -> dt.datetime | None:
    """A time, which the ledger keeps as text."""
    return dt.datetime.fromisoformat(text) if text else None


def _lines_as_counted(table: Sheet, fields: Sequence[str], rows: Rows) -> Rows:
    """Rows in the order of their keys, put so that line numbers stand as people count them: 2 before 10.

    The ledger gives them in the order of its own index, which costs it nothing; few orders have ten lines.
    """
    *before, last = (fields.index(column.field) for column in table.keys)
    if table.keys[-1].kind is not Kind.LINE or max(map(len, map(itemgetter(last), rows)), default=1) == 1:
        return rows
    together = groupby(rows, lambda row: [row[at] for at in before])
    return [row for _, group in together for row in sorted(group, key=lambda row: line_order(row[last]))]


def seen_otherwise(conn: Connection, table: Sheet, keys: Iterable[str]) -> dict[str, dict[str, Any]]:
    """By key what the sheet shows instead of what the ledger keeps: an invoice that could not leave is not sent."""
    kept, extra = kept_in(table), _COMPUTED.get(table.name, {})
    own = [] if kept is None or table.name in _JOINED else [name for name in extra if name in kept.c]
    if kept is None or not own:
        return {}
    key = kept.c[table.keys[0].field]
    statement = select(key, *(extra[name].label(name) for name in own)).where(key.in_(list(keys)))
    return {row[0]: dict(zip(own, row[1:], strict=True)) for row in conn.execute(statement)}


_LEDGER_NAMES = {"PickList": "picks"}
_BACKORDERED = case(
    # nobody has looked for stock yet where the order waits for something else
    (
        s.orders.c.status.in_((*FINISHED, "Incomplete")) | (s.order_lines.c.availability == ""),
        cast(literal(ZERO, Exact), Exact),
    ),
    else_=s.order_lines.c.quantity - s.order_lines.c.allocated - s.order_lines.c.shipped - s.order_lines.c.cancelled,
)
_NOT_GONE = s.invoices.c.invoice.in_(
    select(s.outbox.c.about).where(
        STUCK_MESSAGES,
        s.outbox.c.status.in_(("Waiting", "Failed", "Uncertain")),
        s.outbox.c.kind.in_(("Invoice", "Credit note")),
    )
)
_UNPRICED = (s.orders.c.currency == "") | (s.orders.c.status == "Incomplete")  # nobody knows yet what it comes to
_COMPUTED: dict[str, dict[str, ColumnElement[Any]]] = {
    # of a payment that could not be posted `Check` says why; it has none of the states a payment can be in
    "Payments": {
        "belongs_to": s.payments.c.account,
        "status": case((s.payments.c.status == NOT_POSTED, ""), else_=s.payments.c.status),
    },
    "Orders": {
        "waiting_for": GOING_ON,
        **{name: case((_UNPRICED, None), else_=s.orders.c[name]) for name in ("net", "tax", "total")},
    },
    "OrderLines": {
        "backordered": _BACKORDERED,
        "why": WHY,
        "net": case((s.order_lines.c.tax_rate.is_(None), None), else_=s.order_lines.c.net),
    },
    # what could not leave the house, or may not have arrived, is not sent: Waiting says why
    "Invoices": {
        "status": case((_NOT_GONE & (s.invoices.c.status == "Sent"), "Posted"), else_=s.invoices.c.status),
        "sent_on": case((_NOT_GONE, None), else_=s.invoices.c.sent_on),
        "reminder_level": LEVEL_SENT,
    },
    # one whose process was cut off at its last byte is looked at by the next
    "Outbox": {"status": case((s.outbox.c.status == "Sending", "Waiting"), else_=s.outbox.c.status)},
    "PickList": {name: func.coalesce(s.products.c[name], "") for name in ("name", "zone", "bin", "fragile")},
    "Reminders": {"status": LETTER_STATUS},
    "Requests": {
        "status": case(
            (s.requests.c.closed_on.is_not(None), "Closed"),
            (s.requests.c.first_reply_on.is_not(None), "Answered"),
            else_="Open",
        )
    },
}
_JOINED: dict[str, Callable[[Select[Any]], Select[Any]]] = {
    "OrderLines": lambda q: q.select_from(s.order_lines.join(s.orders, s.orders.c.order == s.order_lines.c.order)),
    "PickList": lambda q: q.select_from(s.picks.outerjoin(s.products, s.products.c.sku == s.picks.c.sku)),
}


def _merged(
    name: str, find: Callable[[Connection, Scope], Mapping[str, Iterable[Any]]]
) -> Callable[[Connection, Scope], Rows]:
    """A view of stored columns with computed ones found for all rows at once, by the row's key."""

    def view(conn: Connection, scope: Scope) -> Rows:
        table = BY_NAME[name]
        kept = s.metadata.tables[field_of(table.title)]
        found = {field: dict(values) for field, values in find(conn, scope).items()}
        key = table.keys[0].field
        own = _COMPUTED.get(name, {})
        columns = (own[f].label(f) if f in own else kept.c[f] for f in fields_of(table) if f not in found)
        statement = shown_lately(select(*columns).order_by(kept.c[key]), name, scope.since)
        rows = []
        for row in conn.execute(statement):
            known = row._mapping
            rows.append(tuple(found[f].get(known[key]) if f in found else known[f] for f in fields_of(table)))
        return rows

    return view


def _settings(conn: Connection, scope: Scope) -> Rows:
    """What holds; a value that cannot be read is shown as it was told, so that it can be mended."""
    told = settings_told(conn)
    return computed.settings_rows({**scope.settings, **{name: told[name] for name in unreadable(told)}})


_SPECIAL: dict[str, Callable[[Connection, Scope], Rows]] = {
    "Customers": _merged(
        "Customers", lambda conn, scope: computed.customers(conn, scope.day, policy_of(scope.settings))
    ),
    "Suppliers": _merged("Suppliers", lambda conn, _scope: computed.suppliers(conn)),
    "Products": _merged("Products", lambda conn, _scope: computed.products(conn)),
    "Invoices": _merged("Invoices", lambda conn, scope: computed.invoices(conn, scope.day)),
    "Aging": lambda conn, scope: receivables_shown.aging_rows(conn, scope.day, policy_of(scope.settings)),
    "CreditExposure": lambda conn, scope: receivables_shown.exposure_rows(conn, scope.day, policy_of(scope.settings)),
    "Settings": _settings,
    "Waiting": lambda conn, scope: computed.waiting(conn, scope.day, scope.settings),
    "Issues": lambda conn, _scope: computed.issues(conn),
    "Log": lambda conn, scope: computed.log(conn, None if scope.since is None else 500),
}
