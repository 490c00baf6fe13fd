"""The EPC QR code of an invoice: a banking app that reads it has the transfer filled in.

Source: European Payments Council, EPC069-12 version 3.1, "Quick Response Code: Guidelines to Enable Data
Capture for the Initiation of a SEPA Credit Transfer". Euro only.
"""

from __future__ import annotations

import io
import re
from decimal import Decimal
from functools import lru_cache

import segno
import stdnum.iban
import stdnum.iso11649

from o2c_xl.documents.formats import clean
from o2c_xl.domain.paper import InvoiceDocument

__all__ = ["epc_text", "qr_png", "qr_svg", "spaced_iban"]

_LARGEST = Decimal("999999999.99")
_LONGEST_NAME = 70
_LONGEST_TEXT = 140
_BIC = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?")


def epc_text(document: InvoiceDocument) -> str:
    """What the code says: receiver, account, amount, reference; empty where a code cannot be made.

    With instalments it asks for the first one only. It is left out when the currency is not the euro, when
    there is no valid IBAN, or when the amount cannot be transferred.
    """
    amount = document.instalments[0].amount if document.instalments else document.totals.payable
    iban = stdnum.iban.compact(document.iban)
    if document.currency != "EUR" or not stdnum.iban.is_valid(iban) or not 0 < amount <= _LARGEST:
        return ""
    bic = document.bic.replace(" ", "").upper()
    reference = clean(document.payment_reference or document.number)
    structured = stdnum.iso11649.is_valid(reference)
    fields = [
        "BCD",
        "002",
        "1",
        "SCT",
        bic if _BIC.fullmatch(bic) else "",
        clean(document.seller.name)[:_LONGEST_NAME],
        iban,
        f"EUR{amount:.2f}",
        "",
        stdnum.iso11649.compact(reference) if structured else "",
        "" if structured else reference[:_LONGEST_TEXT],
    ]
    return "\n".join(fields)


def spaced_iban(iban: str) -> str:
    """An IBAN in groups of four, as people read it; text that is none stays as it is."""
    return str(stdnum.iban.format(iban)) if stdnum.iban.is_valid(iban) else iban


def qr_svg(text: str) -> str:
    """The code as an SVG picture with its quiet zone of four modules."""
    out = io.BytesIO()
    _code(text).save(out, kind="svg", border=4, xmldecl=False, svgclass=None, lineclass=None, omitsize=True)
    return out.getvalue().decode()


def qr_png(text: str, scale: int = 4) -> bytes:
    """The code as a PNG picture of `scale` pixels per module."""
    out = io.BytesIO()
    _code(text).save(out, kind="png", border=4, scale=scale)
    return out.getvalue()


@lru_cache(maxsize=32)
def _code(text: str) -> segno.QRCode:
    """Error level M, UTF-8, as EPC069-12 asks (character set 1)."""
    return segno.make(text, error="m", boost_error=False, micro=False, encoding="utf-8", eci=False)
