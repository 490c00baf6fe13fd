"""Receipts in the ledger: posted at the purchase order's cost, what is poor claimed, what is fair put to a manager."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import Row

from o2c_xl.domain.accounts import receipt_legs
from o2c_xl.domain.approvals import Role, content_hash
from o2c_xl.domain.goods.receiving import Delivery, Fate, OrderedLine, Quality, Received, Reception
from o2c_xl.domain.goods.stock import Move, average_cost
from o2c_xl.domain.money import ZERO, round_money, trimmed
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask
from o2c_xl.ledger.goods.claims import Refusal, claim
from o2c_xl.ledger.goods.recounting import Told, recount
from o2c_xl.ledger.goods.units import units_of
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.slips import mark_faults, pending_slips, still_pending_slips
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.receive_goods import Arrivals, Supply

__all__ = ["CAME", "FAIR_GOODS", "ReceivingBooks", "fair_goods_hash", "supply_status"]

FAIR_GOODS = "Fair goods"
CAME = ("Posted", "Quarantined", "Refused", "Returned", "Scrapped")
"""Statuses of receipts whose goods came, whatever became of them."""
_STATUS = {Fate.ACCEPTED: "Posted", Fate.WAITS: "Quarantined", Fate.REFUSED: "Refused"}
_Key = tuple[str, str]


@dataclass(slots=True)
class _Batch:
    """A batch that is being posted: its slips, and the purchase orders as they stand while it is."""

    txn: Txn
    slips: list[Row[Any]]
    heads: dict[str, Row[Any]] = field(default_factory=dict)
    lines: dict[_Key, dict[str, Any]] = field(default_factory=dict)


class ReceivingBooks:
    """What `steps.receive_goods` needs, on the ledger."""

    def __init__(self, ledger: Ledger, day: date, policy: Policy) -> None:
        self._ledger, self._day, self._currency = ledger, day, policy.currency

    def work_off(self, decide: Callable[[Arrivals], Reception]) -> tuple[int, int]:
        """Post what came and keep the sentences of what cannot be posted; (receipts posted, those newly at fault)."""
        posted = faults = 0
        slips = schema.receipts
        for keys in pending_slips(self._ledger, self._day, slips, slips.c.received_on):
            with self._ledger.transaction(self._day) as txn:
                batch = self._read(txn, still_pending_slips(txn.conn, slips, keys))
                more, new = self._record(batch, decide(self._arrivals(batch)))
            posted, faults = posted + more, faults + new
        return posted, faults

    def _read(self, txn: Txn, slips: list[Row[Any]]) -> _Batch:
        """Receipts not posted yet, with the purchase orders they name."""
        batch = _Batch(txn, slips)
        pos = [slip.po for slip in slips]
        heads, lines = schema.purchase_orders, schema.purchase_order_lines
        batch.heads = {row.po: row for row in rows_by_key(txn.conn, heads, heads.c.po, pos)}
        for row in sorted(rows_by_key(txn.conn, lines, lines.c.po, pos), key=lambda row: row.position or 0):
            batch.lines[row.po, row.line] = row._asdict()
        self._fill_costs(batch)
        return batch

    def _arrivals(self, batch: _Batch) -> Arrivals:
        return Arrivals(
            [_delivery(slip, self._day) for slip in batch.slips],
            {po: Supply(head.status, head.currency or self._currency) for po, head in batch.heads.items()},
            _owed(batch),
        )

    def _fill_costs(self, batch: _Batch) -> None:
        """A line ordered without a cost is taken at the product's, else at the average of what is there."""
        unknown = [line for line in batch.lines.values() if line["unit_cost"] is None]
        if not unknown:
            return
        c = schema.products.c
        skus = [line["sku"] for line in unknown]
        costs = {row.sku: row.cost for row in rows_by_key(batch.txn.conn, [c.sku, c.cost], c.sku, skus)}
        stock = batch.txn.stock(skus)
        for line in unknown:
            at = stock[line["sku"]]
            own = costs.get(line["sku"])
            line["unit_cost"] = average_cost(at.value, at.on_hand) if own is None else own

    def _record(self, batch: _Batch, reception: Reception) -> tuple[int, int]:
        txn = batch.txn
        faults = {fault.receipt: f"{fault.column}: {fault.problem} {fault.fix}" for fault in reception.faults}
        new = mark_faults(txn, schema.receipts, "receipt at fault", batch.slips, faults)
        parts: dict[str, list[Received]] = {}
        for part in reception.received:
            parts.setdefault(part.receipt, []).append(part)
        slips = [slip for slip in batch.slips if slip.receipt in parts]
        values = {slip.receipt: [self._line(batch, part) for part in parts[slip.receipt]] for slip in slips}
        txn.insert(schema.receipt_lines, [line for rows in values.values() for line in rows])
        posted = [self._post(batch, slip, parts[slip.receipt], values[slip.receipt]) for slip in slips]
        txn.update(schema.receipts, posted)
        came = [Told(slip.sku, slip.received_on or txn.day, slip.quantity) for slip in slips]
        recount(txn, came, self._currency)
        self._write_orders(batch, {part.po for part in reception.received})
        claim(txn, [self._refusal(batch, slip) for slip in slips if _fate(parts, slip) is Fate.REFUSED])
        waiting = [slip for slip in slips if _fate(parts, slip) is Fate.WAITS]
        ask(txn, [self._ask(slip, sum((row["value"] for row in values[slip.receipt]), ZERO)) for slip in waiting])
        return len(slips), new

    def _post(
        self, batch: _Batch, slip: Row[Any], parts: Sequence[Received], rows: Sequence[dict[str, Any]]
    ) -> dict[str, Any]:
        """Record one receipt; returns what stands on its slip from now on."""
        quantity = sum((part.quantity for part in parts), ZERO)
        value = sum((row["value"] for row in rows), ZERO)
        quarantined = sum((part.quarantined for part in parts), ZERO)
        head, fate = batch.heads[slip.po], parts[0].fate
        entry = batch.txn.record(
            "goods received",
            slip.receipt,
            {"po": slip.po, "sku": slip.sku, "quality": slip.quality, "lines": {p.line: p.quantity for p in parts}},
            receipt_legs(value, self._currency, head.supplier_id),
            [Move(slip.sku, quantity, value, "receipt", quarantined)],
        )
        return {
            "receipt": slip.receipt,
            "accepted": quantity if fate is Fate.ACCEPTED else ZERO,
            "refused": quantity if fate is Fate.REFUSED else ZERO,
            "days_late": parts[0].days_late,
            "status": _STATUS[fate],
            "problem": "",
            "entry": entry,
        }

    def _line(self, batch: _Batch, part: Received) -> dict[str, Any]:
        """A part of a receipt; its value is what the line's goods grow by, so that parts add up to the cent."""
        line = batch.lines[part.po, part.line]
        before, after = line["received"], line["received"] + part.quantity
        line["received"] = after
        refused = part.quantity if part.fate is Fate.REFUSED else ZERO
        line["refused"] += refused
        worth = [round_money(quantity * part.unit_cost, self._currency) for quantity in (before, after)]
        return {
            "receipt": part.receipt,
            "po": part.po,
            "line": part.line,
            "sku": part.sku,
            "quantity": part.quantity,
            "refused": refused,
            "unit_cost": part.unit_cost,
            "value": worth[1] - worth[0],
        }

    def _write_orders(self, batch: _Batch, pos: Iterable[str]) -> None:
        touched = set(pos)
        mine = [line for (po, _), line in batch.lines.items() if po in touched]
        names = ("po", "line", "received", "refused")
        batch.txn.update(schema.purchase_order_lines, [{name: line[name] for name in names} for line in mine])
        statuses = {po: supply_status([line for line in mine if line["po"] == po]) for po in sorted(touched)}
        changed = [{"po": po, "status": status} for po, status in statuses.items() if status != batch.heads[po].status]
        batch.txn.update(schema.purchase_orders, changed)

    def _refusal(self, batch: _Batch, slip: Row[Any]) -> Refusal:
        return Refusal(slip.receipt, slip.po, batch.heads[slip.po].supplier_id, slip.sku, slip.quantity, slip.quality)

    def _ask(self, slip: Row[Any], value: Decimal) -> Ask:
        return Ask(
            Role.INVENTORY_MANAGER,
            FAIR_GOODS,
            slip.receipt,
            value,
            self._currency,
            fair_goods_hash(slip),
            self._ledger.who,
        )


def fair_goods_hash(slip: Row[Any]) -> str:
    """What a manager decides on: these goods of this receipt."""
    return content_hash({"po": slip.po, "sku": slip.sku, "quantity": slip.quantity, "quality": slip.quality})


def supply_status(lines: Sequence[Any]) -> str:
    """Where a sent purchase order stands by what has come of its lines; refused goods are still owed."""
    if all(line["quantity"] - line["cancelled"] - line["received"] + line["refused"] <= ZERO for line in lines):
        return "Received"
    return "Partly received" if any(line["received"] > ZERO for line in lines) else "Sent"


def _fate(parts: dict[str, list[Received]], slip: Row[Any]) -> Fate:
    return parts[slip.receipt][0].fate


def _delivery(slip: Row[Any], day: date) -> Delivery:
    quality = Quality(slip.quality or Quality.GOOD)
    quantity = trimmed(slip.quantity or ZERO)
    return Delivery(slip.receipt, slip.po, slip.po_line, slip.sku, quantity, quality, slip.received_on or day)


def _owed(batch: _Batch) -> list[OrderedLine]:
    units = units_of(batch.txn.conn, {line["sku"] for line in batch.lines.values()})
    return [
        OrderedLine(
            line["po"],
            line["line"],
            line["sku"],
            trimmed((line["quantity"] or ZERO) - line["cancelled"]),
            trimmed(line["received"]),
            trimmed(line["refused"]),
            batch.heads[line["po"]].expected,
            line["unit_cost"],
            units.get(line["sku"], ""),
        )
        for line in batch.lines.values()
    ]
