"""Books that hold, made straight from facts: a company's year in as many orders as a test wants.

Each order has five lines and is shipped and invoiced in full; by its number modulo ten it was then paid, paid in
part, returned and credited, written off, or left open. Some money came without an invoice to it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from o2c_xl.domain.accounts import (
    Account,
    Leg,
    count_legs,
    credit_note_legs,
    invoice_legs,
    payment_legs,
    return_legs,
    shipment_legs,
    write_off_legs,
)
from o2c_xl.domain.cash.placing import HELD_ON, HeldOn
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import Settlement, invoice_status
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger, Txn
from tests.ledgers import DAY

D = Decimal
LINES = 5
_NET, _TAX = D("10.00"), D("1.90")
_COST = D("4.00")


class Batch:
    """Rows of one transaction, by table."""

    def __init__(self) -> None:
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.settlements = 0

    def add(self, table: str, **row: Any) -> None:
        self.rows.setdefault(table, []).append(row)

    def write(self, txn: Txn) -> None:
        for row in self.rows.get("invoices", ()):
            settled = Settlement(row["total"], row["paid"], row["credited"], row["written_off"], sent=True)
            row["status"] = str(invoice_status(settled))
        for table, rows in self.rows.items():
            txn.insert(schema.metadata.tables[table], rows)
        for table in (schema.orders, schema.order_lines):  # the price comes after the order, and the seal with it
            keys = [column.name for column in table.primary_key]
            rows = self.rows.get(table.name, ())
            txn.update(table, [{**{name: row[name] for name in keys}, "net": row.get("net", ZERO)} for row in rows])


def fill(ledger: Ledger, orders: int, batch: int = 1_000) -> None:
    """Record that many orders from receipt to cash, `batch` in a transaction."""
    _open(ledger, orders)
    for start in range(0, orders, batch):
        with ledger.transaction(DAY + dt.timedelta(days=start // batch)) as txn:
            rows = Batch()
            for n in range(start, min(orders, start + batch)):
                _order(txn, rows, n)
            rows.write(txn)
    _loose_ends(ledger)


def _open(ledger: Ledger, orders: int) -> None:
    with ledger.transaction(DAY) as txn:
        quantity = D(orders + 10)
        for n in range(LINES):
            value = quantity * _COST
            number = txn.number("SC-")
            entry = txn.record(
                "stock counted",
                number,
                legs=count_legs(value, "EUR", Account.OPENING),
                moves=[Move(_sku(n), quantity, value, "opening")],
            )
            txn.insert(schema.stock_counts, [{"count": number, "sku": _sku(n), "counted": quantity, "entry": entry}])


def _sku(n: int) -> str:
    return f"A-{n + 1}"


def _order(txn: Txn, rows: Batch, n: int) -> None:
    order, customer = f"SO-{n + 1:06d}", f"C-{n % 50:03d}"
    back = D(1) if n % 10 == 3 else ZERO
    head = {"customer_id": customer, "order_date": txn.day}
    told = [(str(line + 1), _sku(line), "1", "10.00") for line in range(LINES)]
    columns = ["line", "sku", "quantity", "unit_price"]
    entry = txn.record("order received", order, {**head, "columns": columns, "lines": told})
    txn.record("order priced", order, {"net": LINES * _NET, "tax": LINES * _TAX, "currency": "EUR"})
    rows.add(
        "orders",
        order=order,
        **head,
        bill_to=customer,
        currency="EUR",
        net=LINES * _NET,
        tax=LINES * _TAX,
        total=LINES * (_NET + _TAX),
        status="Invoiced",
        credit_state="Approved",
        freight_invoiced=True,
        entry=entry,
    )
    for line in range(LINES):
        rows.add(
            "order_lines",
            order=order,
            line=str(line + 1),
            position=line + 1,
            sku=_sku(line),
            quantity=D(1),
            unit_price=_NET,
            price=_NET,
            net=_NET,
            shipped=D(1),
            invoiced=D(1),
            invoiced_net=_NET,
            returned=back if line == 0 else ZERO,
        )
    _ship(txn, rows, order)
    invoice = _invoice(txn, rows, order, customer, n % 10)
    _settle(txn, rows, invoice, customer, n % 10)
    txn.record("credit approved", order)


def _ship(txn: Txn, rows: Batch, order: str) -> None:
    shipment = txn.number("SH-")
    moves = [Move(_sku(line), D(-1), -_COST, "shipment") for line in range(LINES)]
    entry = txn.record("goods shipped", shipment, {"order": order}, shipment_legs(LINES * _COST, "EUR"), moves)
    rows.add(
        "shipments", shipment=shipment, order=order, carrier="Own", shipped_on=txn.day, status="Shipped", entry=entry
    )
    for line in range(LINES):
        rows.add(
            "shipment_lines",
            shipment=shipment,
            line=str(line + 1),
            order=order,
            sku=_sku(line),
            quantity=D(1),
            cost=_COST,
        )


def _invoice(txn: Txn, rows: Batch, order: str, customer: str, kind: int) -> str:
    net, tax = LINES * _NET, LINES * _TAX
    number = txn.number("INV-")
    entry = txn.record("invoice posted", number, {"order": order}, invoice_legs(net, ZERO, tax, "EUR", customer))
    settled = _settled(kind)
    paid, credited, written_off = (settled.get(word, ZERO) for word in ("payment", "credit", "write-off"))
    rows.add(
        "invoices",
        invoice=number,
        kind="Invoice",
        order=order,
        customer_id=customer,
        account=customer,
        invoice_date=txn.day,
        due_date=txn.day + dt.timedelta(days=30),
        currency="EUR",
        net=net,
        tax=tax,
        total=net + tax,
        paid=paid,
        credited=credited,
        written_off=written_off,
        open=net + tax - paid - credited - written_off,
        corrects="",
        status="Posted",
        entry=entry,
    )
    rows.add("invoice_dues", invoice=number, due_no=1, due_date=txn.day + dt.timedelta(days=30), amount=net + tax)
    for line in range(LINES):
        _invoice_line(rows, number, order, line, D(1))
    return number


def _invoice_line(rows: Batch, number: str, order: str, line: int, quantity: Decimal) -> None:
    rows.add(
        "invoice_lines",
        invoice=number,
        line=str(line + 1),
        position=line + 1,
        order=order,
        order_line=str(line + 1),
        sku=_sku(line),
        name="Thing",
        quantity=quantity,
        unit_price=_NET,
        net=_NET * quantity,
        tax_rate_percent=D(19),
    )


def _settled(kind: int) -> dict[str, Decimal]:
    whole = LINES * (_NET + _TAX)
    return {
        0: {},
        1: {"payment": D("20.00")},
        2: {"payment": whole - D("0.50"), "write-off": D("0.50")},
        3: {"credit": _NET + _TAX, "payment": whole - _NET - _TAX},
    }.get(kind, {"payment": whole})


def _settle(txn: Txn, rows: Batch, invoice: str, customer: str, kind: int) -> None:
    for word, amount in _settled(kind).items():
        by, entry = {"payment": _pay, "credit": _credit, "write-off": _write_off}[word](
            txn, rows, invoice, customer, amount
        )
        rows.add("settlements", invoice=invoice, kind=word, by=by, amount=amount, day=txn.day, entry=entry)


def _pay(txn: Txn, rows: Batch, invoice: str, customer: str, amount: Decimal) -> tuple[str, int]:
    number = txn.number("PM-")
    entry = txn.record("payment received", number, legs=payment_legs(amount, "Bank transfer", "EUR", customer))
    _payment(rows, number, customer, entry, applied=amount, unapplied=ZERO, held_on=HeldOn.RECEIVABLES)
    return number, txn.record("payment applied", number, {invoice: amount})


def _payment(rows: Batch, number: str, customer: str, entry: int, **amounts: Any) -> None:
    rows.add(
        "payments",
        payment=number,
        customer_id=customer,
        account=customer,
        paid_on=DAY,
        amount=amounts["applied"] + amounts["unapplied"],
        currency="EUR",
        method="Bank transfer",
        reference="thanks",
        applied=amounts["applied"],
        unapplied=amounts["unapplied"],
        held_on=str(amounts["held_on"]),
        status="Posted",
        entry=entry,
    )


def _write_off(txn: Txn, rows: Batch, invoice: str, customer: str, amount: Decimal) -> tuple[str, int]:
    return "", txn.record("written off", invoice, legs=write_off_legs(amount, ZERO, "EUR", customer))


def _credit(txn: Txn, rows: Batch, invoice: str, customer: str, amount: Decimal) -> tuple[str, int]:
    number, back = txn.number("CN-"), txn.number("RT-")
    returned = txn.record(
        "goods returned", back, legs=return_legs(_COST, "EUR"), moves=[Move(_sku(0), D(1), _COST, "return")]
    )
    order = rows.rows["orders"][-1]["order"]
    rows.add(
        "returns",
        **{"return": back},
        order=order,
        sku=_sku(0),
        quantity=D(1),
        returned_on=txn.day,
        credit_note=number,
        status="Posted",
        entry=returned,
    )
    entry = txn.record("credit note posted", number, legs=credit_note_legs(_NET, ZERO, _TAX, "EUR", customer))
    whole = _NET + _TAX
    rows.add(
        "invoices",
        invoice=number,
        kind="Credit note",
        order=order,
        customer_id=customer,
        account=customer,
        invoice_date=txn.day,
        due_date=txn.day,
        currency="EUR",
        net=-_NET,
        tax=-_TAX,
        total=-whole,
        paid=ZERO,
        credited=-whole,
        written_off=ZERO,
        open=ZERO,
        corrects=invoice,
        status="Posted",
        entry=entry,
    )
    rows.add("invoice_dues", invoice=number, due_no=1, due_date=txn.day, amount=-whole)
    _invoice_line(rows, number, order, 0, D(-1))
    rows.add("settlements", invoice=number, kind="credit", by=invoice, amount=-whole, day=txn.day, entry=entry)
    return number, entry


def _loose_ends(ledger: Ledger) -> None:
    """A payment on account, one for an order to come, one of nobody; goods set aside for an order."""
    with ledger.transaction(DAY + dt.timedelta(days=200)) as txn:
        rows = Batch()
        for customer, held_on in _held():
            number = txn.number("PM-")
            legs: list[Leg] = payment_legs(D("70.00"), "Cash", "EUR", customer, HELD_ON[held_on])
            entry = txn.record("payment received", number, legs=legs)
            _payment(rows, number, customer, entry, applied=ZERO, unapplied=D("70.00"), held_on=held_on)
        entry = txn.record("order received", "SO-999999")
        txn.record("credit approved", "SO-999999")
        head = {"customer_id": "C-001", "status": "To pick", "credit_state": "Approved"}
        rows.add("orders", order="SO-999999", entry=entry, **head)
        rows.add("order_lines", order="SO-999999", line="1", sku=_sku(1), quantity=D(3), allocated=D(2))
        txn.reserve(_sku(1), D(2))
        rows.write(txn)


def _held() -> Iterator[tuple[str, HeldOn]]:
    yield "C-001", HeldOn.RECEIVABLES
    yield "C-002", HeldOn.PREPAYMENTS
    yield "", HeldOn.UNIDENTIFIED
