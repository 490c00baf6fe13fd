"""Mails of known senders: their files land once, in the right drop folder, on a real IMAP server."""

from __future__ import annotations

import datetime as dt
import getpass
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace

import pytest
from imap_tools import MailBoxUnencrypted

from o2c_xl.adapters.mail import mailbox
from o2c_xl.adapters.mail.mailbox import PASSWORD
from o2c_xl.company.folder import Mailbox
from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.folders.landing import Attachment, Mail, begin_landing, finish_landings, land
from o2c_xl.intake.folders.names import is_passed_over
from o2c_xl.intake.folders.watched import Watched
from tests.scenarios.commands import Desk
from tests.scenarios.test_dropped import DAY, HEAD, desk, fates, inside

__all__ = ["desk"]

CONFIG = """\
protocols = imap
listen = 127.0.0.1
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{home}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
passdb {{
  driver = static
  args = password=secret
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""
NOBODY = 65534


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def dovecot_config(home: Path, port: int) -> str:
    """Run by root it takes Debian's own accounts and keeps mail as nobody; by anyone else, that account for all."""
    root = os.getuid() == 0
    text = CONFIG.format(home=home, port=port, uid=NOBODY if root else os.getuid(), gid=NOBODY if root else os.getgid())
    user = getpass.getuser()
    return text if root else f"{text}default_internal_user = {user}\ndefault_login_user = {user}\n"


@pytest.fixture
def server() -> Iterator[int]:
    """A Dovecot of our own on loopback; its port."""
    if shutil.which("dovecot") is None:
        if os.environ.get("O2C_REQUIRE_DOVECOT"):
            pytest.fail("dovecot is not installed")
        pytest.skip("needs Debian's dovecot-imapd")
    with tempfile.TemporaryDirectory(prefix="o2c-imap-") as folder:
        home, port = Path(folder), free_port()
        home.chmod(0o755)
        (home / "mail").mkdir()
        (home / "mail").chmod(0o777)
        config = home / "dovecot.conf"
        config.write_text(dovecot_config(home, port), encoding="utf-8")
        process = subprocess.Popen(["dovecot", "-F", "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            wait_for(port, home / "log")
            yield port
        finally:
            process.terminate()
            process.wait(timeout=20)


def wait_for(port: int, log: Path) -> None:
    for _ in range(200):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    pytest.fail(log.read_text(encoding="utf-8") if log.exists() else "dovecot did not start")


def send(port: int, sender: str, name: str, content: str, **headers: str) -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, "orders@acme.example", "Our order"
    message["Message-ID"] = headers.pop("ident", f"<{name}@example>")
    message["Date"] = "Mon, 02 Mar 2026 08:00:00 +0000"
    for header, value in headers.items():
        message[header.replace("_", "-")] = value
    message.set_content("Please find our order attached.")
    message.add_attachment(content.encode(), maintype="text", subtype="csv", filename=name)
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
    with MailBoxUnencrypted("127.0.0.1", port).login("orders", "secret") as box:
        box.append(message.as_bytes(), "INBOX", dt=None, flag_set=[])


def open_mailbox(desk: Desk, port: int, more: str = "") -> None:
    config = desk.folder / "o2c.toml"
    text = config.read_text(encoding="utf-8")
    box = f'\n[mailbox]\nserver = "127.0.0.1"\nport = {port}\nsecurity = "None"\nuser = "orders"\n{more}'
    config.write_text(text + box, encoding="utf-8")
    (desk.folder / "inbox" / "alpha").mkdir()
    (desk.folder / "watchers").mkdir()
    (desk.folder / "watchers" / "alpha.toml").write_text(
        'folder = "inbox/alpha"\ntables = ["Orders", "OrderLines"]\nsettle_seconds = 0\n'
        'customers = ["C1"]\nmail_from = ["@alpha.example"]\n',
        encoding="utf-8",
    )


def test_files_of_known_senders_land_once_and_those_of_others_never(
    desk: Desk, server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "secret")
    open_mailbox(desk, server)
    good = HEAD + "A1,C1,2026-03-01,P1,1\n"
    send(server, "Ann <ann@alpha.example>", "../../good.csv", good)
    send(server, "ann@alpha.example", "bad.csv", HEAD + "A2,C2,2026-03-01,P1,1\n")
    send(server, "mallory@else.example", "evil.csv", HEAD + "A3,C1,2026-03-01,P1,1\n")

    first = desk.run(expect=1)
    with MailBoxUnencrypted("127.0.0.1", server).login("orders", "secret") as box:
        unseen = [mail.from_ for mail in box.fetch("UNSEEN", mark_seen=False)]
        box.flag(box.uids("ALL"), "\\Seen", False)
    second = desk.run(expect=1)

    assert (first["counts"]["mails"], first["counts"]["files mailed"]) == (2, 2)
    assert second["counts"]["mails"] == 0
    assert unseen == ["mallory@else.example"]
    assert [row["Order"] for row in desk.show("Orders")] == ["A1"]
    assert set(fates(desk).values()) == {"Done", "Set aside"}
    assert {row["From"] for row in desk.show("Files") if "d.csv" in row["File"]} == {"ann@alpha.example"}
    assert {row["To"] for row in desk.show("Outbox") if row["Kind"] == "File set aside"} == {"ann@alpha.example"}
    assert list(inside(desk.folder / "done").values()) == [good.encode()]


def append(port: int, message: EmailMessage, ident: str) -> None:
    message["From"], message["To"], message["Subject"] = "ann@alpha.example", "orders@acme.example", f"Our {ident}"
    message["Message-ID"], message["Date"] = f"<{ident}@example>", "Mon, 02 Mar 2026 08:00:00 +0000"
    with MailBoxUnencrypted("127.0.0.1", port).login("orders", "secret") as box:
        box.append(message.as_bytes(), "INBOX", dt=None, flag_set=[])


def test_a_file_without_a_name_lands_and_what_brings_none_stays_unread_with_a_note(
    desk: Desk, server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "secret")
    open_mailbox(desk, server)
    nameless, plain, signed = EmailMessage(), EmailMessage(), EmailMessage()
    nameless.set_content("Please find our order attached.")
    nameless.add_attachment((HEAD + "A1,C1,2026-03-01,P1,1\n").encode(), maintype="text", subtype="csv")
    plain.set_content("Please call me back.")
    signed.set_content("Signed.")
    for name in ("smime.p7s", "logo.png", "~$lock.xlsx"):
        signed.add_attachment(b"\x89PNG", maintype="application", subtype="octet-stream", filename=name)
    for ident, message in (("order", nameless), ("call", plain), ("signature", signed)):
        append(server, message, ident)

    first, second = desk.run(), desk.run()
    with MailBoxUnencrypted("127.0.0.1", server).login("orders", "secret") as box:
        unseen = [mail.subject for mail in box.fetch("UNSEEN", mark_seen=False)]

    assert [row["Order"] for row in desk.show("Orders")] == ["A1"]
    assert (set(fates(desk).values()), desk.show("Issues")) == ({"Done"}, [])
    assert unseen == ["Our call", "Our signature"]
    assert [note for note in first["notes"] if "unread" in note] == [
        "A mail of ann@alpha.example (Our call) was left unread. It brings no file.",
        "A mail of ann@alpha.example (Our signature) was left unread. It brings no file.",
    ]
    assert not any("unread" in note for note in second["notes"])


def test_another_file_under_a_message_id_that_came_before_lands_too(
    desk: Desk, server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "secret")
    open_mailbox(desk, server)
    for order in ("A1", "A2"):
        send(server, "ann@alpha.example", f"{order}.csv", HEAD + f"{order},C1,2026-03-01,P1,1\n", ident="<one@example>")
        desk.run()

    assert [row["Order"] for row in desk.show("Orders")] == ["A1", "A2"]


def test_only_mails_that_our_own_server_found_genuine_are_taken_where_asked(
    desk: Desk, server: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "secret")
    open_mailbox(desk, server, 'proved_by = "mx.acme.example"\nhandled = ""\n')
    text = HEAD + "{},C1,2026-03-01,P1,1\n"
    for name, result in (
        ("real", "mx.acme.example; dmarc=pass header.from=alpha.example"),
        ("forged", "mx.acme.example; dmarc=fail header.from=alpha.example"),
        ("foreign", "mx.evil.example; dmarc=pass"),
    ):
        send(server, "ann@alpha.example", f"{name}.csv", text.format(name), Authentication_Results=result)

    desk.run()

    assert [row["Order"] for row in desk.show("Orders")] == ["real"]


def test_a_mailbox_out_of_reach_is_said_and_keeps_nothing_else_from_being_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PASSWORD, "secret")
    open_mailbox(desk, free_port())

    answer = desk.run()

    assert any("mailbox" in note and "wait there" in note for note in answer["notes"])


def test_a_landing_that_was_cut_short_is_finished_and_not_begun_again(ledger, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    day = dt.date.fromisoformat(DAY)
    mail = Mail("<1@x>", "ann@alpha.example", "Order", [Attachment("a.csv", b"one"), Attachment("a.csv", b"two")])

    begin_landing(ledger, mail, "alpha", folder, day)
    before = [path.name for path in folder.iterdir() if not is_passed_over(path.name)]
    finish_landings(ledger, lambda _kind: folder, day)
    for path in folder.iterdir():
        path.unlink()
    land(ledger, mail, "alpha", folder, day)

    assert before == []
    assert list(folder.iterdir()) == []


def test_the_files_of_a_mail_keep_their_names_and_replace_none(ledger, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "a.csv").write_bytes(b"zero")
    mail = Mail("<1@x>", "ann@alpha.example", "Order", [Attachment("a.csv", b"one"), Attachment("a.csv", b"two")])

    land(ledger, mail, "alpha", folder, dt.date.fromisoformat(DAY))

    assert sorted(path.read_bytes() for path in folder.iterdir()) == [b"one", b"two", b"zero"]
    assert all("a.csv" in path.name for path in folder.iterdir())


@pytest.mark.parametrize(
    ("address", "heard"),
    [("ann@alpha.example", True), ("ANN@ALPHA.example", True), ("bob@beta.example", True), ("x@beta.example", False),
     ("ann@alpha.example.evil", False), ("", False)],
)  # fmt: skip
def test_a_folder_hears_addresses_and_whole_domains(address: str, heard: bool) -> None:
    watched = Watched(folder="x", sender="bob@beta.example", mail_from=["@alpha.example"])

    assert watched.hears(address) is heard


def test_a_keyring_that_does_not_answer_is_told_as_a_password_that_is_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def locked(*_args: object) -> str:
        raise RuntimeError("no backend")

    monkeypatch.delenv(PASSWORD, raising=False)
    monkeypatch.setattr(mailbox, "import_module", lambda _name: SimpleNamespace(get_password=locked))

    with pytest.raises(CannotRun, match="The password of the mailbox orders is not known"):
        mailbox._password(Mailbox(server="imap.example", user="orders"))
