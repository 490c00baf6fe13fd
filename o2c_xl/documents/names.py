"""File names of documents: readable, and safe on Windows, macOS and Linux whatever a customer is called."""

from __future__ import annotations

import hashlib
import unicodedata

from pathvalidate import sanitize_filename

from o2c_xl.documents.faces.faces import AnyDocument
from o2c_xl.documents.faces.letters import reminder_title
from o2c_xl.documents.formats import clean
from o2c_xl.documents.labels import words_for
from o2c_xl.domain.paper import InvoiceDocument, PackingSlip, PurchaseOrderDocument
from o2c_xl.domain.receivables.letters import ReminderDocument, StatementDocument

__all__ = ["file_name", "safe_name"]

_LONGEST = 100  # characters and bytes; Windows allows 260 characters for the whole path
_HASH_DIGITS = 8


def file_name(document: AnyDocument, extension: str) -> str:
    """`Invoice INV-000123 Alfreds Futterkiste.pdf`; `extension` with or without its dot."""
    return safe_name(_title(document), extension)


def safe_name(title: str, extension: str) -> str:
    """`title` as a file name; a short hash of the title is added when something had to be changed.

    So two titles that differ only in signs that a file name cannot hold still get two names. A dot at the end (`Inc.`)
    is that before the extension.
    """
    suffix = "." + extension.lstrip(".")
    wanted = unicodedata.normalize("NFC", title.removesuffix("."))
    room = _LONGEST - len(suffix)
    safe = _shortened(sanitize_filename(clean(wanted), platform="universal").strip(" ."), room)
    if safe and safe == wanted:
        return safe + suffix
    mark = hashlib.sha256(title.encode("utf-8", "surrogatepass")).hexdigest()[:_HASH_DIGITS]
    short = _shortened(safe, room - _HASH_DIGITS - 1).strip(" .")
    return f"{short} {mark}{suffix}".strip()


def _title(document: AnyDocument) -> str:
    words = words_for("en")
    match document:
        case InvoiceDocument():
            parts = (document.kind, document.number, document.buyer.name)
        case PurchaseOrderDocument():
            parts = (words["purchase_order"], document.number, document.supplier.name)
        case PackingSlip():
            parts = (words["packing_slip"], document.shipment, document.ship_to.name)
        case ReminderDocument():
            parts = (reminder_title(document), document.number, document.buyer.name)
        case StatementDocument():
            parts = (words["statement"], f"{document.last} {document.buyer.key}", document.buyer.name)
        case _:
            parts = (words["pick_list"], document.pick, "")
    return " ".join(part for part in parts if part)


def _shortened(text: str, room: int) -> str:
    """At most `room` bytes of UTF-8, never a part of a character."""
    return text.encode("utf-8", "ignore")[:room].decode("utf-8", "ignore")
