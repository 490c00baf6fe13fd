"""Bank statements from the file to the paid invoice: each booking once, whatever the bank sends and however often."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

import pytest

from tests.made_once import made_once
from tests.scenarios.commands import Desk

DAY = "2026-03-02"
IBAN = "DE02120300000000202051"
ALPHA = "DE75512108001245126199"
FILES = {
    "customers.csv": "Customer ID,Name,Street,City,Country,Tax group,Payment terms\n"
    "C1,Alpha GmbH,Road 1,Town,DE,D,Net 30\nC2,Müller & Söhne KG,Road 2,Town,DE,D,Net 30\n",
    "products.csv": "SKU,Name,Unit,Price,Cost,Tax code\nP1,Pen,pcs,100.00,1.00,S\n",
    "taxrates.csv": "Tax group,Tax code,Rate %\nD,S,19\n",
    "settings.csv": f"Setting,Value\nCompany IBAN,{IBAN}\n",
    "OpeningItems.csv": "Invoice,Customer ID,Invoice date,Due date,Total,Open\n"
    "OLD-0001,C1,2026-02-01,2026-03-31,119.00,119.00\nOLD-0002,C1,2026-02-01,2026-03-31,238.00,238.00\n"
    "OLD-0003,C2,2026-02-01,2026-03-31,50.00,50.00\n",
}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    _make(tmp_path / "company")
    return Desk(tmp_path / "company", DAY)


@made_once
def _make(folder: Path) -> None:
    desk = Desk(folder, DAY)
    desk.o2c("init", folder, "--on", DAY)
    for name, text in FILES.items():
        (folder.parent / name).write_text(text, encoding="utf-8")
    desk.load(*(folder.parent / name for name in FILES))
    desk.run()


def entry(amount: str, text: str = "", *, name: str = "", iban: str = "", ref: str = "", more: str = "") -> str:
    side = "DBIT" if amount.startswith("-") else "CRDT"
    party = "Cdtr" if (side == "DBIT") != ("Rvsl" in more) else "Dbtr"
    account = f"<{party}Acct><Id><IBAN>{iban}</IBAN></Id></{party}Acct>" if iban else ""
    known = f"<AcctSvcrRef>{ref}</AcctSvcrRef>" if ref else ""
    return (
        f'<Ntry><Amt Ccy="EUR">{amount.lstrip("-")}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}<Sts><Cd>BOOK</Cd></Sts>'
        f"<BookgDt><Dt>{DAY}</Dt></BookgDt>{known}<NtryDtls><TxDtls><RltdPties><{party}><Pty><Nm>{name}</Nm></Pty>"
        f"</{party}>{account}</RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def balance(code: str, amount: str) -> str:
    return (
        f'<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd>'
        f"<Dt><Dt>{DAY}</Dt></Dt></Bal>"
    )


def camt(*entries: str, opening: str = "", closing: str = "", number: int = 7, kind: str = "053") -> str:
    outer, inner = {
        "053": ("BkToCstmrStmt", "Stmt"),
        "052": ("BkToCstmrAcctRpt", "Rpt"),
        "054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
    }[kind]
    balances = (balance("OPBD", opening) if opening else "") + (balance("CLBD", closing) if closing else "")
    return (
        f'<?xml version="1.0"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.{kind}.001.08"><{outer}><{inner}>'
        f"<Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><Acct><Id><IBAN>{IBAN}</IBAN></Id><Ccy>EUR</Ccy></Acct>"
        f"{balances}\n{chr(10).join(entries)}\n</{inner}></{outer}></Document>"
    )


def load(desk: Desk, name: str, text: str, expect: int = 0) -> dict[str, int]:
    path = desk.folder.parent / name
    path.write_text(text, encoding="utf-8")
    counts: dict[str, int] = desk.load(path, expect=expect)["counts"]
    return counts


def drop(desk: Desk, name: str, text: str) -> Path:
    path = desk.folder / "inbox" / "bank" / name
    path.write_text(text, encoding="utf-8")
    os.utime(path, (time.time() - 60, time.time() - 60))
    return path


def open_of(desk: Desk) -> dict[str, str]:
    return {row["Invoice"]: row["Open"] for row in desk.show("Invoices")}


def payments(desk: Desk) -> list[tuple[str, str, str]]:
    return [(row["Amount"], row["Unapplied"], row["Status"]) for row in desk.show("Payments")]


def test_a_line_of_a_statement_pays_the_invoice_of_an_order_to_its_end(desk: Desk, tmp_path: Path) -> None:
    order, stock = tmp_path / "orders.csv", tmp_path / "counts.csv"
    stock.write_text(f"Count,SKU,Counted,Counted on,Reason\nK1,P1,10,{DAY},Opening\n", encoding="utf-8")
    order.write_text(f"Order,Customer ID,Order date,SKU,Quantity\nW1,C1,{DAY},P1,3\n", encoding="utf-8")
    desk.o2c("load", stock, "--table", "StockCounts", "--on", DAY)
    desk.load(order)
    desk.run()
    (invoice,) = [row for row in desk.show("Invoices") if row["Order"] == "W1"]
    assert invoice["Open"] == "357.00"

    text = camt(entry("357.00", f"Rechnung {invoice['Invoice'].replace('0', 'O', 2)}", name="ALPHA GMBH", iban=ALPHA))
    load(desk, "st.xml", text)
    answer = desk.run()

    assert (answer["counts"]["bank lines"], answer["counts"]["applied"]) == (1, 1)
    (match,) = desk.show("Matches")
    assert (match["Invoice"], match["Status"]) == (invoice["Invoice"], "Posted")
    assert [row["Status"] for row in desk.show("Orders")] == ["Closed"]
    (line,) = desk.show("BankLines")
    assert (line["Payment"], line["Status"], line["Account"]) == ("PM-000001", "Posted", ALPHA)
    assert desk.show("Waiting") == []
    story = desk.o2c("track", "W1", "--json").json
    paid = [one["source"] for one in story["events"] if one["subject"] == "PM-000001" and one["source"]]
    assert set(paid) == {"st.xml, BS-000001, row 1"}
    desk.verify()


def test_a_dropped_statement_is_handled_once(desk: Desk) -> None:
    text = camt(entry("119.00", "OLD-0001", name="Alpha GmbH"), opening="0.00", closing="119.00")
    drop(desk, "one.xml", text)
    first = desk.run()
    drop(desk, "two.xml", text)
    second = desk.run()

    assert (first["counts"]["files taken"], second["counts"]["files repeated"]) == (1, 1)
    assert open_of(desk)["OLD-0001"] == "0.00"
    assert len(desk.show("Statements")) == 1
    desk.verify()


def test_a_dropped_statement_of_another_account_is_asked_about_until_a_person_loads_one(desk: Desk) -> None:
    other = "DE89370400440532013000"
    text = camt(entry("119.00", "OLD-0001", ref="R1"), opening="0.00", closing="119.00").replace(IBAN, other)
    drop(desk, "one.xml", text)
    first = desk.run(expect=1)

    assert (first["counts"]["files set aside"], desk.show("Statements")) == (1, [])
    assert any("is not the account in Settings" in str(row["Problem"]) for row in desk.show("Issues"))
    (waits,) = desk.show("Waiting")
    assert "marked copy" not in str(waits["What to do"])

    load(desk, "one.xml", text)
    drop(desk, "two.xml", camt(entry("9.00", ref="R2"), opening="119.00", closing="128.00").replace(IBAN, other))
    second = desk.run()

    assert second["counts"]["files taken"] == 1
    assert {row["Account"] for row in desk.show("Statements")} == {other}
    desk.verify()


def test_a_list_that_names_no_account_is_taken_with_a_note(desk: Desk) -> None:
    text = "Booking date;Value date;Name;Purpose;Amount;Balance\n"
    drop(desk, "list.csv", f"{text}{DAY};{DAY};Alpha GmbH;OLD-0001;119,00;119,00\n")

    desk.run()

    assert any("names no account" in str(row["Why"]) for row in desk.show("Files"))
    assert open_of(desk)["OLD-0001"] == "0.00"


def test_a_list_with_parts_of_a_cent_in_the_companys_currency_is_refused_whole(desk: Desk) -> None:
    text = "Booking date;Value date;Name;Purpose;Amount;Balance\n"
    drop(desk, "list.csv", f"{text}{DAY};{DAY};Alpha GmbH;OLD-0001;19,2851;19,2851\n")

    desk.run(expect=1)

    assert [str(row["Problem"]) for row in desk.show("Issues")] == [
        "Currency: 19.2851 has more decimal places than EUR (2)."
    ]
    assert (desk.show("Statements"), desk.show("Payments")) == ([], [])


def test_reports_of_the_day_then_the_statement_then_mt940_add_nothing(desk: Desk) -> None:
    lines = [entry("119.00", "OLD-0001", ref="R1"), entry("10.00", "gift"), entry("10.00", "gift")]
    load(desk, "morning.xml", camt(lines[0], kind="052"))
    load(desk, "noon.xml", camt(*lines, kind="052", number=8))
    load(desk, "note.xml", camt(*lines, kind="054", number=9))
    desk.run()

    counts = load(desk, "evening.xml", camt(*lines, opening="0.00", closing="139.00", number=10))
    again = load(desk, "again.xml", camt(*lines, opening="0.00", closing="139.00", number=10).replace("\n", "\n\n"))
    desk.run()

    assert (counts["Statements"], counts["BankLines"]) == (1, 0)
    assert not any(again.values())
    assert [row["Amount"] for row in desk.show("BankLines")] == ["119.00", "10.00", "10.00"]
    assert len(desk.show("Payments")) == 3
    desk.verify()


def test_the_same_amount_in_the_next_statement_of_the_day_is_another_payment(desk: Desk) -> None:
    gift = entry("10.00", "gift")
    load(desk, "one.xml", camt(gift, opening="0.00", closing="10.00", number=1))
    load(desk, "two.xml", camt(gift, opening="10.00", closing="20.00", number=2))
    load(desk, "both.xml", camt(gift, gift, opening="0.00", closing="20.00", number=3))

    assert len(desk.show("BankLines")) == 2


def test_a_statement_that_does_not_add_up_is_taken_and_shown_until_somebody_explains_it(desk: Desk) -> None:
    text = camt(entry("119.00", "OLD-0001"), opening="0.00", closing="200.00")

    counts = load(desk, "st.xml", text, expect=1)
    desk.run(expect=1)

    assert (counts["Statements"], counts["BankLines"]) == (1, 1)
    (statement,) = desk.show("Statements")
    assert (statement["Difference"], statement["Status"]) == ("81.00", "Does not add up")
    assert [row["Subject"] for row in desk.show("Waiting")] == ["BS-000001"]
    assert any("81.00 is unexplained" in row["Problem"] for row in desk.show("Issues"))
    path = desk.folder.parent / "Discrepancies.csv"
    path.write_text("Discrepancy,Resolution\nDI-000001,The bank forgot a page\n", encoding="utf-8")
    desk.load(path)
    desk.run()
    assert desk.show("Waiting") == []
    assert [row["Status"] for row in desk.show("Discrepancies")] == ["Resolved"]
    desk.verify()


def test_a_statement_that_does_not_add_up_also_says_what_is_missing_before_it(desk: Desk) -> None:
    load(desk, "one.xml", camt(entry("10.00", ref="A"), opening="0.00", closing="10.00", number=1))

    load(desk, "three.xml", camt(entry("12.00", ref="C"), opening="21.00", closing="40.00", number=3), expect=1)

    broken, missing = (str(row["What to do"]) for row in desk.show("Waiting"))
    assert "7.00 is unexplained" in broken
    assert "one between them is missing" in missing


def test_money_for_an_invoice_that_is_paid_is_said_to_be_so(desk: Desk) -> None:
    twice = [entry("50.00", "OLD-0003", name="Müller Söhne", ref=ref) for ref in ("R1", "R2")]
    load(desk, "one.xml", camt(*twice))
    desk.run()

    (told,) = desk.show("Waiting")
    assert "OLD-0003 is paid already" in str(told["What to do"])


def test_a_statement_missing_between_two_is_said_until_it_comes(desk: Desk) -> None:
    load(desk, "one.xml", camt(entry("10.00", ref="A"), opening="0.00", closing="10.00", number=1))
    load(desk, "three.xml", camt(entry("12.00", ref="C"), opening="21.00", closing="33.00", number=3), expect=1)
    assert [row["What stops it"] for row in desk.show("Waiting")] == ["Bank statement is missing"]

    load(desk, "two.xml", camt(entry("11.00", ref="B"), opening="10.00", closing="21.00", number=2))

    assert desk.show("Waiting") == []
    assert len(desk.show("BankLines")) == 3


def test_a_statement_missing_between_two_is_said_whichever_of_them_came_first(desk: Desk) -> None:
    load(desk, "three.xml", camt(entry("12.00", ref="C"), opening="21.00", closing="33.00", number=3))
    answer = desk.load(
        _beside(desk, "one.xml", camt(entry("10.00", ref="A"), closing="10.00", opening="0.00", number=1)), expect=1
    )
    assert "one between them is missing" in answer["issues"][0]["problem"]
    assert [(row["Subject"], row["What stops it"]) for row in desk.show("Waiting")] == [
        ("BS-000001", "Bank statement is missing")
    ]
    (owned,) = desk.show("Discrepancies")
    assert (owned["Kind"], owned["Expected"], owned["Found"]) == (
        "Missing bank statement",
        "10.00 after BS-000002",
        "21.00",
    )

    load(desk, "two.xml", camt(entry("11.00", ref="B"), opening="10.00", closing="21.00", number=2))
    assert (desk.show("Waiting"), [row["Status"] for row in desk.show("Discrepancies")]) == ([], ["Resolved"])

    _withdraw(desk, "BS-000003", "--reason", "Not ours")
    assert [row["Subject"] for row in desk.show("Waiting")] == ["BS-000001"]
    desk.verify()


def test_statements_of_a_day_in_any_order_and_one_gone_on_from_miss_nothing(desk: Desk) -> None:
    load(desk, "two.xml", camt(entry("11.00", ref="B"), opening="10.00", closing="21.00", number=2))
    load(desk, "one.xml", camt(entry("10.00", ref="A"), opening="0.00", closing="10.00", number=1))
    load(desk, "three.xml", camt(entry("12.00", ref="C"), opening="21.00", closing="33.00", number=3))

    assert desk.show("Waiting") == desk.show("Discrepancies") == []


def test_what_cannot_be_read_is_refused_with_line_and_field(desk: Desk) -> None:
    drop(desk, "st.xml", camt(entry("119.00", "OLD-0001"), entry("x", "OLD-0002")))

    desk.run(expect=1)

    (issue,) = desk.show("Issues")
    assert (issue["Source"], issue["Cell"]) == ("st.xml", "line 4")
    assert issue["Problem"].startswith("Ntry/Amt: ")
    assert desk.show("BankLines") == []
    assert [path.name for path in (desk.folder / "set-aside").iterdir()] == ["st.xml"]
    desk.verify()


def test_a_statement_without_bookings_is_taken_for_its_balances(desk: Desk) -> None:
    drop(desk, "st.xml", camt(opening="5.00", closing="5.00"))

    desk.run()

    assert [(row["Lines"], row["Status"]) for row in desk.show("Statements")] == [("0", "Adds up")]
    desk.verify()


def test_a_direct_debit_that_came_back_opens_its_invoice_again(desk: Desk) -> None:
    load(desk, "one.xml", camt(entry("119.00", "OLD-0001", name="Alpha", iban=ALPHA, ref="R1")))
    desk.run()
    assert open_of(desk)["OLD-0001"] == "0.00"

    load(desk, "two.xml", camt(entry("-119.00", "back", iban=ALPHA, ref="R2", more="<RvslInd>true</RvslInd>")))
    desk.run()

    assert open_of(desk)["OLD-0001"] == "119.00"
    assert {row["Status"] for row in desk.show("BankLines")} == {"Posted"}
    desk.verify()


def test_money_that_went_out_is_nobodys_and_a_return_of_nobody_knows_what_waits(desk: Desk) -> None:
    load(desk, "st.xml", camt(entry("-700.00", "rent", ref="R1"), entry("-5.00", more="<RvslInd>true</RvslInd>")))

    desk.run()

    assert [row["Status"] for row in desk.show("BankLines")] == ["Outgoing", "Waits"]
    assert payments(desk) == []
    assert {row["Subject"] for row in desk.show("Waiting")} == {"BS-000001/2"}


def test_what_goes_back_to_a_customer_without_a_word_of_the_banks_is_never_lost(desk: Desk) -> None:
    came = [
        entry("119.00", "OLD-0001", name="Alpha GmbH", iban=ALPHA, ref="R1"),
        entry("119.00", "OLD-0001", name="Alpha GmbH", iban=ALPHA, ref="R2"),
        entry("50.00", "OLD-0003", name="Somebody", iban="DE1", ref="R3"),
    ]
    load(desk, "one.xml", camt(*came))
    desk.run()

    went = [
        entry("-119.00", "Erstattung Doppelzahlung OLD-0001", name="Alpha GmbH", iban=ALPHA, ref="R4"),
        entry("-50.00", "RUECKLASTSCHRIFT RE OLD-0003", name="Somebody", iban="DE1", ref="R5"),
        entry("-7.00", "thank you", name="Alpha GmbH", iban=ALPHA, ref="R6"),
        entry("-700.00", "rent", name="Landlord", iban="DE9", ref="R7"),
    ]
    load(desk, "two.xml", camt(*went, number=8))
    desk.run()

    assert [row["Status"] for row in desk.show("BankLines")][3:] == ["Posted", "Posted", "Waits", "Outgoing"]
    assert (open_of(desk)["OLD-0001"], open_of(desk)["OLD-0003"]) == ("0.00", "50.00")
    (waits,) = (str(row["What to do"]) for row in desk.show("Waiting") if "Amount -7.00" in str(row["What to do"]))
    assert "in Suppliers." in waits
    desk.verify()


def test_a_payment_that_was_typed_is_not_made_again(desk: Desk) -> None:
    path = desk.folder.parent / "Payments.csv"
    path.write_text(
        f"Payment,Customer ID,Paid on,Amount,Method,Reference\nP-1,C1,{DAY},119.00,Bank transfer,OLD-0001\n",
        encoding="utf-8",
    )
    desk.load(path)
    desk.run()

    load(desk, "st.xml", camt(entry("119.00", "OLD-0001", name="Alpha GmbH")))
    desk.run()

    assert [row["Payment"] for row in desk.show("Payments")] == ["P-1"]
    assert [row["Payment"] for row in desk.show("BankLines")] == ["P-1"]
    desk.verify()


def test_a_payment_typed_after_the_bank_brought_it_is_said_to_be_the_same_perhaps(desk: Desk) -> None:
    load(desk, "st.xml", camt(entry("119.00", "OLD-0001", name="Alpha GmbH")))
    desk.run()
    (brought,) = desk.show("Payments")
    path = desk.folder.parent / "Payments.csv"
    row = f"P-9,C1,{DAY},119.00,Bank transfer,OLD-0001\n"
    path.write_text(f"Payment,Customer ID,Paid on,Amount,Method,Reference\n{row}", encoding="utf-8")
    desk.load(path)
    desk.run(expect=None)

    (told,) = [row["What to do"] for row in desk.show("Waiting") if row["Subject"] == "P-9"]

    assert f"{brought['Payment']} of {DAY} has the same amount: if it is the same money, take P-9 back" in told
    assert "(a row with Amount -119.00 and Reference Return of P-9)" in told
    desk.verify()


def test_money_that_lies_too_long_is_the_managers(desk: Desk) -> None:
    load(desk, "st.xml", camt(entry("33.00", "thanks", name="Nobody")))
    desk.run()

    def waiting(day: str) -> set[tuple[str, str]]:
        rows = desk.o2c("show", "Waiting", "--format", "json", "--on", day).json
        return {(row["What stops it"], row["For"]) for row in rows}

    assert waiting("2026-03-09") == {("Payment is not applied", "Finance")}
    assert waiting("2026-03-10") == {("Bank line lies too long", "Finance Manager")}


def test_a_name_cut_off_that_is_the_beginning_of_two_says_whose_it_may_be(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "customers.csv"
    names = ("Hotel Continental Frankfurt Airport", "Hotel Continental Frankfurt Messe")
    rows = "".join(f"H{at},{name},Road 1,Town,DE,D,Net 30\n" for at, name in enumerate(names, 1))
    path.write_text(f"Customer ID,Name,Street,City,Country,Tax group,Payment terms\n{rows}", encoding="utf-8")
    desk.load(path)
    load(desk, "st.xml", camt(entry("33.00", "thanks", name="Hotel Continental Frankfurt")))

    desk.run()

    (waits,) = desk.show("Waiting")
    assert "Hotel Continental Frankfurt may be H1 or H2: fill in Customer ID" in str(waits["What to do"])


def test_only_what_is_left_of_a_payment_lies_and_it_is_said_once_with_what_to_do(desk: Desk) -> None:
    load(desk, "st.xml", camt(entry("300.00", "OLD-0002", name="Alpha GmbH", iban=ALPHA)))
    desk.run()

    rows = desk.o2c("show", "Waiting", "--format", "json", "--on", "2026-04-10").json

    (told,) = (row for row in rows if row["What stops it"] == "Bank line lies too long")
    assert [row["Subject"] for row in rows].count(told["Subject"]) == 1
    assert told["What to do"] == (
        "62.00 EUR may belong to an invoice: accept or reject the proposals in Matches. "
        "It has lain for more than 7 days (BS-000001/1 of Alpha GmbH)."
    )


def test_accepting_whose_money_it_is_pays_the_invoice_and_teaches_who_pays(desk: Desk) -> None:
    load(desk, "one.xml", camt(entry("238.00", "thanks", name="A. Holding SE", iban=ALPHA, ref="R1")))
    desk.run()
    (match,) = desk.show("Matches")
    assert (match["Invoice"], match["Status"], open_of(desk)["OLD-0002"]) == ("OLD-0002", "Proposed", "238.00")

    path = desk.folder.parent / "Matches.csv"
    path.write_text(f"Match,Decision\n{match['Match']},Accept\n", encoding="utf-8")
    desk.load(path)
    desk.run()

    assert open_of(desk)["OLD-0002"] == "0.00"
    assert [row["Status"] for row in desk.show("Matches")] == ["Posted"]
    load(desk, "two.xml", camt(entry("119.00", "no number", name="A. Holding SE", iban=ALPHA, ref="R2")))
    desk.run()
    assert open_of(desk)["OLD-0001"] == "0.00"
    desk.verify()


def test_a_rejected_guess_is_not_made_again(desk: Desk) -> None:
    load(desk, "one.xml", camt(entry("238.00", "thanks", name="Nobody", ref="R1")))
    desk.run()
    path = desk.folder.parent / "Matches.csv"
    path.write_text("Match,Decision\nMT-000001,Reject\n", encoding="utf-8")
    desk.load(path)

    desk.run()
    last = desk.run()

    assert [row["Status"] for row in desk.show("Matches")] == ["Rejected"]
    assert not any(last["counts"].values())
    desk.verify()


def test_who_a_person_says_paid_is_known_from_then_on(desk: Desk) -> None:
    load(desk, "one.xml", camt(entry("33.00", "thanks", name="A. Holding SE", iban=ALPHA, ref="R1")))
    desk.run()
    path = desk.folder.parent / "Payments.csv"
    path.write_text(
        f"Payment,Customer ID,Paid on,Amount,Method\nPM-000001,C1,{DAY},33.00,Bank transfer\n", encoding="utf-8"
    )
    desk.load(path)
    desk.run()

    load(desk, "two.xml", camt(entry("119.00", "no number", name="Other name", iban=ALPHA, ref="R2")))
    desk.run()

    assert open_of(desk)["OLD-0001"] == "0.00"
    desk.verify()


def test_an_account_taught_for_one_customer_pays_nothing_of_another_by_itself(desk: Desk) -> None:
    items = desk.folder.parent / "OpeningItems.csv"
    items.write_text(
        "Invoice,Customer ID,Invoice date,Due date,Total,Open\nOLD-0004,C1,2026-02-01,2026-03-31,50.00,50.00\n"
        "OLD-0005,C2,2026-02-01,2026-03-31,77.00,77.00\n",
        encoding="utf-8",
    )
    desk.load(items)
    load(desk, "one.xml", camt(entry("238.00", "thanks", name="Paying agent", iban=ALPHA, ref="R1")))
    desk.run()
    decisions = desk.folder.parent / "Matches.csv"
    decisions.write_text("Match,Decision\nMT-000001,Accept\n", encoding="utf-8")
    desk.load(decisions)
    desk.run()

    named = entry("50.00", "OLD-0003", name="Mueller und Soehne KG", iban=ALPHA, ref="R2")
    load(desk, "two.xml", camt(named, entry("77.00", "OLD-0005", name="Paying agent", iban=ALPHA, ref="R3")))
    desk.run()

    opens = open_of(desk)
    assert (opens["OLD-0004"], opens["OLD-0003"], opens["OLD-0005"]) == ("50.00", "0.00", "77.00")
    (waiting,) = [row for row in desk.show("Matches") if row["Status"] == "Proposed"]
    assert waiting["Invoice"] == "OLD-0005"
    decisions.write_text(f"Match,Decision\n{waiting['Match']},Accept\n", encoding="utf-8")
    desk.load(decisions)
    desk.run()
    load(desk, "three.xml", camt(entry("119.00", "no number", name="Paying agent", iban=ALPHA, ref="R4")))
    desk.run()
    assert (open_of(desk)["OLD-0005"], open_of(desk)["OLD-0001"]) == ("0.00", "119.00")
    desk.verify()


def collective(*parts: tuple[str, str], amount: str, count: int = 2) -> str:
    items = "".join(
        f'<TxDtls><Amt Ccy="EUR">{part}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls>'
        for part, text in parts
    )
    return (
        f'<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{DAY}</Dt>'
        f"</BookgDt><NtryDtls><Btch><NbOfTxs>{count}</NbOfTxs></Btch>{items}</NtryDtls></Ntry>"
    )


ITEMS = camt(collective(("119.00", "OLD-0001"), ("50.00", "OLD-0003"), amount="169.00"), kind="054")
WHOLE = camt(collective(amount="169.00"), opening="0.00", closing="169.00")


def test_a_collective_booking_and_its_items_are_one_whichever_comes_first(desk: Desk, tmp_path: Path) -> None:
    late = Desk(tmp_path / "late", DAY)
    _make(late.folder)

    assert load(desk, "items.xml", ITEMS)["BankLines"] == 2
    assert load(desk, "whole.xml", WHOLE)["BankLines"] == 0
    load(late, "whole.xml", WHOLE)
    late.run()
    assert payments(late) == []
    waits = [row["What to do"] for row in late.show("Waiting") if row["Subject"] == "BS-000001/1"]
    assert waits[0].startswith("169.00 EUR is a collective booking without its items.")
    load(late, "items.xml", ITEMS)
    for one in (desk, late):
        one.run()
        assert sorted(amount for amount, _, _ in payments(one)) == ["119.00", "50.00"]
        assert not [row for row in one.show("Waiting") if row["Subject"].startswith("BS-")]
        one.verify()


def test_items_of_a_booking_that_is_a_payment_already_add_nothing_and_wait(desk: Desk) -> None:
    load(desk, "whole.xml", camt(collective(amount="169.00", count=1), opening="0.00", closing="169.00"))
    desk.run()
    load(desk, "items.xml", ITEMS)
    desk.run()

    assert [amount for amount, _, _ in payments(desk)] == ["169.00"]
    (waits,) = (row for row in desk.show("Waiting") if row["What stops it"] == "Bank line has items")
    assert "119.00 OLD-0001; 50.00 OLD-0003" in waits["What to do"]

    rows = [
        ("-169.00", "Return of PM-000001 BS-000001/1"),
        ("119.00", "OLD-0001 BS-000001/1"),
        ("50.00", "OLD-0003 BS-000001/1"),
    ]
    typed = "Payment,Paid on,Amount,Method,Reference\n" + "".join(
        f"P-{at},{DAY},{a},Bank transfer,{text}\n" for at, (a, text) in enumerate(rows)
    )
    load(desk, "payments.csv", typed)
    desk.run()
    assert open_of(desk) == {"OLD-0001": "0.00", "OLD-0002": "238.00", "OLD-0003": "0.00"}
    assert not [row for row in desk.show("Waiting") if row["Subject"].startswith("BS-")]
    desk.verify()


def test_money_in_another_currency_than_the_invoice_it_names_is_said_to_be_so(desk: Desk, tmp_path: Path) -> None:
    heads = "Payment,Customer ID,Paid on,Amount,Currency,Method,Reference\n"
    (tmp_path / "Payments.csv").write_text(f"{heads}P1,C2,{DAY},50.00,USD,Bank transfer,OLD-0003\n")
    desk.load(tmp_path / "Payments.csv")

    desk.run(expect=None)

    told = [str(row["What to do"]) for row in desk.show("Waiting") if row["What stops it"] == "Payment is not applied"]
    assert len(told) == 1
    assert "OLD-0003, which is in EUR" in told[0]


def test_matches_show_the_places_of_the_payments_currency(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "Customers.csv").write_text("Customer ID,Name,Currency\nJ1,Nippon,JPY\n")
    (tmp_path / "OpeningItems.csv").write_text(
        "Invoice,Customer ID,Invoice date,Due date,Total,Open\nOLD-J,J1,2026-02-01,2026-03-31,5000,5000\n"
    )
    heads = "Payment,Customer ID,Paid on,Amount,Currency,Method,Reference\n"
    (tmp_path / "Payments.csv").write_text(f"{heads}P1,J1,{DAY},5000,JPY,Bank transfer,OLD-J\n")
    desk.load(*(tmp_path / f"{name}.csv" for name in ("Customers", "OpeningItems", "Payments")))

    desk.run(expect=None)

    assert [row["Amount"] for row in desk.show("Matches")] == ["5000"]


def test_a_csv_with_the_payers_account_under_iban_repeats_what_another_format_brought(desk: Desk) -> None:
    again = f"Buchungstag;Name;IBAN;Verwendungszweck;Betrag;Währung\n02.03.2026;Alpha GmbH;{ALPHA};R-10;1010,10;EUR\n"
    doubtful = again + f"02.03.2026;Beta KG;{ALPHA};R-11;20,00;EUR\n"
    load(desk, "camt.xml", camt(entry("1010.10", "R-10", name="Alpha GmbH", iban=ALPHA)))
    desk.run()

    counts = load(desk, "umsatz.csv", again)
    refused = desk.load(_beside(desk, "doubt.csv", doubtful), expect=1)
    drop(desk, "doubt.csv", doubtful)
    dropped = desk.run(expect=1)

    assert counts["BankLines"] == 0
    assert "It may be the payer's account or one of ours." in str(refused)
    assert dropped["counts"]["files set aside"] == 1
    assert {row["Account"] for row in desk.show("Statements")} == {IBAN}
    assert [row["Amount"] for row in desk.show("Payments")] == ["1010.10"]


def _beside(desk: Desk, name: str, text: str) -> Path:
    path = desk.folder.parent / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_csv_that_names_no_account_is_that_of_the_one_known(desk: Desk) -> None:
    load(desk, "settings.csv", "Setting,Value\nCompany IBAN,-\n")
    text = "Date;Payee;Text;Amount;Balance\n2026-03-02;Alpha GmbH;R-10;10.10;\n"
    load(desk, "camt.xml", camt(entry("10.10", "R-10", name="Alpha GmbH", iban=ALPHA)))
    known = load(desk, "umsatz.csv", text)
    load(desk, "other.xml", camt(entry("3.00", "x", name="B", iban=ALPHA)).replace(IBAN, "DE89370400440532013000"))

    unsure = desk.load(_beside(desk, "unsure.csv", text.replace("10.10", "9.00")), expect=1)

    assert known["BankLines"] == 0
    assert "The file names no account" in str(unsure)


def _withdraw(desk: Desk, *words: object, expect: int = 0) -> Any:
    return desk.o2c("withdraw", *words, "--json", "--on", DAY, expect=expect).json


def test_a_statement_that_no_payment_used_is_withdrawn_and_may_be_loaded_again(desk: Desk) -> None:
    text = camt(entry("119.00", "OLD-0001", name="Alpha GmbH"), entry("-9.00", "Fee"), opening="0", closing="110")
    load(desk, "wrong.xml", text)

    desk.o2c("withdraw", "BS-000001", "--on", DAY, expect=2)
    rehearsed = _withdraw(desk, "BS-000001", "--reason", "Not ours", "--dry-run")
    assert [row["Status"] for row in desk.show("Statements")] == ["Adds up"]
    done = _withdraw(desk, "BS-000001", "--reason", "Not ours")
    again = _withdraw(desk, "BS-000001", "--reason", "Not ours")
    answer = desk.run()

    assert (rehearsed["withdrawn"], done["withdrawn"], again["withdrawn"]) == (["BS-000001"], ["BS-000001"], [])
    assert answer["counts"]["bank lines"] == 0
    assert (payments(desk), open_of(desk)["OLD-0001"]) == ([], "119.00")
    assert {row["Status"] for row in desk.show("Statements") + desk.show("BankLines")} == {"Withdrawn"}
    desk.verify()
    assert load(desk, "right.xml", text) == {"Statements": 1, "BankLines": 2}
    desk.run()
    assert open_of(desk)["OLD-0001"] == "0.00"
    desk.verify()


def test_a_withdrawn_statement_dropped_again_is_taken_once_more_and_then_known(desk: Desk) -> None:
    text = camt(entry("-9.00", "Rent", name="Landlord"), opening="20", closing="11")
    fates, dropped = [], (("s.xml", DAY), ("t.xml", DAY), ("t.xml", "2026-03-03"), ("s.xml", "2026-03-03"))
    for name, day in dropped:
        drop(desk, name, text)
        desk.o2c("watch", "--once", "--on", day)
        if (name, day) == ("t.xml", DAY):
            _withdraw(desk, "BS-000001", "--reason", "Too soon")
            assert {row["Fate"] for row in desk.show("Files") if row["Kind"] == "bank"} == {"Withdrawn"}
            (desk.folder / "done" / DAY / "t.xml").unlink()
        fates.append({row["File"]: row["Fate"] for row in desk.show("Files") if row["Kind"] == "bank"}[name])

    statuses = [row["Status"] for row in desk.show("Statements")]

    assert (fates, statuses) == (["Done", "Withdrawn", "Done", "Repeat"], ["Withdrawn", "Adds up"])
    desk.verify()


def test_a_statement_whose_money_is_posted_is_withdrawn_once_every_payment_was_taken_back(desk: Desk) -> None:
    lines = (entry("119.00", "OLD-0001", name="Alpha GmbH", iban=ALPHA), entry("7.00", "Nobody"))
    load(desk, "wrong.xml", camt(*lines, opening="0", closing="126"))
    desk.run()

    refused = _withdraw(desk, "BS-000001", "--reason", "Not ours", expect=1)
    assert [row["value"] for row in refused["issues"]] == ["BS-000001/1", "BS-000001/2"]
    assert "Amount -119.00" in refused["issues"][0]["fix"]
    assert "Reference Return of PM-000001 BS-000001/1;" in refused["issues"][0]["fix"]
    rows = "".join(
        f",{DAY},-{amount},Bank transfer,Return of PM-00000{at} BS-000001/{at}\n" for at, amount in ((1, 119), (2, 7))
    )
    load(desk, "Payments.csv", f"Payment,Paid on,Amount,Method,Reference\n{rows}")
    desk.run()
    done = _withdraw(desk, "BS-000001", "--reason", "Not ours")

    assert (done["withdrawn"], open_of(desk)["OLD-0001"]) == (["BS-000001"], "119.00")
    desk.verify()
    load(desk, "right.xml", camt(*lines, opening="0", closing="126"))
    desk.run()
    assert open_of(desk)["OLD-0001"] == "0.00"
    desk.verify()


def test_money_out_that_took_a_payment_back_goes_with_its_statement_once_the_payment_is_typed_anew(desk: Desk) -> None:
    load(
        desk, "ours.xml", camt(entry("119.00", "OLD-0001", name="Alpha GmbH", iban=ALPHA), opening="100", closing="219")
    )
    desk.run()
    kept = '<Chrgs><Rcrd><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></Rcrd></Chrgs>'
    back = entry("-122.00", "OLD-0001", name="Alpha GmbH", iban=ALPHA, more="<RvslInd>true</RvslInd>").replace(
        "<TxDtls>", f"<TxDtls>{kept}"
    )
    load(desk, "wrong.xml", camt(back, opening="219", closing="97", number=8))
    desk.run()
    assert open_of(desk)["OLD-0001"] == "119.00"

    refused = _withdraw(desk, "BS-000002", "--reason", "Not ours", expect=1)
    assert "Amount 119.00, Bank transfer, Paid on 2026-03-02, Reference BS-000002/1;" in refused["issues"][0]["fix"]
    load(
        desk,
        "Payments.csv",
        f"Payment,Paid on,Amount,Method,Reference\n,{DAY},119.00,Bank transfer,OLD-0001 BS-000002/1\n",
    )
    desk.run()
    _withdraw(desk, "BS-000002", "--reason", "Not ours")

    assert open_of(desk)["OLD-0001"] == "0.00"
    desk.verify()


def test_a_statement_on_whose_bookings_a_later_one_rests_is_not_withdrawn_before_that(desk: Desk) -> None:
    first = entry("-1.00", "One", ref="R1")
    load(desk, "a.xml", camt(first, opening="10", closing="9"))
    load(desk, "b.xml", camt(first, entry("-2.00", "Two", ref="R2"), opening="10", closing="7", number=8))

    refused = _withdraw(desk, "BS-000001", "--reason", "Not ours", expect=1)
    both = _withdraw(desk, "BS-000001", "BS-000002", "--reason", "Not ours")

    assert "Withdraw BS-000002 first" in refused["issues"][0]["fix"]
    assert both["withdrawn"] == ["BS-000002", "BS-000001"]
    desk.verify()


def test_a_withdrawn_statement_that_did_not_add_up_is_nobodys_to_explain(desk: Desk) -> None:
    load(desk, "wrong.xml", camt(entry("-1.00", "One"), opening="10", closing="5"), expect=1)

    _withdraw(desk, "BS-000001", "--reason", "Not ours")
    desk.run()

    assert desk.show("Waiting") == []
    assert [row["Resolution"] for row in desk.show("Discrepancies")] == ["BS-000001 was withdrawn: Not ours"]
    desk.verify()


def test_what_the_payer_says_of_each_document_stands_beside_the_bank_line(desk: Desk) -> None:
    parts = "".join(
        f"<Strd><RfrdDocInf><Nb>{number}</Nb></RfrdDocInf>"
        f'<RfrdDocAmt><RmtdAmt Ccy="EUR">{amount}</RmtdAmt></RfrdDocAmt>'
        "</Strd>"
        for number, amount in (("OLD-0001", "119.00"), ("OLD-0002", "38.00"))
    )
    line = entry("157.00", name="Alpha GmbH", iban=ALPHA).replace("<RmtInf><Ustrd></Ustrd>", f"<RmtInf>{parts}")

    load(desk, "st.xml", camt(line))

    assert [row["Remitted"] for row in desk.show("BankLines")] == ["OLD-0001 119.00; OLD-0002 38.00"]
    desk.verify()
