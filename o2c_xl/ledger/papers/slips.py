"""What stands on pick lists and packing slips: plain values for whoever renders them, from the ledger only."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row

from o2c_xl.domain.money import ZERO
from o2c_xl.domain.ordering.completeness import ship_to_of
from o2c_xl.domain.paper import PackingLine, PackingSlip, Party, PickLine, PickListDocument, company_party
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.orders import lines_of
from o2c_xl.ledger.ordering.ship_to import home_of, typed_ship_to

__all__ = ["packing_slips", "party_of", "pick_list_documents", "products_of", "ship_to_party"]


def party_of(customer: Row[Any] | None, key: str) -> Party:
    """A customer as it stands on paper; only its key where the customer is not known any more."""
    if customer is None:
        return Party(name=key, key=key)
    return Party(
        name=customer.name or key,
        street=customer.street,
        city=customer.city,
        postal_code=customer.postal_code,
        country=customer.country,
        tax_id=customer.tax_id,
        email=customer.email,
        phone=customer.phone,
        key=key,
        endpoint=customer.e_invoice_address,
        buyer_reference=customer.buyer_reference,
    )


def ship_to_party(order: Row[Any] | None, customer: Row[Any] | None, key: str) -> Party:
    """Where the order goes: what was typed on it, else the customer's address."""
    home = party_of(customer, key)
    if order is None:
        return home
    to = ship_to_of(typed_ship_to(order), home_of(home))
    return Party(name=to.name, street=to.street, city=to.city, postal_code=to.postal_code, country=to.country, key=key)


def products_of(conn: Connection, skus: Iterable[str]) -> dict[str, Row[Any]]:
    """These products as the ledger knows them, by SKU."""
    return {row.sku: row for row in rows_by_key(conn, schema.products, schema.products.c.sku, skus)}


def by_key(conn: Connection, table: Any, name: str, keys: Iterable[str]) -> dict[str, Row[Any]]:  # noqa: ANN401
    """Whole rows of a table by one of its columns."""
    return {getattr(row, name): row for row in rows_by_key(conn, table, table.c[name], keys)}


def packing_slips(conn: Connection, shipments: Sequence[str], settings: Mapping[str, str]) -> list[PackingSlip]:
    """The packing slips of these shipments, in their sequence; unknown ones are left out."""
    heads = by_key(conn, schema.shipments, "shipment", shipments)
    orders = by_key(conn, schema.orders, "order", {head.order for head in heads.values()})
    order_lines = {(line.order, line.line): line for lines in lines_of(conn, orders).values() for line in lines}
    packed: dict[str, list[Row[Any]]] = {}
    for row in rows_by_key(conn, schema.shipment_lines, schema.shipment_lines.c.shipment, heads):
        packed.setdefault(row.shipment, []).append(row)
    products = products_of(conn, {row.sku for rows in packed.values() for row in rows})
    seller = company_party(settings)
    slips = []
    for key in shipments:
        head = heads.get(key)
        if head is None:
            continue
        order = orders.get(head.order)
        ordered = sorted(packed.get(key, ()), key=lambda row: _position(order_lines.get((row.order, row.line))))
        slips.append(
            PackingSlip(
                shipment=key,
                order=head.order,
                ship_date=head.shipped_on or head.made_on,
                seller=seller,
                ship_to=_went_to(head, order.customer_id if order else ""),
                lines=tuple(
                    _packing_line(row, order_lines.get((row.order, row.line)), products.get(row.sku)) for row in ordered
                ),
                purchase_reference=order.customer_reference if order else "",
                carrier=head.carrier,
                service=head.service,
                tracking=head.tracking,
                weight_kg=head.weight_kg,
            )
        )
    return slips


def _went_to(shipment: Row[Any], key: str) -> Party:
    return Party(
        name=shipment.ship_to_name,
        street=shipment.ship_to_street,
        city=shipment.ship_to_city,
        postal_code=shipment.ship_to_postal_code,
        country=shipment.ship_to_country,
        key=key,
    )


def _position(line: Row[Any] | None) -> tuple[int, str]:
    return (0, "") if line is None else (line.position or 0, line.line)


def _packing_line(row: Row[Any], line: Row[Any] | None, product: Row[Any] | None) -> PackingLine:
    ordered = (line.quantity or ZERO) if line else row.quantity
    # what has neither shipped nor been cancelled still comes; a parcel that stands packed counts as gone
    rest = ordered - line.shipped - line.cancelled if line else ZERO
    if line is not None and line.picked:
        rest -= min(line.picked, row.quantity)
    return PackingLine(
        line=row.line,
        sku=row.sku,
        name=product.name if product else "",
        quantity=row.quantity,
        unit=(product.unit if product else "") or "pcs",
        ordered=ordered,
        backordered=max(rest, ZERO),
        customisation=line.customisation if line else "",
        fragile=bool(product and product.fragile == "Yes"),
    )


def pick_list_documents(
    conn: Connection, picks: Sequence[str], settings: Mapping[str, str] | None = None
) -> list[PickListDocument]:
    """The pick lists that begin with these picks, in their sequence; each is one walk for a few orders."""
    c = schema.outbox.c
    papers = {row.about: row for row in rows_by_key(conn, schema.outbox, c.about, picks, c.kind == "Pick list")}
    members = {first: tuple(json.loads(row.data or "{}").get("picks", ())) for first, row in papers.items()}
    rows = by_key(conn, schema.picks, "pick", [pick for walk in members.values() for pick in walk])
    lines = {
        (line.order, line.line): line
        for group in lines_of(conn, {row.order for row in rows.values()}).values()
        for line in group
    }
    products = products_of(conn, {row.sku for row in rows.values()})
    seller = company_party(settings) if settings else None
    return [
        _pick_list(first, [rows[pick] for pick in members[first] if pick in rows], lines, products, seller)
        for first in picks
        if first in members
    ]


def _pick_list(
    first: str,
    rows: Sequence[Row[Any]],
    lines: Mapping[tuple[str, str], Row[Any]],
    products: Mapping[str, Row[Any]],
    seller: Party | None,
) -> PickListDocument:
    promised = [line.promise_date for row in rows if (line := lines.get((row.order, row.line))) and line.promise_date]
    return PickListDocument(
        pick=first,
        made_on=rows[0].made_on,
        lines=tuple(_pick_line(row, lines.get((row.order, row.line)), products.get(row.sku)) for row in rows),
        orders=tuple(dict.fromkeys(row.order for row in rows)),
        promise_date=min(promised, default=None),
        seller=seller,
    )


def _pick_line(row: Row[Any], line: Row[Any] | None, product: Row[Any] | None) -> PickLine:
    return PickLine(
        order=row.order,
        line=row.line,
        sku=row.sku,
        name=product.name if product else "",
        zone=product.zone if product else "",
        bin=product.bin if product else "",
        quantity=row.to_pick,
        unit=(product.unit if product else "") or "pcs",
        fragile=bool(product and product.fragile == "Yes"),
        customisation=line.customisation if line else "",
    )
