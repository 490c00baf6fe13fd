"""An overdue invoice gets its reminders, holds the customer's next order, and lets it go when the payment clears."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.made_once import made_once
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write
from tests.scenarios.test_straight_through import CUSTOMERS, DAY, PRODUCTS, RATES, STOCK


def on(desk: Desk, days: int) -> Desk:
    """The same desk so many days after the first day."""
    return replace(desk, day=(dt.date.fromisoformat(DAY) + dt.timedelta(days=days)).isoformat())


def open_desk(tmp_path: Path, **settings: str) -> Desk:
    _make(tmp_path / "company", **settings)
    return Desk(tmp_path / "company", DAY)


@made_once
def _make(folder: Path, **settings: str) -> None:
    desk = Desk(folder, DAY)
    desk.o2c("init", folder, "--on", DAY, "--name", "Fjord & Field")
    told = {"Purchase by rule": "No", "Documents": "PDF", "Company IBAN": "DE02120300000000202051", **settings}
    tables: dict[str, list[dict[str, Any]]] = {
        "Settings": [{"Setting": name.replace("_", " "), "Value": value} for name, value in told.items()],
        "TaxRates": RATES,
        "Customers": CUSTOMERS,
        "Products": PRODUCTS,
        "StockCounts": STOCK,
    }
    assert desk.load(*(write(folder.parent / f"{name}.csv", rows) for name, rows in tables.items()))["ok"]


def buy(desk: Desk, tmp_path: Path, number: str, quantity: int = 2) -> None:
    row = {"Order": number, "Customer ID": "ADA", "Order date": desk.day, "Line": 1, "SKU": "TEA", "Quantity": quantity}
    desk.load(write(tmp_path / f"orders {number}.csv", [row]))
    desk.run(expect=None)


def pay(desk: Desk, tmp_path: Path, invoice: dict[str, Any]) -> None:
    row = {"Payment": f"P-{invoice['Invoice']}", "Customer ID": "ADA", "Paid on": desk.day, "Amount": invoice["Open"],
           "Method": "Bank transfer", "Reference": invoice["Invoice"]}  # fmt: skip
    desk.load(write(tmp_path / "Payments.csv", [row]))
    desk.run(expect=None)


def test_from_invoice_to_reminder_hold_payment_and_release(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Reminder fees": "0, 5"})
    buy(desk, tmp_path, "1001")
    (invoice,) = desk.show("Invoices")
    late = on(desk, 37)
    late.run(expect=None)
    again = late.run(expect=None)["counts"]["reminded"]
    (first,) = desk.show("Reminders")
    later = on(desk, 55)
    buy(later, tmp_path, "1002")
    _, second = desk.show("Reminders")
    (held,) = desk.show("Orders", "Order=1002")
    exposed = later.o2c("show", "CreditExposure", "--format", "json", "--on", later.day).json
    paid = on(desk, 57)
    pay(paid, tmp_path, invoice)
    (released,) = desk.show("Orders", "Order=1002")

    assert (again, first["Level"], first["Penalty"], second["Level"], second["Penalty"]) == (
        0,
        "1",
        "0.00",
        "2",
        "5.00",
    )
    assert first["Invoices"] == invoice["Invoice"]
    assert held["Status"] == "On hold"
    assert f"is past due ({invoice['Invoice']}; 25 days late)" in held["Waiting for"]
    assert [(row["Customer ID"], row["Overdue"], row["Credit status"]) for row in exposed] == [
        ("ADA", invoice["Total"], "Hold")
    ]
    assert released["Status"] == "Invoiced"
    ages = paid.o2c("show", "Aging", "--format", "json", "--on", paid.day).json
    assert [(row["1-30 days"], row["Not due"]) for row in ages] == [("0.00", invoice["Total"])]
    before = paid.o2c("show", "Aging", "--format", "json", "--on", late.day).json
    assert [(row["1-30 days"], row["Not due"]) for row in before] == [(invoice["Total"], "0.00")]
    assert "Late-payment penalty" in {row["What stops it"] for row in desk.show("Waiting")}
    letters = sorted(path.name for path in (desk.folder / "outbox").glob("Payment reminder*.pdf"))
    assert letters == ["Payment reminder 2 RM-000002 Customer ADA.pdf", "Payment reminder RM-000001 Customer ADA.pdf"]
    desk.verify()


def test_what_is_disputed_is_overdue_in_no_sheet(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    buy(desk, tmp_path, "1001")
    (invoice,) = desk.show("Invoices")
    late = on(desk, 37)
    late.run(expect=None)

    def overdue() -> set[str]:
        sheets = ("Customers", "CreditExposure")
        shown = [late.o2c("show", name, "--format", "json", "--on", late.day).json for name in sheets]
        return {row["Overdue"] for rows in shown for row in rows if row["Customer ID"] == "ADA"}

    before = overdue()
    desk.load(
        write(tmp_path / "Invoices.csv", [{"Invoice": invoice["Invoice"], "Action": "Dispute", "Reason": "Damaged"}])
    )
    late.run(expect=None)

    assert (before, overdue()) == ({invoice["Total"]}, {"0.00"})


def test_a_statement_is_written_once_and_its_balance_is_the_agings(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    buy(desk, tmp_path, "1001")
    month = on(desk, 29)

    made = desk.o2c("statement", "ADA", "--on", month.day, "--json").json["statements"]
    again = desk.o2c("statement", "--all", "--on", month.day, "--json").json["statements"]
    unknown = desk.o2c("statement", "NOBODY", "--on", month.day, expect=2)

    (row,) = desk.o2c("show", "Aging", "--format", "json", "--on", month.day).json
    assert made == again
    assert (made[0]["customer"], made[0]["balance"]) == ("ADA", row["Total"])
    assert (desk.folder / "outbox" / made[0]["file"]).is_file()
    assert [row["Kind"] for row in desk.show("Outbox")].count("Statement of account") == 1
    assert "There is no customer NOBODY" in unknown.err + unknown.out
    desk.verify()


def test_exported_postings_and_tracked_exposure(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    buy(desk, tmp_path, "1001")

    done = desk.o2c("export", "--format", "beancount", "--to", DAY, "--json").json
    story = desk.o2c("track", "1001", "--json", "--on", DAY).json
    told = desk.o2c("track", "1001", "--on", DAY).out

    text = Path(done["file"]).read_text(encoding="utf-8")
    assert "Assets:1100-Receivables" in text
    assert story["credit"]["exposure"] == story["order"]["Total"]
    assert f"+ this order {story['order']['Total']} - credits 0.00 = {story['order']['Total']}" in told
    assert desk.o2c("export", "--format", "pdf", expect=2).code == 2


def test_finance_types_promise_dispute_and_what_becomes_of_a_penalty(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Reminder fees": "5"})
    buy(desk, tmp_path, "1001")
    (invoice,) = desk.show("Invoices")
    number = invoice["Invoice"]
    late = on(desk, 37)
    promise = late.load(write(tmp_path / "Invoices.csv", [{"Invoice": number, "Promised for": late.day}]))
    promised = late.run(expect=None)["counts"]["reminded"]
    next_day = on(desk, 38)
    reminded = next_day.run(expect=None)["counts"]["reminded"]
    dispute = {"Invoice": number, "Action": "Dispute", "Dispute code": "Price", "Reason": "Other price agreed"}
    next_day.load(write(tmp_path / "Invoices.csv", [dispute]))
    next_day.run(expect=None)
    charge = write(tmp_path / "Reminders.csv", [{"Reminder": "RM-000001", "Action": "Charge"}])
    refused = next_day.load(charge, expect=1)
    (me,) = {row["User"] for row in desk.show("Roles")}
    next_day.load(write(tmp_path / "Roles.csv", [{"User": me, "Role": "Finance"}]))
    next_day.load(charge)
    next_day.run(expect=None)

    assert (promise["ok"], promised, reminded) == (True, 0, 1)
    (shown,) = next_day.o2c(
        "show", "Invoices", "--where", f"Invoice={number}", "--format", "json", "--on", next_day.day
    ).json
    assert (shown["Promise"], shown["Status"], shown["Dispute"]) == ("Broken", "Disputed", "RQ-000001")
    (request,) = desk.show("Requests")
    assert (request["Kind"], request["Received on"]) == ("Dispute: Price", next_day.day)
    assert "takes the role Finance" in refused["issues"][0]["problem"]
    (letter,) = desk.show("Reminders")
    assert (letter["Penalty status"], letter["Charged by"]) == ("Charged", "INV-000002")
    assert any(path.name.startswith("Invoice INV-000002") for path in (desk.folder / "outbox").glob("*.pdf"))
    wrong = next_day.load(write(tmp_path / "Invoices.csv", [{"Invoice": number, "Dispute code": "Weather"}]), expect=1)
    assert wrong["issues"][0]["column"] == "Dispute code"
    desk.verify()


def test_who_pays_by_the_number_of_a_reminder_pays_what_the_letter_lists(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Past due tolerance amount": "100000", "Past due tolerance days": "100"})
    for number in ("1001", "1002", "1003", "1004"):
        buy(desk, tmp_path, number, int(number) - 999)
    late = on(desk, 37)
    late.run(expect=None)
    (reminder,) = desk.show("Reminders")
    buy(late, tmp_path, "1005")

    row = {"Payment": "P-1", "Paid on": late.day, "Amount": reminder["Amount"], "Method": "Bank transfer",
           "Reference": f"your letter {reminder['Reminder'].replace('-', ' ')}"}  # fmt: skip
    late.load(write(tmp_path / "Payments.csv", [row]))
    late.run(expect=None)

    assert [one["Status"] for one in late.show("Invoices")] == ["Paid"] * 4 + ["Sent"]
    assert {one["Rule"] for one in late.show("Matches")} == {"Reference"}
    late.verify()
