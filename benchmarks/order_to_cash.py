"""Orders of five lines from receipt to cash with all postings, on a small ledger and on a large one."""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from sqlalchemy import func, select

from benchmarks.company import CUSTOMERS, DAY, PRODUCTS, make, reopen
from o2c_xl.company.opened import Company
from o2c_xl.company.stages import STAGES
from o2c_xl.ledger import schema

BATCH, LARGE = 1_000, 100_000
LIMIT_MS, LIMIT_GROWTH = 4.0, 1.25


def batch_of_orders(company: Company, first: int, number: int) -> None:
    """Receive orders of five lines, as taking a file does."""
    from o2c_xl.tables.define.catalogue import BY_NAME
    from o2c_xl.tables.parse.batch import Batch
    from o2c_xl.tables.take.take_all import take_all

    keys = [f"O{first + i:07d}" for i in range(number)]
    heads = Batch(
        BY_NAME["Orders"], "bench", "", {
            "order": keys,
            "customer_id": [f"C{(first + i) % CUSTOMERS:05d}" for i in range(number)],
            "order_date": [DAY] * number,
        }, list(range(2, number + 2)), {},
    )  # fmt: skip
    lines = Batch(
        BY_NAME["OrderLines"], "bench", "", {
            "order": [key for key in keys for _ in range(5)],
            "line": [str(n) for _ in keys for n in range(1, 6)],
            "sku": [f"P{(i * 5 + n) * 7 % PRODUCTS:04d}" for i in range(number) for n in range(5)],
            "quantity": [Decimal(1 + (i + n) % 12) for i in range(number) for n in range(5)],
        }, list(range(2, number * 5 + 2)), {},
    )  # fmt: skip
    with company.ledger.transaction(DAY) as txn:
        take_all(txn, [heads, lines], company.policy)


def run_stages(company: Company) -> None:
    policy = company.policy_now()
    while sum(stage.run(company.ledger, policy, DAY) for stage in STAGES):
        pass


def pay(company: Company) -> None:
    """A payment for each open invoice, naming its number."""
    c = schema.invoices.c
    with company.ledger.transaction(DAY) as txn:
        rows = txn.conn.execute(select(c.invoice, c.customer_id, c.open).where(c.open != Decimal(0))).all()
        entries = [txn.record("payment entered", row.invoice) for row in rows]
        txn.insert(
            schema.payments,
            [
                {"payment": f"PM-{row.invoice}", "customer_id": row.customer_id, "paid_on": DAY, "amount": row.open,
                 "method": "Bank transfer", "reference": row.invoice, "entry": entry}
                for row, entry in zip(rows, entries, strict=True)
            ],
        )  # fmt: skip


def to_cash(company: Company, first: int, number: int) -> float:
    """CPU seconds of taking a batch from receipt to cash."""
    start = time.process_time()
    batch_of_orders(company, first, number)
    run_stages(company)
    pay(company)
    run_stages(company)
    return time.process_time() - start


def closed(company: Company) -> int:
    with company.ledger.reading() as conn:
        statement = select(func.count()).select_from(schema.orders).where(schema.orders.c.status == "Closed")
        return conn.execute(statement).scalar() or 0


def measure(folder: Path) -> Iterator[str]:
    gc.set_threshold(50_000, 20, 50)  # as the o2c command does
    make(folder / "company")
    company = reopen(folder / "company")
    run_stages(company)
    small = sorted(to_cash(company, i * BATCH, BATCH) for i in range(1, 4))[1]
    assert closed(company) == 3 * BATCH, closed(company)
    per_order = small / BATCH * 1000
    verdict = "within" if per_order <= LIMIT_MS else "OVER"
    yield f"order to cash, five lines, batches of {BATCH:,}: {per_order:.2f} ms CPU each ({verdict} {LIMIT_MS} ms)"
    for first in range(4 * BATCH, LARGE, BATCH * 4):
        to_cash(company, first, BATCH * 4)
    count = closed(company)
    large = sorted(to_cash(company, LARGE + i * BATCH, BATCH) for i in range(1, 4))[1]
    growth = large / small
    verdict = "within" if growth <= LIMIT_GROWTH else "OVER"
    each = large / BATCH * 1000
    yield f"the same with {count:,} orders in the ledger: {each:.2f} ms, {growth:.2f} × ({verdict} {LIMIT_GROWTH})"
