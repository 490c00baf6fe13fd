"""What suppliers ask for products: their price lists of today, else the product's cost at its preferred supplier."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from o2c_xl.domain.buying.replenishment import Candidate
from o2c_xl.domain.goods.receiving import Quality, records_by_supplier
from o2c_xl.domain.money import ZERO, trimmed
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.receiving import CAME
from o2c_xl.ledger.lookups import chunks, rows_by_key

__all__ = ["Offers", "Terms", "find_offers"]

_RECORD_DAYS = 365  # how far back deliveries speak for a supplier


@dataclass(frozen=True, slots=True)
class Terms:
    """A supplier as purchasing sees them; `minimum_order` is an amount in `currency`, zero = none."""

    name: str
    email: str
    currency: str
    lead_days: int
    minimum_order: Decimal


@dataclass(frozen=True, slots=True)
class Offers:
    """Who sells which product; `costs` are the products' own, in the company's `currency`."""

    by_sku: Mapping[str, Sequence[Candidate]]
    suppliers: Mapping[str, Terms]
    costs: Mapping[str, Decimal | None]
    currency: str

    def cost(self, supplier: str, sku: str, quantity: Decimal) -> tuple[Decimal | None, str]:
        """What a unit costs at this supplier when so many are bought, and where the figure comes from."""
        mine = [one for one in self.by_sku.get(sku, ()) if one.supplier == supplier and one.price is not None]
        fitting = [one for one in mine if one.minimum <= quantity]
        if fitting:
            return max(fitting, key=lambda one: one.minimum).price, f"Unit cost: the price of {supplier}."
        if mine:
            least = min(mine, key=lambda one: one.minimum)
            return least.price, f"Unit cost: the price of {supplier} from {least.minimum} on."
        cost = self.costs.get(sku)
        if cost is not None and self.terms(supplier).currency == self.currency:
            return cost, "Unit cost: the Cost of the product."
        return None, f"Unit cost is unknown: {supplier} has no price for it. Enter one here or in Supplier Prices."

    def lead_days(self, supplier: str, skus: Iterable[str]) -> int:
        """Days until the slowest of these products is here."""
        days = []
        for sku in skus:
            known = [one.lead_days for one in self.by_sku.get(sku, ()) if one.supplier == supplier]
            days.append(min((day for day in known if day is not None), default=self.terms(supplier).lead_days))
        return max(days, default=self.terms(supplier).lead_days)

    def terms(self, supplier: str) -> Terms:
        """The supplier's terms; those of nobody in particular for an unknown one."""
        return self.suppliers.get(supplier) or Terms(supplier, "", self.currency, 0, ZERO)


def find_offers(
    conn: Connection, skus: Iterable[str], day: dt.date, policy: Policy, suppliers: Iterable[str] = ()
) -> Offers:
    """The offers for these products on `day`, and the terms of who makes them and of `suppliers`."""
    wanted = list(dict.fromkeys(skus))
    p = schema.products.c
    products = list(rows_by_key(conn, [p.sku, p.cost, p.preferred_supplier], p.sku, wanted))
    prices = _prices(conn, wanted, day)
    names = {row.supplier_id for row in prices} | {row.preferred_supplier for row in products} | set(suppliers)
    terms = _terms(conn, names, policy)
    by_sku = _candidates(products, prices, terms, policy.currency)
    return Offers(_with_records(conn, by_sku, day), terms, {row.sku: row.cost for row in products}, policy.currency)


def _prices(conn: Connection, skus: Iterable[str], day: dt.date) -> list[Row[Any]]:
    c = schema.supplier_prices.c
    today = (or_(c.valid_from.is_(None), c.valid_from <= day), or_(c.valid_to.is_(None), c.valid_to >= day))
    return list(rows_by_key(conn, schema.supplier_prices, c.sku, skus, *today))


def _terms(conn: Connection, names: Iterable[str], policy: Policy) -> dict[str, Terms]:
    c = schema.suppliers.c
    rows = rows_by_key(conn, schema.suppliers, c.supplier_id, [name for name in names if name])
    return {
        row.supplier_id: Terms(
            row.name,
            row.email,
            row.currency or policy.currency,
            policy.default_lead_days if row.lead_days is None else row.lead_days,
            row.minimum_order or ZERO,
        )
        for row in rows
    }


def _candidates(
    products: Sequence[Row[Any]], prices: Sequence[Row[Any]], terms: Mapping[str, Terms], currency: str
) -> dict[str, list[Candidate]]:
    preferred = {row.sku: row.preferred_supplier for row in products}
    found: dict[str, list[Candidate]] = {sku: [] for sku in preferred}
    for row in prices:
        if row.sku in found and row.supplier_id in terms:
            found[row.sku].append(
                Candidate(
                    row.supplier_id,
                    None if row.price is None else trimmed(row.price),
                    terms[row.supplier_id].lead_days if row.lead_days is None else row.lead_days,
                    trimmed(row.minimum_quantity or ZERO),
                    trimmed(row.pack_size or ZERO),
                    preferred[row.sku] == row.supplier_id,
                )
            )
    for row in products:
        supplier = row.preferred_supplier
        if supplier in terms and all(one.supplier != supplier for one in found[row.sku]):
            known = row.cost is not None and terms[supplier].currency == currency
            price = trimmed(row.cost) if known else None
            found[row.sku].append(Candidate(supplier, price, terms[supplier].lead_days, preferred=True))
    return found


def _with_records(
    conn: Connection, by_sku: dict[str, list[Candidate]], day: dt.date
) -> Mapping[str, Sequence[Candidate]]:
    """The suppliers' records, looked up only where there is a choice between several."""
    rivals = {one.supplier for offers in by_sku.values() if len({o.supplier for o in offers}) > 1 for one in offers}
    if not rivals:
        return by_sku
    rec, po = schema.receipts.c, schema.purchase_orders.c
    came = []
    for part in chunks(sorted(rivals)):
        rows = conn.execute(
            select(po.supplier_id, rec.quality, rec.days_late)
            .join(schema.receipts, rec.po == po.po)
            .where(po.supplier_id.in_(part), po.made_on >= day - dt.timedelta(days=_RECORD_DAYS))
            .where(rec.status.in_(CAME))
        )
        came += [(who, Quality(quality), late) for who, quality, late in rows]
    records = {who: record.score for who, record in records_by_supplier(came).items()}
    return {
        sku: [
            Candidate(
                one.supplier,
                one.price,
                one.lead_days,
                one.minimum,
                one.pack,
                one.preferred,
                records.get(one.supplier),
            )
            for one in offers
        ]
        for sku, offers in by_sku.items()
    }
