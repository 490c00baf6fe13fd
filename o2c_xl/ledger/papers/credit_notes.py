"""What keeps a credit note from its number, as it keeps an invoice."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from o2c_xl.domain.einvoice.lacks import lacks_of
from o2c_xl.domain.invoices.crediting import InvoiceToCredit
from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger.invoices.crediting import invoices_to_credit
from o2c_xl.ledger.papers.invoices import invoice_document

__all__ = ["creditable", "credits_lacking"]


def creditable(
    conn: Connection, key: str, keys: Iterable[str], settings: Mapping[str, str]
) -> dict[str, InvoiceToCredit]:
    """Posted invoices by a column of theirs (`invoice` or `order`), oldest first, with what a credit note lacks."""
    found = invoices_to_credit(conn, key, keys)
    lacks = credits_lacking(conn, found, settings)
    return {name: replace(one, lacks=lacks.get(name, "")) for name, one in found.items()}


def credits_lacking(conn: Connection, invoices: Iterable[str], settings: Mapping[str, str]) -> dict[str, str]:
    """By invoice what its credit note would lack, as sentences: what the invoice's own document lacks today.

    The parties and taxes of both are the same. What was brought along from other books has no lines to be judged by,
    and what no cell can mend holds nothing back: the goods are here, and the money is the customer's.
    """
    needed = policy_of(settings).e_invoice_needed
    documents = [one for one in invoice_document(conn, list(invoices), settings) if one.lines or one.charges]
    found = {
        one.number: [lack.sentence for lack in lacks_of(one) if lack.always or (needed and lack.mendable)]
        for one in documents
    }
    return {number: " ".join(lacks) for number, lacks in found.items() if lacks}
