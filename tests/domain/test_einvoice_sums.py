"""The sums of an e-invoice: the worked page, and any one changed figure of any invoice is found."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from o2c_xl.domain.einvoice.fields import gaps
from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, StatedTotals, TaxLine
from o2c_xl.domain.einvoice.sums import differences
from o2c_xl.domain.invoices.invoicing import Adjustment
from tests.worked_tables import worked_table

D = Decimal
TERMS = {
    "BT-106": "lines", "BT-107": "allowances", "BT-108": "charges", "BT-109": "net", "BT-110": "tax", "BT-112": "total",
    "BT-115": "payable",
}  # fmt: skip
SOUND = EInvoice(
    currency="EUR",
    type_code="380",
    lines=(
        InvoiceLine(
            line="1", quantity=D(10), price=D("4.50"), net=D("45.00"), tax_category="S", tax_percent=D(19), name="Tea"
        ),
        InvoiceLine(
            line="2", quantity=D(1), price=D(5), net=D("5.00"), tax_category="S", tax_percent=D("19.0"), name="Mug"
        ),
    ),
    charges=(Adjustment(amount=D("9.90"), reason="Freight", tax_category="S", tax_percent=D(19)),),
    taxes=(TaxLine(category="S", percent=D(19), net=D("59.90"), tax=D("11.38")),),
    totals=StatedTotals(
        lines=D("50.00"), charges=D("9.90"), net=D("59.90"), tax=D("11.38"), total=D("71.28"), payable=D("71.28")
    ),
)


def changed(term: str, to: Decimal) -> EInvoice:
    if term in TERMS:
        return replace(SOUND, totals=replace(SOUND.totals, **{TERMS[term]: to}))
    if term.startswith("BT-131"):
        return replace(SOUND, lines=(replace(SOUND.lines[0], net=to), SOUND.lines[1]))
    name = {"BT-116": "net", "BT-117": "tax"}[term]
    return replace(SOUND, taxes=(replace(SOUND.taxes[0], **{name: to}),))


def test_the_worked_invoice_recomputes() -> None:
    assert differences(SOUND) == []


@pytest.mark.parametrize("row", worked_table("e-invoice-checks.md"), ids=lambda row: row["changed"])
def test_each_changed_figure_of_the_page_is_named_by_its_rules(row: dict[str, str]) -> None:
    found = differences(changed(row["changed"], D(row["to"])))

    assert [one.rule for one in found] == row["rules"].split()
    assert any(one.field.startswith(row["changed"].split(" ")[0]) for one in found)


@given(st.sampled_from([*TERMS, "BT-131", "BT-116", "BT-117"]), st.decimals(-500, 500, places=2))
def test_no_changed_figure_is_missed(term: str, to: Decimal) -> None:
    invoice = changed(term, to)

    same = invoice == SOUND or (term == "BT-107" and to == 0)

    assert bool(differences(invoice)) != same


def test_a_category_without_its_group_in_the_breakdown_is_a_difference() -> None:
    exempt = replace(SOUND.lines[1], tax_category="E", tax_percent=D(0))

    found = differences(replace(SOUND, lines=(SOUND.lines[0], exempt)))

    assert [(one.rule, one.field, one.stated, one.computed) for one in found] == [
        ("BR-S-08", "BT-116 (S 19 %)", D("59.90"), D("54.90")),
        ("BR-E-01", "BT-116 (E)", None, D("5.00")),
    ]


def test_a_currency_without_cents_may_round_to_whole_units() -> None:
    line = InvoiceLine(line="1", quantity=D(3), price=D("99.5"), net=D(299), tax_category="S", tax_percent=D(10))
    taxes = (TaxLine(category="S", percent=D(10), net=D(299), tax=D(30)),)
    totals = StatedTotals(lines=D(299), net=D(299), tax=D(30), total=D(329), payable=D(329))

    yen, euro = (EInvoice(currency=one, lines=(line,), taxes=taxes, totals=totals) for one in ("JPY", "EUR"))

    assert differences(yen) == []
    assert {one.rule for one in differences(euro)} == {"PEPPOL-EN16931-R120", "BR-CO-17"}


@pytest.mark.parametrize(
    ("amount", "percent", "base", "right"),
    [
        ("10.00", "10", "100.00", True),
        ("12.00", "10", "100.00", False),
        ("10.05", "10.00", "100.00", False),
        ("3333.33", "33.33", "10000.00", True),
        ("3334.33", "33.33", "10000.00", False),
    ],
)
def test_an_allowance_is_the_percent_of_its_base_that_it_says(
    amount: str, percent: str, base: str, right: bool
) -> None:
    one = Adjustment(amount=D(amount), reason="x", tax_category="S", percent=D(percent), base=D(base))
    line = InvoiceLine(line="1", allowances=(one,))

    found = differences(EInvoice(currency="EUR", allowances=(one,), charges=(one,), lines=(line,)))

    told = [(part.rule, part.field) for part in found]
    fields = ("BT-92", "BT-99", "BT-136 (line 1)")
    assert told == ([] if right else [("PEPPOL-EN16931-R040", field) for field in fields])


def test_split_payment_is_taxed_at_its_rate() -> None:
    line = InvoiceLine(line="1", quantity=D(1), price=D(100), net=D(100), tax_category="B", tax_percent=D(22))
    taxes = (TaxLine(category="B", percent=D(22), net=D(100), tax=D(22)),)
    totals = StatedTotals(lines=D(100), net=D(100), tax=D(22), total=D(122), payable=D(122))
    invoice = EInvoice(currency="EUR", lines=(line,), taxes=taxes, totals=totals)

    wrong = replace(taxes[0], tax=D(21))

    assert differences(invoice) == []
    assert {one.rule for one in gaps(invoice)} >= {"BR-B-01"}
    assert "BR-CL-17" not in {one.rule for one in gaps(invoice)}
    assert [one.rule for one in differences(replace(invoice, taxes=(wrong,)))] == ["BR-CO-17", "BR-CO-14"]


def test_an_empty_invoice_lacks_everything_and_has_nothing_wrong() -> None:
    nothing = EInvoice()

    assert differences(nothing) == []
    assert {"BR-02", "BR-03", "BR-05", "BR-06", "BR-07", "BR-12", "BR-15", "BR-16", "BR-CO-18", "BR-CO-26"} <= {
        one.rule for one in gaps(nothing)
    }


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"price": D(-1)}, "BR-27"),
        ({"unit": ""}, "BR-23"),
        ({"name": ""}, "BR-25"),
        ({"quantity": None}, "BR-22"),
        ({"tax_category": ""}, "BR-CO-04"),
        ({"tax_category": "X"}, "BR-CL-17"),
        ({"tax_percent": D(0)}, "BR-S-05"),
        ({"tax_percent": D(-19)}, "BR-S-05"),
        ({"tax_category": "E"}, "BR-E-05"),
        ({"net": D("45.001")}, "BR-DEC-23"),
        ({"allowances": (Adjustment(amount=D(1)),)}, "BR-42"),
        ({"tax_category": "B"}, "BR-B-01"),
    ],
)
def test_what_a_line_lacks_is_named(changes: dict[str, object], rule: str) -> None:
    line = replace(SOUND.lines[0], **changes)

    assert rule in {one.rule for one in gaps(replace(SOUND, lines=(line,)))}


def test_a_tax_of_more_than_what_is_taxed_stops_the_invoice() -> None:
    line = replace(SOUND.lines[0], tax_percent=D(190))

    assert ("BT-152", True) in {(one.field, one.stops) for one in gaps(replace(SOUND, lines=(line,)))}
    assert "BT-152" not in {one.field for one in gaps(SOUND)}
