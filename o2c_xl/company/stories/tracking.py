"""`o2c track`: an order's whole story, gathered from the ledger: rows, files, movements, documents, messages, money."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from sqlalchemy import Connection, Row, Table, or_, select

from o2c_xl.company.opened import Company
from o2c_xl.company.stories.story import story_lines
from o2c_xl.company.stories.story_credit import credit_story
from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Column, Kind, Owner
from o2c_xl.tables.show.shown import shown
from o2c_xl.tables.show.views import Scope, fields_of, kept_in, seen_otherwise, view_rows

__all__ = ["story_lines", "track_order"]

Story = dict[str, Any]
_BILLED = "line sku quantity unit_price discount_percent net"
_ENOUGH_KEYS = 20_000  # among so many numbers the nearest one is looked for


def track_order(company: Company, order: str, day: dt.date) -> Story:
    """The story as one JSON document: rows by their headers, numbers as decimal strings, dates ISO.

    Raises CannotRun naming the nearest order when there is none of that number.
    """
    scope = company.scope(day, recent=False)
    with company.ledger.reading() as conn:
        key = _known(conn, order.strip())
        return _Teller(conn, key, scope).story()


def _known(conn: Connection, order: str) -> str:
    """The order's number as it is written in the ledger."""
    c = s.orders.c
    found = conn.execute(select(c.order).where(or_(c.order == order, c.folded == order.casefold()))).scalars().all()
    if found:
        return order if order in found else str(found[0])
    for table, what in ((s.invoices, "an invoice"), (s.shipments, "a shipment"), (s.returns, "a return")):
        owner = conn.execute(select(table.c.order).where(next(iter(table.primary_key)) == order)).scalar()
        if owner:
            raise CannotRun(f"{order} is no order but {what} of {owner}. Try: o2c track {owner}")
    owners = (
        conn.execute(select(c.order).where(c.customer_reference == order).order_by(c.order).limit(3)).scalars().all()
    )
    if owners:
        raise CannotRun(f"{order} is the customer's reference of {', '.join(owners)}. Try: o2c track {owners[0]}")
    raise CannotRun(f"There is no order {order}.{_nearest(conn, order)}")


def _nearest(conn: Connection, order: str) -> str:
    keys = list(conn.execute(select(s.orders.c.order).limit(_ENOUGH_KEYS)).scalars())
    near = get_close_matches(order.upper(), keys, n=1, cutoff=0.5)
    return f" The nearest is {near[0]}: o2c track {near[0]}" if near else " See o2c show Orders for their numbers."


class _Teller:
    """Gathers what belongs to one order, each kind of fact by one query."""

    def __init__(self, conn: Connection, order: str, scope: Scope) -> None:
        self.conn, self.order, self.scope = conn, order, scope
        self.head = next(iter(rows_by_key(conn, s.orders, s.orders.c.order, [order])))
        self.currency = self.head.currency or scope.currency
        ordered = select(s.order_lines.c.sku).where(s.order_lines.c.order == order)
        units = select(s.products.c.sku, s.products.c.unit).where(s.products.c.sku.in_(ordered))
        self.units: dict[str, str] = {row.sku: row.unit for row in conn.execute(units)}

    def story(self) -> Story:
        """Everything, from what was ordered to what was paid."""
        order_rows = self._view("Orders", [self.order])
        lines = self._view("OrderLines", [self.order])
        picks = self._kept("PickList", self._where(s.picks))
        shipments = self._kept("Shipments", self._where(s.shipments))
        invoices = self._kept("Invoices", self._where(s.invoices))
        bills = [row["Invoice"] for row in invoices]
        settlements, payments = self._money(bills)
        returns = self._kept("Returns", self._where(s.returns))
        sent, back = [row["Shipment"] for row in shipments], [row["Return"] for row in returns]
        subjects = [self.order, *sent, *bills, *payments, *back]
        approvals = self._kept("Approvals", _by(self.conn, s.approvals, "subject", subjects))
        entries = self._entries([*subjects, *(row["Approval"] for row in approvals)])
        return {
            "order": order_rows[0],
            "customer": self._customer(),
            "waits": self._waits(),
            "credit": credit_story(self.head.credit_terms, self.head.credit_state, self._money_text),
            "lines": lines,
            "came_from": _sources(entries),
            "picks": picks,
            "shipments": self._with_lines(shipments, "Shipment", s.shipment_lines, "sku quantity"),
            "invoices": self._with_lines(
                [row for row in invoices if row["Kind"] != "Credit note"], "Invoice", s.invoice_lines, _BILLED
            ),
            "credit_notes": [row for row in invoices if row["Kind"] == "Credit note"],
            "payments": self._kept("Payments", _by(self.conn, s.payments, "payment", payments)),
            "settlements": settlements,
            "returns": returns,
            "approvals": approvals,
            "purchase_orders": self._purchases(),
            "discrepancies": self._kept("Discrepancies", _by(self.conn, s.discrepancies, "subject", subjects)),
            "documents": self._kept("Outbox", _by(self.conn, s.outbox, "about", subjects), extra=("path",)),
            "movements": self._movements(entries),
            "postings": self._postings(entries),
            "events": [_event(entry) for entry in entries],
        }

    def _where(self, table: Table) -> Sequence[Row[Any]]:
        return _by(self.conn, table, "order", [self.order])

    def _text(self, column: Column, value: object, sku: str = "") -> str | None:
        currency = "" if column.kind is Kind.PRICE else self.currency
        return shown(column, value, currency=currency, unit=self.units.get(sku, ""))

    def _money_text(self, value: Decimal) -> str | None:
        return self._text(BY_NAME["Orders"].by_header["Net"], value)

    def _view(self, name: str, keys: Sequence[str]) -> list[Story]:
        """Rows as the sheet shows them, of these keys."""
        table, known = BY_NAME[name], set(keys)
        fields = fields_of(table)
        result = []
        for row in view_rows(self.conn, table, self.scope, keys):
            values = dict(zip(fields, row, strict=True))
            if values[table.keys[0].field] not in known:
                continue
            sku = values.get("sku", "")
            result.append({table.by_field[f].header: self._text(table.by_field[f], values[f], sku) for f in fields})
        return result

    def _kept(self, name: str, rows: Iterable[Row[Any]], extra: Sequence[str] = ()) -> list[Story]:
        """Rows of a ledger table by the headers of their sheet; `extra` are columns the sheet does not show."""
        table = BY_NAME[name]
        kept = kept_in(table)
        columns = [c for c in table.columns if kept is not None and c.field in kept.c]
        result, found, key = [], [row._asdict() for row in rows], table.keys[0].field
        seen = seen_otherwise(self.conn, table, [values[key] for values in found])
        for kept_values in found:
            values = kept_values | seen.get(kept_values[key], {})
            sku = values.get("sku", "")
            told = {c.header: self._text(c, values[c.field], sku) for c in columns}
            result.append(told | {name: values[name] for name in extra})
        return result

    def _with_lines(self, rows: list[Story], header: str, table: Table, names: str) -> list[Story]:
        """Each row with its lines below the key `lines`."""
        found: dict[str, list[Story]] = {}
        lines = BY_NAME["InvoiceLines"].by_field
        for row in _by(self.conn, table, header.lower(), [row[header] for row in rows]):
            values = row._asdict()
            told = {lines[n].header: self._text(lines[n], values[n], values["sku"]) for n in names.split()}
            found.setdefault(values[header.lower()], []).append(told)
        return [{**row, "lines": found.get(row[header], [])} for row in rows]

    def _money(self, invoices: Sequence[str]) -> tuple[list[Story], list[str]]:
        """How the invoices were settled, and the payments behind it or received for the order."""
        amount = Column("Amount", Kind.MONEY, Owner.PYTHON, "")
        settled = [
            {
                "invoice": row.invoice,
                "kind": row.kind,
                "by": row.by,
                "amount": self._text(amount, row.amount),
                "day": row.day.isoformat(),
            }
            for row in sorted(_by(self.conn, s.settlements, "invoice", invoices), key=lambda row: row.settlement)
        ]
        ahead = [row.payment for row in _by(self.conn, s.payments, "order", [self.order])]
        paid = [row["by"] for row in settled if row["kind"] in {"payment", "discount"} and row["by"]]
        return settled, list(dict.fromkeys([*ahead, *paid]))

    def _customer(self) -> Story:
        row = next(iter(_by(self.conn, s.customers, "customer_id", [self.head.customer_id])), None)
        if row is None:
            return {"Customer ID": self.head.customer_id, "Name": None}
        return {"Customer ID": row.customer_id, "Name": row.name or None, "Credit status": row.credit_status}

    def _waits(self) -> Story | None:
        if not self.head.waiting_for:
            return None
        since = self.head.waiting_since
        return {
            "for": self.head.waiting_for,
            "who": self.head.waiting_who or None,
            "since": since.isoformat() if since else None,
        }

    def _purchases(self) -> list[Story]:
        """Purchase order lines that were made for the order, and where their purchase order stands."""
        line, po = s.purchase_order_lines.c, s.purchase_orders.c
        statement = (
            select(s.purchase_order_lines, po.status, po.expected, po.supplier_id)
            .join(s.purchase_orders, po.po == line.po)
            .where(line.for_orders.contains(self.order, autoescape=True))
            .order_by(line.po, line.position)
        )
        quantity = BY_NAME["PurchaseOrderLines"].by_header["Quantity"]
        return [
            {
                "PO": row.po,
                "Line": row.line,
                "Supplier ID": row.supplier_id,
                "SKU": row.sku,
                "Quantity": self._text(quantity, row.quantity, row.sku),
                "Received": self._text(quantity, row.received, row.sku),
                "Expected": row.expected.isoformat() if row.expected else None,
                "Status": row.status,
            }
            for row in self.conn.execute(statement)
            if self.order in row.for_orders.replace(",", " ").split()
        ]

    def _entries(self, subjects: Sequence[str]) -> list[Row[Any]]:
        """Journal entries about the order and what came of it, in the order in which they were recorded."""
        return sorted(_by(self.conn, s.journal, "subject", subjects), key=lambda row: row.seq)

    def _movements(self, entries: Sequence[Row[Any]]) -> list[Story]:
        seqs = [entry.seq for entry in entries]
        quantity = BY_NAME["OrderLines"].by_header["Quantity"]
        rows = sorted(_by(self.conn, s.movements, "entry", seqs), key=lambda row: row.movement)
        return [
            {
                "entry": row.entry,
                "day": row.day.isoformat(),
                "sku": row.sku,
                "quantity": self._text(quantity, row.quantity, row.sku),
                "kind": row.kind,
            }
            for row in rows
        ]

    def _postings(self, entries: Sequence[Row[Any]]) -> list[Story]:
        amount = BY_NAME["Orders"].by_header["Net"]
        rows = sorted(_by(self.conn, s.postings, "entry", [e.seq for e in entries]), key=lambda row: row.posting)
        return [
            {
                "entry": row.entry,
                "day": row.day.isoformat(),
                "account": row.account,
                "amount": shown(amount, row.amount, currency=row.currency),
                "currency": row.currency,
            }
            for row in rows
        ]


def _by(conn: Connection, table: Table, column: str, keys: Iterable[Any]) -> list[Row[Any]]:
    """Rows whose column is one of the keys, in key order."""
    wanted = [key for key in keys if key not in (None, "")]
    if not wanted:
        return []
    rows = list(rows_by_key(conn, table, table.c[column], wanted))
    names = [c.name for c in table.primary_key]
    return sorted(rows, key=lambda row: [getattr(row, name) for name in names])


def _event(entry: Row[Any]) -> Story:
    data: Mapping[str, Any] = json.loads(entry.data) if entry.data else {}
    return {
        "entry": entry.seq,
        "at": entry.at,
        "day": entry.day.isoformat(),
        "who": entry.who,
        "event": entry.event,
        "subject": entry.subject,
        "source": _place(entry),
        "data": {name: value for name, value in data.items() if name not in {"content", "content_hash"}},
    }


def _place(entry: Row[Any]) -> str | None:
    parts = (entry.source, entry.sheet, f"row {entry.row}" if entry.row else "")
    return ", ".join(part for part in parts if part) or None


def _sources(entries: Sequence[Row[Any]]) -> list[Story]:
    """The files, sheets and rows that brought something of the story."""
    found = {
        (entry.source, entry.sheet, entry.row): {
            "file": entry.source,
            "sheet": entry.sheet or None,
            "row": entry.row or None,
            "day": entry.day.isoformat(),
            "who": entry.who,
        }
        for entry in reversed(entries)
        if entry.source
    }
    return list(reversed(found.values()))
