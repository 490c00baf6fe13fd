"""Bank lines on every kind of ledger: taken once, made payments once, applied and taken back by the same rules."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from o2c_xl.domain.chart import Account
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.bank_lines import BankLineBooks
from o2c_xl.ledger.cash.bank_statements import NewStatement, take_statement
from o2c_xl.ledger.cash.strangers import StrangerBooks
from o2c_xl.ledger.store import Ledger, Source
from o2c_xl.steps.guess_payers import guess_payers
from o2c_xl.steps.post_bank_lines import BankLinesPosted, post_bank_lines
from tests.steps.receivables import DAY, Books

D = Decimal
_TEXTS = "counterparty account text reference end_to_end bank_reference entry_reference code raw remitted".split()


def statement(*rows: dict[str, Any], opening: str = "", closing: str = "") -> NewStatement:
    head = {
        "account": "DE02120300000000202051",
        "currency": "EUR",
        "number": "7",
        "kind": "camt.053",
        "from": DAY,
        "to": DAY,
        "opening": D(opening) if opening else None,
        "closing": D(closing) if closing else None,
        "interim": False,
    }
    lines: dict[str, list[Any]] = {name: [row.get(name, "") for row in rows] for name in _TEXTS}
    lines |= {
        "line": [str(at) for at in range(1, len(rows) + 1)],
        "amount": [D(row["amount"]) for row in rows],
        "currency": ["EUR"] * len(rows),
        "booked_on": [row.get("booked_on", DAY) for row in rows],
        "value_on": [None] * len(rows),
        "charges": [D(row["charges"]) if "charges" in row else None for row in rows],
        "whole": [D(row["whole"]) if "whole" in row else None for row in rows],
        "batch": [row.get("batch", 0) for row in rows],
        "collective": [row.get("collective", False) for row in rows],
        "place": list(range(1, len(rows) + 1)),
        "reversal": [row.get("reversal", False) for row in rows],
    }
    return NewStatement(head, lines)


def take(ledger: Ledger, new: NewStatement, day: dt.date = DAY) -> tuple[str, int]:
    with ledger.transaction(day) as txn:
        taken = take_statement(txn, new, Source("st.xml"))
    return taken.number, taken.new


def post(ledger: Ledger) -> BankLinesPosted:
    return post_bank_lines(BankLineBooks(ledger, DAY))


def test_a_line_goes_from_the_statement_to_the_invoice_and_back(ledger: Ledger) -> None:
    books = Books(ledger)
    books.customers("C1")
    invoice = books.invoice("C1", "119.00")
    paid = {"amount": "119.00", "counterparty": "c1 gmbh", "account": "DE1", "text": invoice, "bank_reference": "R1"}

    assert take(ledger, statement(paid, opening="0", closing="119")) == ("BS-000001", 1)
    assert take(ledger, statement(paid, opening="0", closing="119")) == ("", 0)
    assert (post(ledger), post(ledger)) == (BankLinesPosted(1), BankLinesPosted(0))
    books.receive()
    books.apply()
    assert books.open_of(invoice) == 0

    take(ledger, statement({"amount": "-119.00", "account": "DE1", "reversal": True, "bank_reference": "R2"}))
    post(ledger)
    books.receive()
    assert books.open_of(invoice) == D("119.00")
    books.prove()


def test_an_invoice_paid_twice_waits_and_never_pays_another_of_that_amount(memory_ledger: Ledger) -> None:
    books = Books(memory_ledger)
    books.customers("C1", "C2")
    first, other = books.invoice("C1", "119.00"), books.invoice("C1", "119.00")
    strange = books.invoice("C2", "50.00")
    books.pay("119.00", first, "C1")
    books.pay("50.00", strange, "C2")
    books.receive()
    books.apply()

    books.pay("119.00", first, "C1")
    books.receive()
    books.apply()

    assert (books.open_of(first), books.open_of(other)) == (0, D("119.00"))
    books.pay("119.00", strange, "C1")  # another customer's, settled and of another amount: the amount tells
    books.receive()
    books.apply()
    assert books.open_of(other) == 0
    books.prove()


def test_a_stranger_gets_one_proposal_and_no_second(ledger: Ledger) -> None:
    books = Books(ledger)
    books.customers("C1")
    invoice = books.invoice("C1", "119.00")
    take(ledger, statement({"amount": "119.00", "counterparty": "Somebody", "text": "thanks"}))
    post(ledger)
    books.receive()

    counts = [guess_payers(StrangerBooks(ledger, DAY)) for _ in range(2)]

    assert counts == [1, 0]
    with ledger.reading() as conn:
        (match,) = conn.execute(select(schema.matches)).all()
    assert (match.invoice, match.status) == (invoice, "Proposed")
    assert "only open item of this amount" in match.reason
    books.prove()


def test_a_receipt_of_nobody_known_is_guessed_at_however_many_lie_there_before_it(memory_ledger: Ledger) -> None:
    books = Books(memory_ledger)
    books.customers("C1")
    invoice = books.invoice("C1", "77.77")
    lying = {"paid_on": DAY, "currency": "EUR", "method": "Bank transfer", "held_on": "unidentified receipts"}
    with memory_ledger.transaction(DAY) as txn:
        amounts = [*(D(n) for n in range(1000, 2000)), D("77.77")]
        rows = [{"payment": f"PM-{n:06d}", "amount": one, "unapplied": one} for n, one in enumerate(amounts, 1)]
        txn.insert(schema.payments, [{**row, **lying, "status": "Unapplied"} for row in rows])

    guess_payers(StrangerBooks(memory_ledger, DAY))

    with memory_ledger.reading() as conn:
        assert [row.invoice for row in conn.execute(select(schema.matches))] == [invoice]


def test_a_thousand_lines_more_than_a_batch_are_all_posted(memory_ledger: Ledger) -> None:
    rows = [{"amount": f"{n}.00", "bank_reference": f"R{n}"} for n in range(1, 1_102)]
    take(memory_ledger, statement(*rows))

    assert post(memory_ledger).count == 1_101
    with memory_ledger.reading() as conn:
        assert len(conn.execute(select(schema.payments)).all()) == 1_101


def test_a_payment_that_came_back_with_the_banks_fee_opens_its_invoice_and_the_fee_is_bank_charges(
    ledger: Ledger,
) -> None:
    books = Books(ledger)
    books.customers("C1")
    invoice = books.invoice("C1", "444.00")
    paid = {"amount": "444.00", "counterparty": "c1 gmbh", "account": "DE1", "text": invoice, "bank_reference": "R1"}
    take(ledger, statement(paid))
    post(ledger)
    books.receive()
    books.apply()

    back = {"amount": "-447.50", "counterparty": "c1 gmbh", "text": invoice, "reversal": True, "charges": "3.50"}
    take(ledger, statement(back))
    assert post(ledger) == BankLinesPosted(1)
    books.receive()

    assert books.open_of(invoice) == D("444.00")
    assert books.balance(Account.BANK_CHARGES) == D("3.50")
    assert books.balance(Account.BANK) == D("-3.50")
    books.prove()


def test_a_fee_that_the_bank_does_not_tell_is_what_a_person_leaves_over(memory_ledger: Ledger) -> None:
    books = Books(memory_ledger)
    books.customers("C1")
    invoice = books.invoice("C1", "444.00")
    payment = books.pay("444.00", invoice, "C1")
    books.receive()
    books.apply()
    take(memory_ledger, statement({"amount": "-447.50", "text": invoice, "reversal": True}))

    assert post(memory_ledger).waiting == 1
    books.pay("-444.00", f"Return of {payment} BS-000001/1", "C1")
    assert post(memory_ledger) == BankLinesPosted(1)
    books.receive()

    assert books.open_of(invoice) == D("444.00")
    assert books.balance(Account.BANK_CHARGES) == D("3.50")
    books.prove()


def test_charges_that_the_bank_kept_are_proposed_and_booked_when_a_person_accepts(ledger: Ledger) -> None:
    books = Books(ledger)
    books.customers("C1")
    invoice = books.invoice("C1", "444.00")
    paid = {"amount": "384.00", "counterparty": "c1 gmbh", "account": "DE1", "text": invoice, "charges": "60.00"}
    take(ledger, statement(paid))
    post(ledger)
    books.receive()
    books.apply()

    with ledger.transaction(DAY) as txn:
        (match,) = txn.conn.execute(select(schema.matches)).all()
        txn.update(schema.matches, [{"match": match.match, "decision": "Accept"}])
    assert (match.status, match.amount) == ("Proposed", D("384.00"))
    assert "60.00 was kept by the bank as charges" in match.reason
    assert books.open_of(invoice) == D("444.00")
    books.apply()

    assert books.open_of(invoice) == 0
    assert books.balance(Account.BANK_CHARGES) == D("60.00")
    books.prove()
    books.pay("-384.00", f"Return of {match.payment}", "C1")
    books.receive()
    assert (books.open_of(invoice), books.balance(Account.BANK_CHARGES)) == (D("444.00"), D(0))
    books.prove()
