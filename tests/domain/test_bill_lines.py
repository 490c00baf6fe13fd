"""The lines of a supplier's e-invoice against those of the order."""

from __future__ import annotations

from decimal import Decimal

import pytest

from o2c_xl.domain.buying.bill_lines import OrderedArticle, against_order
from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, StatedTotals

D = Decimal
ORDERED = (
    OrderedArticle("1", "A-1", "4711", D(60), D("9.80"), "pcs"),
    OrderedArticle("2", "B-1", "4712", D(50), D("4.10"), "pcs"),
)
ASK = "Ask the supplier, or enter the bill by hand in Bills."


def line(quantity: int | str, price: str, sku: str = "", **more: str | Decimal) -> InvoiceLine:
    net = D(quantity) * D(price)
    told = {"quantity": D(quantity), "price": D(price), "net": net, "unit": "H87", "seller_sku": sku, **more}
    return InvoiceLine(**told)  # type: ignore[arg-type]


def said(*lines: InvoiceLine, tolerance: str | None = "5", kind: str = "380", ordered: object = ORDERED) -> str:
    net = sum((one.net or D(0) for one in lines), D(0))
    invoice = EInvoice(type_code=kind, lines=lines, totals=StatedTotals(net=net))
    return against_order(invoice, "PO-1", ordered, None if tolerance is None else D(tolerance))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([line(60, "9.80", "4711"), line(50, "4.10", "4712")], ""),
        ([line(60, "10.29", "4711")], ""),
        ([line(60, "9.80", "", buyer_sku="a-1")], ""),
        ([line(60, "9.80", "a-1")], ""),
        ([line(60, "98.00", "4711", price_base=D(10), net=D("588.00"))], ""),
        ([line(60, "9.80", "4711", unit="EA")], ""),
        ([line(60, "9.80", "4711", unit="ZZ")], ""),
        ([line(999, "1.00")], ""),
        ([line(60, "9.80", "4711"), line(1, "20.00", "FREIGHT")], ""),
        ([line(40, "9.80", "4711"), line(20, "9.80", "4711")], ""),
        (
            [line(100, "5.88", "4711")],
            "A-1 is billed at 5.88, and was ordered at 9.8; 100 of A-1 are billed and 60 were ordered",
        ),
        ([line(40, "9.80", "4711"), line(21, "9.80", "4711")], "61 of A-1 are billed and 60 were ordered"),
        ([line(60, "9.80", "4711", unit="XPK")], "A-1 is billed by the unit XPK, and was ordered by pcs"),
        ([line(1, "793.00", "ZZZ")], "ZZZ was not ordered"),
        ([line(1, "793.00", "4711", buyer_sku="C-1")], "A-1 is billed at 793, and was ordered at 9.8"),
        ([line(1, "793.00", "", buyer_sku="C-1")], "C-1 was not ordered"),
    ],
)
def test_lines_that_contradict_the_order_are_told(lines: list[InvoiceLine], told: str) -> None:
    assert said(*lines) == (f"Of PO-1 {told}. {ASK}" if told else "")


def test_where_larger_bills_are_never_stopped_no_line_is_compared() -> None:
    assert said(line(100, "5.88", "4711"), tolerance=None) == ""


def test_a_credit_note_takes_back_at_whatever_price() -> None:
    assert said(line(100, "1.00", "4711"), kind="381") == ""


def test_an_article_of_the_supplier_is_only_strange_where_all_its_numbers_are_known() -> None:
    unknown = (ORDERED[0], OrderedArticle("2", "B-1", "", D(50), D("4.10"), "pcs"))

    assert said(line(1, "793.00", "ZZZ"), ordered=unknown) == ""


def test_of_an_article_ordered_in_two_lines_each_is_held_against_its_own() -> None:
    twice = (ORDERED[0], OrderedArticle("2", "A-1", "4711", D(5), D("9.80"), "pcs"))

    assert said(line(60, "9.80", "4711", order_line="1"), line(5, "9.80", "4711", order_line="2"), ordered=twice) == ""


def test_what_is_sold_in_packs_is_compared_by_its_sums_alone() -> None:
    packed = (OrderedArticle("1", "A-1", "4711", D(60), D("9.80"), "pcs", packed=True),)

    assert said(line(5, "117.60", "4711", unit="XPK"), ordered=packed) == ""
