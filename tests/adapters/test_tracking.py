"""`o2c track` tells an order's whole story, from the row it came from to the payment that closed it."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from tests.scenarios.commands import Desk

DAY = "2026-03-02"


def write(path: Path, *rows: dict[str, Any]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """An order of ten, six in stock: six shipped, invoiced and paid."""
    files = tmp_path_factory.mktemp("tracking")
    desk = Desk(files / "acme", DAY)
    desk.o2c("init", desk.folder, "--on", DAY)
    desk.load(write(files / "TaxRates.csv", {"Tax group": "D", "Tax code": "S", "Rate %": "19"}))
    settings = write(
        files / "Settings.csv",
        {"Setting": "Default tax group", "Value": "D"},
        {"Setting": "Default tax code", "Value": "S"},
    )
    desk.load(settings)
    customer = {"Customer ID": "ANNA", "Name": "Anna's Shop", "Street": "Weg 1", "City": "Kiel", "Country": "DE"}
    desk.load(write(files / "Customers.csv", customer))
    desk.load(
        write(files / "Products.csv", {"SKU": "P1", "Name": "Mug", "Unit": "pcs", "Price": "5.00", "Cost": "2.00"})
    )
    count = {"Count": "C1", "SKU": "P1", "Counted": "6", "Counted on": DAY, "Reason": "Opening"}
    desk.load(write(files / "StockCounts.csv", count))
    order = {"Customer ID": "ANNA", "Customer reference": "4711", "Order date": DAY, "SKU": "P1", "Quantity": "10"}
    desk.load(write(files / "orders.csv", {"Order": "SO-7", **order}))
    desk.run()
    (invoice,) = desk.show("Invoices")
    payment = {"Payment": "B1", "Customer ID": "", "Payer": "ANNA", "Paid on": DAY, "Amount": invoice["Open"]}
    more = {"Currency": "EUR", "Method": "Bank transfer", "Reference": invoice["Invoice"]}
    desk.load(write(files / "Payments.csv", {**payment, **more}))
    desk.run()
    return desk


def test_the_story_names_the_file_and_row_it_came_from(desk: Desk) -> None:
    story = desk.o2c("track", "SO-7", "--json").json

    first = story["came_from"][0]
    assert (first["file"], first["row"]) == ("orders.csv", 2)
    assert story["events"][0]["event"] == "order received"
    assert story["events"][0]["who"]


def test_events_stand_in_the_order_in_which_they_happened(desk: Desk) -> None:
    events = desk.o2c("track", "SO-7", "--json").json["events"]

    names = [event["event"] for event in events]
    assert [event["entry"] for event in events] == sorted(event["entry"] for event in events)
    assert names.index("goods shipped") < names.index("invoice posted") < names.index("payment received")


def test_goods_and_money_are_told_with_their_documents(desk: Desk) -> None:
    story = desk.o2c("track", "SO-7", "--json").json

    assert story["lines"][0]["Shipped"] == "6"
    assert story["shipments"][0]["lines"] == [{"SKU": "P1", "Quantity": "6"}]
    (invoice,) = story["invoices"]
    assert (invoice["Total"], invoice["Open"], invoice["Status"]) == ("35.70", "0.00", "Paid")
    assert story["settlements"] == [
        {"invoice": invoice["Invoice"], "kind": "payment", "by": "B1", "amount": "35.70", "day": DAY}
    ]
    assert story["payments"][0]["Payment"] == "B1"
    assert {document["Kind"] for document in story["documents"]} >= {"Invoice", "Packing slip"}
    assert [(move["sku"], move["quantity"]) for move in story["movements"]] == [("P1", "-6")]
    assert sum(float(posting["amount"]) for posting in story["postings"]) == pytest.approx(0)


def test_people_read_what_is_short_and_what_was_paid(desk: Desk) -> None:
    told = desk.o2c("track", "SO-7").out

    assert "Order SO-7 of ANNA Anna's Shop, their reference 4711" in told
    assert "backordered 4, shipped 6" in told
    assert "35.70 by payment B1" in told


def test_the_number_may_be_written_in_any_case(desk: Desk) -> None:
    assert desk.o2c("track", "so-7", "--json").json["order"]["Order"] == "SO-7"


def test_an_unknown_order_is_told_with_the_nearest(desk: Desk) -> None:
    answer = desk.o2c("track", "SO-8", expect=2)

    assert "There is no order SO-8. The nearest is SO-7" in answer.err


@pytest.mark.parametrize(
    ("number", "what"),
    [("INV-000001", "an invoice"), ("SH-000001", "a shipment"), ("4711", "the customer's reference")],
)
def test_a_number_of_something_else_leads_to_its_order(desk: Desk, number: str, what: str) -> None:
    answer = desk.o2c("track", number, expect=2)

    assert what in answer.err
    assert "o2c track SO-7" in answer.err
