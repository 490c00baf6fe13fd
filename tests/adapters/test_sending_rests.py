"""A mail server that lets nothing through fails no message: all wait, say why, and go at once when that is mended."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.adapters.mail_server import MailServer, let_in, self_signed, serving, tls_context
from tests.adapters.test_sending import DAY, NOTHING_ELSE, open_desk, order, statuses
from tests.adapters.test_sending import server as server  # noqa: PLC0414 -- the fixture
from tests.scenarios.commands import Desk
from tests.scenarios.northwind import write

WITH_ACCOUNT: dict[str, Any] = {
    "auth_required": True, "auth_require_tls": False, "authenticator": let_in("office@fjord.example", "right")
}  # fmt: skip


def set_(desk: Desk, **values: str) -> None:
    rows = [{"Setting": name.replace("_", " "), "Value": value} for name, value in values.items()]
    desk.load(write(desk.folder.parent / "Settings.csv", rows))


def test_a_person_who_mended_the_settings_sends_at_once(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE, **{"Mail server": "nohost.invalid"})
    order(desk, "1001", "1002")
    desk.run(expect=2)

    down = desk.o2c("send", "--on", DAY, expect=2)
    set_(desk, Mail_server="127.0.0.1")
    sent = desk.o2c("send", "--on", DAY)

    assert "2 messages rest until" in down.err
    assert down.err.count("nohost.invalid:") == 1  # said once
    assert "messages sent: 2" in sent.out
    assert statuses(desk) == ["Sent", "Sent"]
    assert desk.show("Waiting") == []
    desk.verify()


def test_a_run_tries_at_once_when_the_settings_were_mended_and_not_before(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE, **{"Mail server": ""})
    order(desk, "1001")
    told = desk.run(expect=2)

    again = desk.run()
    set_(desk, Mail_server="127.0.0.1")
    mended = desk.run()

    assert "Mail server in Settings is empty" in told["error"]
    assert [one["counts"]["messages sent"] for one in (again, mended)] == [0, 1]


def test_what_one_receiver_s_server_puts_off_rests_and_a_person_is_told_until_when(
    tmp_path: Path, server: MailServer
) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    server.at_rcpt = lambda _to: "451 come back later"
    order(desk, "1001")
    desk.run()

    planned = desk.o2c("send", "--dry-run", "--on", DAY)
    told = desk.o2c("send", "--on", DAY)

    assert "0 messages would be sent; 1 waits." in planned.err
    assert "1 message rests until " in told.err
    assert "451 come back later" in told.err
    assert "Nothing to do" not in told.out
    assert server.tried == ["ada@soehne.example"]


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # on the loopback nobody listens
def test_a_server_that_wants_a_password_and_got_none_fails_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("O2C_MAIL_PASSWORD", raising=False)
    with serving(**WITH_ACCOUNT) as server:
        desk = open_desk(tmp_path, server, **NOTHING_ELSE)
        order(desk, "1001", "1002")

        told = desk.run(expect=2)
        before = statuses(desk)
        monkeypatch.setenv("O2C_MAIL_PASSWORD", "right")
        desk.o2c("send", "--on", DAY)

    assert "wants a password for office@fjord.example, and none was given: 530" in told["error"]
    assert "O2C_MAIL_PASSWORD, or in the keyring" in told["error"]
    assert before == ["Waiting", "Waiting"]
    assert statuses(desk) == ["Sent", "Sent"]
    assert server.tried == ["ada@soehne.example"] * 2


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("554 5.7.1 Relay access denied", "wants a password"),
        ("530 5.7.0 Must issue a STARTTLS command first", "wants an encrypted connection"),
        ("538 5.7.11 Encryption required", "wants an encrypted connection"),
    ],
)
def test_who_is_refused_only_at_the_receiver_waits_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, told: str
) -> None:
    monkeypatch.delenv("O2C_MAIL_PASSWORD", raising=False)
    with serving(**(WITH_ACCOUNT | {"auth_required": False})) as server:
        desk = open_desk(tmp_path, server, **NOTHING_ELSE)
        server.at_rcpt = lambda _to: said
        order(desk, "1001")

        answer = desk.run(expect=2)

    assert told in answer["error"]
    assert statuses(desk) == ["Waiting"]


def test_a_sender_that_the_server_does_not_take_is_no_fault_of_a_message(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    server.at_mail = lambda _from: "553 5.7.1 not your address"
    order(desk, "1001")

    answer = desk.run(expect=2)

    assert "takes no mail from office@fjord.example: 553 5.7.1 not your address" in answer["error"]
    assert statuses(desk) == ["Waiting"]


def test_a_certificate_that_is_not_trusted_is_told_with_its_mending(tmp_path: Path) -> None:
    certificate, key = self_signed(tmp_path, "localhost")
    with serving(tls_context=tls_context(certificate, key)) as server:
        desk = open_desk(tmp_path, server, **{"Mail security": "STARTTLS", "Mail server": "localhost"}, **NOTHING_ELSE)
        order(desk, "1001")

        told = desk.run(expect=2)["error"]

    assert "was reached, but its certificate is not trusted: self-signed certificate" in told
    assert "SSL_CERT_FILE" in told
    assert statuses(desk) == ["Waiting"]


def test_a_certificate_for_another_name_says_to_write_that_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = self_signed(tmp_path, "mail.fjord.example")
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with serving(tls_context=tls_context(certificate, key)) as server:
        desk = open_desk(tmp_path, server, **{"Mail security": "STARTTLS", "Mail server": "localhost"}, **NOTHING_ELSE)
        order(desk, "1001")

        told = desk.run(expect=2)["error"]

    assert "into Mail server in Settings, instead of localhost" in told


def test_papers_of_the_house_are_sent_once_they_are_written(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    order(desk, "1001", customer="POR")

    desk.run()

    papers = [row for kind in ("Pick list", "Packing slip") for row in desk.show("Outbox", f"Kind={kind}")]
    assert [row["Status"] for row in papers] == ["Sent", "Sent"]
    assert all(row["Sent"] for row in papers)
    desk.verify()


def test_the_outbox_keeps_the_subject_that_went_out(tmp_path: Path, server: MailServer) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE)
    desk.load(
        write(
            tmp_path / "Customers.csv",
            [{"Customer ID": "POR", "Country": "DE"}, {"Customer ID": "BEA", "Country": "AT"}],
        )
    )
    order(desk, "1001")
    order(desk, "1002", customer="POR")
    order(desk, "1003", customer="BEA")

    desk.run()

    assert [row["Subject"] for row in desk.show("Outbox", "Kind=Invoice")] == ["Rechnung zu Ihrer Bestellung"] * 3
    assert statuses(desk) == ["Sent"] * 3
    desk.verify()


def test_a_file_that_cannot_be_read_keeps_no_other_message_back(
    tmp_path: Path, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = open_desk(tmp_path, server, **NOTHING_ELSE, **{"Send mail": "No"})
    order(desk, "1001")
    order(desk, "1002")
    desk.run()
    kept = next((desk.folder / "outbox").rglob("Invoice INV-000001*.pdf"))
    read = Path.read_bytes

    def reads(path: Path) -> bytes:  # as where another program keeps it to itself
        if path.name == kept.name:
            raise PermissionError(13, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", reads)
    set_(desk, Send_mail="Yes")

    desk.run()

    told = desk.o2c("send", "--on", DAY)

    assert statuses(desk) == ["Waiting", "Sent"]
    assert f"{kept.name} cannot be read: close it where it is open. Tried again later." in told.err
    assert len(server.taken) == 1
