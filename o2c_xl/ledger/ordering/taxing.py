"""The books behind taxing anew: confirmed orders of which something is taxed at another rate than holds now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, and_, case, func, select

from o2c_xl.domain.invoices.invoicing import TaxBy
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.orders import BATCH, lines_of
from o2c_xl.ledger.ordering.pricing import read_rates
from o2c_xl.ledger.schema.partial import OPEN_ORDERS
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.tax_orders import LineToTax, OrderToTax, TaxBatch, TaxedOrder

__all__ = ["TaxingBooks"]

_o, _l, _c, _t = schema.orders.c, schema.order_lines.c, schema.customers.c, schema.tax_rates.c
_i = schema.invoices.c
_HEADS = (
    _o.order, _o.customer_id, _o.currency, _o.tax_mode, _o.net, _o.tax, _o.freight, _o.freight_invoiced
)  # fmt: skip
_LINES = (_l.order, _l.line, _l.position, _l.tax_code, _l.tax_rate, _l.net, _l.invoiced_net, _l.why)
# orders that are still to be priced take the rates of the day anyway
_CONFIRMED = and_(OPEN_ORDERS, _o.credit_state != "")


class TaxingBooks:
    """Reads and records in batches of up to 1,000 orders, each batch one transaction."""

    def __init__(self, ledger: Ledger, day: dt.date, policy: Policy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy

    def work_off(self, decide: Callable[[TaxBatch], Sequence[TaxedOrder]]) -> int:
        """Tax every order that may have changed; returns how many did."""
        with self._ledger.reading() as conn:
            found = self._found(conn)
        count = 0
        for start in range(0, len(found), BATCH):
            with self._ledger.transaction(self._day) as txn:
                heads, lines, batch = _read(txn.conn, found[start : start + BATCH])
                decided = decide(batch)
                _record(txn, heads, lines, decided)
                count += len(decided)
        return count

    def _found(self, conn: Connection) -> list[str]:
        """Orders with a line of another rate than its pair has now, or with freight that has a tax code of its own."""
        default, freight = self._policy.default_tax_group, self._policy.default_tax_code
        group = case((func.coalesce(_c.tax_group, "") == "", default), else_=_c.tax_group)
        rates = and_(_t.tax_group == group, _t.tax_code == _l.tax_code)
        joined = (
            schema.orders.join(schema.order_lines, _l.order == _o.order.concat(""))
            .outerjoin(schema.customers, _c.customer_id == _o.customer_id)
            .join(schema.tax_rates, rates)
        )
        left = _l.quantity > _l.invoiced + _l.cancelled + _l.returned_uninvoiced
        # each order once by the set, its key reckoned: else SQLite walks all orders, or all lines
        other = select(_o.order).select_from(joined).where(_CONFIRMED, left, _t.rate_percent != _l.tax_rate)
        found = set(conn.execute(other).scalars())
        if freight:
            alike = select(_l.line).where(_l.order == _o.order, _l.tax_code == freight).exists()
            apart = and_(_o.freight != ZERO, _o.freight_invoiced.is_(False), ~alike)
            found.update(conn.execute(select(_o.order).where(_CONFIRMED, apart)).scalars())
        return sorted(found)


def _read(
    conn: Connection, keys: Sequence[str]
) -> tuple[Mapping[str, Row[Any]], Mapping[str, Sequence[Row[Any]]], TaxBatch]:
    heads = {row.order: row for row in rows_by_key(conn, _HEADS, _o.order, keys, _CONFIRMED)}
    lines = lines_of(conn, heads, _LINES)
    customers = {row.customer_id for row in heads.values()}
    groups = {
        row.customer_id: row.tax_group
        for row in rows_by_key(conn, [_c.customer_id, _c.tax_group], _c.customer_id, customers)
    }
    invoiced: dict[str, Decimal] = {}
    for row in rows_by_key(conn, [_i.order, _i.tax], _i.order, heads, _i.kind == "Invoice", _i.entry.is_not(None)):
        invoiced[row.order] = invoiced.get(row.order, ZERO) + row.tax
    orders = [
        OrderToTax(
            key,
            groups.get(head.customer_id, ""),
            head.currency,
            TaxBy(head.tax_mode or TaxBy.RATE),
            [
                LineToTax(line.line, line.tax_code, line.tax_rate or ZERO, line.net, line.net - line.invoiced_net)
                for line in lines[key]
            ],
            head.tax,
            ZERO if head.freight_invoiced else head.freight or ZERO,
            invoiced.get(key, ZERO),
        )
        for key, head in heads.items()
    ]
    return heads, lines, TaxBatch(orders, read_rates(conn))


def _record(
    txn: Txn,
    heads: Mapping[str, Row[Any]],
    lines: Mapping[str, Sequence[Row[Any]]],
    decided: Sequence[TaxedOrder],
) -> None:
    changed = []
    for one in decided:
        head = heads[one.order]
        said = " ".join(dict.fromkeys(sentence for _, sentence in one.rates.values()))
        told = {"net": head.net, "tax": one.tax, "currency": head.currency}
        txn.record("order priced", one.order, {**told, "why": said} if said else told)
        old = {line.line: line.why for line in lines[one.order]}
        changed += [
            {"order": one.order, "line": line, "tax_rate": rate, "why": f"{old[line]} {sentence}".strip()}
            for line, (rate, sentence) in one.rates.items()
        ]
    txn.update(schema.order_lines, changed)
    txn.update(
        schema.orders,
        [{"order": one.order, "tax": one.tax, "total": heads[one.order].net + one.tax} for one in decided],
    )
