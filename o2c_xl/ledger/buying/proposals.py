"""Python's own purchase drafts: made, changed in place and given up, so that they always are what is needed now."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Row, select

from o2c_xl.domain.buying.least_order import LeastOrder
from o2c_xl.domain.buying.purchase_status import DRAFTS, PurchaseStatus
from o2c_xl.domain.buying.replenishment import ProposedLine, ProposedOrder
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import void
from o2c_xl.ledger.buying.offers import Offers, find_offers
from o2c_xl.ledger.buying.purchasing import PURCHASE_ORDER, lines_by_po, net_of, purchase_hash
from o2c_xl.ledger.buying.shortages import find_shortages
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.propose_purchases import Needs, PurchasesProposed

__all__ = ["ProposalBooks"]

_FIELDS = ("sku", "quantity", "unit_cost", "for_orders", "why")
_NOT_NEEDED = "No longer needed."


@dataclass(slots=True)
class _Writes:
    """Rows to write at the end of a run."""

    new_heads: list[dict[str, Any]] = field(default_factory=list)
    heads: list[dict[str, Any]] = field(default_factory=list)
    new_lines: list[dict[str, Any]] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)
    voided: list[str] = field(default_factory=list)


class ProposalBooks:
    """What `steps.propose_purchases` needs, on the ledger."""

    def __init__(self, ledger: Ledger, day: date, policy: Policy) -> None:
        self._ledger, self._day, self._policy = ledger, day, policy

    def rebuild(self, decide: Callable[[Needs], Sequence[ProposedOrder]]) -> PurchasesProposed:
        """Make the drafts what `decide` gives; nothing is written where they are that already."""
        with self._ledger.reading() as conn:
            if not _drafts(conn) and not find_shortages(conn):
                return PurchasesProposed()
        with self._ledger.transaction(self._day) as txn:
            levels = find_shortages(txn.conn)
            offers = find_offers(txn.conn, [level.sku for level in levels], self._day, self._policy)
            minimums = {key: LeastOrder(of.minimum_order, of.currency) for key, of in offers.suppliers.items()}
            wanted = decide(Needs(levels, offers.by_sku, minimums))
            return self._write(txn, offers, {order.supplier: order for order in wanted})

    def _write(self, txn: Txn, offers: Offers, wanted: dict[str, ProposedOrder]) -> PurchasesProposed:
        drafts = _drafts(txn.conn)
        lines = lines_by_po(txn.conn, [draft.po for draft in drafts])
        writes, kept, dropped = _Writes(), set(), 0
        for draft in drafts:
            order = wanted.get(draft.supplier_id)
            changed = draft.currency != offers.terms(draft.supplier_id).currency
            if order is None or changed or draft.supplier_id in kept:
                _drop(txn, draft, lines[draft.po], writes)
                dropped += 1
            else:
                kept.add(draft.supplier_id)
                _change(txn, draft, lines[draft.po], order, writes)
        for supplier, order in wanted.items():
            if supplier not in kept:
                _add(txn, order, offers.terms(supplier).currency, writes)
        txn.insert(schema.purchase_orders, writes.new_heads)
        txn.insert(schema.purchase_order_lines, writes.new_lines)
        for group in _alike(writes.heads):
            txn.update(schema.purchase_orders, group)
        for group in _alike(writes.lines):
            txn.update(schema.purchase_order_lines, group)
        void(txn, PURCHASE_ORDER, writes.voided)
        return PurchasesProposed(len(writes.new_heads) + len(writes.heads) - dropped, dropped)


def _drafts(conn: Any) -> list[Row[Any]]:  # noqa: ANN401 -- a connection
    h = schema.purchase_orders
    rows = conn.execute(select(h).where(h.c.status.in_(DRAFTS), h.c.proposed).order_by(h.c.po))
    return list(rows)


def _alike(rows: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The rows in groups that bring the same columns."""
    groups: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(row), []).append(row)
    return list(groups.values())


def _line(line: ProposedLine) -> dict[str, Any]:
    return {
        "sku": line.sku,
        "quantity": line.quantity,
        "unit_cost": line.unit_cost,
        "for_orders": ", ".join(line.for_orders),
        "why": line.why,
    }


def _add(txn: Txn, order: ProposedOrder, currency: str, writes: _Writes) -> None:
    po = txn.number("PO-")
    lines = [{"po": po, "line": str(n), "position": n, **_line(line)} for n, line in enumerate(order.lines, 1)]
    entry = txn.record("purchase order proposed", po, _told(order.supplier, lines))
    writes.new_lines += lines
    writes.new_heads.append(
        {
            "po": po,
            "supplier_id": order.supplier,
            "proposed_supplier": order.supplier,
            "currency": currency,
            "net": net_of(lines, currency),
            "status": str(PurchaseStatus.DRAFT),
            "proposed": True,
            "content_hash": purchase_hash(order.supplier, currency, lines),
            "asked_by": txn.who,
            "made_on": txn.day,
            "entry": entry,
        }
    )


def _change(txn: Txn, draft: Row[Any], old: Sequence[dict[str, Any]], order: ProposedOrder, writes: _Writes) -> None:
    """Bring a draft up to date: its number and the numbers of its lines stay, lines not needed go to nothing."""
    by_sku = {line["sku"]: line for line in old}
    last = max((line["position"] or 0 for line in old), default=0)
    after = {line["line"]: dict(line) for line in old}
    needed = set()
    for proposed in order.lines:
        needed.add(proposed.sku)
        known = by_sku.get(proposed.sku)
        if known is not None:
            after[known["line"]] |= _line(proposed)
        else:
            last += 1
            after[str(last)] = {"po": draft.po, "line": str(last), "position": last, **_line(proposed)}
    for line in after.values():
        if line["sku"] not in needed:
            line |= {"quantity": ZERO, "for_orders": "", "why": _NOT_NEEDED}
    before = {line["line"]: line for line in old}
    new = [line for key, line in after.items() if key not in before]
    changed = [line for key, line in after.items() if key in before and _differs(before[key], line)]
    if not new and not changed:
        return
    content = purchase_hash(draft.supplier_id, draft.currency, after.values())
    entry = txn.record("purchase order proposed", draft.po, _told(draft.supplier_id, [*new, *changed]))
    writes.new_lines += new
    writes.lines += [{name: line[name] for name in ("po", "line", *_FIELDS)} for line in changed]
    row = {"po": draft.po, "net": net_of(after.values(), draft.currency), "entry": entry}
    if content != draft.content_hash:
        row |= {"content_hash": content, "status": str(PurchaseStatus.DRAFT)}
        writes.voided.append(draft.po)
    writes.heads.append(row)


def _differs(old: dict[str, Any], new: dict[str, Any]) -> bool:
    return any(old[name] != new[name] for name in _FIELDS)


def _drop(txn: Txn, draft: Row[Any], lines: Sequence[dict[str, Any]], writes: _Writes) -> None:
    """A draft that nobody needs any more; its number has been seen, so the row stays."""
    entry = txn.record("purchase order cancelled", draft.po, {"why": _NOT_NEEDED})
    writes.heads.append({"po": draft.po, "status": str(PurchaseStatus.CANCELLED), "entry": entry})
    writes.lines += [{"po": line["po"], "line": line["line"], "cancelled": line["quantity"] or ZERO} for line in lines]
    writes.voided.append(draft.po)


def _told(supplier: str, lines: Sequence[dict[str, Any]]) -> dict[str, Any]:
    told = {line["line"]: {name: line[name] for name in ("sku", "quantity", "unit_cost")} for line in lines}
    return {"supplier": supplier, "lines": told}
