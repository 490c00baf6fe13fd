"""Purchase orders on their way out: approvals asked for, orders sent with their message, cancelled or closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Row, and_, or_, select

from o2c_xl.domain.approvals import Role, Verdict
from o2c_xl.domain.buying.purchase_status import DRAFTS, UNDER_WAY, PurchaseStatus
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import Ask, ask, verdicts, void
from o2c_xl.ledger.buying.offers import find_offers
from o2c_xl.ledger.buying.purchasing import PURCHASE_ORDER, lines_by_po, net_of, purchase_hash
from o2c_xl.ledger.lookups import chunks, rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.send_purchases import Fate, PurchaseToSend

__all__ = ["CANCELLATION", "SendingBooks"]

CANCELLATION = "Purchase order cancelled"
_ENDING = ("Cancel", "Close short")


@dataclass(frozen=True, slots=True)
class _Batch:
    """Purchase orders that are decided on, with their lines, what an approval binds to, and what was said."""

    txn: Txn
    heads: dict[str, Row[Any]]
    lines: dict[str, list[dict[str, Any]]]
    hashes: dict[str, str]
    verdicts: dict[str, Verdict]


class SendingBooks:
    """What `steps.send_purchases` needs, on the ledger."""

    def __init__(self, ledger: Ledger, day: date, policy: Policy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy

    def work_off(self, decide: Callable[[Sequence[PurchaseToSend]], Sequence[Fate]]) -> Mapping[Fate, int]:
        """Carry out what is decided of drafts, of what waits for approval, and of orders that someone wants ended."""
        h = schema.purchase_orders
        movable = or_(h.c.status.in_(DRAFTS), and_(h.c.status.in_(UNDER_WAY), h.c.action.in_(_ENDING)))
        with self._ledger.reading() as conn:
            keys = conn.execute(select(h.c.po).where(movable).order_by(h.c.po)).scalars().all()
        counts: Counter[Fate] = Counter()
        for part in chunks(keys):
            with self._ledger.transaction(self._day) as txn:
                batch = self._read(txn, {row.po: row for row in rows_by_key(txn.conn, h, h.c.po, part, movable)})
                orders = [self._to_send(batch, head) for head in batch.heads.values()]
                by_fate: dict[Fate, list[PurchaseToSend]] = {}
                for one, fate in zip(orders, decide(orders), strict=True):
                    by_fate.setdefault(fate, []).append(one)
                self._record(batch, by_fate)
            counts.update({fate: len(mine) for fate, mine in by_fate.items()})
        return counts

    def _read(self, txn: Txn, heads: dict[str, Row[Any]]) -> _Batch:
        lines = lines_by_po(txn.conn, heads)
        hashes = {po: purchase_hash(head.supplier_id, head.currency, lines[po]) for po, head in heads.items()}
        return _Batch(txn, heads, lines, hashes, verdicts(txn.conn, PURCHASE_ORDER, heads))

    def _to_send(self, batch: _Batch, head: Row[Any]) -> PurchaseToSend:
        lines = [line for line in batch.lines[head.po] if line["quantity"]]
        verdict = batch.verdicts.get(head.po)
        known = all(line["unit_cost"] is not None for line in lines)
        return PurchaseToSend(
            head.po,
            head.status,
            head.action,
            net_of(lines, head.currency),
            verdict.of(batch.hashes[head.po]) if verdict else None,
            priced=known,
            complete=bool(head.supplier_id and lines),
            received=any(line["received"] > ZERO for line in lines),
            foreign=head.currency != self._policy.currency,
        )

    def _record(self, batch: _Batch, by_fate: Mapping[Fate, Sequence[PurchaseToSend]]) -> None:
        self._ask(batch, by_fate.get(Fate.ASK, ()))
        self._return(batch, by_fate.get(Fate.RETURN, ()))
        self._send(batch, by_fate.get(Fate.SEND, ()))
        self._end(batch, by_fate.get(Fate.CANCEL, ()), "Cancelled", "purchase order cancelled")
        self._end(batch, by_fate.get(Fate.CLOSE, ()), "Closed", "purchase order closed")

    def _ask(self, batch: _Batch, orders: Sequence[PurchaseToSend]) -> None:
        txn = batch.txn
        ask(
            txn,
            [
                Ask(
                    Role.OPERATIONS_MANAGER,
                    PURCHASE_ORDER,
                    one.po,
                    one.net,
                    batch.heads[one.po].currency,
                    batch.hashes[one.po],
                    batch.heads[one.po].asked_by or txn.who,
                )
                for one in orders
            ],
        )
        changed = [
            {"po": one.po, "status": str(PurchaseStatus.APPROVAL), "net": one.net, "content_hash": batch.hashes[one.po]}
            for one in orders
        ]
        txn.update(schema.purchase_orders, changed)

    def _return(self, batch: _Batch, orders: Sequence[PurchaseToSend]) -> None:
        """A rejected order is a draft again; it goes on when it is changed."""
        for one in orders:
            reason = batch.verdicts[one.po].reason
            batch.txn.record("purchase order returned", one.po, {"reason": reason})
        batch.txn.update(
            schema.purchase_orders, [{"po": one.po, "status": str(PurchaseStatus.DRAFT)} for one in orders]
        )

    def _send(self, batch: _Batch, orders: Sequence[PurchaseToSend]) -> None:
        """The order counts as on its way from now on; its document is made from the ledger after the commit."""
        if not orders:
            return
        txn = batch.txn
        skus = [line["sku"] for one in orders for line in batch.lines[one.po]]
        heads = [batch.heads[one.po] for one in orders]
        offers = find_offers(txn.conn, skus, self._day, self._policy, [head.supplier_id for head in heads])
        changed, messages = [], []
        for one, head in zip(orders, heads, strict=True):
            lines = [line for line in batch.lines[one.po] if line["quantity"]]
            days = offers.lead_days(head.supplier_id, [line["sku"] for line in lines])
            expected = head.expected or self._day + timedelta(days=days)
            told = {"supplier": head.supplier_id, "net": one.net, "currency": head.currency, "expected": expected}
            entry = txn.record("purchase order sent", one.po, told)
            row = {
                "po": one.po,
                "status": str(PurchaseStatus.SENT),
                "po_date": self._day,
                "expected": expected,
                "net": one.net,
            }
            changed.append({**row, "content_hash": batch.hashes[one.po], "entry": entry})
            to = offers.terms(head.supplier_id).email
            messages.append(Outgoing(PURCHASE_ORDER, one.po, to, f"Purchase order {one.po}", party=head.supplier_id))
        txn.update(schema.purchase_orders, changed)
        put_in_outbox(txn, messages)

    def _end(self, batch: _Batch, orders: Sequence[PurchaseToSend], status: str, event: str) -> None:
        """Nothing more is expected of these; a supplier who has the order is told."""
        if not orders:
            return
        txn = batch.txn
        void(txn, PURCHASE_ORDER, [one.po for one in orders if one.status in DRAFTS])
        changed = [{"po": one.po, "status": status, "entry": txn.record(event, one.po)} for one in orders]
        txn.update(schema.purchase_orders, changed)
        lines = [line for one in orders for line in batch.lines[one.po]]
        txn.update(schema.purchase_order_lines, [_nothing_more(line) for line in lines])
        told = [batch.heads[one.po] for one in orders if one.status in UNDER_WAY]
        c = schema.suppliers.c
        suppliers = rows_by_key(txn.conn, [c.supplier_id, c.email], c.supplier_id, [head.supplier_id for head in told])
        to = {row.supplier_id: row.email for row in suppliers}
        rest = "all of it" if status == "Cancelled" else "what has not been delivered yet"
        text = "We no longer need {po}: please cancel {rest}."
        put_in_outbox(
            txn,
            [
                Outgoing(
                    CANCELLATION,
                    head.po,
                    to.get(head.supplier_id, ""),
                    f"Purchase order {head.po}: please cancel {rest}",
                    {"text": text.format(po=head.po, rest=rest)},
                    head.supplier_id,
                )
                for head in told
            ],
        )


def _nothing_more(line: Mapping[str, Any]) -> dict[str, Any]:
    """The line with all that is still owed cancelled; refused goods need not be delivered again."""
    owed = (line["quantity"] or ZERO) - line["received"] + line["refused"]
    return {"po": line["po"], "line": line["line"], "cancelled": max(owed, ZERO)}
