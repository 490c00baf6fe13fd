"""A supplier's e-invoice from the file to payables, three ways matched; never posted to a guess, never twice."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from o2c_xl.documents.einvoice.cii import cii_bytes
from o2c_xl.documents.einvoice.ubl import ubl_bytes
from o2c_xl.documents.pdf import render_pdf
from o2c_xl.domain.einvoice.ours import einvoice_of
from o2c_xl.domain.invoices.invoicing import Document, DocumentLine, calculate
from o2c_xl.domain.paper import InvoiceDocument, Party
from tests.made_once import made_once
from tests.scenarios.commands import Answer, Desk
from tests.scenarios.northwind import write

D = Decimal
DAY = "2026-03-02"
EXOTIC = Party(
    name="Exotic Liquids Ltd", street="49 Gilbert St.", city="London", postal_code="EC1 4SD", country="GB",
    tax_id="GB980780684",
)  # fmt: skip
US = Party(name="Nordlicht Handels GmbH", city="Hamburg", country="DE", tax_id="DE811193231")
SUPPLIERS = [
    {"Supplier ID": "EXO", "Name": "Exotic Liquids Ltd", "Country": "GB", "Currency": "EUR", "Tax ID": "GB 980 7806 84",
     "IBAN": "GB29 NWBK 6016 1331 9268 19", "Payment terms": "Net 30"},
    {"Supplier ID": "TOK", "Name": "Tokyo Traders", "Country": "JP", "Currency": "EUR"},
]  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Ten boxes at 4.50 were ordered of EXO and came: 45.00 wait for their bill."""
    _make(tmp_path / "company")
    return Desk(tmp_path / "company", DAY)


@made_once
def _make(folder: Path) -> None:
    desk = Desk(folder, DAY)
    desk.o2c("init", folder, "--on", DAY)
    tables: dict[str, list[dict[str, Any]]] = {
        "Settings": [{"Setting": "Documents", "Value": "None"}, {"Setting": "Company tax ID", "Value": US.tax_id}],
        "Suppliers": SUPPLIERS,
        "Products": [{"SKU": "TEA", "Name": "Tea", "Unit": "box", "Price": "9.00", "Cost": "4.50"}],
        "PurchaseOrders": [{"PO": "PO-77", "Supplier ID": "EXO", "Expected": "2026-03-20", "Action": "Send"}],
        "PurchaseOrderLines": [{"PO": "PO-77", "Line": 1, "SKU": "TEA", "Quantity": 10, "Unit cost": "4.50"}],
    }
    assert desk.load(*(write(folder.parent / f"{name}.csv", rows) for name, rows in tables.items()))["ok"]
    desk.run()
    came = {
        "Receipt": "R1",
        "PO": "PO-77",
        "PO line": 1,
        "SKU": "TEA",
        "Quantity": 10,
        "Quality": "Good",
        "Received on": DAY,
    }
    desk.load(write(folder.parent / "Receipts.csv", [came]))
    desk.run()


def invoice(**changes: Any) -> InvoiceDocument:
    lines = (DocumentLine(line="1", quantity=D(10), price=D("4.50"), name="Tea", unit="box", tax_percent=D(19)),)
    lines = changes.pop("lines", lines)
    plain = InvoiceDocument(
        kind="Invoice", number="2026/0815", invoice_date=date(2026, 3, 2), due_date=date(2026, 4, 1), seller=EXOTIC,
        buyer=US, ship_to=US, currency="EUR", lines=lines, totals=calculate(Document(currency="EUR", lines=lines)),
        purchase_reference="PO-77", payment_terms="Net 30", iban="GB29NWBK60161331926819",
    )  # fmt: skip
    return replace(plain, **changes)


def as_file(folder: Path, content: bytes, name: str = "bill.xml") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def bill(desk: Desk, path: Path, *words: str, expect: int = 0) -> Any:
    return desk.o2c("bill", path, "--json", "--on", DAY, *words, expect=expect).json


def heads(desk: Desk) -> list[tuple[str, ...]]:
    names = ("Bill", "Supplier ID", "PO", "Due date", "Net", "Tax", "Total", "Status")
    return [tuple(row[name] for name in names) for row in desk.show("Bills")]


def books(desk: Desk) -> Any:
    return json.dumps([desk.show("Log"), desk.show("Bills"), desk.show("Files")])


@pytest.mark.parametrize("kind", ["UBL", "CII", "Factur-X"])
def test_a_bill_for_what_came_is_posted_and_its_file_kept(desk: Desk, tmp_path: Path, kind: str) -> None:
    data = einvoice_of(invoice())
    content = {"UBL": ubl_bytes, "CII": cii_bytes, "Factur-X": lambda x: render_pdf(invoice(), cii_bytes(x))}[kind](
        data
    )

    told = bill(desk, as_file(tmp_path, content, "bill.pdf" if kind == "Factur-X" else "bill.xml"))

    assert (told["ok"], told["differences"], told["status"], told["po"]) == (True, [], "Posted", "PO-77")
    assert heads(desk) == [("2026/0815", "EXO", "PO-77", "2026-04-01", "45.00", "8.55", "53.55", "Posted")]
    assert (desk.folder / told["stored"]).read_bytes() == content
    assert told["stored"].startswith("done/bills/2026-03-02/bill.")
    assert any("bill.xml" in str(row) or "bill.pdf" in str(row) for row in desk.show("Log"))
    desk.verify()


def test_a_bill_of_another_price_than_ordered_waits_though_its_net_is_right(desk: Desk, tmp_path: Path) -> None:
    lines = (DocumentLine(line="1", quantity=D(20), price=D("2.25"), sku="TEA", unit="box", tax_percent=D(19)),)
    totals = calculate(Document(currency="EUR", lines=lines))
    path = as_file(tmp_path, ubl_bytes(einvoice_of(invoice(lines=lines, totals=totals))))

    told = bill(desk, path, expect=1)

    assert (told["status"], heads(desk)) == ("Set aside", [])
    assert told["why"] == (
        "Of PO-77 TEA is billed at 2.25, and was ordered at 4.5; 20 of TEA are billed and 10 were ordered. "
        "Ask the supplier, or enter the bill by hand in Bills."
    )
    desk.verify()


def test_the_same_bill_again_in_the_same_or_another_file_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    data = einvoice_of(invoice())
    path = as_file(tmp_path, ubl_bytes(data))
    bill(desk, path)
    before = books(desk)

    again = bill(desk, path)
    renamed = bill(desk, as_file(tmp_path, path.read_bytes(), "copy.xml"))
    other = bill(desk, as_file(tmp_path, cii_bytes(data), "cii.xml"))

    assert {told["status"] for told in (again, renamed, other)} == {"Known already"}
    assert books(desk) == before
    desk.verify()


def test_a_dry_run_says_what_would_be_and_leaves_no_trace(desk: Desk, tmp_path: Path) -> None:
    before = books(desk)

    told = bill(desk, as_file(tmp_path, ubl_bytes(einvoice_of(invoice()))), "--dry-run")

    assert told["status"] == "Posted"
    assert books(desk) == before
    assert not (desk.folder / "done" / "bills").exists()


def test_a_bill_that_adds_up_wrong_is_set_aside_with_the_rule(desk: Desk, tmp_path: Path) -> None:
    wrong = ubl_bytes(einvoice_of(invoice())).replace(b">53.55</cbc:TaxInclusive", b">53.65</cbc:TaxInclusive")

    told = bill(desk, as_file(tmp_path, wrong), expect=1)

    assert [(one["rule"], one["field"], one["stated"], one["computed"]) for one in told["differences"]] == [
        ("BR-CO-15", "BT-112", "53.65", "53.55"),
        ("BR-CO-16", "BT-115", "53.55", "53.65"),
    ]
    assert (told["status"], heads(desk)) == ("Set aside", [])
    assert told["why"] == (
        "Total with tax is 53.65, what it is made of gives 53.55 (BT-112, BR-CO-15). "
        "Amount to pay is 53.55, what it is made of gives 53.65 (BT-115, BR-CO-16). "
        "Ask the supplier for a corrected invoice."
    )
    assert (desk.folder / told["stored"]).read_bytes() == wrong
    assert told["stored"].startswith("set-aside/bills/")
    (waits,) = desk.show("Waiting")
    assert (waits["Subject"], waits["For"]) == ("bill.xml", "Purchasing")
    desk.verify()


OTHERS = [
    (invoice(seller=replace(EXOTIC, name="Exotic", tax_id=""), iban=""), "No supplier is known as Exotic"),
    (invoice(iban="DE89370400440532013000"), "the account of EXO is"),
    (invoice(seller=replace(EXOTIC, tax_id="DE811193231"), iban=""), "that of EXO is GB 980 7806 84"),
    (invoice(seller=replace(EXOTIC, name="Tokyo Traders", tax_id=""), iban=""), "PO-77, which went to EXO"),
    (invoice(purchase_reference="PO-99"), "PO-99, which is not in Purchase Orders"),
    (invoice(buyer=replace(US, name="Another", tax_id="DE136695976")), "addressed to Another"),
    (invoice(currency="USD"), "It is in USD, and EXO bills in EUR"),
]


def test_what_is_not_certain_is_left_to_a_person(desk: Desk, tmp_path: Path) -> None:
    for number, (document, said) in enumerate(OTHERS):
        content = ubl_bytes(einvoice_of(document))

        told = bill(desk, as_file(tmp_path, content, f"{number}.xml"), expect=1)

        assert (told["ok"], told["status"], told["differences"], heads(desk)) == (False, "Set aside", [], [])
        assert said in told["why"]
    desk.verify()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b'PayableAmount currencyID="EUR"', b'PayableAmount currencyID="USD"', "PayableAmount is in USD"),
        (b">380<", b">325<", "It is a pro-forma invoice (type 325), which nobody pays"),
    ],
)
def test_what_leaves_open_what_is_to_be_paid_is_not_posted(
    desk: Desk, tmp_path: Path, old: bytes, new: bytes, said: str
) -> None:
    path = as_file(tmp_path, ubl_bytes(einvoice_of(invoice())).replace(old, new))

    checked = desk.o2c("bill", path, "--check", expect=1)
    told = bill(desk, path, expect=1)

    assert said in checked.err
    assert "Every sum is right, but it cannot be posted." in checked.out
    assert (told["ok"], told["status"], heads(desk)) == (False, "Set aside", [])
    assert said in told["why"]
    desk.verify()


def test_once_the_supplier_is_known_the_bill_that_was_set_aside_goes_through(desk: Desk, tmp_path: Path) -> None:
    document = invoice(seller=replace(EXOTIC, name="Tokyo Ltd", tax_id="DE136695976"), iban="", purchase_reference="")
    path = as_file(tmp_path, ubl_bytes(einvoice_of(document)))
    first = bill(desk, path, expect=1)
    desk.load(
        write(tmp_path / "Suppliers.csv", [{"Supplier ID": "TOK", "Name": "Tokyo Traders", "Tax ID": "DE136695976"}])
    )

    then = bill(desk, path, expect=1)

    assert "No supplier is known as Tokyo Ltd (DE136695976)" in first["why"]
    assert (then["supplier"], then["status"]) == ("TOK", "Set aside")
    assert "nothing came from TOK" in then["why"]
    assert [row[:2] for row in heads(desk)] == [("2026/0815", "TOK")]
    desk.verify()


def test_a_bill_above_what_came_waits_and_one_number_of_two_suppliers_is_two_bills(desk: Desk, tmp_path: Path) -> None:
    dear = (DocumentLine(line="1", quantity=D(10), price=D("6.50"), name="Tea", tax_percent=D(19)),)
    above = invoice(lines=dear, totals=calculate(Document(currency="EUR", lines=dear)))
    other = invoice(seller=replace(EXOTIC, name="Tokyo Traders", tax_id=""), iban="", purchase_reference="")

    first = bill(desk, as_file(tmp_path, ubl_bytes(einvoice_of(above)), "a.xml"), expect=1)
    second = bill(desk, as_file(tmp_path, ubl_bytes(einvoice_of(other)), "b.xml"), expect=1)

    assert "65.00 is more than the 45.00 that came of PO-77" in first["why"]
    assert [row[:2] for row in heads(desk)] == [("2026/0815", "EXO"), ("TOK 2026/0815", "TOK")]
    assert second["bill"] == "TOK 2026/0815"
    desk.verify()


def test_the_same_number_with_other_figures_is_no_second_bill(desk: Desk, tmp_path: Path) -> None:
    bill(desk, as_file(tmp_path, ubl_bytes(einvoice_of(invoice())), "a.xml"))
    less = (DocumentLine(line="1", quantity=D(1), price=D("4.50"), name="Tea", tax_percent=D(19)),)
    changed = invoice(lines=less, totals=calculate(Document(currency="EUR", lines=less)))

    told = bill(desk, as_file(tmp_path, ubl_bytes(einvoice_of(changed)), "b.xml"), expect=1)

    assert "in the books with other figures" in told["why"]
    assert len(heads(desk)) == 1


def test_checking_needs_no_company_and_says_what_lacks(tmp_path: Path) -> None:
    lone = Desk(tmp_path, DAY)
    content = ubl_bytes(einvoice_of(invoice(buyer=replace(US, country=""))))

    told: Answer = lone.o2c("bill", as_file(tmp_path, content), "--check", "--json")

    assert told.json["ok"]
    assert {"rule": "BR-11", "field": "BT-55", "text": "The buyer's country is missing"} in told.json["warnings"]
    assert "Every sum is right." in lone.o2c("bill", tmp_path / "bill.xml", "--check").out


def test_a_file_that_is_no_invoice_is_refused(desk: Desk, tmp_path: Path) -> None:
    answer = desk.o2c("bill", as_file(tmp_path, b"<a/>"), "--json", expect=2)

    assert not answer.json["ok"]
    assert "bill.xml: It holds no UBL or CII invoice" in answer.json["error"]
    assert desk.o2c("bill", tmp_path / "none.xml", expect=2).err


@pytest.mark.parametrize("rounding", ["-0.55", "0.45"])
def test_what_a_supplier_rounds_is_owed_rounded_and_the_rest_is_price_variance(
    desk: Desk, tmp_path: Path, rounding: str
) -> None:
    data = einvoice_of(invoice())
    payable = D("53.55") + D(rounding)
    rounded = replace(data, totals=replace(data.totals, rounding=D(rounding), payable=payable))

    told = bill(desk, as_file(tmp_path, ubl_bytes(rounded)))

    [row] = desk.show("Bills")
    assert (told["differences"], told["status"]) == ([], "Posted")
    assert [row[name] for name in ("Net", "Tax", "Rounding", "Total")] == ["45.00", "8.55", rounding, f"{payable}"]
    assert bill(desk, as_file(tmp_path, ubl_bytes(rounded), "again.xml"))["status"] == "Known already"
    desk.verify()


def test_a_bill_of_the_far_future_and_a_credit_for_nothing_say_what_is_wrong(desk: Desk, tmp_path: Path) -> None:
    far = replace(invoice(), invoice_date=date(2027, 3, 2), due_date=date(2027, 4, 1))
    credit = replace(einvoice_of(invoice(number="C-1")), type_code="381")

    first = bill(desk, as_file(tmp_path, ubl_bytes(einvoice_of(far))), expect=1)
    second = bill(desk, as_file(tmp_path, ubl_bytes(credit), "credit.xml"), expect=1)

    assert (first["status"], first["why"][:20]) == ("Set aside", "Its date is 2027-03-")
    assert "nothing of PO-77 went back or was billed beyond what came" in second["why"]
    assert [row["Bill"] for row in desk.show("Bills")] == ["C-1"]
    desk.verify()
