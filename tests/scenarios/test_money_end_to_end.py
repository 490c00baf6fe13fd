"""From an order to a mailed e-invoice, a line on the bank's statement and an aging list without it; and from an unpaid
invoice to its reminder and the customer's next order, held until the payment clears."""

from __future__ import annotations

import io
from collections.abc import Iterator
from decimal import Decimal
from email.message import EmailMessage

import openpyxl
import pypdf
import pytest

from tests.adapters.mail_server import MailServer, serving
from tests.documents.official_rules import broken_in_cii
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write

_STATEMENT = """<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>M{number}</MsgId>
<CreDtTm>{day}T20:00:00</CreDtTm></GrpHdr><Stmt><Id>S{number}</Id><ElctrncSeqNb>{number}</ElctrncSeqNb><Acct><Id>
<IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>{opening}{closing}<Ntry><NtryRef>1</NtryRef>
<Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt>
<ValDt><Dt>{day}</Dt></ValDt><AcctSvcrRef>ASR{number}</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E{number}
</EndToEndId></Refs><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty>
</Dbtr></RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>
"""
_BALANCE = """<Bal><Tp><CdOrPrtry><Cd>{kind}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{amount}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"""


def statement(number: int, day: str, paid: tuple[str, str, str], opening: str = "1000.00") -> bytes:
    """A camt.053 statement with one payment: amount, payer's name, text."""
    amount, name, text = paid
    closing = str(Decimal(opening) + Decimal(amount))
    balances = [_BALANCE.format(kind=kind, amount=of, day=day) for kind, of in (("OPBD", opening), ("CLBD", closing))]
    told = {"number": number, "day": day, "amount": amount, "name": name, "text": text}
    return _STATEMENT.format(**told, opening=balances[0], closing=balances[1]).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[MailServer]:
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, server: MailServer) -> Desk:
    """The sample company on its last day, with sending switched on."""
    folder = tmp_path_factory.mktemp("money") / "company"
    made = Desk(folder, "")
    made.o2c("demo", folder)
    day = max(row["Invoice date"] for row in made.show("Invoices"))
    desk = Desk(folder, day)
    said = {"Send mail": "Yes", "Mail server": "127.0.0.1", "Mail port": str(server.port), "Mail security": "None"}
    said |= {"Mail from": "office@fjord-field.example", "Send nothing older than days": ""}
    desk.load(write(folder.parent / "s.csv", [{"Setting": name, "Value": value} for name, value in said.items()]))
    return desk


def pay(desk: Desk, number: int, paid: tuple[str, str, str]) -> None:
    """The bank's statement, dropped."""
    inbox = desk.folder / "inbox" / "bank"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / f"statement {number}.xml").write_bytes(statement(number, desk.day, paid))


def aging(desk: Desk) -> str:
    """Everything that the report's aging says."""
    at = desk.folder.parent / "report.xlsx"
    desk.o2c("report", "--out", at, "--on", desk.day)
    return str(list(openpyxl.load_workbook(at)["Aging"].iter_rows(values_only=True)))


def about(server: MailServer, word: str) -> list[EmailMessage]:
    return [mail for mail in server.taken if (body := mail.get_body(("plain",))) and word in body.get_content()]


def test_an_order_of_the_demo_ends_as_an_e_invoice_mailed_once_paid_by_a_bank_line_and_gone_from_aging(
    desk: Desk, server: MailServer
) -> None:
    invoice = next(row for row in desk.show("Invoices") if row["Customer ID"] == "TEAMWERK" and row["Open"] != "0.00")
    number, name = invoice["Invoice"], "Teamwerk"

    desk.run(expect=1)
    desk.run(expect=1)
    [mail] = [mail for mail in about(server, number) if mail["Subject"] == "Rechnung zu Ihrer Bestellung"]
    [pdf] = [part for part in mail.iter_attachments() if part.get_filename().endswith(".pdf")]
    [(_, [xml])] = pypdf.PdfReader(io.BytesIO(pdf.get_content())).attachments.items()
    assert broken_in_cii(xml) == []

    assert "TEAMWERK" in aging(desk)
    pay(desk, 1, (invoice["Open"], name, f"Your invoice {number}"))
    desk.run(expect=1)

    [paid] = desk.show("Invoices", f"Invoice={number}")
    [line] = desk.show("BankLines")
    [match] = desk.show("Matches", f"Invoice={number}")
    assert (paid["Status"], paid["Open"]) == ("Paid", "0.00")
    assert (line["Amount"], match["Amount"], match["Rule"]) == (invoice["Open"], invoice["Open"], "Reference")
    assert "TEAMWERK" not in aging(desk)
    desk.verify()


def test_who_is_past_due_is_reminded_and_the_next_order_waits_until_the_bank_says_it_is_paid(
    desk: Desk, server: MailServer
) -> None:
    desk.run(expect=1)
    [late] = [row for row in desk.show("Invoices", "Customer ID=LUNA") if row["Open"] != "0.00"]
    held = desk.show("Orders", "Customer ID=LUNA", "Status=On hold")

    assert late["Reminder level"] != "0"
    assert [mail for mail in about(server, late["Invoice"]) if "ahnung" in str(mail["Subject"])]
    assert late["Invoice"] in held[0]["Waiting for"]
    pay(desk, 2, (late["Open"], "Cafe Luna", late["Invoice"]))
    desk.run(expect=1)

    [order] = desk.show("Orders", f"Order={held[0]['Order']}")
    assert desk.show("Invoices", f"Invoice={late['Invoice']}")[0]["Status"] == "Paid"
    assert order["Status"] != "On hold"
    desk.verify()
