"""Attachments of mails on their way into a drop folder: each mail once, whatever ends the process in between.

The files are written under hidden names, then the ledger notes the mail, then they get their names. So a mail that the
ledger knows has all its files on the disk, and one that it does not know has landed nothing that anyone sees.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from o2c_xl.intake.folders.claims import OWN
from o2c_xl.intake.folders.stored import place
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.store import Ledger
from o2c_xl.workbook.patch.durable import write_new

__all__ = ["Attachment", "Mail", "begin_landing", "finish_landings", "known_mails", "land", "note_mail", "sender_of"]

_LANDING, _LANDED = "Landing", "Landed"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a mail, under a name that is safe on any system."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail from a known sender; `key` tells it from every other one."""

    key: str
    sender: str
    subject: str
    attachments: Sequence[Attachment]


def known_mails(ledger: Ledger, keys: Sequence[str]) -> dict[str, str]:
    """The fate of those of these mails that were seen before."""
    c = schema.mails.c
    with ledger.reading() as conn:
        return {row.mail: row.fate for row in rows_by_key(conn, [c.mail, c.fate], c.mail, keys)}


def note_mail(ledger: Ledger, mail: Mail, fate: str, why: str, day: dt.date) -> None:
    """Keep that a mail was seen from which nothing lands, so that it is looked at once."""
    with ledger.transaction(day) as txn:
        if not txn.conn.execute(select(schema.mails.c.mail).where(schema.mails.c.mail == mail.key)).first():
            txn.insert(schema.mails, [_row(mail, txn.at, fate, why)])


def land(ledger: Ledger, mail: Mail, kind: str, folder: Path, day: dt.date) -> None:
    """Drop a mail's attachments into `folder`, that of the kind `kind`; a mail that landed before is left alone."""
    if mail.key not in known_mails(ledger, [mail.key]):
        begin_landing(ledger, mail, kind, folder, day)
        finish_landings(ledger, lambda _kind: folder, day)


def begin_landing(ledger: Ledger, mail: Mail, kind: str, folder: Path, day: dt.date) -> None:
    """Write the files under hidden names and note the mail; `finish_landings` does the rest, now or later."""
    folder.mkdir(parents=True, exist_ok=True)
    for part, attachment in enumerate(mail.attachments):
        write_new(_hidden(folder, mail.key, part), attachment.content)
    with ledger.transaction(day) as txn:
        if txn.conn.execute(select(schema.mails.c.mail).where(schema.mails.c.mail == mail.key)).first():
            return  # another watcher reads the same mailbox
        txn.insert(schema.mails, [_row(mail, txn.at, _LANDING, "")])
        txn.insert(
            schema.mail_files,
            [
                {"mail": mail.key, "part": part, "kind": kind, "name": one.name, "sha256": _sha256(one.content)}
                for part, one in enumerate(mail.attachments)
            ],
        )


def finish_landings(ledger: Ledger, folder_of: Callable[[str], Path | None], day: dt.date) -> None:
    """Give the files of noted mails their names; what a process began that has ended is finished here."""
    m, f = schema.mails.c, schema.mail_files.c
    statement = select(schema.mail_files).join(schema.mails, m.mail == f.mail).where(m.fate == _LANDING)
    with ledger.reading() as conn:
        waiting = conn.execute(statement.order_by(f.mail, f.part)).all()
    for row in waiting:
        folder = folder_of(row.kind)
        if folder is not None:
            with suppress(FileNotFoundError):  # it has its name already
                place(_hidden(folder, row.mail, row.part), folder / row.name, row.name, row.sha256)
    if waiting:
        with ledger.transaction(day) as txn:
            txn.update(
                schema.mails, [{"mail": mail, "fate": _LANDED} for mail in sorted({row.mail for row in waiting})]
            )


def sender_of(ledger: Ledger, kind: str, name: str, sha256: str) -> str:
    """Who mailed a dropped file; empty for one that came otherwise."""
    m, f = schema.mails.c, schema.mail_files.c
    statement = (
        select(m["from"])
        .join(schema.mail_files, m.mail == f.mail)
        .where(f.kind == kind, f.sha256 == sha256)
        .order_by(f.name != name, m.seen.desc())
        .limit(1)
    )
    with ledger.reading() as conn:
        return conn.execute(statement).scalar() or ""


def _row(mail: Mail, at: str, fate: str, why: str) -> dict[str, str]:
    return {
        "mail": mail.key,
        "from": mail.sender,
        "subject": mail.subject[:200],
        "seen": at,
        "fate": fate,
        "why": why,
    }


def _hidden(folder: Path, key: str, part: int) -> Path:
    return folder / f"{OWN}mail-{_sha256(key.encode())[:16]}-{part}"


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
