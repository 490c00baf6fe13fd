"""Purchase orders in the ledger: what they are worth, what an approval of one is bound to, and their document."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, select

from o2c_xl.domain.approvals import ApprovalStatus, content_hash
from o2c_xl.domain.buying.purchase_status import PurchaseStatus
from o2c_xl.domain.money import ZERO, round_money, trimmed
from o2c_xl.domain.paper import Party, PurchaseLine, PurchaseOrderDocument, company_party
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import verdicts
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["PURCHASE_ORDER", "lines_by_po", "net_of", "purchase_hash", "purchase_order_documents", "waiting_drafts"]

PURCHASE_ORDER = "Purchase order"
"""The step of its approvals, and the kind of its message."""

Line = Mapping[str, Any]


def net_of(lines: Iterable[Line], currency: str) -> Decimal:
    """The sum of the lines, each rounded; a line without a known cost counts as nothing."""
    return sum((_line_net(line, currency) for line in lines), ZERO)


def _line_net(line: Line, currency: str) -> Decimal:
    return round_money((line["quantity"] or ZERO) * (line["unit_cost"] or ZERO), currency)


def purchase_hash(supplier: str, currency: str, lines: Iterable[Line]) -> str:
    """What an approval is bound to: from whom what is bought, how much of it and at what cost."""
    content = [[line["line"], line["sku"], line["quantity"], line["unit_cost"]] for line in lines if line["quantity"]]
    return content_hash({"supplier": supplier, "currency": currency, "lines": content})


def lines_by_po(conn: Connection, pos: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """The lines of these purchase orders, each one's in the sequence of its positions."""
    found: dict[str, list[dict[str, Any]]] = {po: [] for po in pos}
    c = schema.purchase_order_lines.c
    for row in rows_by_key(conn, schema.purchase_order_lines, c.po, list(found)):
        found[row.po].append(row._asdict())
    for lines in found.values():
        lines.sort(key=lambda line: (line["position"] or 0, line["line"]))
    return found


def waiting_drafts(conn: Connection, currency: str) -> list[tuple[str, str, str, dt.date | None, str]]:
    """Purchase orders that wait for a person: number, what stops them, who may act, since when, and what to do.

    `currency` is the company's.
    """
    h = schema.purchase_orders
    drafts = conn.execute(select(h).where(h.c.status == str(PurchaseStatus.DRAFT))).all()
    found = verdicts(conn, PURCHASE_ORDER, [draft.po for draft in drafts])
    rows = []
    for draft in drafts:
        verdict = found.get(draft.po)
        if draft.currency != currency:
            what, fix = "Goods of this currency cannot be received", _foreign(draft, currency)
        elif verdict and verdict.of(draft.content_hash) is ApprovalStatus.REJECTED:
            what, fix = "Purchase order was rejected", f"{verdict.reason}. Change it, or set its Action to Cancel."
        elif draft.action == "Send":
            what, fix = "Purchase order has no lines", "Enter what is to be bought, or set its Action to Cancel."
        else:
            what, fix = "Purchase order is a draft", "Set its Action to Send, or to Cancel."
        rows.append((draft.po, what, "Purchasing", draft.made_on, fix))
    return rows


def _foreign(draft: Row[Any], currency: str) -> str:
    return (
        f"It is in {draft.currency}, stock is kept in {currency}, and there are no exchange rates. Set Currency of "
        f"supplier {draft.supplier_id} to {currency} and enter its prices in {currency}, or buy from another supplier; "
        "set Action to Cancel if it is not wanted."
    )


def purchase_order_documents(
    conn: Connection, pos: Sequence[str], settings: Mapping[str, str]
) -> list[PurchaseOrderDocument]:
    """The orders as their suppliers read them, in the sequence of `pos`; `settings` are the company's own data.

    Raises KeyError for an unknown number.
    """
    heads = {row.po: row for row in rows_by_key(conn, schema.purchase_orders, schema.purchase_orders.c.po, pos)}
    lines = {
        po: [line for line in of if line["quantity"]]
        for po, of in lines_by_po(conn, [po for po in pos if po in heads]).items()
    }
    known = _Known.of(conn, heads.values(), [line["sku"] for of in lines.values() for line in of])
    return [_document(heads[po], lines[po], known, company_party(settings)) for po in pos]


@dataclass(frozen=True, slots=True)
class _Known:
    """What the documents of a batch say beyond their orders; `theirs` are suppliers' own numbers of products."""

    suppliers: Mapping[str, Row[Any]]
    products: Mapping[str, Row[Any]]
    theirs: Mapping[tuple[str, str], str]

    @classmethod
    def of(cls, conn: Connection, heads: Iterable[Row[Any]], skus: Sequence[str]) -> _Known:
        """Read it for these orders and products."""
        s, p, prices = schema.suppliers.c.supplier_id, schema.products.c, schema.supplier_prices.c
        mine = {head.supplier_id for head in heads}
        columns = [prices.supplier_id, prices.sku, prices.supplier_sku]
        return cls(
            {row.supplier_id: row for row in rows_by_key(conn, schema.suppliers, s, mine)},
            {row.sku: row for row in rows_by_key(conn, [p.sku, p.name, p.unit], p.sku, skus)},
            {
                (row.supplier_id, row.sku): row.supplier_sku
                for row in rows_by_key(conn, columns, prices.sku, skus, prices.supplier_sku != "")
                if row.supplier_id in mine
            },
        )


def _document(head: Row[Any], lines: Sequence[Line], known: _Known, buyer: Party) -> PurchaseOrderDocument:
    supplier = known.suppliers.get(head.supplier_id)
    unknown = any(line["unit_cost"] is None for line in lines)
    return PurchaseOrderDocument(
        number=head.po,
        po_date=head.po_date or head.made_on,
        buyer=buyer,
        supplier=_supplier(supplier._asdict()) if supplier else Party(name=head.supplier_id, key=head.supplier_id),
        ship_to=buyer,
        currency=head.currency,
        lines=tuple(_document_line(head, line, known) for line in lines),
        net=head.net,
        expected=head.expected,
        payment_terms=supplier.payment_terms if supplier else "",
        notes=("Please confirm the price of the lines without one.",) if unknown else (),
    )


def _document_line(head: Row[Any], line: Line, known: _Known) -> PurchaseLine:
    product = known.products.get(line["sku"])
    return PurchaseLine(
        line=line["line"],
        sku=line["sku"],
        name=product.name if product else line["sku"],
        quantity=trimmed(line["quantity"]),
        unit=product.unit if product else "",
        unit_cost=line["unit_cost"] or ZERO,
        net=_line_net(line, head.currency),
        supplier_sku=known.theirs.get((head.supplier_id, line["sku"]), ""),
        expected=head.expected,
    )


def _supplier(row: Mapping[str, Any]) -> Party:
    names = ("name", "street", "city", "postal_code", "country", "email", "phone")
    return Party(key=row["supplier_id"], **{name: row[name] for name in names})
