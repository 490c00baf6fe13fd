"""Whose e-invoice it is and for which order: by proof, never by likeness."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from o2c_xl.domain.buying.supplier_bill import Billing, BillKnown, BillRow, SupplierKnown, bill_of, supplier_of
from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, PaymentMeans, StatedTotals
from o2c_xl.domain.paper import Party

D = Decimal
DAY = date(2026, 3, 2)
KNOWN = (
    SupplierKnown("EXO", "Exotic Liquids Ltd", "GB980780684", "GB29NWBK60161331926819", "EUR"),
    SupplierKnown("TOK", "Tokyo Traders", "", "", "EUR"),
    SupplierKnown("TO2", "TOKYO TRADERS", "", "", "EUR"),
    SupplierKnown("PLA", "Plain & Co.", "", "", "EUR"),
)
TOTALS = StatedTotals(net=D("100.00"), tax=D("19.00"), total=D("119.00"), payable=D("119.00"))


def invoice(name: str = "", vat: str = "", account: str = "", **more: object) -> EInvoice:
    means = (PaymentMeans(code="58", account=account),) if account else ()
    seller = Party(name=name, tax_id=vat, trade_name=str(more.pop("trade_name", "")))
    plain = {"number": "7", "issued": date(2026, 3, 2), "currency": "EUR", "type_code": "380", "totals": TOTALS}
    return EInvoice(seller=seller, means=means, **(plain | more))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "vat", "account", "whose"),
    [
        ("Whatever", "gb 980 7806 84", "", "EXO"),
        ("Whatever", "", "GB29 NWBK 6016 1331 9268 19", "EXO"),
        ("exotic liquids ltd.", "", "", "EXO"),
        ("PLAIN & CO", "", "", "PLA"),
        ("Plain & Co.", "DE136695976", "DE89370400440532013000", "PLA"),
        ("Exotic Liquids", "", "", "No supplier is known"),
        ("Tokyo Traders", "", "", "may be TO2, TOK"),
        ("", "", "", "No supplier is known"),
        ("Exotic Liquids Ltd", "DE136695976", "", "that of EXO is GB980780684"),
        ("Exotic Liquids Ltd", "GB980780684", "DE89370400440532013000", "the account of EXO is"),
        ("Plain & Co.", "", "GB29NWBK60161331926819", "named like PLA, and its number or account is that of EXO"),
    ],
)
def test_a_supplier_is_known_by_number_account_or_the_very_name(name: str, vat: str, account: str, whose: str) -> None:
    found = supplier_of(invoice(name, vat, account), KNOWN)

    assert whose in (found if isinstance(found, str) else found.key)


def test_the_name_it_trades_under_counts_too() -> None:
    found = supplier_of(invoice("Holding 4711 GmbH", trade_name="Plain & Co."), KNOWN)

    assert isinstance(found, SupplierKnown)
    assert found.key == "PLA"


@pytest.mark.parametrize(
    ("said", "po"),
    [
        ({"purchase_reference": "po 77"}, "PO-77"),
        ({"purchase_reference": ""}, ""),
        ({"purchase_reference": "NA"}, ""),
        ({"buyer_reference": "PO-77"}, "PO-77"),
        ({"buyer_reference": "Department 5"}, ""),
    ],
)
def test_the_order_is_the_one_that_is_named(said: dict[str, str], po: str) -> None:
    row = bill_of(
        invoice("Plain & Co.", **said), Billing(KNOWN, {"PO-77": "PLA", "PO-7": "PLA"}, (), Party(name="We")), DAY
    )

    assert isinstance(row, BillRow)
    assert row.po == po


def test_a_credit_note_is_a_bill_below_zero() -> None:
    row = bill_of(invoice("Plain & Co.", type_code="381"), Billing(KNOWN, {}, (), Party(name="We")), DAY)

    assert isinstance(row, BillRow)
    assert (row.net, row.tax, row.total) == (D("-100.00"), D("-19.00"), D("-119.00"))


def test_what_was_paid_before_is_left_to_a_person() -> None:
    totals = StatedTotals(net=D(100), tax=D(19), total=D(119), prepaid=D(19), payable=D(100))

    said = bill_of(invoice("Plain & Co.", totals=totals), Billing(KNOWN, {}, (), Party(name="We")), DAY)

    assert isinstance(said, str)
    assert said.startswith("It says that 19 was paid before.")


def test_a_number_of_another_supplier_does_not_hide_a_bill() -> None:
    books = Billing(KNOWN, {}, (BillKnown("7", "EXO", D(119), date(2026, 3, 2)),), Party(name="We"))

    row = bill_of(invoice("Plain & Co."), books, DAY)

    assert isinstance(row, BillRow)
    assert (row.bill, row.known) == ("PLA 7", False)


def test_the_rounding_of_the_amount_to_pay_is_told_apart() -> None:
    totals = StatedTotals(net=D(60), tax=D("11.40"), total=D("71.40"), rounding=D("-0.40"), payable=D("71.00"))

    row = bill_of(invoice("Plain & Co.", totals=totals), Billing(KNOWN, {}, (), Party(name="We")), DAY)

    assert isinstance(row, BillRow)
    assert (row.net, row.tax, row.rounding, row.total) == (D(60), D("11.40"), D("-0.40"), D("71.00"))


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"issued": date(2026, 4, 3)}, "Its date is 2026-04-03, more than 31 days"),
        ({"due": date(2026, 3, 1)}, "It is due on 2026-03-01, before its own date 2026-03-02"),
        ({"lines": (InvoiceLine(tax_category="S", tax_percent=D(0)),)}, "A standard rate has to be more than 0 %"),
        ({"lines": (InvoiceLine(tax_category="E", tax_percent=D(7)),)}, "Tax category E has no rate but 0 %"),
        ({"issued": date(2026, 4, 2)}, ""),
        ({"due": None}, ""),
    ],
)
def test_days_and_rates_that_cannot_be_right_stop_a_bill(said: dict[str, object], why: str) -> None:
    row = bill_of(invoice("Plain & Co.", **said), Billing(KNOWN, {}, (), Party(name="We")), DAY)

    assert (row.startswith(why) if why else False) if isinstance(row, str) else not why
