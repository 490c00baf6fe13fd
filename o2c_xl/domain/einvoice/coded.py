"""Codes of an electronic invoice that are in no list, or that forbid to pay it."""

from __future__ import annotations

from collections.abc import Iterator

from o2c_xl.domain.countries import COUNTRIES
from o2c_xl.domain.einvoice.code_lists import NO_DEMANDS, TYPES, UNITS
from o2c_xl.domain.einvoice.gap import Gap
from o2c_xl.domain.einvoice.model import EInvoice
from o2c_xl.domain.money import CURRENCIES

__all__ = ["code_gaps"]

_COUNTRIES = COUNTRIES | {"1A", "AN", "XI"}  # Kosovo, the Netherlands Antilles, Northern Ireland


def code_gaps(invoice: EInvoice) -> Iterator[Gap]:
    """Its type, the currencies of its amounts, and each code that is in no list."""
    yield from _kind(invoice)
    yield from _currencies(invoice)
    yield from _codes(invoice)


def _kind(invoice: EInvoice) -> Iterator[Gap]:
    code = invoice.type_code
    if code in NO_DEMANDS:
        yield Gap("", "BT-3", f"It is {NO_DEMANDS[code]} (type {code}), which nobody pays", stops=True)
    elif code and code not in TYPES:
        yield Gap("BR-CL-01", "BT-3", f"Type {code} is no type of an invoice or credit note", stops=True)


def _currencies(invoice: EInvoice) -> Iterator[Gap]:
    for path, currency in invoice.foreign_amounts:
        text = f"{path} is in {currency}, and the invoice in {invoice.currency}"
        yield Gap("PEPPOL-EN16931-R051", "BT-5", text, stops=True)


def _codes(invoice: EInvoice) -> Iterator[Gap]:
    to = invoice.deliver_to
    for rule, term, code, known, name in (
        ("BR-CL-04", "BT-5", invoice.currency, CURRENCIES, "currency"),
        ("BR-CL-05", "BT-6", invoice.tax_currency, CURRENCIES, "currency"),
        ("BR-CL-14", "BT-40", invoice.seller.country, _COUNTRIES, "country"),
        ("BR-CL-14", "BT-55", invoice.buyer.country, _COUNTRIES, "country"),
        ("BR-CL-14", "BT-80", to.country if to else "", _COUNTRIES, "country"),
        *(("BR-CL-23", f"BT-130 (line {line.line})", line.unit, UNITS, "unit") for line in invoice.lines),
    ):
        if code and code not in known:
            yield Gap(rule, term, f"{code} is no code of a {name}")
