"""Taking rows of any tables together, in the order in which they lean on each other."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from o2c_xl.domain.issue import Issue
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.check.days import check_days
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.take.bank import take_statements
from o2c_xl.tables.take.orders import take_order_book
from o2c_xl.tables.take.purchasing import take_purchase_book
from o2c_xl.tables.take.rows import take_rows
from o2c_xl.tables.take.rules import RULES

__all__ = ["TAKEN", "earliest", "take_all"]

# A row may name codes of the tables before it.
_FIRST = ("Settings", "Roles", "TaxRates", "Carriers", "Suppliers", "Products", "Prices", "SupplierPrices", "Customers")
_LAST = (
    "OpeningItems",
    "StockCounts",
    "Receipts",
    "PickList",
    "Shipments",
    "Returns",
    "Invoices",
    "Bills",
    "Payments",
    "Matches",
    "Reminders",
    "Approvals",
    "Discrepancies",
    "Outbox",
    "Requests",
    "Surveys",
    "Improvements",
)
TAKEN = (*_FIRST, "Orders", "OrderLines", "PurchaseOrders", "PurchaseOrderLines", "Statements", "BankLines", *_LAST)
"""All tables with cells of staff, in the order of taking; of one left out, what is typed would be wiped unseen."""


def take_all(txn: Txn, sets: Sequence[Batch], policy_now: Callable[[Txn], Policy]) -> dict[str, int]:
    """Take every row that has no fault; returns how many rows changed per table.

    `policy_now` reads the settings inside the transaction, so that a setting that came with the same file counts.
    Faults stand in each row set's `issues`; what to do about them is the caller's decision.
    """
    counts: dict[str, int] = {}
    by_name: dict[str, list[Batch]] = {}
    faulty: dict[tuple[str, str], Issue] = {}
    for rows in sets:
        check_days(txn, rows)
        _keep_faulty(faulty, rows)
        rows.faulty = faulty
        by_name.setdefault(rows.table.name, []).append(rows)

    def take_plain(names: Sequence[str]) -> None:
        for name, rows in ((one, rows) for one in names for rows in by_name.get(one, ())):
            counts[name] = counts.get(name, 0) + take_rows(txn, rows, policy_now(txn), RULES[name])
            _keep_faulty(faulty, rows)

    take_plain(_FIRST)
    for take, header, lines in (
        (take_order_book, "Orders", "OrderLines"),
        (take_purchase_book, "PurchaseOrders", "PurchaseOrderLines"),
        (take_statements, "Statements", "BankLines"),
    ):
        for heads, details in _pairs(by_name.get(header, []), by_name.get(lines, [])):
            taken = take(txn, heads, details, policy_now(txn))
            for name, number in zip((header, lines), taken, strict=True):
                counts[name] = counts.get(name, 0) + number
    take_plain(_LAST)
    return {name: counts[name] for name in by_name if name in counts}


def _keep_faulty(faulty: dict[tuple[str, str], Issue], rows: Batch) -> None:
    """Note which rows are at fault, so that rows which name them can say so."""
    for issue in rows.issues:
        faulty.setdefault((rows.table.name, issue.key), issue)


def earliest(sets: Sequence[Batch]) -> int:
    """Where a file's rows come in the order of taking, for loading several files at once."""
    return min((TAKEN.index(rows.table.name) for rows in sets), default=len(TAKEN))


def _pairs(heads: list[Batch], lines: list[Batch]) -> list[tuple[Batch | None, Batch | None]]:
    """Heads with their lines, first with first; what is left over goes alone."""
    longest = max(len(heads), len(lines))
    return [(heads[i] if i < len(heads) else None, lines[i] if i < len(lines) else None) for i in range(longest)]
