"""Invoices as data, from the order to the file in the outbox; what lacks something waits or goes out as plain PDF."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pypdf
import pytest

from o2c_xl.domain.einvoice.sums import differences
from o2c_xl.intake.einvoice.read import invoice_in
from tests.documents.official_rules import broken_in_cii, broken_in_ubl
from tests.made_once import made_once
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write

DAY = "2026-03-02"
SELLER = {
    "Company name": "Nordlicht Handels GmbH",
    "Company street": "Speicherstraße 12",
    "Company city": "Hamburg",
    "Company postal code": "20457",
    "Company country": "DE",
    "Company tax ID": "DE811193231",
    "Company email": "rechnung@nordlicht.example",
    "Company phone": "+49 40 5550 120",
    "Company IBAN": "DE89 3704 0044 0532 0130 00",
    "Company BIC": "COBADEFFXXX",
}
CUSTOMERS = [
    {"Customer ID": "ADA", "Name": "Ada & Söhne", "Street": "Obere Str. 57", "City": "Berlin", "Postal code": "12209",
     "Country": "DE", "Tax ID": "DE136695976", "Tax group": "Domestic", "Payment terms": "30% 0, 70% 60"},
    {"Customer ID": "BLO", "Name": "Blondel père et fils", "Street": "24, place Kléber", "City": "Strasbourg",
     "Country": "FR", "Tax ID": "FR40303265045", "Tax group": "EU", "Payment terms": "Net 30"},
]  # fmt: skip
PRODUCTS = [
    {"SKU": "TEA", "Name": "Tea", "Unit": "box", "Price": "4.1999", "Cost": "2.50", "Tax code": "Food"},
    {"SKU": "MUG", "Name": "Mug", "Unit": "pcs", "Price": "7.95", "Cost": "2.50", "Tax code": "Standard"},
]
RATES = [
    {"Tax group": "Domestic", "Tax code": "Standard", "Rate %": "19", "Reason": ""},
    {"Tax group": "Domestic", "Tax code": "Food", "Rate %": "7", "Reason": ""},
    {"Tax group": "EU", "Tax code": "Standard", "Rate %": "0", "Reason": "Intra-Community supply"},
    {"Tax group": "EU", "Tax code": "Food", "Rate %": "0", "Reason": "Intra-Community supply"},
]
STOCK = [{"Count": f"O-{s}", "SKU": s, "Counted": 100, "Counted on": DAY, "Reason": "Opening"} for s in ("TEA", "MUG")]


def order(number: str, customer: str = "ADA", **changes: Any) -> list[dict[str, Any]]:
    head = {"Order": number, "Customer ID": customer, "Order date": DAY, "Customer reference": f"PO {number}"} | changes
    return [
        head | {"Line": 1, "SKU": "TEA", "Quantity": 7, "Discount %": "12.5", "Freight": "9.90"},
        head | {"Line": 2, "SKU": "MUG", "Quantity": 3, "Discount %": "", "Freight": "9.90"},
    ]


def open_desk(tmp_path: Path, **settings: str) -> Desk:
    _make(tmp_path / "company", **settings)
    return Desk(tmp_path / "company", DAY)


@made_once
def _make(folder: Path, **settings: str) -> None:
    desk = Desk(folder, DAY)
    desk.o2c("init", folder, "--on", DAY)
    said = {"Purchase by rule": "No", "Documents": "PDF", **SELLER, **settings}
    tables: dict[str, list[dict[str, Any]]] = {
        "Settings": [{"Setting": name, "Value": value} for name, value in said.items()],
        "TaxRates": RATES, "Customers": CUSTOMERS, "Products": PRODUCTS, "StockCounts": STOCK,
    }  # fmt: skip
    assert desk.load(*(write(folder.parent / f"{name}.csv", rows) for name, rows in tables.items()))["ok"]


def outbox(desk: Desk, pattern: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((desk.folder / "outbox").glob(pattern))]


@pytest.mark.parametrize("customer", ["ADA", "BLO"])
def test_an_invoice_goes_out_as_factur_x_and_as_ubl_that_the_official_rules_accept(
    tmp_path: Path, customer: str
) -> None:
    desk = open_desk(tmp_path)
    desk.load(write(tmp_path / "orders.csv", order("1001", customer)))

    told = desk.run()
    (pdf,), (ubl,) = outbox(desk, "Invoice *.pdf"), outbox(desk, "Invoice *.xml")
    cii = attached(pdf)
    (row,) = desk.show("Invoices")
    said = invoice_in(ubl)

    assert told["ok"]
    assert (broken_in_cii(cii), broken_in_ubl(ubl), differences(said)) == ([], [], [])
    assert (said.number, said.totals.net, said.totals.tax, said.totals.total) == (
        row["Invoice"], Decimal(row["Net"]), Decimal(row["Tax"]), Decimal(row["Total"]),
    )  # fmt: skip
    assert said.totals == invoice_in(pdf).totals
    assert (said.purchase_reference, said.means[0].account) == ("PO 1001", "DE89370400440532013000")
    desk.verify()


@pytest.mark.parametrize("deposit", ["30.00", "200.00"])
def test_an_invoice_asks_only_for_what_was_not_paid_in_advance(tmp_path: Path, deposit: str) -> None:
    desk = open_desk(tmp_path)
    money = {"Payment": "D1", "Customer ID": "ADA", "Paid on": DAY, "Amount": deposit, "Method": "Bank transfer"}
    desk.load(write(tmp_path / "orders.csv", order("1001")))
    desk.load(write(tmp_path / "Payments.csv", [money | {"Reference": "1001"}]))

    desk.run()
    (pdf,), (ubl,) = outbox(desk, "Invoice *.pdf"), outbox(desk, "Invoice *.xml")
    (row,) = desk.show("Invoices")
    said, text = invoice_in(ubl), pypdf.PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    total, still_open = Decimal(row["Total"]), Decimal(row["Open"])

    assert (broken_in_cii(attached(pdf)), broken_in_ubl(ubl), differences(said)) == ([], [], [])
    assert (said.totals.prepaid, said.totals.payable) == (min(Decimal(deposit), total), still_open)
    assert said.totals == invoice_in(pdf).totals
    assert ("Es ist nichts zu zahlen" in text) == ("IBAN" not in text) == (still_open == 0)
    assert "Bereits bezahlt" in text
    desk.verify()


@pytest.mark.parametrize("stages", [("invoiced",), ("invoiced", "settled")])
def test_a_deposit_stands_on_the_invoice_whether_or_not_it_was_applied_yet(
    tmp_path: Path, stages: tuple[str, ...]
) -> None:
    desk = open_desk(tmp_path)
    money = {"Payment": "D1", "Customer ID": "ADA", "Paid on": DAY, "Amount": "30.00", "Method": "Bank transfer"}
    desk.load(write(tmp_path / "orders.csv", order("1001")))
    desk.load(write(tmp_path / "Payments.csv", [money | {"Reference": "1001"}]))
    before = ("counts", "payments", "applied", "priced", "credit", "allocated", "picked", "shipments")

    desk.o2c("run", "--on", DAY, *(word for stage in (*before, *stages) for word in ("--only", stage)))
    (ubl,) = outbox(desk, "Invoice *.xml")
    said = invoice_in(ubl).totals

    assert (said.prepaid, said.payable) == (Decimal("30.00"), (said.total or Decimal(0)) - Decimal("30.00"))
    assert len(desk.show("Invoices")) == 1


def test_a_customer_without_any_address_gets_ubl_that_claims_no_peppol_and_it_is_said(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.load(write(tmp_path / "Customers.csv", [{**CUSTOMERS[0], "Customer ID": "CAS", "Name": "Cash", "Tax ID": ""}]))
    desk.load(write(tmp_path / "orders.csv", order("1001", "CAS") + order("1002")))

    told = desk.run()
    found = {b"peppol" in ubl: ubl for ubl in outbox(desk, "Invoice *.xml")}

    assert sorted(found) == [False, True]
    assert (broken_in_ubl(found[False]), b"CAS" in found[False], b"ProfileID" in found[False]) == ([], True, False)
    assert [note for note in told["notes"] if "Peppol" in note] == [
        (
            "INV-000001 cannot go through Peppol. E-invoice address of customer CAS: it is empty, and there is neither "
            "VAT number nor email to take instead. Enter one in Customers."
        )
    ]


def attached(pdf: bytes) -> bytes:
    return pypdf.PdfReader(io.BytesIO(pdf)).attachments["factur-x.xml"][0]


def test_a_credit_note_names_the_invoice_that_it_takes_back(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.load(write(tmp_path / "orders.csv", order("1001")))
    desk.run()
    back = {"Return": "R1", "Order": "1001", "SKU": "TEA", "Quantity": 2, "Returned on": DAY}
    back |= {"Reason": "Broken", "Restock": "No"}
    desk.load(write(tmp_path / "Returns.csv", [back]))

    desk.run()
    (pdf,), (ubl,) = outbox(desk, "Credit note *.pdf"), outbox(desk, "Credit note *.xml")
    said = invoice_in(ubl)

    assert (broken_in_cii(attached(pdf)), broken_in_ubl(ubl)) == ([], [])
    assert (said.type_code, said.preceding[0].number) == ("381", desk.show("Invoices", "Kind=Invoice")[0]["Invoice"])
    assert said.totals.total == -Decimal(desk.show("Invoices", "Kind=Credit note")[0]["Total"])


def test_an_invoice_in_a_currency_that_no_e_invoice_takes_goes_out_plain_and_asks_for_nothing(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.load(write(tmp_path / "Customers.csv", [{**CUSTOMERS[0], "Customer ID": "KUW", "Currency": "KWD"}]))
    rows = [row | {"Unit price": "1.255", "Currency": "KWD"} for row in order("1001", "KUW")]
    desk.load(write(tmp_path / "orders.csv", rows))

    told = desk.run()

    assert [note for note in told["notes"] if "no e-invoice takes" in note]
    assert len(outbox(desk, "Invoice *.pdf")) == 1
    assert [row["What stops it"] for row in desk.show("Waiting") if "e-invoice" in str(row)] == []


def test_a_company_without_a_tax_number_sends_plain_invoices_and_is_told_why(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Company tax ID": ""})
    desk.load(write(tmp_path / "orders.csv", order("1001")))

    told = desk.o2c("run", "--on", DAY)

    assert "INV-000001 went out without e-invoice data. Company tax ID: it is empty." in told.out + told.err
    [waiting] = desk.show("Waiting")
    assert (waiting["Subject"], waiting["What stops it"]) == ("INV-000001", "No e-invoice data")
    assert "Company tax ID: it is empty. Enter it in Settings." in waiting["What to do"]
    assert outbox(desk, "Invoice *.xml") == []
    assert b"factur-x.xml" not in outbox(desk, "Invoice *.pdf")[0]
    assert len(desk.show("Invoices")) == 1


def test_an_invoice_sent_again_with_what_it_lacked_waits_no_more(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Company tax ID": ""})
    desk.load(write(tmp_path / "orders.csv", order("1001")))
    desk.run()
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Company tax ID", "Value": SELLER["Company tax ID"]}]))
    [key] = [row["Message"] for row in desk.show("Outbox", "Kind=Invoice")]

    desk.o2c("send", "--again", key, "--on", DAY)
    desk.run()

    assert desk.show("Waiting") == []
    assert len(outbox(desk, "Invoice *.xml")) == 1
    desk.verify()


def test_an_invoice_that_is_out_already_is_made_anew_with_its_data_and_never_sent_again(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Company tax ID": ""})
    desk.load(write(tmp_path / "orders.csv", order("1001")))
    desk.run()
    [key] = [row["Message"] for row in desk.show("Outbox", "Kind=Invoice")]
    desk.o2c("send", "--sent", key, "--on", DAY)
    before = desk.show("Invoices")

    still = desk.o2c("paper", "--json", "--on", DAY, expect=1).json
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Company tax ID", "Value": SELLER["Company tax ID"]}]))
    rehearsed = desk.o2c("paper", "--json", "--on", DAY, "--dry-run").json
    assert outbox(desk, "Invoice *.xml") == []
    made = desk.o2c("paper", "INV-000001", "--json", "--on", DAY).json
    again = desk.o2c("paper", "--json", "--on", DAY).json
    named = desk.o2c("paper", "INV-000001", "--on", DAY, expect=1)

    assert still["issues"][0]["value"] == "INV-000001"
    assert (list(rehearsed["invoices"]), list(made["invoices"]), again["invoices"]) == (["INV-000001"],) * 2 + ({},)
    assert "did not go out without its data" in named.err
    (ubl,) = outbox(desk, "Invoice *.xml")
    assert (invoice_in(ubl).number, broken_in_ubl(ubl)) == ("INV-000001", [])
    assert len(outbox(desk, "Invoice *.pdf")) == 2  # the one that went out stays
    assert [row["Status"] for row in desk.show("Outbox", "Kind=Invoice")] == ["Sent"]
    assert (desk.show("Invoices"), desk.show("Waiting")) == (before, [])
    assert desk.run()["counts"]["documents written"] == 0
    desk.verify()


@pytest.mark.parametrize("name", ["Ada", "Ada, Grace and Co"])
def test_the_plain_files_of_an_invoice_that_still_waits_are_put_aside_when_it_is_made_anew(
    tmp_path: Path, name: str
) -> None:
    desk = open_desk(tmp_path, **{"Company tax ID": ""})
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "ADA", "Name": name}]))
    desk.load(write(tmp_path / "orders.csv", order("1001")))
    desk.run()
    plain = outbox(desk, "Invoice *.pdf")
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Company tax ID", "Value": SELLER["Company tax ID"]}]))

    desk.o2c("paper", "--on", DAY)

    assert (len(outbox(desk, "Invoice *.pdf")), len(outbox(desk, "Invoice *.xml"))) == (1, 1)
    assert outbox(desk, "withdrawn/Invoice *.pdf") == plain


def test_tax_rounded_on_each_line_is_an_e_invoice_that_the_official_rules_accept(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Tax rounding": "Per line"})
    head = {"Order": "1001", "Customer ID": "ADA", "Order date": DAY, "SKU": "TEA", "Quantity": 1}
    desk.load(write(tmp_path / "orders.csv", [head | {"Line": line} for line in (1, 2, 3)]))

    told = desk.run()
    (pdf,), (ubl,) = outbox(desk, "Invoice *.pdf"), outbox(desk, "Invoice *.xml")

    assert told["notes"] == [note for note in told["notes"] if "e-invoice" not in note]
    assert (broken_in_cii(attached(pdf)), broken_in_ubl(ubl)) == ([], [])
    assert invoice_in(ubl).totals.tax == Decimal("0.87")  # 0.88 of their sum
    assert desk.show("Waiting") == []


def test_where_e_invoices_are_needed_the_order_waits_and_then_gets_the_first_number(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Company tax ID": "", "E-invoice needed": "Yes"})
    desk.load(write(tmp_path / "orders.csv", order("1001")))

    desk.run()
    (waits,) = desk.show("Waiting")
    none = desk.show("Invoices")
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Company tax ID", "Value": "DE811193231"}]))
    desk.run()

    assert (waits["Subject"], waits["For"], none) == ("1001", "Finance", [])
    assert "Company tax ID: it is empty. Enter it in Settings." in str(waits)
    assert [row["Invoice"] for row in desk.show("Invoices")] == ["INV-000001"]
    assert desk.show("Waiting") == []
    desk.verify()


def test_where_e_invoices_are_needed_what_breaks_a_rule_waits_before_it_has_a_number(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"E-invoice needed": "Yes"})
    rates = [
        {"Tax group": "Mixed", "Tax code": "Standard", "Rate %": "19", "Reason": ""},
        {"Tax group": "Mixed", "Tax code": "Food", "Rate %": "0", "Reason": "Not subject to tax"},
    ]
    customers = [
        {**CUSTOMERS[0], "Customer ID": "MIX", "Tax group": "Mixed", "Currency": ""},
        {**CUSTOMERS[0], "Customer ID": "USD", "Currency": "USD"},
    ]
    desk.load(write(tmp_path / "TaxRates.csv", rates))
    desk.load(write(tmp_path / "Customers.csv", customers))
    dollars = [one | {"Unit price": "5"} for one in order("2", "USD")]
    desk.load(write(tmp_path / "orders.csv", order("1", "MIX")), write(tmp_path / "dollars.csv", dollars))

    desk.run()

    said = {row["Subject"]: str(row) for row in desk.show("Waiting")}
    assert desk.show("Invoices") == []
    assert "(BR-O-11). Enter it in an order of its own." in said["1"]
    assert "its tax must stand in EUR too" in said["2"]


NO_FONT_HAS = "\U0010abcd"


def test_a_name_that_no_font_can_show_is_told_and_its_pdf_claims_to_carry_no_data(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    desk.load(write(tmp_path / "Customers.csv", [{**CUSTOMERS[0], "Name": f"Ada {NO_FONT_HAS}"}]))
    desk.load(write(tmp_path / "Orders.csv", order("A-1")))

    told = desk.run()

    (waits,) = [row for row in desk.show("Waiting") if row["What stops it"] == "No e-invoice data"]
    why = f"No font of this machine has {NO_FONT_HAS}. Install one, such as of Noto Sans."
    assert why in waits["What to do"]
    assert "shows empty boxes: no font" in str(told)
    (pdf,) = desk.folder.glob("outbox/Invoice*.pdf")
    assert b"factur-x" not in pdf.read_bytes()
    assert pypdf.PdfReader(pdf).attachments == {}
    anew = desk.o2c("paper", "--on", DAY, expect=1)
    assert why in anew.out + anew.err
    desk.verify()


def test_where_e_invoices_are_needed_a_name_that_no_font_can_show_waits_before_it_has_a_number(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"E-invoice needed": "Yes"})
    desk.load(write(tmp_path / "Customers.csv", [{**CUSTOMERS[0], "Name": f"Ada {NO_FONT_HAS}"}]))
    desk.load(write(tmp_path / "Orders.csv", order("A-1")))
    desk.run()

    assert desk.show("Invoices") == []
    assert any(
        f"customer ADA: no font of this machine has {NO_FONT_HAS}." in row["What to do"] for row in desk.show("Waiting")
    )
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "E-invoice", "Value": "UBL"}]))
    desk.run()

    assert len(desk.show("Invoices")) == 1


def test_a_credit_note_that_lacks_what_an_invoice_must_have_gets_no_number_till_it_is_entered(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"E-invoice needed": "Yes"})
    desk.load(write(tmp_path / "orders.csv", order("1")))
    desk.run()
    asked = [{"Invoice": "INV-000001", "Action": "Credit", "Reason": "Wrong price"}]
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Company tax ID", "Value": "-"}]))
    desk.load(write(tmp_path / "Invoices.csv", asked))

    desk.run()
    notes = [row["Invoice"] for row in desk.show("Invoices", "Kind=Credit note")]
    (waits,) = (row for row in desk.show("Waiting") if row["What stops it"] == "Credit note")
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Company tax ID", "Value": SELLER["Company tax ID"]}]))
    desk.run()

    assert (notes, waits["Subject"]) == ([], "INV-000001")
    assert "- is no VAT number. Enter it in Settings." in str(waits["What to do"])
    assert [row["Invoice"] for row in desk.show("Invoices", "Kind=Credit note")] == ["CN-000001"]
    assert "Credit note" not in {row["What stops it"] for row in desk.show("Waiting")}
    desk.verify()


def test_an_invoice_that_names_no_account_to_pay_into_is_told_once(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Company IBAN": "", "Company BIC": "", "E-invoice": "None"})
    desk.load(write(tmp_path / "orders.csv", [line for number in "12345" for line in order(number)]))

    told = desk.run()

    assert [note for note in told["notes"] if "account" in note] == [
        (
            "INV-000001, INV-000002, INV-000003 and 2 more went out without an account to pay into. "
            "Company IBAN: it is empty. Enter your account in Settings."
        )
    ]
    waits = [(row["Subject"], row["What stops it"], row["Since"]) for row in desk.show("Waiting")]
    assert waits == [("Company IBAN", "No bank account", desk.day)]
    desk.load(write(tmp_path / "Settings.csv", [{"Setting": "Company IBAN", "Value": "DE02120300000000202051"}]))
    assert desk.show("Waiting") == []


def test_codes_that_no_e_invoice_may_bear_are_refused_at_their_cells(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    rate = {"Tax group": "X", "Tax code": "Food", "Rate %": "0", "Reason": "VATEX-XX-NOPE"}
    settings = [
        {"Setting": "Company e-invoice address", "Value": "0088:4012345000008"},
        {"Setting": "Company registration", "Value": "7777:1"},
    ]
    found = [
        desk.load(write(tmp_path / f"{name}.csv", rows), expect=1)["issues"]
        for name, rows in (
            ("Customers", [{"Customer ID": "ADA", "E-invoice address": "9999:123"}]),
            ("TaxRates", [rate]),
            ("Settings", settings),
        )
    ]

    told = " ".join(issue["problem"] for issues in found for issue in issues)
    assert [len(issues) for issues in found] == [1, 1, 2]
    assert "9999 is no scheme" in told
    assert "VATEX-XX-NOPE is no code" in told
    assert "7777 is no scheme of registers" in told


def test_ubl_of_a_seller_whose_country_has_rules_of_its_own_claims_no_peppol(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Company country": "NL", "Company tax ID": "NL123456782B90"})
    desk.load(write(tmp_path / "orders.csv", order("1001")))

    told = desk.run()

    (ubl,) = outbox(desk, "Invoice *.xml")
    assert b"peppol" not in ubl
    assert "INV-000001 cannot go through Peppol. Company country: what Peppol asks of sellers in NL" in str(
        told["notes"]
    )


def test_untaxed_trade_inside_the_union_never_goes_out_without_the_customers_vat_number(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"E-invoice": "None"})
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "BLO", "Name": "Blondel", "Tax ID": ""}]))
    desk.load(write(tmp_path / "orders.csv", order("1001", "BLO")))

    desk.run()
    (waits,) = desk.show("Waiting")
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "BLO", "Tax ID": "FR40303265045", "Name": "Blondel"}]))
    desk.run()

    assert "Tax ID of customer BLO: it is empty" in str(waits)
    assert len(desk.show("Invoices")) == 1
    assert outbox(desk, "*.xml") == []


def test_the_settings_say_which_files_and_which_reference(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"E-invoice": "UBL", "Payment reference": "ISO 11649"})
    desk.load(write(tmp_path / "orders.csv", order("1001")))

    desk.run()
    (pdf,), (ubl,) = outbox(desk, "Invoice *.pdf"), outbox(desk, "Invoice *.xml")

    assert b"factur-x.xml" not in pdf
    assert invoice_in(ubl).means[0].reference == "RF69INV000001"
