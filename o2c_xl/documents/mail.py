"""A message as an email with its files attached (RFC 5322, MIME), its headers proof against what data may hold."""

from __future__ import annotations

import datetime as dt
import mimetypes
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from o2c_xl.documents.formats import clean
from o2c_xl.documents.messages import Text

__all__ = ["Letterhead", "mail_bytes"]

# Plain ASCII on the wire: every server takes it, and a signature on the way is not broken.
_POLICY = SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whom mails come from: checked addresses and the company's name; `reply_to` may be empty."""

    sender: str
    name: str
    reply_to: str = ""


def mail_bytes(head: Letterhead, to: str, text: Text, ident: str, at: dt.datetime, files: Sequence[Path]) -> bytes:
    """The mail to the checked address `to`; `ident` is its Message-ID. Raises OSError where a file cannot be read."""
    mail = EmailMessage(policy=_POLICY)
    name, domain = head.sender.rsplit("@", 1)
    mail["From"] = Address(clean(head.name), name, domain)
    mail["To"] = to
    if head.reply_to and head.reply_to != head.sender:
        mail["Reply-To"] = head.reply_to
    mail["Subject"] = clean(text.subject)
    mail["Date"] = at
    mail["Message-ID"] = ident
    mail.set_content(text.body)
    if text.html:
        mail.add_alternative(text.html, subtype="html")
    for path in files:
        kind, _, subtype = (mimetypes.guess_type(path.name)[0] or "application/octet-stream").partition("/")
        content = path.read_bytes()
        if kind == "text":  # as it is: a text part would get other line ends
            kind, subtype = "application", "xml" if subtype == "xml" else "octet-stream"
        mail.add_attachment(content, maintype=kind, subtype=subtype, filename=path.name)
    return mail.as_bytes()
