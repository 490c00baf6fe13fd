"""What people who tried the program tripped over, each as they met it."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from o2c_xl.domain.setting import BadSetting, read_value
from o2c_xl.domain.settings import BY_NAME
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import CUSTOMERS, DAY, PRODUCTS, RATES, STOCK, open_desk


def supplied(desk: Desk, files: Path) -> None:
    """Let Python buy what is short, from one supplier."""
    desk.load(write(files / "Suppliers.csv", [{"Supplier ID": "S1", "Name": "Maker", "Lead days": 5}]))
    desk.load(write(files / "Settings.csv", [{"Setting": "Purchase by rule", "Value": "Yes"}]))
    rows = [{"SKU": product["SKU"], "Preferred supplier": "S1"} for product in PRODUCTS]
    desk.load(write(files / "Products.csv", rows))


def order(files: Path, number: str, sku: str, quantity: int, customer: str = "ADA") -> Path:
    row = {"Order": number, "Customer ID": customer, "Order date": DAY, "SKU": sku, "Quantity": quantity}
    return write(files / f"order-{number}.csv", [row])


def test_what_is_on_order_is_shown_as_it_was_ordered(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    supplied(desk, tmp_path)
    desk.load(order(tmp_path, "1", "MUG", 15))

    desk.run()

    (mug,) = desk.show("Products", "SKU=MUG")
    assert mug["On order"] == "3"


def test_goods_that_wait_for_a_decision_are_not_bought_again(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    supplied(desk, tmp_path)
    desk.load(order(tmp_path, "1", "MUG", 15))
    desk.run()
    (bought,) = desk.show("PurchaseOrderLines")
    receipt = {
        "Receipt": "GR-1",
        "PO": bought["PO"],
        "SKU": "MUG",
        "Quantity": 3,
        "Quality": "Fair",
        "Received on": DAY,
    }

    desk.load(write(tmp_path / "Receipts.csv", [receipt]))
    desk.run()

    assert [row["PO"] for row in desk.show("PurchaseOrderLines")] == [bought["PO"]]
    desk.verify()


def test_an_order_on_hold_takes_nothing_of_the_available_credit(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Credit limit": 10}]))
    desk.load(order(tmp_path, "1", "POT", 2))

    desk.run()

    assert [row["Status"] for row in desk.show("Orders")] == ["On hold"]
    (ada,) = desk.show("Customers", "Customer ID=ADA")
    assert ada["Available credit"] == "10.00"


def test_the_way_tax_is_rounded_is_fixed_when_the_order_is_taken(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Products.csv", [{"SKU": "TEA", "Price": "0.20"}]))
    lines = [{"Order": "1", "Customer ID": "ADA", "Order date": DAY, "SKU": "TEA", "Quantity": 1} for _ in range(15)]
    desk.load(write(tmp_path / "orders.csv", lines))
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Tax rounding", "Value": "Per line"}]))

    desk.run()

    (taken,) = desk.show("Orders")
    assert (taken["Net"], taken["Tax"]) == ("3.00", "0.57")


def test_files_of_one_command_may_be_named_in_any_order(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "company", DAY)
    desk.o2c("init", desk.folder, "--on", DAY)
    tables = {"StockCounts": STOCK, "Products": PRODUCTS, "Customers": CUSTOMERS, "TaxRates": RATES}
    files = [write(tmp_path / f"{name}.csv", rows) for name, rows in tables.items()]

    assert desk.load(*files)["ok"]


def test_a_name_that_looks_like_a_formula_survives_a_csv(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Name": "=1+1"}]))
    text = desk.o2c("show", "Customers", "--format", "csv").out
    (tmp_path / "Customers.csv").write_text(text, encoding="utf-8")

    desk.load(tmp_path / "Customers.csv")

    assert "'=1+1" in text
    (ada,) = desk.show("Customers", "Customer ID=ADA")
    assert ada["Name"] == "=1+1"


def test_a_file_mended_under_another_name_is_no_fault_any_more(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(order(tmp_path, "1", "MUGG", 1), expect=1)

    desk.load(order(tmp_path, "1", "MUG", 1).rename(tmp_path / "good.csv"))

    assert desk.run()["ok"]


def test_a_damaged_workbook_is_named(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 nothing more")

    answer = desk.o2c("load", broken, expect=2)

    assert "broken.xlsx" in answer.err


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Approve invoices above", "1_000"),
        ("Approve invoices above", "١٢"),
        ("Approve invoices above", "1e3"),
        ("Past due tolerance days", "2.5"),
        ("Company country", "Germany"),
    ],
)
def test_a_setting_is_read_by_a_strict_pattern(name: str, value: str) -> None:
    with pytest.raises(BadSetting):
        read_value(BY_NAME[name.casefold()], value)


def test_an_order_without_a_requested_date_wants_its_goods_as_soon_as_possible(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    row = {"Customer ID": "ADA", "Order date": DAY, "SKU": "POT", "Quantity": 3}
    later = {"Order": "1", **row, "Requested date": "2026-04-02"}
    desk.load(write(tmp_path / "orders.csv", [later, {"Order": "2", **row, "Requested date": None}]))

    desk.run()

    assert [line["Shipped"] for line in desk.show("OrderLines")] == ["0", "3"]


def test_a_score_off_the_scale_is_refused_at_its_cell(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    survey = {"Customer ID": "ADA", "Answered on": DAY}
    rows = [survey | {"Survey": "SV-1", "Score": 9}, survey | {"Survey": "SV-2", "Score": 5}]

    (issue,) = desk.load(write(tmp_path / "Surveys.csv", rows), expect=1)["issues"]

    assert (issue["cell"], issue["problem"]) == ("D2", "9 is more than 5.")
    assert issue["fix"] == "Enter a number from 1 to 5."


def test_an_order_amended_while_held_stays_on_hold_and_goes_on_once_its_action_is_emptied(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Pick by hand", "Value": "Yes"}]))
    desk.load(order(tmp_path, "1", "MUG", 2))
    desk.run()
    desk.load(write(tmp_path / "Orders.csv", [{"Order": "1", "Action": "Hold"}]))
    desk.run()

    desk.load(write(tmp_path / "OrderLines.csv", [{"Order": "1", "Line": 1, "SKU": "MUG", "Quantity": 6}]))
    desk.run()

    (held,) = desk.show("Orders")
    assert (held["Status"], held["Waiting for"][:13]) == ("On hold", "Held by hand.")
    assert [row["Subject"] for row in desk.show("Waiting")] == ["1"]
    desk.verify()

    desk.load(write(tmp_path / "Orders.csv", [{"Order": "1", "Action": ""}]))
    desk.run()

    (let_go,) = desk.show("Orders")
    assert (let_go["Status"], let_go["Net"]) == ("To pick", "47.70")
    assert [line["Allocated"] for line in desk.show("OrderLines")] == ["6"]
    desk.verify()


def test_what_a_file_said_of_a_pick_goes_when_its_order_is_cancelled(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Pick by hand", "Value": "Yes"}]))
    desk.load(order(tmp_path, "1", "MUG", 4))
    desk.run()
    (pick,) = desk.show("PickList")
    slip = write(tmp_path / "PickList.csv", [{"Pick": pick["Pick"], "Picked": "4", "Packed": "3"}])
    desk.load(slip, expect=1)
    told = desk.show("PickList")[0]["Check"]

    desk.load(write(tmp_path / "Orders.csv", [{"Order": "1", "Action": "Cancel"}]))
    desk.run()

    (pick,) = desk.show("PickList")
    assert told == "Packed: 3 are packed, but 4 were picked. Count again and correct one of the two."
    assert (pick["Status"], pick["Check"]) == ("Cancelled", None)
    assert desk.show("Issues") == []
    assert [row["Fate"] for row in desk.show("Files", "File=PickList.csv")] == ["Mended"]


def test_a_match_is_shown_with_the_places_of_its_payment_s_currency(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Currency": "KWD"}]))
    opening = {"Invoice": "OLD-1", "Customer ID": "ADA", "Invoice date": DAY, "Due date": DAY, "Open": "9"}
    desk.load(write(tmp_path / "OpeningItems.csv", [{**opening, "Total": "9"}]))
    desk.run()
    paid = {"Payment": "P1", "Customer ID": "ADA", "Paid on": DAY, "Method": "Cash"}

    desk.load(write(tmp_path / "Payments.csv", [{**paid, "Amount": "1.5", "Currency": "KWD"}]))
    desk.run()

    (match,) = desk.show("Matches")
    assert (match["Amount"], match["Status"]) == ("1.500", "Proposed")
    assert [row["Open"] for row in desk.show("OpeningItems")] == ["9.000"]


def test_money_that_waits_is_shown_with_the_places_of_its_currency(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    paid = {"Customer ID": "ADA", "Paid on": DAY, "Method": "Bank transfer"}
    amounts = {"KWD": "10.555", "JPY": "1200", "EUR": "7.5"}
    rows = [{"Payment": code, "Amount": amount, "Currency": code, **paid} for code, amount in amounts.items()]

    desk.load(write(tmp_path / "Payments.csv", rows))
    desk.run()

    told = {row["Subject"]: row["What to do"].partition(" belongs")[0] for row in desk.show("Waiting")}
    assert told == {"KWD": "10.555 KWD", "JPY": "1200 JPY", "EUR": "7.50 EUR"}


def test_what_waits_for_something_else_than_stock_is_not_backordered(tmp_path: Path) -> None:
    desk = open_desk(tmp_path / "company")
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "DAN", "Name": "Without an address"}]))
    desk.load(order(tmp_path, "1", "TEA", 1, "DAN"), order(tmp_path, "2", "TEA", 50))

    desk.run(expect=None)
    desk.o2c("report", "--on", DAY, "--out", tmp_path / "report.xlsx")

    assert [one["Status"] for one in desk.show("Orders")] == ["Incomplete", "Partly shipped"]
    assert [one["Backordered"] for one in desk.show("OrderLines")] == ["0", "10"]
    short = next(one for one in load_workbook(tmp_path / "report.xlsx") if one.title == "Backorders")
    assert [row[0] for row in short.values if row[0] in ("1", "2")] == ["2"]
