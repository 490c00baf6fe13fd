"""A tax rate that is corrected reaches what is not invoiced yet, and an order says what its invoices will."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import DAY, open_desk

LINE = {"Order": "1", "Customer ID": "ADA", "Order date": DAY, "Freight": "9.90"}


def bought(tmp_path: Path, *lines: dict[str, Any], **settings: str) -> Desk:
    """An order taken at 0.19 %, ready to be picked by hand."""
    desk = open_desk(tmp_path / "company")
    rows = [{"Setting": name.replace("_", " "), "Value": value} for name, value in settings.items()]
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Pick by hand", "Value": "Yes"}, *rows]))
    rates(desk, tmp_path, "0.19")
    desk.load(write(tmp_path / "orders.csv", [{**LINE, **line} for line in lines]))
    desk.run()
    return desk


def rates(desk: Desk, tmp_path: Path, rate: str, code: str = "Standard") -> None:
    row = {"Tax group": "Domestic", "Tax code": code, "Rate %": rate, "Reason": "Levy"}
    desk.load(write(tmp_path / "TaxRates.csv", [row]))


def pick(desk: Desk, tmp_path: Path, *quantities: int) -> None:
    rows = [
        {"Pick": one["Pick"], "Picked": quantity}
        for one, quantity in zip(desk.show("PickList", "Status=To pick"), quantities, strict=True)
    ]
    desk.load(write(tmp_path / "PickList.csv", rows))


def amounts(desk: Desk, table: str) -> list[tuple[str, str, str]]:
    return [(one["Net"], one["Tax"], one["Total"]) for one in desk.show(table)]


def test_a_confirmed_order_and_its_invoice_take_the_corrected_rate_for_goods_and_freight(tmp_path: Path) -> None:
    desk = bought(tmp_path, {"Line": "1", "SKU": "POT", "Quantity": 3})
    before = amounts(desk, "Orders")

    rates(desk, tmp_path, "19")
    first = desk.run()
    after = amounts(desk, "Orders")
    again = desk.run()
    pick(desk, tmp_path, 3)
    desk.run()

    assert before == [("102.90", "0.20", "103.10")]
    assert after == amounts(desk, "Invoices") == [("102.90", "19.55", "122.45")]
    assert (first["counts"]["taxed anew"], again["counts"]["taxed anew"]) == (1, 0)
    assert {one["Tax rate %"] for one in desk.show("InvoiceLines")} == {"19"}
    (line,) = desk.show("OrderLines")
    assert "Tax is 19 % instead of 0.19 %" in line["Why"]
    desk.verify()


def test_what_is_invoiced_keeps_its_rate_and_the_order_is_the_sum_of_its_invoices(tmp_path: Path) -> None:
    desk = bought(tmp_path, {"Line": "1", "SKU": "TEA", "Quantity": 45}, {"Line": "2", "SKU": "POT", "Quantity": 1})
    pick(desk, tmp_path, 1, 40)
    desk.run()

    rates(desk, tmp_path, "19")
    count = {"Count": "SC-9", "SKU": "TEA", "Counted": 5, "Counted on": DAY, "Reason": "Found"}
    desk.load(write(tmp_path / "StockCounts.csv", [count]))
    desk.run()
    order = amounts(desk, "Orders")
    pick(desk, tmp_path, 5)
    desk.run()

    invoices = [[Decimal(value) for value in one] for one in amounts(desk, "Invoices")]
    assert list(map(sum, zip(*invoices, strict=True))) == [Decimal(value) for value in order[0]]
    assert [tax for _, tax, _ in invoices] == [Decimal("0.40"), Decimal("3.99")]
    assert amounts(desk, "Orders") == order
    desk.verify()


@pytest.mark.parametrize("code", ["Freight", ""])
def test_freight_with_a_code_of_its_own_follows_its_own_rate(tmp_path: Path, code: str) -> None:
    desk = open_desk(tmp_path / "company")
    settings = {"Pick by hand": "Yes", "Default tax code": code}
    rows = [{"Setting": name, "Value": value} for name, value in settings.items()]
    rates(desk, tmp_path, "7", "Freight")
    desk.load(write(tmp_path / "Settings.csv", rows))
    desk.load(write(tmp_path / "orders.csv", [{**LINE, "Line": "1", "SKU": "POT", "Quantity": 3}]))
    desk.run()

    rates(desk, tmp_path, "10", "Freight")
    desk.run()
    after = amounts(desk, "Orders")
    pick(desk, tmp_path, 3)
    desk.run()

    freight = Decimal("0.99") if code else Decimal("1.88")
    assert after == amounts(desk, "Invoices") == [("102.90", str(Decimal("17.67") + freight), after[0][2])]
