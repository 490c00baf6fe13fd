"""What keeps an invoice from its number is what the rules of EN 16931 would find missing in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
import stdnum.iso11649

from o2c_xl.domain.einvoice.ahead import document_ahead
from o2c_xl.domain.einvoice.creditor_reference import creditor_reference
from o2c_xl.domain.einvoice.fields import gaps
from o2c_xl.domain.einvoice.lacks import does_not_add_up, lacking, lacks_of
from o2c_xl.domain.einvoice.ours import einvoice_of
from o2c_xl.domain.einvoice.tax_numbers import is_vat_number, vat_problem
from o2c_xl.domain.invoices.invoicing import DocumentLine, TaxBy
from o2c_xl.domain.tax import Rate
from tests.documents.document_samples import ABROAD, LINES, SELLER, invoice

D = Decimal
SELLERS = [
    replace(SELLER, **changes)
    for changes in (
        {}, {"tax_id": ""}, {"tax_id": "22/815/08154"}, {"tax_id": "22/815/08154", "registration": ""},
        {"tax_id": "", "registration": ""}, {"name": ""}, {"country": ""},
    )
]  # fmt: skip
BUYERS = [replace(ABROAD, **changes) for changes in ({}, {"tax_id": ""}, {"name": ""}, {"country": ""})]
REASONS = ["", "Reverse charge", "Intra-Community supply", "Export", "Small business", "Not subject to tax"]


@pytest.mark.parametrize("reason", [None, *REASONS])
def test_an_invoice_lacks_something_just_where_a_rule_does_not_hold(reason: str | None) -> None:
    rate = Rate(D(19)) if reason is None else Rate(D(0), reason)
    lines = tuple(
        replace(line, tax_category=rate.category, tax_percent=rate.percent, tax_reason=rate.reason) for line in LINES
    )
    for seller, buyer, to in product(SELLERS, BUYERS, (ABROAD, replace(ABROAD, country=""))):
        document = invoice(lines, charges=(), seller=seller, buyer=buyer, ship_to=to)
        broken = [gap for gap in gaps(einvoice_of(document)) if gap.rule]

        found = lacking(seller, buyer, to.country, "EUR", frozenset({rate.category}))

        assert bool(found) == bool(broken), (seller, buyer, to, list(found), broken)


def test_a_tax_number_that_is_no_vat_number_is_not_called_empty() -> None:
    seller = replace(SELLER, tax_id="94-2404110", registration="")

    (lack,) = lacking(seller, replace(ABROAD, country="US"), "US", "USD", frozenset({"S"}))

    assert lack.sentence.startswith("Company registration: it is empty, and 94-2404110 is no VAT number.")


def test_a_vat_number_that_may_not_be_told_is_not_called_empty() -> None:
    seller = replace(SELLER, tax_id="DE136695976", registration="")

    lacks = lacking(seller, replace(ABROAD, country="US"), "US", "USD", frozenset({"O"}))

    assert any("is empty, and an invoice that is not subject to tax may not tell" in lack.sentence for lack in lacks)


def test_the_buyers_vat_number_is_wanted_even_of_plain_invoices() -> None:
    buyer = replace(ABROAD, tax_id="", key="BLO")

    (lack,) = lacking(SELLER, buyer, "FR", "EUR", frozenset({"AE"}))

    assert lack.always
    assert lack.sentence.startswith("Tax ID of customer BLO: it is empty, and reverse charge needs one.")


def test_tax_rounded_on_many_lines_is_found_before_there_is_a_number() -> None:
    one = DocumentLine(
        line="1", order_line="1", quantity=D(1), price=D("0.03"), name="  ", sku="PIN", tax_percent=D(19), net=D("0.03")
    )

    (lack,) = lacks_of(document_ahead([one] * 300, "EUR", TaxBy.LINE, (SELLER, ABROAD, "FR"), date(2026, 3, 2)))

    assert "(BR-CO-17, BT-117). Set Tax rounding to Per rate" in lack.sentence
    assert not lack.mendable


@pytest.mark.parametrize(
    ("net", "tax", "said"),
    [("10.00", "1.90", ""), ("10.01", "1.90", "BR-CO-10"), ("10.00", "1.91", "BR-CO-14")],
)
def test_sums_that_do_not_add_up_are_named_by_the_rule(net: str, tax: str, said: str) -> None:
    lines = [(D("4.00"), D(19)), (D("6.00"), D(19))]

    wrong = does_not_add_up(lines, D(net), D(tax), "EUR", TaxBy.RATE)

    assert (said in wrong) if said else not wrong


def test_tax_by_line_adds_up_as_it_was_agreed() -> None:
    lines = [(D("0.03"), D(19))] * 3

    assert not does_not_add_up(lines, D("0.09"), D("0.03"), "EUR", TaxBy.LINE)
    assert does_not_add_up(lines, D("0.09"), D("0.03"), "EUR", TaxBy.RATE)


@pytest.mark.parametrize(
    ("number", "is_vat", "sound"),
    [
        ("DE136695976", True, True),
        ("de 136.695.976", True, True),
        ("DE136695977", True, False),
        ("EL094259216", True, True),
        ("CHE-107.787.577 MWST", True, True),
        ("CHE-107.787.577 TVA", True, True),
        ("CHE-107.787.578 MWST", True, False),
        ("22/815/08154", False, True),
        ("", False, True),
    ],
)
def test_vat_numbers_are_told_from_others_and_checked(number: str, *, is_vat: bool, sound: bool) -> None:
    assert (is_vat_number(number), not vat_problem(number)) == (is_vat, sound)


@pytest.mark.parametrize("number", ["INV-000123", "CN-9", "1"])
def test_a_creditor_reference_bears_check_digits(number: str) -> None:
    assert stdnum.iso11649.is_valid(creditor_reference(number))


def test_a_number_too_long_has_no_creditor_reference() -> None:
    assert not creditor_reference("INV-" + "1" * 30)
