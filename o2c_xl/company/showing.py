"""`o2c show`: rows of any table as text, filtered by columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from o2c_xl.company.opened import Company
from o2c_xl.domain.issue import CannotRun, Issue, check_text
from o2c_xl.ledger import schema
from o2c_xl.ledger.issues import issues_beside
from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.tables.show.faults import standing_faults
from o2c_xl.tables.show.remarks import standing_remarks
from o2c_xl.tables.show.shown import shown
from o2c_xl.tables.show.views import Scope, fields_of

__all__ = ["shown_rows"]


def shown_rows(
    company: Company, name: str, where: Sequence[str], day: dt.date
) -> tuple[tuple[str, ...], list[dict[str, str | None]]]:
    """Headers, and each row by its headers: decimals with the places of currency or unit, dates ISO, empty = None."""
    table, rows = company.show(name, day)
    wishes = [_wish(table, text) for text in where]
    places = {field: i for i, field in enumerate(fields_of(table))}
    context = _Context(company, table, places, company.scope(day))
    result = []
    for row in rows:
        texts = {column.header: context.text(column, row) for column in table.columns}
        if all((texts[header] or "").casefold() == value.casefold() for header, value in wishes):
            result.append(texts)
    return table.headers, result


def _wish(table: Table, text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    for header in table.headers:
        if sign and header.casefold() == name.strip().casefold():
            return header, value.strip()
    raise CannotRun(f"--where {text}: write COLUMN=VALUE with a column of {table.name}: {', '.join(table.headers)}.")


# What a row's amounts are in the currency of, by its column; the order where nothing else is said.
_MONEY_BY = {
    "Matches": "payment",
    "PurchaseOrders": "po",
    "PurchaseOrderLines": "po",
    "Bills": "supplier_id",
    "SupplierPrices": "supplier_id",
    "OpeningItems": "customer_id",
    "Approvals": "approval",
}
_KEPT = {
    "order": schema.orders,
    "payment": schema.payments,
    "po": schema.purchase_orders,
    "supplier_id": schema.suppliers,
    "customer_id": schema.customers,
    "approval": schema.approvals,
}


class _Context:
    """What the columns of one table need to be shown: the currency of each row, the unit of each product, faults."""

    def __init__(self, company: Company, table: Table, places: Mapping[str, int], scope: Scope) -> None:
        self.table, self.places = table, places
        with company.ledger.reading() as conn:
            settings = company.settings(conn)
            products = schema.products.c
            self.units: dict[str, str] = {r.sku: r.unit for r in conn.execute(select(products.sku, products.unit))}
            self.currency_of: dict[str, str] = {}
            self.money_by = "" if "currency" in places else _MONEY_BY.get(table.name, "order")
            if self.money_by in places:
                kept = _KEPT[self.money_by].c
                found = conn.execute(select(kept[self.money_by], kept.currency))
                self.currency_of = {row[0]: row[1] for row in found}
            issues = [*issues_beside(conn), *standing_faults(conn), *standing_remarks(conn, scope)]
        self.company_currency = settings["Company currency"]
        self.checks: dict[str, list[Issue]] = {}
        for issue in issues:
            if issue.table == table.name:
                self.checks.setdefault(issue.key, []).append(issue)

    def text(self, column: Column, row: tuple[Any, ...]) -> str | None:
        """One cell as text."""
        if column.header == "Check":
            key = "/".join(str(row[self.places[c.field]]) for c in self.table.keys)
            return check_text(self.checks.get(key, ())) or None
        value = row[self.places[column.field]]
        unit = self.units.get(row[self.places["sku"]], "") if "sku" in self.places else ""
        if column.kind is Kind.PRICE and self.table.name != "OrderLines":
            return shown(column, value, currency=self._currency(row))
        return shown(column, value, currency=self._currency(row), unit=unit)

    def _currency(self, row: tuple[Any, ...]) -> str:
        if "currency" in self.places and self.table.name not in ("Customers", "Suppliers"):
            return row[self.places["currency"]] or self.company_currency
        if self.money_by in self.places:
            return self.currency_of.get(row[self.places[self.money_by]], "") or self.company_currency
        if "currency" in self.places:
            return row[self.places["currency"]] or self.company_currency
        return self.company_currency
