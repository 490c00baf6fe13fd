"""What a file from outside may not say: the release of an order, or what else the company's people decide."""

from __future__ import annotations

from collections.abc import Sequence

from o2c_xl.domain.credit.widening import days_of_credit
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.parse.batch import Batch

__all__ = ["refuse_decisions"]

_FIX_TERMS = "Who may grant more does so in the company's workbook, or brings the file with: o2c load"
_FIX = "Empty the cell. Who may decide it does so in the company's workbook, or brings the file with: o2c load"


def refuse_decisions(txn: Txn, batches: Sequence[Batch], policy: Policy) -> None:
    """Mark the filled cells of columns that decide; an empty one leaves what was decided as it is.

    Payment terms of an order are agreed with most partners and may be said, but not give more time than was agreed.
    """
    for batch in batches:
        if batch.table.name == "Orders" and any(batch.columns.get("payment_terms", ())):
            _refuse_longer_terms(txn, batch, policy)
        for column in batch.table.columns:
            if not column.decides or column.field not in batch.columns:
                continue
            for i, value in enumerate(batch.columns[column.field]):
                if value is not None:
                    batch.fault(i, column.field, "It is for the company's own people to fill.", _FIX)
            if not column.key:
                del batch.columns[column.field]


def _refuse_longer_terms(txn: Txn, batch: Batch, policy: Policy) -> None:
    """Mark terms later than those of the order as it stands, for a new one than those agreed with its customer."""
    terms = batch.columns["payment_terms"]
    orders = batch.columns["order"]
    customers = batch.columns.get("customer_id", [None] * len(batch))
    c, o = schema.customers.c, schema.orders.c
    known = {
        row.order: row for row in rows_by_key(txn.conn, [o.order, o.customer_id, o.payment_terms], o.order, orders)
    }
    named = {*customers, *(row.customer_id for row in known.values())}
    agreed = {
        row.customer_id: row.payment_terms
        for row in rows_by_key(txn.conn, [c.customer_id, c.payment_terms], c.customer_id, named)
    }
    for i, asked in enumerate(terms):
        if asked is None or i in batch.bad:
            continue
        order = known.get(orders[i])
        own = agreed.get(order.customer_id if order else customers[i]) or policy.default_terms
        stands = order.payment_terms if order and order.payment_terms else own
        if days_of_credit(asked) > max(days_of_credit(own), days_of_credit(stands)):
            problem = f"{asked} gives more time than the {own} that were agreed."
            batch.fault(i, "payment_terms", problem, f"Write {own}, or empty the cell. {_FIX_TERMS}")
