"""Mailbox intake: attachments of mails from known senders land in the right drop folder, each mail once.

Off until `o2c.toml` has a table `[mailbox]`. Read by IMAP (RFC 9051) through imap-tools. A mail is marked as read, or
moved, only after its files lie in the drop folder; mails of unknown senders are left as they are.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessage, MailMessageFlags
from imap_tools.errors import ImapToolsError
from imap_tools.message import MailAttachment
from pathvalidate import sanitize_filename

from o2c_xl.company.folder import Mailbox
from o2c_xl.company.opened import Company
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.outcome import Outcome
from o2c_xl.intake.folders.landing import Attachment, Mail, finish_landings, known_mails, land, note_mail
from o2c_xl.intake.folders.watched import Watched, watched_folders

__all__ = ["PASSWORD", "fetch_mails"]

PASSWORD = "O2C_MAILBOX_PASSWORD"  # noqa: S105 -- the name of the variable
_SERVICE = "o2c mailbox"
_TIMEOUT = 30  # seconds
_AT_ONCE = 50
_LONGEST, _SHOWN = 120, 60  # signs of a file's name, and of a subject that is shown
# What a mail carries beside files for us: pictures of a signature, invitations, cards, the signature itself.
_ASIDE = re.compile(
    r"image/.*|text/(x-)?v?(calendar|card)|application/(x-)?(pkcs7|pgp)-(signature|keys)|application/ics"
)
_ASIDE_NAMES = re.compile(
    r"(~\$|\.~lock\.).*|winmail\.dat|.*\.(png|jpe?g|gif|bmp|svg|tiff?|webp|heic|ico|p7s|asc|sig|ics|vcf)", re.DOTALL
)
_BODIES = frozenset({"text/plain", "text/html"})  # without a name they are what the sender wrote
_ENDINGS = {
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ".xlsx",
    "application/vnd.ms-excel.sheet.macroenabled.12": ".xlsm",
    "application/pdf": ".pdf",
}
_PASSED = re.compile(r"\bdmarc\s*=\s*pass\b", re.IGNORECASE)


def fetch_mails(company: Company, day: dt.date) -> Outcome:
    """Let what known senders mailed land in the drop folders; counts mails and files.

    Raises CannotRun when the mailbox cannot be reached or opened.
    """
    outcome = Outcome()
    told = company.config.mailbox
    if told is None:
        return outcome
    here = company.folder
    folders = {watched.kind: watched for watched in watched_folders(here.watchers, here.ledger_address())}
    places = {kind: company.folder.root / watched.folder for kind, watched in folders.items()}
    finish_landings(company.ledger, places.get, day)
    outcome.counts = {"mails": 0, "files mailed": 0}
    try:
        with _opened(told) as box:
            for head in box.fetch("UNSEEN", mark_seen=False, headers_only=True, bulk=_AT_ONCE):
                watched = _folder_for(head, folders, told)
                if watched is not None:
                    _take(company, box, head, watched, day, outcome)
    except (ImapToolsError, OSError) as error:
        raise CannotRun(
            f"The mailbox {told.user} at {told.server} cannot be read: {error}. Mails wait there."
        ) from error
    return outcome


@contextmanager
def _opened(told: Mailbox) -> Iterator[BaseMailBox]:
    password = _password(told)
    make = {"TLS": MailBox, "STARTTLS": MailBoxStartTls, "None": MailBoxUnencrypted}[told.security]
    with make(told.server, told.port, timeout=_TIMEOUT).login(told.user, password, told.folder) as box:
        yield box


def _password(told: Mailbox) -> str:
    """From the environment, else the system's keyring; raises CannotRun where neither has it."""
    password = os.environ.get(PASSWORD)
    if not password:
        with suppress(Exception):  # no keyring, or none that answers
            password = import_module("keyring").get_password(_SERVICE, told.user)
    if not password:
        raise CannotRun(
            f"The password of the mailbox {told.user} is not known. Put it into the keyring with: "
            f'keyring set "{_SERVICE}" {told.user}, or into the environment as {PASSWORD}.'
        )
    return password


def _folder_for(head: MailMessage, folders: dict[str, Watched], told: Mailbox) -> Watched | None:
    """The drop folder of this sender, the most particular first; None for unknown senders and for forgeries."""
    if told.proved_by and not _proved(head, told.proved_by):
        return None
    heard = [watched for watched in folders.values() if head.from_ and watched.hears(head.from_)]
    heard.sort(key=lambda one: (one.sender.casefold() != head.from_.casefold(), one.kind))
    return heard[0] if heard else None


def _proved(head: MailMessage, server: str) -> bool:
    """Whether our own server found the sender genuine; only the topmost result of its name counts."""
    for result in _headers(head, "authentication-results"):
        name = result.strip().split(";", 1)[0].split()[0:1]
        if name and name[0].casefold() == server.casefold():
            return _PASSED.search(result) is not None
    return False


def _take(company: Company, box: BaseMailBox, head: MailMessage, watched: Watched, day: dt.date, done: Outcome) -> None:
    told = company.config.mailbox
    if told is None or not head.uid:
        return
    if known_mails(company.ledger, [_left(head)]) or not _land(company, box, head, watched, day, done):
        return  # it stays unread, for a person
    box.flag(head.uid, MailMessageFlags.SEEN, True)
    if told.handled:
        box.move(head.uid, told.handled)


def _land(company: Company, box: BaseMailBox, head: MailMessage, watched: Watched, day: dt.date, done: Outcome) -> bool:
    """Let the mail's files land, or keep why none does; False in that case."""
    mail, why = Mail(_left(head), head.from_, head.subject, ()), "It brings no file."
    most = company.config.mailbox.most_mb if company.config.mailbox else 0
    if head.size_rfc822 > most << 20:
        why = f"It is larger than {most} MB."
    else:
        try:
            mail = _read(box, head)
        except (ValueError, LookupError):  # what Python's email package raises at mails that are broken
            why = "It cannot be read."
    if not mail.attachments:
        note_mail(company.ledger, mail, "Nothing", why, day)
        done.notes.append(f"A mail of {head.from_} ({head.subject[:_SHOWN]}) was left unread. {why}")
    elif known_mails(company.ledger, [mail.key]):
        return True
    else:
        try:
            land(company.ledger, mail, watched.kind, company.folder.root / watched.folder, day)
        except OSError as error:
            raise CannotRun(
                f"What came by mail cannot be put into {watched.folder}: {error.strerror or error}. The mail waits."
            ) from error
    done.count("mails", 1)
    done.count("files mailed", len(mail.attachments))
    return bool(mail.attachments)


def _read(box: BaseMailBox, head: MailMessage) -> Mail:
    """The mail with its files; what they hold is part of its key, since some senders use one Message-ID for ever."""
    found: list[Attachment] = []
    for message in box.fetch(mark_seen=False, uid_list=[head.uid or ""]):
        for number, part in enumerate(message.obj.walk(), 1):
            if not part.is_multipart() and (name := _name(MailAttachment(part), number)):
                found.append(Attachment(name, MailAttachment(part).payload))
    if not found:
        return Mail(_left(head), head.from_, head.subject, ())
    held = hashlib.sha256("".join(hashlib.sha256(one.content).hexdigest() for one in found).encode()).hexdigest()
    return Mail(f"{_key(head)} {held[:16]}", head.from_, head.subject, found)


def _name(one: MailAttachment, number: int) -> str:
    """The name under which a part of a mail lands; empty for what is no file for us."""
    kind, told = one.content_type.casefold(), re.split(r"[\\/]", one.filename)[-1]
    if _ASIDE.fullmatch(kind) or _ASIDE_NAMES.fullmatch(told.casefold()):
        return ""
    if not told and kind in _BODIES and one.content_disposition != "attachment":
        return ""
    name = sanitize_filename(told, platform="universal").lstrip(".~")
    return name[-_LONGEST:] or f"file {number}{_ENDINGS.get(kind, '.txt' if kind in _BODIES else '')}"


def _headers(head: MailMessage, name: str) -> tuple[str, ...]:
    """All lines of a header, topmost first; names in lower case."""
    return tuple(dict(head.headers).get(name, ()))


def _key(head: MailMessage) -> str:
    """What tells this mail from others: its Message-ID and date."""
    ident = " ".join(_headers(head, "message-id")) or hashlib.sha256(str(head.obj).encode()).hexdigest()
    return f"{ident.strip()} {head.date_str}"[:400]


def _left(head: MailMessage) -> str:
    """The key of a mail of which nothing landed."""
    return f"{_key(head)} {head.size_rfc822}"
