"""Messages go out by email, on paper and through the portal: each once, tried against a real mail server."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from o2c_xl.adapters.mail.out import post_office
from o2c_xl.company.mailing.sending import messages_due, send_messages
from o2c_xl.company.opened import open_company
from tests.adapters.mail_server import MailServer, let_in, self_signed, serving, tls_context
from tests.made_once import made_once
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write

DAY = "2026-03-02"
CUSTOMERS = [
    {
        "Customer ID": "ADA",
        "Name": "Ada & Söhne",
        "Email": "ada@soehne.example",
        "Invoice by": "Email",
        "Country": "DE",
    },
    {"Customer ID": "BEA", "Name": "Bea Ltd", "Email": "", "Invoice by": "Mail", "Country": "GB"},
    {"Customer ID": "POR", "Name": "Portal plc", "Email": "", "Invoice by": "Online portal", "Country": "GB"},
    {"Customer ID": "NIX", "Name": "Nix", "Email": "", "Invoice by": "Email", "Country": "GB"},
]
PRODUCTS = [{"SKU": "TEA", "Name": "Tea", "Unit": "box", "Price": "4.00", "Cost": "2.50", "Tax code": "Standard"}]
NOTHING_ELSE = {"Tell customers of": ""}


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serving() as running:
        yield running


def open_desk(tmp_path: Path, server: MailServer | None, **settings: str) -> Desk:
    _make(tmp_path / "company")
    desk = Desk(tmp_path / "company", DAY)
    said = {
        "Send mail": "Yes" if server else "No",
        "Mail port": str(server.port if server else 25),
        **settings,
    }
    rows = [{"Setting": name, "Value": value} for name, value in said.items()]
    assert desk.load(write(tmp_path / "Settings.csv", rows))["ok"]
    return desk


@made_once
def _make(folder: Path) -> None:
    desk = Desk(folder, DAY)
    desk.o2c("init", folder, "--name", "Fjord & Field", "--on", DAY)
    said = {
        "Purchase by rule": "No",
        "Documents": "PDF",
        "E-invoice": "None",
        "Mail server": "127.0.0.1",
        "Mail security": "None",
        "Mail from": "office@fjord.example",
        "Company IBAN": "DE02120300000000202051",
    }
    tables: dict[str, list[dict[str, Any]]] = {
        "Settings": [{"Setting": name, "Value": value} for name, value in said.items()],
        "TaxRates": [{"Tax group": "Home", "Tax code": "Standard", "Rate %": "19", "Reason": ""}],
        "Customers": [
            one | {"Street": "Main 1", "City": "Town", "Postal code": "12345", "Tax group": "Home"} for one in CUSTOMERS
        ],
        "Products": PRODUCTS,
        "StockCounts": [{"Count": "O-1", "SKU": "TEA", "Counted": 100, "Counted on": DAY, "Reason": "Opening"}],
    }
    assert desk.load(*(write(folder.parent / f"{name}.csv", rows) for name, rows in tables.items()))["ok"]


def order(desk: Desk, *numbers: str, customer: str = "ADA", **changes: Any) -> None:
    rows = [
        {"Order": number, "Customer ID": customer, "Order date": DAY, "SKU": "TEA", "Quantity": "2", **changes}
        for number in numbers
    ]
    desk.load(write(desk.folder.parent / f"orders {numbers[0]}.csv", rows))


def statuses(desk: Desk, kind: str = "Invoice") -> list[str]:
    return [row["Status"] for row in desk.show("Outbox", f"Kind={kind}")]


def invoices(desk: Desk) -> list[tuple[str, bool]]:
    """Each invoice's status, and whether it says when it was sent."""
    return [(row["Status"], row["Sent on"] == DAY) for row in desk.show("Invoices")]


def test_an_invoice_is_mailed_once_with_its_pdf(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    order(desk, "1001")

    first = desk.run()
    second = desk.run()

    [mail] = server.taken
    [attached] = mail.iter_attachments()
    body = mail.get_body(("plain",))
    assert (mail["To"], mail["From"]) == ("ada@soehne.example", "Fjord & Field <office@fjord.example>")
    assert mail["Subject"] == "Rechnung zu Ihrer Bestellung"
    assert body is not None
    assert "INV-000001" in body.get_content()
    assert attached.get_filename() == "Invoice INV-000001 Ada & Söhne.pdf"
    assert attached.get_content().startswith(b"%PDF")
    assert (first["counts"]["messages sent"], second["counts"]["messages sent"]) == (1, 0)
    assert statuses(desk) == ["Sent"]
    desk.verify()


def test_the_customer_is_told_of_order_and_shipment(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server)
    order(desk, "1001", **{"Customer reference": "P-7"})

    desk.run()

    assert server.subjects() == [
        "Ihre Bestellung P-7: Bestätigung", "Ihre Bestellung P-7 ist unterwegs", "Rechnung zu Ihrer Bestellung"
    ]  # fmt: skip
    assert len(set(server.idents)) == 3


def test_until_it_is_switched_on_nothing_leaves_and_the_run_says_how_many_would(
    tmp_path: Path, server: MailServer
) -> None:
    desk = open_desk(tmp_path, None)
    order(desk, "1001")

    said = desk.run()["notes"]
    planned = desk.o2c("send", "--dry-run", "--json", "--on", DAY).json

    assert [note for note in said if "Company IBAN" not in note] == [
        "3 messages lie in the outbox and would be sent, were Send mail Yes in Settings. See: o2c send --dry-run"
    ]
    assert [one["kind"] for one in planned["messages"]] == ["Order confirmation", "Shipment", "Invoice"]
    assert planned["messages"][2]["files"] == ["Invoice INV-000001 Ada & Söhne.pdf"]
    assert server.taken == []
    assert statuses(desk) == ["Waiting"]


def test_letters_of_a_day_lie_in_one_pdf_each_once(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    order(desk, "1001", "1002", customer="BEA")

    desk.run()
    order(desk, "1003", customer="BEA")
    desk.run()
    kept = statuses(desk)
    desk.o2c("run", "--on", "2026-03-03")

    places = desk.folder / "outbox" / "print"
    texts = [" ".join(page.extract_text() for page in PdfReader(path).pages) for path in sorted(places.glob("*.pdf"))]
    listed = list(csv.reader(io.StringIO((places / f"Letters {DAY}.csv").read_text(encoding="utf-8-sig"))))
    assert kept == ["Sent", "Sent", "Waiting"]
    assert statuses(desk) == ["Sent", "Sent", "Sent"]
    assert [path.name for path in sorted(places.glob("*.pdf"))] == [f"Letters {DAY}.pdf", "Letters 2026-03-03.pdf"]
    assert ["INV-000001" in texts[0], "INV-000002" in texts[0], "INV-000003" in texts[0]] == [True, True, False]
    assert "INV-000003" in texts[1]
    assert [row[:4] for row in listed] == [
        ["Page", "Message", "Kind", "About"], ["1", listed[1][1], "Invoice", "INV-000001"],
        ["2", listed[2][1], "Invoice", "INV-000002"],
    ]  # fmt: skip
    desk.verify()


def test_a_portal_customer_finds_documents_and_an_index_each_once(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    order(desk, "1001", customer="POR")
    desk.run()
    order(desk, "1002", customer="POR")

    desk.run()
    desk.run()

    folder = desk.folder / "outbox" / "portal" / "POR"
    index = list(csv.DictReader(io.StringIO((folder / "index.csv").read_text(encoding="utf-8-sig"))))
    assert [(row["About"], row["Files"]) for row in index] == [
        ("INV-000001", "Invoice INV-000001 Portal plc.pdf"), ("INV-000002", "Invoice INV-000002 Portal plc.pdf")
    ]  # fmt: skip
    assert all((folder / row["Files"]).is_file() for row in index)
    assert statuses(desk) == ["Sent", "Sent"]


@pytest.mark.parametrize("on", [True, False])
def test_a_customer_without_an_address_waits_until_the_cell_is_filled(
    tmp_path: Path, server: MailServer, on: bool
) -> None:
    desk = open_desk(tmp_path, server if on else None, **NOTHING_ELSE)
    order(desk, "1001", customer="NIX")
    desk.run()

    waiting, before = desk.show("Waiting"), invoices(desk)
    tracked = desk.o2c("track", "1001", "--json").json["invoices"]
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "NIX", "Email": "nix@nix.example"}]))
    desk.run()

    assert (before, invoices(desk)) == ([("Posted", False)], [("Sent", True)])
    assert [(row["Status"], row["Sent on"]) for row in tracked] == [("Posted", None)]
    assert [(row["Subject"], row["For"], row["What to do"]) for row in waiting] == [
        ("INV-000001", "Finance", "Customer NIX has no email address. Enter it in Customers, column Email.")
    ]
    assert desk.show("Waiting") == []
    assert server.tried == (["nix@nix.example"] if on else [])


def test_one_address_that_is_refused_stops_no_other_and_says_what_the_server_said(
    tmp_path: Path, server: MailServer
) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    server.at_rcpt = lambda to: "550 no such user here" if to.startswith("ada@") else ""
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "NIX", "Email": "nix@nix.example"}]))
    order(desk, "1001")
    order(desk, "1002", customer="NIX")

    desk.run()
    desk.run()

    [row] = desk.show("Waiting")
    assert statuses(desk) == ["Failed", "Sent"]
    assert invoices(desk) == [("Posted", False), ("Sent", True)]
    assert (row["What stops it"], "550 no such user here" in row["What to do"]) == ("Invoice could not be sent", True)
    assert server.tried == ["ada@soehne.example", "nix@nix.example"]


def test_what_the_server_does_not_take_now_is_tried_again_later(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    server.at_rcpt = lambda _to: "451 come back later"
    order(desk, "1001")

    desk.run()
    desk.run()
    assert invoices(desk) == [("Posted", False)]
    server.at_rcpt = lambda _to: ""
    [key] = [row["Message"] for row in desk.show("Outbox", "Kind=Invoice")]
    desk.o2c("send", "--again", key, "--on", DAY)
    desk.run()

    assert server.tried == ["ada@soehne.example"] * 2  # the second run came too early
    assert len(server.taken) == 1
    assert statuses(desk) == ["Sent"]


def test_a_whole_message_that_the_server_does_not_take_now_waits_and_goes_out_once(
    tmp_path: Path, server: MailServer
) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    server.at_end = lambda _mail: "452 disk full"
    order(desk, "1001")

    desk.run()
    server.at_end = lambda _mail: ""
    desk.run()
    assert statuses(desk) == ["Waiting"]
    [key] = [row["Message"] for row in desk.show("Outbox", "Kind=Invoice")]
    desk.o2c("send", "--again", key, "--on", DAY)
    desk.run()

    assert statuses(desk) == ["Sent"]
    assert len(server.taken) == 1


def test_a_connection_closed_after_the_final_dot_leaves_the_message_uncertain(
    tmp_path: Path, server: MailServer
) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    server.hang_up = lambda _mail: True
    order(desk, "1001")

    desk.run()
    desk.run()

    [row] = desk.show("Waiting")
    assert len(server.taken) == 1
    assert statuses(desk) == ["Uncertain"]
    assert invoices(desk) == [("Posted", False)]
    assert server.idents[0] in row["What to do"]

    desk.o2c("send", "--sent", desk.show("Outbox", "Kind=Invoice")[0]["Message"], "--on", DAY)

    assert statuses(desk) == ["Sent"]
    assert invoices(desk) == [("Sent", True)]
    assert desk.show("Waiting") == []
    desk.verify()


@pytest.mark.parametrize(("action", "mails"), [("Sent", 1), ("Send again", 2)])
def test_what_nobody_knows_of_is_decided_in_the_sheet_too(
    tmp_path: Path, server: MailServer, action: str, mails: int
) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    server.hang_up = lambda _mail: len(server.taken) == 1
    order(desk, "1001")
    desk.run()
    [key] = [row["Message"] for row in desk.show("Outbox", "Kind=Invoice")]

    desk.load(write(tmp_path / "Outbox.csv", [{"Message": key, "Action": action}]))
    counts = desk.run()["counts"]

    assert (len(server.taken), statuses(desk), counts["messages decided"]) == (mails, ["Sent"], 1)
    assert [row["Action"] for row in desk.show("Outbox", "Kind=Invoice")] == [None]
    refused = desk.load(write(tmp_path / "Outbox.csv", [{"Message": key, "Action": "Send again"}]), expect=1)
    assert refused["issues"][0]["problem"].startswith("It is Sent already")
    assert desk.run(expect=1)["counts"]["messages decided"] == 0
    desk.verify()


def test_of_a_message_that_merely_waits_nothing_is_decided(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE, **{"Send mail": "No"})
    order(desk, "1001")
    desk.run()
    [key] = [row["Message"] for row in desk.show("Outbox", "Kind=Invoice")]

    refused = desk.load(write(tmp_path / "Outbox.csv", [{"Message": key, "Action": "Sent"}]), expect=1)

    assert refused["issues"][0]["problem"] == "It waits still, and neither failed nor is uncertain."


def test_a_message_sent_again_by_a_person_keeps_its_message_id(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    server.hang_up = lambda _mail: len(server.taken) == 1
    order(desk, "1001")
    desk.run()

    desk.o2c("send", "--again", desk.show("Outbox", "Kind=Invoice")[0]["Message"], "--on", DAY)
    desk.run()

    assert len(server.taken) == 2
    assert len(set(server.idents)) == 1


def test_a_server_that_refuses_the_whole_mail_fails_it_or_puts_it_off(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    server.at_end = lambda _mail: "554 looks like spam" if not server.taken else "452 disk full"
    order(desk, "1001")

    desk.run()

    assert statuses(desk) == ["Failed"]


def test_without_a_server_everything_else_is_done_and_one_sentence_says_so(tmp_path: Path) -> None:
    with serving() as gone:
        pass
    desk = open_desk(tmp_path, gone, **NOTHING_ELSE)
    order(desk, "1001")
    order(desk, "1002", customer="POR")

    told = desk.run(expect=2)
    again = desk.run()

    assert "The mail server 127.0.0.1:" in told["error"]
    assert statuses(desk) == ["Waiting", "Sent"]
    assert again["counts"]["messages sent"] == 0  # not before its time
    with serving(gone.port) as server:
        [key, _] = [row["Message"] for row in desk.show("Outbox", "Kind=Invoice")]
        desk.o2c("send", "--again", key, "--on", DAY)
        desk.run()
        assert len(server.taken) == 1


def test_old_messages_stay_when_sending_is_switched_on_late(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, None, **NOTHING_ELSE)
    order(desk, "1001")
    order(desk, "1002", customer="NIX")
    desk.run()
    on = [{"Setting": "Send mail", "Value": "Yes"}, {"Setting": "Mail port", "Value": str(server.port)}]
    desk.load(write(tmp_path / "Settings.csv", on))

    desk.o2c("run", "--on", "2026-04-01")

    said = desk.o2c("send", "--on", "2026-04-01")
    old, unreachable = (row["What to do"] for row in desk.show("Waiting"))
    assert server.taken == []
    assert "older than" in old
    assert "Customer NIX has no email address." in unreachable
    assert "1 message waits: It is older than" in said.err
    assert "1 message waits: Customer NIX has no email address." in said.err
    assert "Nothing to do" not in said.out + said.err


def test_a_faulty_template_is_told_with_its_line_and_its_message_waits(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    own = desk.folder / "templates" / "de"
    own.mkdir(parents=True)
    (own / "invoice.txt").write_text(
        "Subject: {{ invoice.invoice }}\n\nHallo\n{{ invoice.nonsense }}\n", encoding="utf-8"
    )
    order(desk, "1001")

    told = desk.run(expect=1)
    (own / "invoice.txt").write_text("Subject: Re {{ invoice.invoice }}\n\nHallo {{ party.name }}\n", encoding="utf-8")
    desk.run()

    [issue] = told["issues"]
    assert (issue["source"], issue["row"]) == ("templates/de/invoice.txt", 4)
    assert server.subjects() == ["Re INV-000001"]


def test_an_address_that_is_none_waits_and_names_the_cell(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    desk.load(write(tmp_path / "Customers.csv", [{"Customer ID": "NIX", "Email": "päul@nix.example"}]))
    order(desk, "1002", customer="NIX")

    desk.run()

    [row] = desk.show("Waiting")
    assert server.tried == []
    assert "is no email address. Correct it in Customers, column Email" in row["What to do"]


def test_text_that_looks_like_a_formula_stays_text_in_the_index(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    own = desk.folder / "templates" / "en"
    own.mkdir(parents=True)
    (own / "invoice.txt").write_text("Subject: =1+1\n\nx\n", encoding="utf-8")
    order(desk, "1001", customer="POR")

    desk.run()

    index = (desk.folder / "outbox" / "portal" / "POR" / "index.csv").read_text(encoding="utf-8-sig")
    assert ",'=1+1," in index


def test_the_password_is_in_no_file(tmp_path: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("O2C_MAIL_PASSWORD", "s3cret-mark")
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    order(desk, "1001")

    told = desk.run(expect=2)  # this server asks for no password and offers no way to give one

    assert "s3cret-mark" not in str(told)
    files = [path for path in desk.folder.rglob("*") if path.is_file()]
    assert not [path for path in files if b"s3cret-mark" in path.read_bytes()]


def test_starttls_and_a_password_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    certificate, key = self_signed(tmp_path, "localhost")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv("O2C_MAIL_PASSWORD", "right")
    guarded = {
        "tls_context": tls_context(certificate, key),
        "require_starttls": True,
        "auth_required": True,
        "authenticator": let_in("office@fjord.example", "right"),
    }
    with serving(**guarded) as server:
        desk = open_desk(tmp_path, server, **{"Mail security": "STARTTLS", "Mail server": "localhost"}, **NOTHING_ELSE)
        order(desk, "1001")
        desk.run()
        assert len(server.taken) == 1

        monkeypatch.setenv("O2C_MAIL_PASSWORD", "wrong")
        order(desk, "1002")
        told = desk.run(expect=2)

    assert "does not let office@fjord.example in" in told["error"]
    assert statuses(desk) == ["Sent", "Waiting"]


def test_a_server_that_nobody_vouches_for_gets_nothing(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, "localhost")
    with serving(tls_context=tls_context(certificate, key)) as server:
        desk = open_desk(tmp_path, server, **{"Mail security": "STARTTLS", "Mail server": "localhost"}, **NOTHING_ELSE)
        order(desk, "1001")

        told = desk.run(expect=2)

    assert server.tried == []
    assert "certificate" in told["error"]


def test_a_delay_is_told_after_the_confirmation_was(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **{"Tell customers of": "Order confirmation, Delay", "Default lead days": "7"})
    sells = {"Supplier ID": "S1", "Name": "Tea House", "Email": "tea@house.example", "Country": "GB"}
    desk.load(write(tmp_path / "Suppliers.csv", [sells]))
    desk.load(
        write(
            tmp_path / "SupplierPrices.csv",
            [{"Supplier ID": "S1", "SKU": "TEA", "Minimum quantity": "1", "Price": "2.00"}],
        )
    )
    order(desk, "1001", Quantity="150")

    desk.run()
    before = server.subjects()
    desk.o2c("run", "--on", "2026-03-20")
    desk.o2c("run", "--on", "2026-03-20")

    assert before == ["Ihre Bestellung 1001: Bestätigung", "Rechnung zu Ihrer Bestellung"]
    assert server.subjects()[2:] == ["Ihre Bestellung 1001: neuer Termin"]


def test_templates_are_handed_out_once(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, None)

    made = desk.o2c("send", "--templates", "--json").json["templates"]
    again = desk.o2c("send", "--templates", "--json").json["templates"]

    assert "templates/de/invoice.txt" in made
    assert all((desk.folder / name).is_file() for name in made)
    assert again == []


def test_layouts_are_handed_out_once_and_then_taken(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, None)

    made = desk.o2c("paper", "--layouts", "--json").json["layouts"]
    again = desk.o2c("paper", "--layouts", "--json").json["layouts"]

    assert made == [f"layouts/{name}.xlsx" for name in ("invoice", "packing_slip", "pick_list", "purchase_order")]
    assert all((desk.folder / name).is_file() for name in made)
    assert again == []


def test_a_supplier_gets_the_order_and_the_claim(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    tables = {
        "Suppliers": [{"Supplier ID": "S1", "Name": "Tea House", "Email": "tea@house.example", "Country": "GB"}],
        "PurchaseOrders": [{"PO": "P-1", "Supplier ID": "S1", "Action": "Send"}],
        "PurchaseOrderLines": [{"PO": "P-1", "Line": "1", "SKU": "TEA", "Quantity": "5", "Unit cost": "2.00"}],
    }
    for name, rows in tables.items():
        desk.load(write(tmp_path / f"{name}.csv", rows))
    desk.run()
    receipt = {"Receipt": "R-1", "PO": "P-1", "SKU": "TEA", "Quantity": "5", "Quality": "Poor", "Received on": DAY}
    desk.load(write(tmp_path / "Receipts.csv", [receipt]))

    desk.run()

    assert server.subjects() == ["Purchase order P-1", "Claim on P-1"]
    assert [part.get_filename() for part in server.taken[0].iter_attachments()] == ["Purchase order P-1 Tea House.pdf"]


def test_the_pause_before_the_next_try_doubles(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, None, **NOTHING_ELSE)
    order(desk, "1001")
    desk.run()
    on = [{"Setting": "Send mail", "Value": "Yes"}, {"Setting": "Mail port", "Value": str(server.port)}]
    desk.load(write(tmp_path / "Settings.csv", on))
    server.at_rcpt = lambda _to: "451 later"
    time = [dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)]
    company = open_company(desk.folder, clock=lambda: time[0], who="anna", post=post_office)

    tried = []
    for minute in range(18):
        time[0] = dt.datetime(2026, 3, 2, 9, minute, tzinfo=dt.UTC)
        before = len(server.tried)
        due = messages_due(company, time[0].date())
        send_messages(company, time[0].date())
        if len(server.tried) > before:
            tried.append(minute)
            assert due or minute == 0
    company.close()

    assert tried == [0, 1, 3, 7, 15]


def test_a_reminder_that_waited_for_the_server_does_not_go_once_its_invoice_is_paid(
    tmp_path: Path, server: MailServer
) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    order(desk, "1001", **{"Payment terms": "Net 0"})
    desk.run()
    (invoice,) = desk.show("Invoices")
    settings = write(tmp_path / "Settings.csv", [{"Setting": "Mail server", "Value": "nowhere.invalid"}])
    desk.load(settings)
    late = Desk(desk.folder, "2026-03-12")
    late.run(expect=None)
    before = [*statuses(late, "Reminder"), late.show("Invoices")[0]["Reminder level"]]
    paid = {"Payment": "P1", "Customer ID": "ADA", "Paid on": late.day, "Amount": invoice["Open"], "Method": "Cash"}
    late.load(write(tmp_path / "Payments.csv", [paid | {"Reference": invoice["Invoice"]}]))
    late.o2c("run", "--on", late.day, "--only", "payments", "--only", "applied", expect=None)
    late.load(write(tmp_path / "Settings.csv", [{"Setting": "Mail server", "Value": "127.0.0.1"}]))

    late.o2c("send", "--on", late.day)

    assert (before, statuses(late, "Reminder")) == (["Waiting", "0"], ["Withdrawn"])
    assert len(server.taken) == 1  # the invoice
    assert late.show("Reminders")[0]["Status"] == "Withdrawn"
    assert [path.parent.name for path in (late.folder / "outbox").rglob("*eminder*.pdf")] == ["withdrawn"]
    late.verify()


def test_a_statement_that_waits_is_named_by_its_account_and_days(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, None, **NOTHING_ELSE)
    order(desk, "1001", customer="NIX")
    desk.run()

    desk.o2c("statement", "NIX", "--on", "2026-03-31")
    desk.o2c("run", "--on", "2026-03-31", expect=None)

    subjects = [row["Subject"] for row in desk.show("Waiting")]
    assert "Statement of account of NIX, 2026-03-01 to 2026-03-31" in subjects
