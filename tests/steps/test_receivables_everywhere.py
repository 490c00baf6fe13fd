"""Reminders, penalties, statements, forecast and exposure say the same on every ledger."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger.receivables.account_statements import ask_statements, statement_documents, statements_wanted
from o2c_xl.ledger.receivables.disputes import disputes_of
from o2c_xl.ledger.receivables.invoice_actions import InvoiceActionBooks
from o2c_xl.ledger.receivables.penalties import PenaltyBooks
from o2c_xl.ledger.receivables.reminders import ReminderBooks
from o2c_xl.ledger.reporting.cash import expected_cash, habits_of
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.act_on_invoices import act_on_invoices
from o2c_xl.steps.remind import remind
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.show.computed import waiting
from o2c_xl.tables.show.receivables import aging_rows, exposure_rows
from o2c_xl.tables.show.views import Scope, view_rows
from tests.steps.receivables import DAY, Books

D = Decimal
POLICY = policy_of({"Reminder fees": "5"})


def test_from_reminder_to_charged_penalty(ledger: Ledger) -> None:
    books = Books(ledger)
    books.customers("C1", "C2", currency="EUR")
    invoice, _, disputed = (books.invoice(*one) for one in (("C1", "119.00"), ("C2", "50.00"), ("C2", "10.00")))
    books.change("invoices", disputed, action="Dispute", dispute_code="Price")
    act_on_invoices(InvoiceActionBooks(ledger, DAY))
    books.day = late = DAY + dt.timedelta(days=40)

    letters = remind(ReminderBooks(ledger, late, POLICY.reminders), POLICY.reminders, late)
    books.pay("119.00", invoice, "C1")
    books.settle()
    with ledger.reading() as conn:
        waits = [row[0] for row in waiting(conn) if row[1] == "Late-payment penalty"]
        reminders = view_rows(conn, BY_NAME["Reminders"], Scope(late, late, {}, "EUR", late))
        ages, exposed = aging_rows(conn, late, POLICY), exposure_rows(conn, late, POLICY)
        expected = expected_cash(conn, late, "EUR", habits_of(conn, late))
        disputes = disputes_of(conn, DAY, late)
    books.change("reminders", "RM-000001", action="Charge")
    charged = PenaltyBooks(ledger, late).work_off()
    with ledger.transaction(late) as txn:
        abouts = ask_statements(txn, statements_wanted(txn.conn, None, DAY, late))
    with ledger.reading() as conn:
        statements = statement_documents(conn, abouts, {})

    assert (letters, waits, charged) == (2, ["RM-000001"], 1)
    assert [row[-1] for row in reminders] == ["Written", "Written"]
    assert [(row[0], row[4], row[9]) for row in ages] == [("C2", D("60.00"), D("60.00"))]
    assert [(row[0], row[6], row[9]) for row in exposed] == [("C2", D("60.00"), D("50.00"))]
    assert [(one.customer, one.amount, one.day >= late) for one in expected] == [("C2", D("50.00"), True)]
    assert [one.invoice for one in disputes] == [disputed]
    assert [(one.buyer.key, one.closing) for one in statements] == [("C1", D("5.00")), ("C2", D("60.00"))]
    books.prove()
