"""Goods in quarantine that someone decided on.

Fair goods go onto the shelf, or are refused, owed again and claimed. Refused goods leave: back to the supplier or
scrapped, off the books and off what the supplier may bill, or kept after all.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.accounts import receipt_return_legs, scrap_legs
from o2c_xl.domain.goods.stock import Move, leave_quarantine
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import verdicts
from o2c_xl.ledger.goods.claims import Refusal, claim, settle_claims
from o2c_xl.ledger.goods.receiving import FAIR_GOODS, fair_goods_hash, supply_status
from o2c_xl.ledger.goods.slips import slip_batches
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.decide_quarantine import DecidedGoods, LeavingGoods, WayOut

__all__ = ["QuarantineBooks", "waiting_refusals"]

_LEFT = {WayOut.RETURN: "Returned", WayOut.SCRAP: "Scrapped", WayOut.KEEP: "Posted"}
_LEFT_AS = {WayOut.RETURN: "Returned to supplier", WayOut.SCRAP: "Scrapped", WayOut.KEEP: "Kept"}
_TOLD = {
    WayOut.RETURN: "goods returned to supplier",
    WayOut.SCRAP: "refused goods scrapped",
    WayOut.KEEP: "refused goods kept",
}


@dataclass(slots=True)
class _Batch:
    txn: Txn
    slips: dict[str, Row[Any]] = field(default_factory=dict)
    values: dict[str, Decimal] = field(default_factory=dict)


class QuarantineBooks:
    """What `steps.decide_quarantine` needs, on the ledger."""

    def __init__(self, ledger: Ledger, day: date, policy: Policy) -> None:
        self._ledger, self._day, self._currency = ledger, day, policy.currency
        self._batch: _Batch

    def pending(self) -> Generator[Sequence[DecidedGoods], None, None]:
        """Receipts in quarantine whose approval was decided for what stands on them."""
        dated = schema.receipts.c.received_on
        for txn, slips in slip_batches(self._ledger, self._day, schema.receipts, dated, ("Quarantined",)):
            self._batch = _Batch(txn, {slip.receipt: slip for slip in slips})
            found = verdicts(txn.conn, FAIR_GOODS, [slip.receipt for slip in slips])
            decided = []
            for slip in slips:
                verdict = found.get(slip.receipt)
                status = verdict.of(fair_goods_hash(slip)) if verdict else ""
                if verdict and status in ("Approved", "Rejected"):
                    decided.append(DecidedGoods(slip.receipt, status == "Approved", verdict.reason))
            yield decided

    def release(self, goods: Sequence[DecidedGoods]) -> None:
        """The goods keep their value and may be promised."""
        txn = self._batch.txn
        changed = []
        for one in goods:
            slip = self._batch.slips[one.receipt]
            move = Move(slip.sku, ZERO, ZERO, "quarantine_release", -slip.quantity)
            entry = txn.record("goods released", one.receipt, {"quantity": slip.quantity}, moves=[move])
            row = {"receipt": one.receipt, "accepted": slip.quantity, "status": "Posted", "entry": entry}
            changed.append(row)
        txn.update(schema.receipts, changed)

    def refuse(self, goods: Sequence[DecidedGoods]) -> None:
        """The goods stay in quarantine until they leave; their supplier owes them again."""
        if not goods:
            return
        txn, slips = self._batch.txn, [self._batch.slips[one.receipt] for one in goods]
        changed = []
        for one, slip in zip(goods, slips, strict=True):
            entry = txn.record("goods refused", one.receipt, {"quantity": slip.quantity, "reason": one.reason})
            row = {"receipt": one.receipt, "refused": slip.quantity, "status": "Refused", "entry": entry}
            changed.append(row)
        txn.update(schema.receipts, changed)
        heads = _owe_again(txn, slips)
        reasons = {one.receipt: f", {one.reason}" if one.reason else "" for one in goods}
        claim(
            txn,
            [
                Refusal(
                    slip.receipt,
                    slip.po,
                    heads[slip.po].supplier_id,
                    slip.sku,
                    slip.quantity,
                    f"{slip.quality}{reasons[slip.receipt]}",
                )
                for slip in slips
            ],
        )

    def leaving(self) -> Generator[Sequence[LeavingGoods], None, None]:
        """Refused receipts with a way out typed beside them."""
        dated = schema.receipts.c.received_on
        for txn, slips in slip_batches(self._ledger, self._day, schema.receipts, dated, ("Refused",)):
            decided = [slip for slip in slips if slip.refused_goods]
            self._batch = _Batch(txn, {slip.receipt: slip for slip in decided}, _values(txn, decided))
            yield [LeavingGoods(slip.receipt, WayOut(slip.refused_goods)) for slip in decided]

    def let_out(self, goods: Sequence[LeavingGoods]) -> None:
        """Stock, claim and what is owed change with the goods; the discrepancy of the claim is resolved."""
        if not goods:
            return
        batch, txn = self._batch, self._batch.txn
        kept = [batch.slips[one.receipt] for one in goods if one.way is WayOut.KEEP]
        suppliers = {po: head.supplier_id for po, head in _heads(txn, batch.slips.values()).items()}
        _owe_again(txn, kept, -1)
        txn.positions(slip.sku for slip in batch.slips.values())  # all read at once, not one by one below
        txn.update(schema.receipts, [self._let_out(one, suppliers) for one in goods])
        settle_claims(
            txn,
            [
                (_refusal(batch.slips[one.receipt], suppliers[batch.slips[one.receipt].po]), _LEFT_AS[one.way])
                for one in goods
            ],
        )

    def _let_out(self, one: LeavingGoods, suppliers: dict[str, str]) -> dict[str, Any]:
        """Record how one receipt's goods leave; returns what stands on its slip from now on."""
        txn, slip = self._batch.txn, self._batch.slips[one.receipt]
        told = {"quantity": slip.quantity, "sku": slip.sku, "po": slip.po}
        row: dict[str, Any] = {"receipt": one.receipt, "status": _LEFT[one.way]}
        if one.way is WayOut.KEEP:
            move = Move(slip.sku, ZERO, ZERO, "quarantine_release", -slip.quantity)
            entry = txn.record(_TOLD[one.way], one.receipt, told, moves=[move])
            return row | {"accepted": slip.quantity, "refused": ZERO, "entry": entry}
        value = self._batch.values[one.receipt]
        _, move = leave_quarantine(txn.positions([slip.sku])[slip.sku], slip.quantity, self._currency, value)
        legs = receipt_return_legs if one.way is WayOut.RETURN else scrap_legs
        posted = legs(-move.value, value, self._currency, suppliers[slip.po])
        entry = txn.record(_TOLD[one.way], one.receipt, told, posted, [move])
        return row | {"accepted": ZERO, "refused": slip.quantity, "entry": entry}


def waiting_refusals(conn: Connection) -> list[tuple[str, str, str, date | None, str]]:
    """Refused goods that stand in quarantine: receipt, what stops them, who may act, since when, and what to do."""
    c = schema.receipts.c
    rows = conn.execute(select(c.receipt, c.received_on).where(c.status == "Refused", c.refused_goods == ""))
    what = "Set Refused goods of the receipt to Return to supplier, Scrap or Keep."
    return [(row.receipt, "Refused goods stand in quarantine", "Purchasing", row.received_on, what) for row in rows]


def _refusal(slip: Row[Any], supplier: str) -> Refusal:
    return Refusal(slip.receipt, slip.po, supplier, slip.sku, slip.quantity, slip.quality)


def _values(txn: Txn, slips: Iterable[Row[Any]]) -> dict[str, Decimal]:
    """What the goods of each receipt came in at."""
    c = schema.receipt_lines.c
    found: dict[str, Decimal] = {}
    for row in rows_by_key(txn.conn, [c.receipt, c.value], c.receipt, [slip.receipt for slip in slips]):
        found[row.receipt] = found.get(row.receipt, ZERO) + row.value
    return found


def _heads(txn: Txn, slips: Iterable[Row[Any]]) -> dict[str, Row[Any]]:
    heads = schema.purchase_orders
    return {row.po: row for row in rows_by_key(txn.conn, heads, heads.c.po, [slip.po for slip in slips])}


def _owe_again(txn: Txn, slips: Sequence[Row[Any]], sign: int = 1) -> dict[str, Row[Any]]:
    """Count the receipts' goods as refused on the lines they came for; returns the purchase orders by number.

    With `sign` -1 they count as refused no longer.
    """
    parts, lines = schema.receipt_lines.c, schema.purchase_order_lines
    pos = [slip.po for slip in slips]
    kept = {(row.po, row.line): row._asdict() for row in rows_by_key(txn.conn, lines, lines.c.po, pos)}
    receipts = [slip.receipt for slip in slips]
    for part in rows_by_key(txn.conn, schema.receipt_lines, parts.receipt, receipts):
        kept[part.po, part.line]["refused"] += sign * part.quantity
    txn.update(lines, [{name: line[name] for name in ("po", "line", "refused")} for line in kept.values()])
    found = _heads(txn, slips)
    changed = []
    for po, head in found.items():
        status = supply_status([line for (of, _), line in kept.items() if of == po])
        if head.status in ("Partly received", "Received") and status != head.status:
            changed.append({"po": po, "status": status})
    txn.update(schema.purchase_orders, changed)
    return found
