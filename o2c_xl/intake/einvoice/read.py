"""A file that a supplier sent, as the electronic invoice it holds: told by its content, never by its name.

It runs in the process that reads files (`intake/process/reader.py`): an invoice comes from anybody.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from o2c_xl.domain.einvoice.model import EInvoice
from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.einvoice.cii import read_cii
from o2c_xl.intake.einvoice.tree import read_tree
from o2c_xl.intake.einvoice.ubl import read_ubl

__all__ = ["invoice_in", "read_einvoice"]

_MOST_BYTES = 50 << 20
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_READERS = {
    (f"{_UBL}Invoice-2", "Invoice"): read_ubl,
    (f"{_UBL}CreditNote-2", "CreditNote"): read_ubl,
    ("urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100", "CrossIndustryInvoice"): read_cii,
}
_OLD = {"CrossIndustryDocument"}
# The names that the invoice has in a PDF: Factur-X and ZUGFeRD 2, the versions before, XRechnung.
_ATTACHED = ("factur-x.xml", "zugferd-invoice.xml", "xrechnung.xml", "ZUGFeRD-invoice.xml")


def read_einvoice(path: Path, name: str) -> EInvoice:
    """The invoice in a file; raises CannotRun in one sentence that names the file."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= _MOST_BYTES else b""
    except OSError as error:
        raise CannotRun(f"{name} cannot be read: {error.strerror or error}.") from error
    if size > _MOST_BYTES:
        raise CannotRun(f"{name} is larger than {_MOST_BYTES >> 20} MB, which no invoice is.")
    try:
        return invoice_in(data)
    except CannotRun as refusal:
        raise CannotRun(f"{name}: {refusal}") from refusal


def invoice_in(data: bytes) -> EInvoice:
    """The invoice in the bytes of an XML file or a PDF. Raises CannotRun."""
    root = read_tree(_attached(data) if data[:1024].lstrip().startswith(b"%PDF-") else data)
    name = root.element.tag
    reader = _READERS.get((root.space, name))
    if reader is None:
        old = " It is a ZUGFeRD 1 invoice; ask for version 2." if name in _OLD else ""
        of = f" of the name space '{root.space[:80]}'" if any(name == known for _, known in _READERS) else ""
        raise CannotRun(f"It holds no UBL or CII invoice, but '{name[:60]}'{of}.{old}")
    return reader(root)


def _attached(data: bytes) -> bytes:
    """The XML that a PDF carries."""
    from pypdf import PdfReader  # noqa: PLC0415 -- a tenth of a second that only a PDF costs

    try:
        files = _files(PdfReader(io.BytesIO(data)))
    except CannotRun:
        raise
    except Exception as error:  # pypdf raises of every kind on a damaged file
        raise CannotRun("The PDF is damaged or encrypted.") from error
    known = {name.lower(): content for name, content in files.items()}
    for name in _ATTACHED:
        if (content := known.get(name.lower())) is not None:
            return content
    sheets = [content for name, content in known.items() if name.endswith(".xml")]
    if len(sheets) == 1:
        return sheets[0]
    raise CannotRun("The PDF carries no invoice as data; enter the bill by hand in Bills.")


def _files(reader: Any) -> dict[str, bytes]:  # noqa: ANN401 -- pypdf's own
    """The attached files that may be invoices, each unpacked only if its name says so."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise CannotRun("The PDF is encrypted; ask for one that is not.")
    names = [name for name in reader.attachments if name.lower().endswith(".xml")]
    found = {name: parts[0] for name in names if (parts := reader.attachments[name])}
    return found or dict(_associated(reader))


def _associated(reader: Any) -> Iterator[tuple[str, bytes]]:  # noqa: ANN401
    """Files that the document names as its own (AF) without listing them among its attachments."""
    for one in reader.trailer["/Root"].get("/AF", ()):
        spec = one.get_object()
        name = str(spec.get("/UF") or spec.get("/F") or "")
        if name.lower().endswith(".xml") and "/EF" in spec:
            yield name, spec["/EF"]["/F"].get_object().get_data()
