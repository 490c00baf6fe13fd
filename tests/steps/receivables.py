"""Books for tests of receivables: customers, invoices as they stand after posting, orders, payments as typed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from o2c_xl.domain.accounts import credit_note_legs, invoice_legs
from o2c_xl.domain.chart import Account
from o2c_xl.domain.keys import fold
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy, policy_of
from o2c_xl.domain.terms import due_dates, parse_terms
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.applying import ApplyingBooks
from o2c_xl.ledger.cash.payments import PaymentBooks
from o2c_xl.ledger.invoices.opening import OpeningBooks
from o2c_xl.ledger.proof.verify import verify
from o2c_xl.ledger.receivables.reminders import LEVEL_SENT
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.apply_payments import Applied, apply_payments
from o2c_xl.steps.receive_payments import PaymentsReceived, receive_payments
from o2c_xl.steps.take_opening_items import OpeningTaken, take_opening_items

D = Decimal
DAY = dt.date(2026, 3, 2)
POLICY: Policy = policy_of({})


def plain_policy(**changes: Any) -> Policy:
    """The policy of a company that has set nothing but these."""
    return replace(POLICY, **changes)


@dataclass
class Books:
    """A ledger with what tests of receivables put in and look at."""

    ledger: Ledger
    day: dt.date = DAY
    numbers: int = 0

    def level_sent(self, invoice: str) -> int:
        """The level of the last reminder that went."""
        with self.ledger.reading() as conn:
            found: int = conn.execute(select(LEVEL_SENT).where(schema.invoices.c.invoice == invoice)).scalar_one()
        return found

    def customers(self, *names: str, **more: str) -> None:
        """New customers, alike."""
        with self.ledger.transaction(self.day) as txn:
            txn.insert(schema.customers, [{"customer_id": name, "name": name, **more} for name in names])

    def invoice(
        self, account: str, total: str | Decimal, *, number: str = "", terms: str = "Net 30", **more: Any
    ) -> str:
        """A posted invoice (a credit note when below zero), 19 % of its total being tax."""
        value = D(total)
        with self.ledger.transaction(more.pop("day", self.day)) as txn:
            number = number or txn.number("CN-" if value < ZERO else "INV-")
            tax = (value * 19 / 119).quantize(D("0.01"))
            currency = more.pop("currency", "EUR")
            posted = credit_note_legs(tax - value, ZERO, -tax, currency, account)
            if value > ZERO:
                posted = invoice_legs(value - tax, ZERO, tax, currency, account)
            entry = txn.record("invoice posted", number, legs=posted)
            dues = due_dates(parse_terms(terms), txn.day, value, currency)
            row = {
                "invoice": number,
                "kind": "Credit note" if value < ZERO else "Invoice",
                "customer_id": account,
                "account": account,
                "invoice_date": txn.day,
                "due_date": dues[0][0],
                "currency": currency,
                "terms": terms,
                "net": value - tax,
                "tax": tax,
                "total": value,
                "open": value,
                "status": "Posted",
                "entry": entry,
                **more,
            }
            txn.insert(schema.invoices, [row])
            if "order" in more:
                txn.update(schema.orders, [{"order": more["order"], "freight_invoiced": True}])
            txn.insert(
                schema.invoice_dues,
                [
                    {"invoice": number, "due_no": at, "due_date": due, "amount": amount}
                    for at, (due, amount) in enumerate(dues, 1)
                ],
            )
        return number

    def order(self, number: str, customer: str, status: str = "To pick", reference: str = "") -> None:
        """An order as it stands; its money does not matter here."""
        with self.ledger.transaction(self.day) as txn:
            entry = txn.record("order received", number)
            row = {"order": number, "customer_id": customer, "bill_to": customer, "currency": "EUR", "status": status}
            txn.record("credit approved", number)
            more = {
                "customer_reference": reference,
                "folded_reference": fold(reference),
                "credit_state": "Approved",
                "entry": entry,
            }
            txn.insert(schema.orders, [{**row, **more}])

    def pay(self, amount: str | Decimal | None, reference: str = "", customer: str = "", **more: Any) -> str:
        """A payment as it was typed, not yet posted."""
        with self.ledger.transaction(self.day) as txn:
            number = more.pop("number", "") or txn.number("PM-")
            row = {
                "payment": number,
                "customer_id": customer,
                "paid_on": self.day,
                "amount": None if amount is None else D(amount),
                "method": "Bank transfer",
                "reference": reference,
                "entry": txn.record("payment entered", number),
                **more,
            }
            txn.insert(schema.payments, [row])
        return number

    def opening(self, number: str, customer: str, total: str, still_open: str, **more: Any) -> None:
        """An opening item as it was typed."""
        with self.ledger.transaction(self.day) as txn:
            row = {
                "invoice": number,
                "customer_id": customer,
                "invoice_date": dt.date(2025, 12, 1),
                "due_date": dt.date(2025, 12, 31),
                "total": D(total),
                "open": D(still_open),
                "entry": txn.record("opening item entered", number),
                **more,
            }
            txn.insert(schema.opening_items, [row])

    def change(self, table: str, key: str, **values: Any) -> None:
        """What a person changes in a sheet."""
        kept = schema.metadata.tables[table]
        with self.ledger.transaction(self.day) as txn:
            txn.record("changed", key)
            txn.update(kept, [{next(iter(kept.primary_key)).name: key, **values}])

    # -- the steps ----------------------------------------------------------------------------------------------

    def take_opening(self) -> OpeningTaken:
        """Take opening items."""
        return take_opening_items(OpeningBooks(self.ledger, self.day, "EUR"))

    def receive(self) -> PaymentsReceived:
        """Post payments."""
        return receive_payments(PaymentBooks(self.ledger, self.day, "EUR"))

    def apply(self, policy: Policy = POLICY) -> Applied:
        """Apply payments."""
        return apply_payments(ApplyingBooks(self.ledger, self.day), policy)

    def settle(self, policy: Policy = POLICY) -> Applied:
        """Post payments and apply them until nothing is left; the books hold then, and a further run finds nothing.

        What the first pass did is returned.
        """
        self.receive()
        applied = self.apply(policy)
        while self.apply(policy).count:
            pass
        self.prove()
        head = self.ledger.head()
        assert self.receive().count == 0
        assert self.apply(policy) == Applied(0)
        assert self.ledger.head() == head
        return applied

    # -- what is looked at --------------------------------------------------------------------------------------

    def rows(self, table: str) -> dict[str, Any]:
        """The rows of a table by key."""
        kept = schema.metadata.tables[table]
        with self.ledger.reading() as conn:
            return {row[0]: row for row in conn.execute(select(kept))}

    def open_of(self, invoice: str) -> Decimal:
        """What is open of an invoice."""
        return D(self.rows("invoices")[invoice].open)

    def matches(self, status: str = "Posted") -> list[tuple[str, str, Decimal]]:
        """Payment, invoice and amount of every match of a status."""
        return [(m.payment, m.invoice, m.amount) for m in self.rows("matches").values() if m.status == status]

    def balance(self, account: Account, parties: Iterable[str] | None = None) -> Decimal:
        """The balance of an account, of some parties only."""
        c = schema.postings.c
        statement = select(func.sum(c.amount)).where(c.account == str(account))
        if parties is not None:
            statement = statement.where(c.party.in_(list(parties)))
        with self.ledger.reading() as conn:
            return D(conn.execute(statement).scalar() or 0)

    def prove(self) -> None:
        """Every equation of the books holds."""
        broken = [str(check) for check in verify(self.ledger) if not check.ok]
        assert broken == []
