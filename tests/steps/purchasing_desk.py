"""A small company for tests of purchasing and stock: products, suppliers, and the steps as a run takes them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Table, select

from o2c_xl.domain.accounts import receipt_legs
from o2c_xl.domain.goods.stock import Move
from o2c_xl.domain.policy import Policy, policy_of
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.approvals import decide
from o2c_xl.ledger.buying.bills import BillingBooks
from o2c_xl.ledger.buying.proposals import ProposalBooks
from o2c_xl.ledger.buying.sending import SendingBooks
from o2c_xl.ledger.goods.counting import CountingBooks
from o2c_xl.ledger.goods.quarantine import QuarantineBooks
from o2c_xl.ledger.goods.receiving import ReceivingBooks
from o2c_xl.ledger.proof.verify import verify
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.count_stock import StockCounted, count_stock
from o2c_xl.steps.decide_quarantine import QuarantineDecided, decide_quarantine
from o2c_xl.steps.post_bills import BillsPosted, post_bills
from o2c_xl.steps.propose_purchases import PurchasesProposed, propose_purchases
from o2c_xl.steps.receive_goods import GoodsReceived, receive_goods
from o2c_xl.steps.send_purchases import PurchasesSent, send_purchases
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.rows import take_rows
from o2c_xl.tables.take.rules import RULES
from tests.ledgers import DAY

D = Decimal


class Desk:
    """What people and the program do, one call each; `rows` shows a table as dictionaries."""

    def __init__(self, ledger: Ledger, **settings: str) -> None:
        self.ledger, self.day = ledger, DAY
        self.policy: Policy = policy_of({name.replace("_", " "): value for name, value in settings.items()})
        self.put(s.suppliers, {"supplier_id": "EXOTIC", "name": "Exotic Liquids", "email": "po@exotic.example"})
        self.put(s.products, product("A"), product("B"))

    def put(self, table: Table, *rows: dict[str, Any]) -> None:
        with self.ledger.transaction(self.day) as txn:
            for row in rows:
                told = {"entry": txn.record("order received", row["order"])} if table is s.orders else {}
                txn.insert(table, [{**row, **told}])

    def set(self, table: Table, **row: Any) -> None:
        with self.ledger.transaction(self.day) as txn:
            txn.update(table, [row])

    def order(self, po: str, *lines: tuple[str, str, str], status: str = "Sent", **head: Any) -> None:
        """A purchase order with lines of (SKU, quantity, unit cost)."""
        head = {"supplier_id": "EXOTIC", "currency": "EUR", "expected": DAY, "made_on": DAY, **head}
        self.put(s.purchase_orders, {"po": po, "status": status, **head})
        rows = [
            {"po": po, "line": str(n), "position": n, "sku": sku, "quantity": D(quantity), "unit_cost": D(cost)}
            for n, (sku, quantity, cost) in enumerate(lines, 1)
        ]
        self.put(s.purchase_order_lines, *rows)

    def deliver(self, receipt: str, po: str, sku: str, quantity: str, quality: str = "Good", **more: Any) -> None:
        row = {"receipt": receipt, "po": po, "sku": sku, "quantity": D(quantity), "quality": quality}
        self.put(s.receipts, {**row, "received_on": self.day, **more})

    def receive(self) -> GoodsReceived:
        return receive_goods(ReceivingBooks(self.ledger, self.day, self.policy), self.policy)

    def have(self, sku: str, quantity: str, value: str) -> None:
        """Stock that came in some time ago."""
        move = Move(sku, D(quantity), D(value), "receipt")
        with self.ledger.transaction(self.day) as txn:
            txn.record("stock brought", sku, legs=receipt_legs(D(value), "EUR", "EXOTIC"), moves=[move])

    def promise(self, order: str, sku: str, quantity: str, **head: Any) -> None:
        """An order with stock set aside for its one line."""
        to_pick = {"order": order, "status": "To pick", "credit_state": "Approved", "order_date": self.day}
        self.put(s.orders, {**to_pick, **head})
        line = {"order": order, "line": "1", "position": 1, "sku": sku, "quantity": D(quantity)}
        self.put(s.order_lines, {**line, "allocated": D(quantity)})
        with self.ledger.transaction(self.day) as txn:
            txn.record("credit approved", order)
            txn.reserve(sku, D(quantity))

    def want(self, order: str, sku: str, quantity: str, status: str = "Backordered", **head: Any) -> None:
        """An order whose one line found nothing in stock."""
        self.put(s.orders, {"order": order, "status": status, "order_date": self.day, **head})
        line = {"order": order, "line": "1", "position": 1, "sku": sku, "quantity": D(quantity)}
        self.put(s.order_lines, {**line, "availability": "Out of stock"})

    def propose(self) -> PurchasesProposed:
        return propose_purchases(ProposalBooks(self.ledger, self.day, self.policy), self.policy, self.day)

    def send(self) -> PurchasesSent:
        return send_purchases(SendingBooks(self.ledger, self.day, self.policy), self.policy)

    def counted(self, count: str, sku: str, quantity: str, **more: Any) -> None:
        self.put(s.stock_counts, {"count": count, "sku": sku, "counted": D(quantity), "counted_on": self.day, **more})

    def count(self) -> StockCounted:
        return count_stock(CountingBooks(self.ledger, self.day, self.policy), self.policy)

    def bill(self, bill: str, po: str, net: str, tax: str, total: str, **more: Any) -> None:
        row = {"bill": bill, "supplier_id": "EXOTIC", "po": po, "bill_date": self.day, "net": D(net), "tax": D(tax)}
        self.put(s.bills, {**row, "total": D(total), **more})

    def take(self, table: str, row: dict[str, Any]) -> list[str]:
        """Type one row into a sheet; returns what is wrong with it."""
        batch = Batch(
            table=BY_NAME[table],
            source="desk.xlsx",
            sheet=BY_NAME[table].title,
            columns={name: [value] for name, value in row.items()},
            rows=[2],
            letters=dict(zip(row, "ABCDEFGH", strict=False)),
            shared=True,
        )
        with self.ledger.transaction(self.day) as txn:
            take_rows(txn, batch, self.policy, RULES[table])
        return [issue.problem for issue in batch.issues]

    def post_bills(self) -> BillsPosted:
        return post_bills(BillingBooks(self.ledger, self.day, self.policy), self.day)

    def decide_quarantine(self) -> QuarantineDecided:
        return decide_quarantine(QuarantineBooks(self.ledger, self.day, self.policy))

    def decide(self, approval: str, verdict: Any, reason: str = "", who: str = "ines") -> list[str]:
        with Ledger(self.ledger.engine, clock=self.ledger.clock, who=who).transaction(self.day) as txn:
            return decide(txn, [approval], verdict, reason)[1]

    def rows(self, table: Table, *names: str) -> list[Any]:
        """The rows in key order; with names only these columns, one name alone as plain values."""
        with self.ledger.reading() as conn:
            found = conn.execute(select(table).order_by(*table.primary_key)).all()
        if not names:
            return [dict(row._mapping) for row in found]
        rows = [tuple(row._mapping[name] for name in names) for row in found]
        return [row[0] for row in rows] if len(names) == 1 else rows

    def stock(self, sku: str) -> tuple[Decimal, Decimal, Decimal, Decimal]:
        """On hand, allocated, quarantined, value."""
        with self.ledger.reading() as conn:
            row = conn.execute(select(s.stock).where(s.stock.c.sku == sku)).first()
        return (row.on_hand, row.allocated, row.quarantined, row.value) if row else (D(0),) * 4

    def balances(self) -> dict[str, Decimal]:
        """Sums of the postings by account, those of nothing left out."""
        sums: dict[str, Decimal] = {}
        for account, amount in self.rows(s.postings, "account", "amount"):
            sums[account] = sums.get(account, D(0)) + amount
        return {account: amount for account, amount in sums.items() if amount}

    def events(self) -> list[str]:
        return self.rows(s.journal, "event")

    def check_books(self) -> None:
        broken = [str(check) for check in verify(self.ledger) if not check.ok]
        assert not broken, broken


def product(sku: str, **more: Any) -> dict[str, Any]:
    return {"sku": sku, "name": f"Product {sku}", "unit": "pcs", "cost": D("4.00"), **more}


def role(user: str, name: str, limit: Decimal | None = None) -> dict[str, Any]:
    return {"user": user, "role": name, "limit": limit, "from": None, "to": None}


def days(count: int) -> dt.date:
    return DAY + dt.timedelta(days=count)


def quantities(*texts: str) -> Sequence[Decimal]:
    return [D(text) for text in texts]
