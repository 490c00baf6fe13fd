"""Fair goods that a manager decided on: out of quarantine onto the shelf, or refused, owed again and claimed."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.stock import Move
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import verdicts
from o2c_xl.ledger.claims import Refusal, claim
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.receiving import FAIR_GOODS, fair_goods_hash, supply_status
from o2c_xl.ledger.slips import slip_batches
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.decide_quarantine import DecidedGoods

__all__ = ["QuarantineBooks"]


@dataclass(slots=True)
class _Batch:
    txn: Txn
    slips: dict[str, Row[Any]] = field(default_factory=dict)


class QuarantineBooks:
    """What `steps.decide_quarantine` needs, on the ledger."""

    def __init__(self, ledger: Ledger, day: date) -> None:
        self._ledger, self._day = ledger, day
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


def _owe_again(txn: Txn, slips: Sequence[Row[Any]]) -> dict[str, Row[Any]]:
    """Count the receipts' goods as refused on the lines they came for; returns the purchase orders by number."""
    parts, lines, heads = schema.receipt_lines.c, schema.purchase_order_lines, schema.purchase_orders
    pos = [slip.po for slip in slips]
    kept = {(row.po, row.line): dict(row._mapping) for row in rows_by_key(txn.conn, lines, lines.c.po, pos)}
    receipts = [slip.receipt for slip in slips]
    for part in rows_by_key(txn.conn, schema.receipt_lines, parts.receipt, receipts):
        kept[part.po, part.line]["refused"] += part.quantity
    txn.update(lines, [{name: line[name] for name in ("po", "line", "refused")} for line in kept.values()])
    found = {row.po: row for row in rows_by_key(txn.conn, heads, heads.c.po, pos)}
    changed = []
    for po, head in found.items():
        status = supply_status([line for (of, _), line in kept.items() if of == po])
        if head.status in ("Partly received", "Received") and status != head.status:
            changed.append({"po": po, "status": status})
    txn.update(heads, changed)
    return found
