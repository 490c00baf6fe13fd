"""What stands on invoices and credit notes: plain values for whoever renders them, from the ledger only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from o2c_xl.domain.einvoice.creditor_reference import creditor_reference
from o2c_xl.domain.invoices.invoicing import Adjustment, Document, DocumentLine, TaxBy, TaxGroup, Totals, calculate
from o2c_xl.domain.money import places
from o2c_xl.domain.paper import Instalment, InvoiceDocument, company_party
from o2c_xl.domain.receivables.paid_ahead import PaidAhead, instalments_left
from o2c_xl.domain.tax import Rate
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.paid_ahead import paid_ahead
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.ordering.pricing import read_rates
from o2c_xl.ledger.papers.slips import by_key, party_of, products_of, ship_to_party

__all__ = ["invoice_document"]

_CREDIT_NOTE = "Credit note"
_COMPENSATION = "Compensation for late payment is outside the scope of VAT"


@dataclass(frozen=True, slots=True)
class _Known:
    """All that the documents of a batch are made of, read at once."""

    lines: Mapping[str, Sequence[Row[Any]]]
    dues: Mapping[str, Sequence[Row[Any]]]
    orders: Mapping[str, Row[Any]]
    order_lines: Mapping[tuple[str, str], str]
    customers: Mapping[str, Row[Any]]
    products: Mapping[str, Row[Any]]
    shipped_on: Mapping[str, dt.date]
    rates: Mapping[tuple[str, str], Rate]
    settings: Mapping[str, str]
    ahead: Mapping[str, PaidAhead]


def invoice_document(conn: Connection, invoices: Sequence[str], settings: Mapping[str, str]) -> list[InvoiceDocument]:
    """The documents of these invoices and credit notes, in their sequence; unknown ones are left out.

    Amounts are positive on both kinds. `settings` are those that hold, by name, such as `Company name`.
    """
    heads = by_key(conn, schema.invoices, "invoice", invoices)
    known = _read(conn, list(heads.values()), settings)
    return [_document(heads[key], known) for key in invoices if key in heads]


def _read(conn: Connection, heads: Sequence[Row[Any]], settings: Mapping[str, str]) -> _Known:
    keys = [head.invoice for head in heads]
    lines = _grouped(conn, schema.invoice_lines, keys, "position")
    every = [line for group in lines.values() for line in group]
    orders = by_key(conn, schema.orders, "order", {head.order for head in heads if head.order})
    o = schema.order_lines.c
    order_lines = {
        (row.order, row.line): row.customisation
        for row in rows_by_key(conn, [o.order, o.line, o.customisation], o.order, {line.order for line in every})
    }
    s = schema.shipments.c
    numbers = {number for line in every for number in line.shipment.split(", ") if number}
    return _Known(
        lines,
        _grouped(conn, schema.invoice_dues, keys, "due_no"),
        orders,
        order_lines,
        by_key(
            conn, schema.customers, "customer_id", {key for head in heads for key in (head.account, head.customer_id)}
        ),
        products_of(conn, {line.sku for line in every if line.sku}),
        {row.shipment: row.shipped_on for row in rows_by_key(conn, [s.shipment, s.shipped_on], s.shipment, numbers)},
        read_rates(conn),
        settings,
        paid_ahead(conn, heads),
    )


def _grouped(conn: Connection, table: Any, invoices: Sequence[str], by: str) -> dict[str, list[Row[Any]]]:  # noqa: ANN401
    found: dict[str, list[Row[Any]]] = {}
    for row in rows_by_key(conn, table, table.c.invoice, invoices):
        found.setdefault(row.invoice, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: getattr(row, by) or 0)
    return found


def _document(head: Row[Any], known: _Known) -> InvoiceDocument:
    sign = -1 if head.kind == _CREDIT_NOTE else 1
    order = known.orders.get(head.order)
    customer = known.customers.get(head.customer_id)
    rows = known.lines.get(head.invoice, ())
    group = (customer.tax_group if customer else "") or known.settings.get("Default tax group", "")
    goods = tuple(_line(row, sign, group, known) for row in rows if not _is_freight(row))
    charges = tuple(_charge(row, sign, group, known) for row in rows if _is_freight(row))
    tax_by = TaxBy(order.tax_mode) if order is not None and order.tax_mode else TaxBy.RATE
    ahead = known.ahead.get(head.invoice, PaidAhead())
    document = Document(currency=head.currency, lines=goods, charges=charges, tax_by=tax_by, prepaid=ahead.amount)
    shipments = tuple(dict.fromkeys(number for row in rows for number in row.shipment.split(", ") if number))
    sent = [day for number in shipments if (day := known.shipped_on.get(number))]
    left = _instalments(head, sign, ahead, known)
    return InvoiceDocument(
        kind=head.kind,
        number=head.invoice,
        invoice_date=head.invoice_date,
        seller=company_party(known.settings),
        buyer=party_of(known.customers.get(head.account), head.account),
        ship_to=ship_to_party(order, customer, head.customer_id),
        currency=head.currency,
        lines=goods,
        charges=charges,
        totals=_as_posted(calculate(document), sign * head.net, sign * head.tax),
        instalments=left if len(left) > 1 else (),
        due_date=None if head.kind == _CREDIT_NOTE else left[0].due if left else head.due_date,
        delivery_date=max(sent, default=None),
        orders=(head.order,) if head.order else (),
        shipments=shipments,
        purchase_reference=head.customer_reference,
        payment_terms=head.terms,
        payment_reference=_payment_reference(head.invoice, known.settings),
        iban=known.settings.get("Company IBAN", ""),
        bic=known.settings.get("Company BIC", ""),
        corrects=head.corrects,
        notes=_notes(head, ahead),
    )


def _instalments(head: Row[Any], sign: int, ahead: PaidAhead, known: _Known) -> tuple[Instalment, ...]:
    """Those that what was paid before leaves."""
    dues = [Instalment(row.due_date, sign * row.amount) for row in known.dues.get(head.invoice, ())]
    return instalments_left(dues, ahead.amount) if ahead.amount else tuple(dues)


def _notes(head: Row[Any], ahead: PaidAhead) -> tuple[str, ...]:
    if ahead.granted:
        granted = f"{ahead.granted:.{places(head.currency)}f} {head.currency}"
        return (f"Of what is already paid {granted} is the discount or difference granted to you.",)
    return (head.reason,) if head.kind == _CREDIT_NOTE and head.reason else ()


def _payment_reference(invoice: str, settings: Mapping[str, str]) -> str:
    wanted = settings.get("Payment reference") == "ISO 11649"
    return (creditor_reference(invoice) if wanted else "") or invoice


def _is_freight(row: Row[Any]) -> bool:
    """A charge on an order; what stands on no order, such as a late-payment charge, is a line of its own."""
    return bool(row.order) and not row.sku and not row.order_line


def _rate(row: Row[Any], group: str, known: _Known) -> Rate:
    """The rate the line was posted at; why it is zero stands with the rate as it is known now."""
    if not row.order and not row.sku:
        return Rate(row.tax_rate_percent, _COMPENSATION)
    now = known.rates.get((group, row.tax_code))
    return Rate(row.tax_rate_percent, now.reason if now and now.percent == row.tax_rate_percent else "")


def _line(row: Row[Any], sign: int, group: str, known: _Known) -> DocumentLine:
    product = known.products.get(row.sku)
    rate = _rate(row, group, known)
    return DocumentLine(
        line=row.line,
        quantity=sign * row.quantity,
        price=row.unit_price,
        name=row.name or (product.name if product else ""),
        sku=row.sku,
        unit=(product.unit if product else "") or "pcs",
        discount_percent=row.discount_percent,
        tax_category=rate.category,
        tax_code=row.tax_code,
        tax_percent=rate.percent,
        tax_reason=rate.reason,
        order=row.order,
        order_line=row.order_line,
        customisation=known.order_lines.get((row.order, row.order_line), ""),
        net=sign * row.net,
    )


def _charge(row: Row[Any], sign: int, group: str, known: _Known) -> Adjustment:
    rate = _rate(row, group, known)
    return Adjustment(amount=sign * row.net, reason=row.name, tax_category=rate.category, tax_percent=rate.percent)


def _as_posted(totals: Totals, net: Decimal, tax: Decimal) -> Totals:
    """The totals with the net and tax that were posted.

    A credit note that takes back the last of an invoice takes back the rest of its tax too, which may be a cent off
    the tax of its own lines; the cent stands with the largest rate group.
    """
    if (totals.net, totals.tax) == (net, tax):
        return totals
    groups = list(totals.groups)
    if groups and tax != totals.tax:
        at = max(range(len(groups)), key=lambda i: groups[i].tax)
        one = groups[at]
        groups[at] = TaxGroup(one.category, one.percent, one.net, one.tax + tax - totals.tax, one.reason)
    total = net + tax
    payable = total - totals.prepaid + totals.rounding
    return replace(totals, net=net, tax=tax, total=total, payable=payable, groups=tuple(groups))
