"""Slips that a step would refuse (receipts, returns, payments, bills, opening items), found when they are taken.

Only what is sure by then: the rows of a file are judged with those that wait already, by the rules of the steps
themselves. What the same run may still change stays with the step: a purchase order that is not sent yet, goods that
are about to ship, a count against what is picked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Row, Table, select

from o2c_xl.domain.buying.purchase_status import DRAFTS
from o2c_xl.domain.cash.placing import Refused, Typed, place
from o2c_xl.domain.goods.receiving import Delivery, OrderedLine, Quality
from o2c_xl.domain.goods.slips import PENDING
from o2c_xl.domain.money import ZERO, comes_to, places, trimmed
from o2c_xl.domain.ordering.orders import LineQuantities, OrderStatus, natural_key
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.payment_clues import clues_for
from o2c_xl.ledger.goods.units import units_of
from o2c_xl.ledger.invoices.accounts import known_customers
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.orders import lines_of, quantities_of
from o2c_xl.ledger.store import Txn
from o2c_xl.steps.count_stock import OPENING
from o2c_xl.steps.post_bills import Bill, Billable, BillsToPost, decide_bills
from o2c_xl.steps.post_returns import too_many_back
from o2c_xl.steps.receive_goods import Arrivals, Supply, match_arrivals
from o2c_xl.steps.take_opening_items import OpeningItem, check_items
from o2c_xl.tables.check.days import check_returned_on
from o2c_xl.tables.known.rows import existing_rows
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_bills", "check_counts", "check_opening_items", "check_payments", "check_receipts", "check_returns"]

_ALL_GONE = (OrderStatus.SHIPPED, OrderStatus.INVOICED, OrderStatus.CLOSED, OrderStatus.CANCELLED)


@dataclass(frozen=True, slots=True)
class _Slip:
    """A row that waits to be posted: typed now (`index` says where), or in the ledger already (None)."""

    index: int | None
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 -- a cell's value
        return self.values[name]

    def text(self, name: str) -> str:
        return self.values[name] or ""

    def number(self, name: str) -> Decimal:
        """The quantity as people write it; an empty cell is nothing."""
        return trimmed(self.values[name] or ZERO)


def check_receipts(txn: Txn, rows: RowSet, policy: Policy) -> None:
    """Deliveries nobody ordered, of orders that are over, or of more than is owed: all rows of a line together."""
    typed = _typed(txn, schema.receipts, rows)
    heads, lines = schema.purchase_orders, schema.purchase_order_lines
    known = {row.po: row for row in rows_by_key(txn.conn, heads, heads.c.po, {slip["po"] for slip in typed})}
    sent = {po for po, row in known.items() if row.status not in DRAFTS}
    typed = [slip for slip in typed if slip["po"] in sent]
    if not typed:
        return
    slips = [*_waiting(txn, schema.receipts, "po", typed), *typed]
    slips.sort(key=lambda slip: (slip["received_on"] or txn.day, natural_key(slip.text("receipt"))))
    arrivals = Arrivals(
        [_delivery(slip, txn) for slip in slips],
        {po: Supply(known[po].status, known[po].currency or policy.currency) for po in sent},
        _owed(txn, sorted(rows_by_key(txn.conn, lines, lines.c.po, sent), key=_position)),
    )
    places = {slip["receipt"]: slip.index for slip in slips}
    for fault in match_arrivals(arrivals, policy).faults:
        _mark(rows, places[fault.receipt], f"{fault.column}: {fault.problem} {fault.fix}")


def check_counts(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """Stock that would be worth more than the books take, at the product's cost."""
    typed = _typed(txn, schema.stock_counts, rows)
    c = schema.products.c
    costs = {row.sku: row.cost for row in rows_by_key(txn.conn, [c.sku, c.cost], c.sku, {s["sku"] for s in typed})}
    for slip in typed:
        problem = comes_to(slip.number("counted"), costs.get(slip["sku"]) or ZERO)
        if slip.text("reason").strip().casefold() == OPENING and problem:
            rows.fault(slip.index or 0, "counted", problem, "Correct what was counted, or the product's Cost.")


def check_returns(txn: Txn, rows: RowSet, policy: Policy) -> None:  # noqa: ARG001 -- every check has this form
    """Goods the order never had, more than the customer has and can still get, or back before they went out."""
    check_returned_on(txn, rows)
    typed = _typed(txn, schema.returns, rows)
    if not typed:
        return
    c = schema.orders.c
    status = {
        row.order: row.status
        for row in rows_by_key(txn.conn, [c.order, c.status], c.order, {s["order"] for s in typed})
    }
    had = _had(txn, status)
    came: dict[tuple[str, str], Decimal] = {}
    for slip in [*_waiting(txn, schema.returns, "order", typed), *typed]:
        key = (slip["order"], slip["sku"])
        if slip["order"] not in status:
            continue
        if key not in had:
            problem = f"SKU: {slip['sku']} is not on order {slip['order']}. Enter what the customer had."
        else:
            most, left, how = had[key]
            left -= came.get(key, ZERO)
            problem = too_many_back(slip.number("quantity"), most, left, how)
        if problem:
            _mark(rows, slip.index, problem)
        else:
            came[key] = came.get(key, ZERO) + slip.number("quantity")


def check_payments(txn: Txn, rows: RowSet, policy: Policy) -> None:
    """Payments of nothing or of parts of a cent, more taken back than came in; the others find their place later."""
    amounts, most = rows.columns.get("amount", ()), places(policy.currency)
    odd = [i for i, one in enumerate(amounts) if one is not None and (one <= ZERO or one != round(one, most))]
    typed = _typed(txn, schema.payments, rows, odd)
    if not typed:
        return
    c = schema.payments.c
    mine = {slip["payment"] for slip in typed}
    earlier = txn.conn.execute(select(schema.payments).where(c.status == "", c.amount < ZERO)).all()
    slips = [*(_Slip(None, row._asdict()) for row in earlier if row.payment not in mine), *typed]
    payments = [_payment(slip) for slip in slips]
    found = place(payments, clues_for(txn.conn, payments, policy.currency))
    for slip, decision in zip(slips, found, strict=True):
        if isinstance(decision, Refused):
            _mark(rows, slip.index, decision.problem)


def check_bills(txn: Txn, rows: RowSet, policy: Policy) -> None:
    """Bills that do not add up, or that another supplier sends than the one who was asked."""
    typed = _typed(txn, schema.bills, rows)
    if not typed:
        return
    h, s = schema.purchase_orders.c, schema.suppliers.c
    asked = rows_by_key(txn.conn, [h.po, h.supplier_id], h.po, {slip.text("po") for slip in typed})
    suppliers = {
        row.supplier_id: row.currency or policy.currency
        for row in rows_by_key(txn.conn, [s.supplier_id, s.currency], s.supplier_id, {x["supplier_id"] for x in typed})
    }
    orders = {row.po: Billable(row.supplier_id, ZERO) for row in asked}
    bills = [
        Bill(
            bill=slip["bill"],
            status="",
            supplier=slip.text("supplier_id"),
            po=slip.text("po") if slip["po"] in orders else "",
            net=slip["net"],
            tax=slip["tax"],
            total=slip["total"],
            paid_on=None,
            currency=suppliers[slip["supplier_id"]],
            settles=slip.text("settles"),
            rounding=slip["rounding"] or ZERO,
        )
        for slip in typed
        if slip["supplier_id"] in suppliers
    ]
    faults = decide_bills(BillsToPost(bills, orders, policy.currency), txn.day).faults
    for slip in typed:
        _mark(rows, slip.index, faults.get(slip["bill"], ""))


def check_opening_items(txn: Txn, rows: RowSet, policy: Policy) -> None:
    """Items that are in the books already, and amounts that do not fit each other."""
    typed = _typed(txn, schema.opening_items, rows)
    inv = schema.invoices.c.invoice
    taken = {row.invoice for row in rows_by_key(txn.conn, [inv], inv, {slip["invoice"] for slip in typed})}
    known = known_customers(txn.conn, {slip.text("customer_id") for slip in typed}, policy.currency)
    items = {
        slip["invoice"]: OpeningItem(
            slip["invoice"],
            slip["customer_id"],
            slip["invoice_date"],
            slip["due_date"],
            slip["total"],
            slip["open"],
            slip["invoice"] in taken,
            known_customer=True,
        )
        for slip in typed
        if slip["customer_id"] in known
    }
    faults = [check_items(list(items.values())), check_items([replace(item, taken=False) for item in items.values()])]
    for slip in typed:
        for problem in {found.get(slip["invoice"], "") for found in faults}:
            _mark(rows, slip.index, problem)


def _typed(txn: Txn, table: Table, rows: RowSet, among: Iterable[int] | None = None) -> list[_Slip]:
    """The rows without a fault that are new or wait to be posted, with what the ledger has where a column lacks."""
    wanted = [i for i in (range(len(rows)) if among is None else among) if i not in rows.bad]
    if not wanted:
        return []
    known = existing_rows(txn, table, rows.select(wanted))
    empty = dict.fromkeys(column.field for column in rows.table.typed)
    slips = []
    for i in wanted:
        old = known.get(rows.key(i))
        if old is None or old.status in PENDING:
            before = {name: getattr(old, name) for name in empty} if old is not None else empty
            slips.append(_Slip(i, {**before, **{name: values[i] for name, values in rows.columns.items()}}))
    return slips


def _waiting(txn: Txn, table: Table, name: str, typed: Iterable[_Slip]) -> list[_Slip]:
    """Slips the ledger has not posted yet that speak of the same `name` (a purchase order, an order) as the typed."""
    key = next(iter(table.primary_key)).name
    mine = {slip[key] for slip in typed}
    column = table.c[name]
    found = rows_by_key(txn.conn, table, column, {slip[name] for slip in typed}, table.c.status == "")
    return [_Slip(None, row._asdict()) for row in found if getattr(row, key) not in mine]


def _mark(rows: RowSet, index: int | None, sentence: str) -> None:
    """A fault of the row from a step's sentence, which begins with the column's header."""
    if index is None or not sentence:
        return
    header, _, told = sentence.partition(": ")
    problem, dot, fix = told.partition(". ")
    rows.fault(index, rows.table.by_header[header].field, f"{problem}{dot.strip()}", fix)


def _delivery(slip: _Slip, txn: Txn) -> Delivery:
    return Delivery(
        slip.text("receipt"),
        slip.text("po"),
        slip.text("po_line"),
        slip.text("sku"),
        slip.number("quantity"),
        Quality(slip["quality"] or Quality.GOOD),
        slip["received_on"] or txn.day,
    )


def _position(line: Row[Any]) -> tuple[str, int]:
    return line.po, line.position or 0


def _owed(txn: Txn, lines: Sequence[Row[Any]]) -> list[OrderedLine]:
    units = units_of(txn.conn, {line.sku for line in lines})
    return [
        OrderedLine(
            line.po,
            line.line,
            line.sku,
            trimmed((line.quantity or ZERO) - line.cancelled),
            trimmed(line.received),
            trimmed(line.refused),
            unit_cost=line.unit_cost or ZERO,
            unit=units.get(line.sku, ""),
        )
        for line in lines
    ]


def _had(txn: Txn, status: Mapping[str, str]) -> dict[tuple[str, str], tuple[Decimal, Decimal, str]]:
    """Per order and SKU: what the customer got of it, what of that has not come back, and that it was shipped.

    Of what has not begun to ship, what was ordered: a return may come with its order, which ships before it is posted.
    """
    found: dict[tuple[str, str], list[LineQuantities]] = {}
    for order, lines in lines_of(txn.conn, status).items():
        for line in lines:
            found.setdefault((order, line.sku), []).append(quantities_of(line))
    had = {}
    for (order, sku), now in found.items():
        shipped, left = sum((one.shipped for one in now), ZERO), sum((one.returnable for one in now), ZERO)
        had[order, sku] = shipped, left, "shipped"
        if not shipped and status[order] not in _ALL_GONE:
            ordered = sum((max(one.open, ZERO) for one in now), ZERO)
            had[order, sku] = ordered, ordered, "ordered"
    return had


def _payment(slip: _Slip) -> Typed:
    return Typed(
        slip.text("payment"),
        slip.text("customer_id"),
        slip["paid_on"],
        slip["amount"],
        slip.text("currency"),
        slip.text("method"),
        slip.text("reference"),
    )
