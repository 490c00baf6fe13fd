"""Invoices as Factur-X PDF, from the document to the file's bytes, against typst setting the very same pages alone.

Both in one process and in turns, so that a busy machine slows both; the floor gets its data ready made and attaches
nothing. UBL beside the PDF and the check of the rules are shown too.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from benchmarks.measured import Cost, cost, ratio_line
from o2c_xl.documents import pdf
from o2c_xl.documents.einvoice.cii import cii_bytes
from o2c_xl.documents.einvoice.ubl import ubl_bytes
from o2c_xl.domain.einvoice.fields import gaps
from o2c_xl.domain.einvoice.ours import einvoice_of
from o2c_xl.domain.einvoice.sums import differences
from o2c_xl.domain.invoices.invoicing import Adjustment, Document, DocumentLine, calculate
from o2c_xl.domain.paper import InvoiceDocument, Party

COUNT, LIMIT = 500, 1.5
SELLER = Party(
    name="Nordlicht Handels GmbH",
    street="Speicherstraße 12",
    postal_code="20457",
    city="Hamburg",
    country="DE",
    tax_id="DE811193231",
    email="rechnung@nordlicht.example",
    phone="+49 40 5550 120",
)


def invoices(count: int = COUNT) -> list[InvoiceDocument]:
    """Invoices of three lines with freight and a payment code, no two alike."""
    return [_invoice(number) for number in range(1, count + 1)]


def _invoice(number: int) -> InvoiceDocument:
    lines = tuple(
        DocumentLine(
            line=str(n),
            quantity=Decimal(number % 40 + n),
            price=Decimal(1000 + 37 * number + n) / 100,
            name=f"Article {number * 3 + n} of the range",
            sku=f"P-{number * 3 + n:05}",
            discount_percent=Decimal(5 * (n % 2)),
            tax_percent=Decimal(19 if n % 2 else 7),
        )
        for n in (1, 2, 3)
    )
    charges = (Adjustment(amount=Decimal("14.90"), reason="Freight", tax_category="S", tax_percent=Decimal(19)),)
    day = date(2026, 1, 1) + timedelta(days=number % 300)
    buyer = Party(
        name=f"Customer {number} GmbH",
        street=f"Weg {number}",
        postal_code=f"{10000 + number}",
        city="Berlin",
        country="DE",
        tax_id="DE136695976",
        key=f"C{number:05}",
    )
    return InvoiceDocument(
        kind="Invoice",
        number=f"INV-{number:06}",
        invoice_date=day,
        due_date=day + timedelta(days=30),
        delivery_date=day,
        seller=SELLER,
        buyer=buyer,
        ship_to=buyer,
        currency="EUR",
        lines=lines,
        charges=charges,
        totals=calculate(Document(currency="EUR", lines=lines, charges=charges)),
        orders=(f"SO-{number:06}",),
        purchase_reference=f"PO {number}",
        payment_terms="Net 30",
        payment_reference=f"INV-{number:06}",
        iban="DE89370400440532013000",
        bic="COBADEFFXXX",
    )


def _factur_x(document: InvoiceDocument) -> bytes:
    return pdf.render_pdf(document, cii_bytes(einvoice_of(document)))


def _timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _in_turns() -> tuple[float, float, float]:
    """CPU seconds of the e-invoices, of their bare pages, and of UBL with the rules, for all invoices."""
    documents = invoices()
    bare = [(one, pdf.source_of(one)) for one in documents]
    warm = replace(documents[0], number="INV-000000")
    _factur_x(warm), pdf.archival(warm, pdf.source_of(warm))
    spent = [0.0, 0.0, 0.0]
    for at, (document, source) in enumerate(bare):
        # typst remembers what it has just set: each goes first as often as the other, and never the same pages twice
        other, other_source = bare[at - COUNT // 2]
        spent[0] += _timed(lambda document=document: _factur_x(document))
        spent[1] += _timed(lambda other=other, source=other_source: pdf.archival(other, source))
        spent[2] += _timed(lambda document=document: _data(document))
    return spent[0], spent[1], spent[2]


def _data(document: InvoiceDocument) -> None:
    written = einvoice_of(document)
    assert not gaps(written)
    assert not differences(written)
    ubl_bytes(written)


def measure(_folder: Path) -> Iterator[str]:
    """One line: Factur-X over the bare pages."""
    done: Cost = cost(_in_turns)
    work, floor, data = done.result
    name = f"{COUNT} invoices as Factur-X / the bare pages by typst"
    more = f"; UBL and all rules {data / COUNT * 1000:.1f} ms each"
    yield ratio_line(name, Cost(work, done.peak_mb), Cost(floor, done.peak_mb), LIMIT, more=more)
