"""Goods in quarantine that someone decided on.

Fair goods go onto the shelf, or are refused, owed again and claimed. Refused goods leave: back to the supplier or
scrapped, off the books and off what the supplier may bill, or kept after all.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.accounts import receipt_return_legs, scrap_legs
from o2c_xl.domain.approvals import ApprovalStatus
from o2c_xl.domain.goods.stock import leave_quarantine, release_quarantine
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import verdicts
from o2c_xl.ledger.goods.claims import Refusal, claim, settle_claims
from o2c_xl.ledger.goods.receiving import FAIR_GOODS, fair_goods_hash, supply_status
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.slips import pending_slips, still_pending_slips
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.decide_quarantine import WayOut

__all__ = ["QuarantineBooks", "waiting_refusals"]

_FAIR, _REFUSED = ("Quarantined",), ("Refused",)
_LEGS = {WayOut.RETURN: receipt_return_legs, WayOut.SCRAP: scrap_legs}
_LEFT = {WayOut.RETURN: "Returned", WayOut.SCRAP: "Scrapped", WayOut.KEEP: "Posted"}
_LEFT_AS = {WayOut.RETURN: "Returned to supplier", WayOut.SCRAP: "Scrapped", WayOut.KEEP: "Kept"}
_TOLD = {
    WayOut.RETURN: "goods returned to supplier",
    WayOut.SCRAP: "refused goods scrapped",
    WayOut.KEEP: "refused goods kept",
}


class QuarantineBooks:
    """What `steps.decide_quarantine` needs, on the ledger."""

    def __init__(self, ledger: Ledger, day: date, policy: Policy) -> None:
        self._ledger, self._day, self._currency = ledger, day, policy.currency

    def settle_fair(self) -> tuple[int, int]:
        """Carry out approvals that were decided for what stands on the receipts; how many released, and refused."""
        released = refused = 0
        for keys in self._pending(_FAIR):
            with self._ledger.transaction(self._day) as txn:
                slips = still_pending_slips(txn.conn, schema.receipts, keys, _FAIR)
                said = verdicts(txn.conn, FAIR_GOODS, [slip.receipt for slip in slips])
                decided = [(slip, one) for slip in slips if (one := said.get(slip.receipt)) is not None]
                good = [slip for slip, one in decided if one.of(fair_goods_hash(slip)) is ApprovalStatus.APPROVED]
                bad = {slip.receipt: one.reason for slip, one in decided if one.of(fair_goods_hash(slip)) == "Rejected"}
                _release(txn, good)
                _refuse(txn, [slip for slip in slips if slip.receipt in bad], bad)
            released, refused = released + len(good), refused + len(bad)
        return released, refused

    def let_out(self) -> int:
        """Let refused goods leave as was typed beside their receipts; of how many."""
        count = 0
        for keys in self._pending(_REFUSED):
            with self._ledger.transaction(self._day) as txn:
                slips = still_pending_slips(txn.conn, schema.receipts, keys, _REFUSED)
                decided = [slip for slip in slips if slip.refused_goods]
                _let_out(txn, decided, self._currency)
            count += len(decided)
        return count

    def _pending(self, statuses: Sequence[str]) -> list[list[str]]:
        return pending_slips(self._ledger, self._day, schema.receipts, schema.receipts.c.received_on, statuses)


def _release(txn: Txn, slips: Sequence[Row[Any]]) -> None:
    """The goods keep their value and may be promised."""
    at = txn.positions(slip.sku for slip in slips)
    changed = []
    for slip in slips:
        at[slip.sku], move = release_quarantine(at[slip.sku], slip.quantity)
        entry = txn.record("goods released", slip.receipt, {"quantity": slip.quantity}, moves=[move])
        changed.append({"receipt": slip.receipt, "accepted": slip.quantity, "status": "Posted", "entry": entry})
    txn.update(schema.receipts, changed)


def _refuse(txn: Txn, slips: Sequence[Row[Any]], reasons: Mapping[str, str]) -> None:
    """The goods stay in quarantine until they leave; their supplier owes them again."""
    if not slips:
        return
    changed = []
    for slip in slips:
        told = {"quantity": slip.quantity, "reason": reasons[slip.receipt]}
        entry = txn.record("goods refused", slip.receipt, told)
        changed.append({"receipt": slip.receipt, "refused": slip.quantity, "status": "Refused", "entry": entry})
    txn.update(schema.receipts, changed)
    heads = _owe_again(txn, slips)
    claims = [_refusal(slip, heads[slip.po].supplier_id) for slip in slips]
    why = {receipt: f", {reason}" if reason else "" for receipt, reason in reasons.items()}
    claim(txn, [replace(one, quality=f"{one.quality}{why[one.receipt]}") for one in claims])


def _let_out(txn: Txn, slips: Sequence[Row[Any]], currency: str) -> None:
    """Stock, claim and what is owed change with the goods; the discrepancy of the claim is resolved."""
    if not slips:
        return
    suppliers = {po: head.supplier_id for po, head in _heads(txn, slips).items()}
    values = _values(txn, slips)
    _owe_again(txn, [slip for slip in slips if slip.refused_goods == WayOut.KEEP], -1)
    at = txn.positions(slip.sku for slip in slips)
    changed = []
    for slip in slips:
        way, value = WayOut(slip.refused_goods), values[slip.receipt]
        told = {"quantity": slip.quantity, "sku": slip.sku, "po": slip.po}
        if way is WayOut.KEEP:
            at[slip.sku], move = release_quarantine(at[slip.sku], slip.quantity)
            posted, kept = [], slip.quantity
        else:
            at[slip.sku], move = leave_quarantine(at[slip.sku], slip.quantity, currency, value)
            posted, kept = _LEGS[way](-move.value, value, currency, suppliers[slip.po]), ZERO
        entry = txn.record(_TOLD[way], slip.receipt, told, posted, [move])
        row = {"receipt": slip.receipt, "status": _LEFT[way], "accepted": kept, "refused": slip.quantity - kept}
        changed.append({**row, "entry": entry})
    txn.update(schema.receipts, changed)
    settle_claims(txn, [(_refusal(slip, suppliers[slip.po]), _LEFT_AS[WayOut(slip.refused_goods)]) for slip in slips])


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
