"""Fourteen months of a small shop's trade for the report: growing sales, a few late payers, some backorders."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from o2c_xl.domain.accounts import count_legs, invoice_legs, receipt_legs, shipment_legs
from o2c_xl.domain.chart import Account
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.applying import ApplyingBooks
from o2c_xl.ledger.cash.payments import PaymentBooks
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.apply_payments import apply_payments
from o2c_xl.steps.receive_payments import receive_payments
from tests.steps.receivables import POLICY

D = Decimal
START = dt.date(2025, 1, 6)
END = dt.date(2026, 2, 28)
CUSTOMERS = {
    "ALFKI": "Alfreds Futterkiste",
    "ANTON": "Antonio Moreno Taquería",
    "BERGS": "Berglunds snabbköp",
    "BLAUS": "Blauer See Delikatessen",
    "CHOPS": "Chop-suey Chinese",
    "ERNSH": "=SUM(1)+Ernst Handel",
    "FRANK": "Frankenversand",
    "QUICK": "QUICK-Stop",
}
SKUS = {"A-100": "Kettle", "A-200": "Teapot, blue", "A-300": "Cup", "A-400": "Tray"}
_COST = D(6)


def trade(ledger: Ledger, orders: int = 180) -> None:
    """Fill a ledger with the trade."""
    _open(ledger)
    names = list(CUSTOMERS)
    span = (END - START).days
    for n in range(orders):
        # later orders come closer together: the shop grows
        day = START + dt.timedelta(days=round(span * (n / orders) ** 0.8))
        _order(ledger, n, names[(n * 5 + n // 7) % len(names)], day)
    _pay(ledger)


def _open(ledger: Ledger) -> None:
    with ledger.transaction(START) as txn:
        txn.insert(
            schema.customers, [{"customer_id": key, "name": name, "currency": "EUR"} for key, name in CUSTOMERS.items()]
        )
        txn.insert(schema.products, [{"sku": key, "name": name, "unit": "pcs"} for key, name in SKUS.items()])
        txn.insert(
            schema.suppliers,
            [{"supplier_id": key, "name": name} for key, name in (("EXO", "Exotic Liquids"), ("TOK", "Tokyo Traders"))],
        )
        for sku in SKUS:
            entry = txn.record(
                "stock counted",
                f"SC-{sku}",
                legs=count_legs(D(4200), "EUR", Account.OPENING),
                moves=[Move(sku, D(700), D(4200), "opening")],
            )
            txn.insert(schema.stock_counts, [{"count": f"SC-{sku}", "sku": sku, "counted": D(700), "entry": entry}])
        for n, (supplier, late, refused) in enumerate((("EXO", 0, 0), ("TOK", 6, 5), ("EXO", 0, 0), ("TOK", 0, 0))):
            po, receipt = f"PO-{n}", f"GR-{n}"
            entry = txn.record(
                "goods received",
                receipt,
                {"n": n},
                receipt_legs(D(60), "EUR", supplier),
                [Move("A-100", D(10), D(60), "receipt")],
            )
            txn.insert(
                schema.purchase_orders,
                [
                    {
                        "po": po,
                        "supplier_id": supplier,
                        "currency": "EUR",
                        "net": D(60),
                        "status": "Received" if n else "Sent",
                        "made_on": START,
                    }
                ],
            )
            txn.insert(
                schema.receipts,
                [
                    {
                        "receipt": receipt,
                        "po": po,
                        "sku": "A-100",
                        "quantity": D(10),
                        "refused": D(refused),
                        "days_late": late,
                        "received_on": END - dt.timedelta(days=20 * n + 5),
                        "status": "Posted",
                        "entry": entry,
                    }
                ],
            )


def _order(ledger: Ledger, n: int, customer: str, day: dt.date) -> None:
    number, sku = f"SO-{n + 1:06d}", list(SKUS)[n % 4]
    quantity = D(2 + n * 7 % 19)
    net = quantity * (D(12) + n % 4 * 3)
    steps = [1 + (n % 11 == 0) * 4, 1 + n % 2, 1, n % 3]  # release, pick, ship, invoice: days after the one before
    days = [day + dt.timedelta(days=sum(steps[: at + 1])) for at in range(4)]
    stuck = n % 23 == 7
    shipped = ZERO if days[2] > END else quantity // 2 if stuck else quantity
    status = "Invoiced" if shipped == quantity else "Backordered" if not shipped else "Partly shipped"
    with ledger.transaction(day) as txn:
        entry = txn.record("order received", number)
        head = {"order": number, "customer_id": customer, "bill_to": customer, "currency": "EUR", "status": status}
        txn.insert(schema.orders, [{**head, "order_date": day, "net": net, "tax": ZERO, "total": net, "entry": entry}])
    if days[0] <= END:
        with ledger.transaction(days[0]) as txn:
            txn.record("stock allocated", number)
    if days[1] <= END:
        with ledger.transaction(days[1]) as txn:
            txn.record("goods picked", number)
    line: dict[str, Any] = {
        "order": number,
        "line": "1",
        "position": 1,
        "sku": sku,
        "quantity": quantity,
        "net": net,
        "promise_date": day + dt.timedelta(days=5),
        "shipped": shipped,
        "invoiced": ZERO,
        "invoiced_net": ZERO,
        "why": "2 short" if shipped < quantity else "",
    }
    if shipped:
        with ledger.transaction(days[2]) as txn:
            _ship(txn, number, sku, shipped)
    if shipped and days[3] <= END:
        with ledger.transaction(days[3]) as txn:
            part = net * shipped / quantity
            _invoice(txn, number, customer, part.quantize(D("0.01")))
            line |= {"invoiced": shipped, "invoiced_net": part.quantize(D("0.01"))}
    with ledger.transaction(day) as txn:
        txn.insert(schema.order_lines, [line])


def _ship(txn: Txn, order: str, sku: str, quantity: Decimal) -> None:
    number, cost = txn.number("SH-"), quantity * _COST
    entry = txn.record(
        "goods shipped", number, {"order": order}, shipment_legs(cost, "EUR"), [Move(sku, -quantity, -cost, "shipment")]
    )
    txn.insert(
        schema.shipments,
        [{"shipment": number, "order": order, "shipped_on": txn.day, "status": "Shipped", "entry": entry}],
    )
    txn.insert(
        schema.shipment_lines,
        [{"shipment": number, "line": "1", "order": order, "sku": sku, "quantity": quantity, "cost": cost}],
    )


def _invoice(txn: Txn, order: str, customer: str, net: Decimal) -> None:
    number, tax, due = f"R{order[3:]}", (net * D("0.19")).quantize(D("0.01")), txn.day + dt.timedelta(days=30)
    entry = txn.record("invoice posted", number, {"order": order}, invoice_legs(net, ZERO, tax, "EUR", customer))
    row = {
        "invoice": number,
        "kind": "Invoice",
        "order": order,
        "customer_id": customer,
        "account": customer,
        "invoice_date": txn.day,
        "due_date": due,
        "currency": "EUR",
        "terms": "Net 30",
        "net": net,
        "tax": tax,
        "total": net + tax,
        "open": net + tax,
        "status": "Posted",
        "entry": entry,
    }
    txn.insert(schema.invoices, [row])
    txn.insert(schema.invoice_dues, [{"invoice": number, "due_no": 1, "due_date": due, "amount": net + tax}])


def _pay(ledger: Ledger) -> None:
    """Most pay about when it is due; three pay late, one invoice in 29 is half paid, some money is of nobody."""
    with ledger.reading() as conn:
        invoices = conn.execute(schema.invoices.select()).all()
    by_day: dict[dt.date, list[dict[str, Any]]] = {}
    for n, row in enumerate(invoices):
        slow = {"QUICK": 70, "FRANK": 35, "CHOPS": 15}.get(row.account, 0)
        day = row.due_date + dt.timedelta(days=slow + n % 9 - 6)
        if day > END:
            continue
        amount = row.total if n % 29 else row.total / 2
        by_day.setdefault(day, []).append(
            {
                "payment": f"PM-{n:06d}",
                "customer_id": row.account,
                "paid_on": day,
                "amount": amount.quantize(D("0.01")),
                "method": "Bank transfer",
                "reference": row.invoice,
            }
        )
    by_day.setdefault(END, []).append(
        {
            "payment": "PM-X",
            "customer_id": "",
            "paid_on": END,
            "amount": D("75.50"),
            "method": "Cash",
            "reference": "thank you",
        }
    )
    for day, rows in sorted(by_day.items()):
        with ledger.transaction(day) as txn:
            for row in rows:
                txn.insert(schema.payments, [{**row, "entry": txn.record("payment entered", row["payment"])}])
        receive_payments(PaymentBooks(ledger, day, "EUR"))
        apply_payments(ApplyingBooks(ledger, day), POLICY)
