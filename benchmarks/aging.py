"""Aging of 100,000 invoices from the ledger, beside the bare SQL that adds up the same buckets, to the cent."""

from __future__ import annotations

import datetime as dt
import sqlite3
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.measured import best, ratio_line

INVOICES, CUSTOMERS = 100_000, 2_000
DAY = dt.date(2026, 6, 30)
BEFORE = dt.date(2026, 5, 31)
LIMIT = 2.0
_BUCKETS = """CASE WHEN {open} < 0 THEN 5 WHEN d.due_date >= date(:day) THEN 0
    WHEN d.due_date >= date(:day, '-30 days') THEN 1 WHEN d.due_date >= date(:day, '-60 days') THEN 2
    WHEN d.due_date >= date(:day, '-90 days') THEN 3 ELSE 4 END"""
NOW = f"""SELECT i.account, i.currency, {_BUCKETS.format(open="i.open")} AS bucket, SUM(i.open) FROM invoices i
    JOIN invoice_dues d ON d.invoice = i.invoice WHERE i.open <> 0 GROUP BY 1, 2, 3"""
THEN = f"""WITH later AS (SELECT invoice, SUM(amount) AS s FROM settlements WHERE day > :day GROUP BY invoice)
    SELECT i.account, i.currency, {_BUCKETS.format(open="i.open + COALESCE(l.s, 0)")} AS bucket,
        SUM(i.open + COALESCE(l.s, 0))
    FROM invoices i JOIN invoice_dues d ON d.invoice = i.invoice JOIN journal j ON j.seq = i.entry
    LEFT JOIN later l ON l.invoice = i.invoice
    WHERE j.day <= date(:day) AND i.open + COALESCE(l.s, 0) <> 0 GROUP BY 1, 2, 3"""
ACCOUNT = "SELECT currency, SUM(amount) FROM postings WHERE account = '1100' AND day <= date(:day) GROUP BY currency"


def make_ledger(path: Path) -> None:
    """A ledger with that many posted invoices in 180 days, every third settled a month later, every fifth in part."""
    from o2c_xl.ledger.engine import open_engine
    from o2c_xl.ledger.migrate import prepare
    from o2c_xl.ledger.store import Ledger

    engine = open_engine(path)
    prepare(engine)
    ledger = Ledger(engine, clock=lambda: dt.datetime(2026, 6, 30, tzinfo=dt.UTC), who="bench")
    for back in range(180, -1, -1):
        with ledger.transaction(DAY - dt.timedelta(days=back)) as txn:
            _post(txn, range(back, INVOICES, 181))
            if back + 31 <= 180:
                _pay(txn, range(back + 31, INVOICES, 181))
    engine.dispose()


def _of(n: int) -> tuple[str, str, Decimal]:
    """Number, customer and total of an invoice."""
    return f"INV-{n:06d}", f"C{n % CUSTOMERS:05d}", Decimal(10_00 + n * 7919 % 500_000).scaleb(-2)


def _post(txn: Any, which: range) -> None:
    from o2c_xl.domain.accounts import invoice_legs
    from o2c_xl.ledger import schema

    invoices, dues = [], []
    for number, customer, total in map(_of, which):
        legs = invoice_legs(total, Decimal(0), Decimal(0), "EUR", customer)
        invoices.append(_invoice(number, customer, txn.day, total, txn.record("invoice posted", number, None, legs)))
        due = txn.day + dt.timedelta(days=30)
        dues.append({"invoice": number, "due_no": 1, "due_date": due, "amount": total})
    txn.insert(schema.invoices, invoices)
    txn.insert(schema.invoice_dues, dues)


def _pay(txn: Any, which: range) -> None:
    from o2c_xl.domain.accounts import payment_legs
    from o2c_xl.ledger import schema

    settled, rows = [], []
    for n in which:
        part = Decimal(1) if n % 3 == 0 else Decimal("0.25") if n % 5 == 0 else None
        if part is None:
            continue
        number, customer, total = _of(n)
        paid = (total * part).quantize(Decimal("0.01"))
        entry = txn.record("payment received", f"P{n}", None, payment_legs(paid, "Bank transfer", "EUR", customer))
        row = {"invoice": number, "kind": "payment", "by": f"P{n}", "amount": paid, "day": txn.day, "entry": entry}
        settled.append(row)
        rows.append({"invoice": number, "paid": paid, "open": total - paid})
    txn.insert(schema.settlements, settled)
    txn.update(schema.invoices, rows)


def _invoice(number: str, customer: str, day: dt.date, total: Decimal, entry: int) -> dict[str, Any]:
    return {
        "invoice": number, "kind": "Invoice", "customer_id": customer, "account": customer, "invoice_date": day,
        "due_date": day + dt.timedelta(days=30), "currency": "EUR", "net": total, "total": total, "open": total,
        "status": "Sent", "entry": entry,
    }  # fmt: skip


def aged(path: str, day: dt.date) -> dict[str, Any]:
    """The work: aging as `o2c report` and the sheet get it."""
    from o2c_xl.ledger.engine import open_engine
    from o2c_xl.ledger.receivables.aging import aging

    engine = open_engine(Path(path))
    with engine.connect() as conn:
        start = time.process_time()
        found = aging(conn, day)
        spent = time.process_time() - start
    engine.dispose()
    assert not found.differences, found.differences
    sums = {
        (row.customer, row.currency): tuple(
            int(part * 10_000)
            for part in (row.not_due, row.days_1_30, row.days_31_60, row.days_61_90, row.over_90, row.credits)
        )
        for row in found.rows
    }
    return {"spent": spent, "sums": sums}


def bare(path: str, day: dt.date, sql: str) -> dict[str, Any]:
    """The floor: the same sums by one statement, and the account's balance."""
    conn = sqlite3.connect(path)
    start = time.process_time()
    rows = conn.execute(sql, {"day": day.isoformat()}).fetchall()
    conn.execute(ACCOUNT, {"day": day.isoformat()}).fetchall()
    spent = time.process_time() - start
    conn.close()
    sums: dict[tuple[str, str], list[int]] = {}
    for account, currency, bucket, amount in rows:
        sums.setdefault((account, currency), [0] * 6)[bucket] += amount
    return {"spent": spent, "sums": {key: tuple(row) for key, row in sums.items()}}


def measure(folder: Path) -> Iterator[str]:
    path = folder / "ledger.db"
    make_ledger(path)
    for name, day, sql in (("aging today", DAY, NOW), ("aging a month back", BEFORE, THEN)):
        work = best(5, aged, str(path), day)
        floor = best(5, bare, str(path), day, sql)
        assert work.result["sums"] == floor.result["sums"], "the aging differs from the bare sums"
        # without what a process needs to start and to load its libraries: that is paid once, not per aging
        pure = replace(work, cpu=work.result["spent"]), replace(floor, cpu=floor.result["spent"])
        yield ratio_line(f"{name}, {INVOICES:,} invoices", *pure, LIMIT, more="; equal to the cent")
