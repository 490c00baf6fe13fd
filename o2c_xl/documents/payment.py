"""The EPC QR code of an invoice: a banking app that reads it has the transfer filled in.

Source: European Payments Council, EPC069-12 version 3.1, "Quick Response Code: Guidelines to Enable Data
Capture for the Initiation of a SEPA Credit Transfer". Euro only.
"""

from __future__ import annotations

import re
from decimal import Decimal

import stdnum.iban
import stdnum.iso11649

from o2c_xl.documents.formats import clean
from o2c_xl.domain.paper import InvoiceDocument

__all__ = ["epc_text", "spaced_iban"]

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
