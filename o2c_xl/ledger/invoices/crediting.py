"""Credit notes in the books: invoices with what was taken back of them, and the posting of what is taken back now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, Row

from o2c_xl.domain.accounts import credit_note_legs
from o2c_xl.domain.cash.returned import credited_of
from o2c_xl.domain.invoices.crediting import Credited, InvoicedLine, InvoiceToCredit
from o2c_xl.domain.invoices.invoicing import FREIGHT, TaxBy
from o2c_xl.domain.money import ZERO
from o2c_xl.domain.receivables.open_items import InvoiceStatus
from o2c_xl.ledger import schema
from o2c_xl.ledger.invoices.granted import granted_on, take_granted_back
from o2c_xl.ledger.invoices.settlements import POSTED, Settling, Standing, invoices_by
from o2c_xl.ledger.invoices.written_off import take_written_off_back, write_offs_of
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.messages.sending import ways_of
from o2c_xl.ledger.store import Source, Txn

__all__ = ["NewNote", "invoices_to_credit", "post_credit_notes"]

_inv, _lines = schema.invoices.c, schema.invoice_lines.c
_NOTE = "Credit note"


@dataclass(frozen=True, slots=True)
class NewNote:
    """A credit note to be posted against the invoice it corrects."""

    invoice: str
    credited: Credited
    reason: str
    source: Source | None = None


def invoices_to_credit(conn: Connection, key: str, keys: Iterable[str]) -> dict[str, InvoiceToCredit]:
    """Posted invoices by a column of theirs (`invoice` or `order`), oldest first, with what was credited of them."""
    posted = (_inv.kind == "Invoice", POSTED)
    heads = sorted(
        rows_by_key(conn, schema.invoices, _inv[key], keys, *posted), key=lambda row: (len(row.invoice), row.invoice)
    )
    names = [head.invoice for head in heads]
    notes = list(rows_by_key(conn, schema.invoices, _inv.corrects, names, _inv.kind == _NOTE))
    lines: dict[str, list[Row[Any]]] = {}
    for row in rows_by_key(conn, schema.invoice_lines, _lines.invoice, [*names, *(note.invoice for note in notes)]):
        lines.setdefault(row.invoice, []).append(row)
    o = schema.orders.c
    modes = {
        row.order: row.tax_mode for row in rows_by_key(conn, [o.order, o.tax_mode], o.order, {h.order for h in heads})
    }
    by_invoice: dict[str, list[Row[Any]]] = {}
    for note in notes:
        by_invoice.setdefault(note.corrects, []).append(note)
    return {head.invoice: _invoice(head, by_invoice.get(head.invoice, ()), lines, modes) for head in heads}


def _invoice(
    head: Row[Any], notes: Sequence[Row[Any]], lines: Mapping[str, Sequence[Row[Any]]], modes: Mapping[str, str]
) -> InvoiceToCredit:
    quantities: dict[str, Decimal] = {}
    nets: dict[str, Decimal] = {}
    for note in notes:
        for row in lines.get(note.invoice, ()):
            quantities[row.order_line] = quantities.get(row.order_line, ZERO) - row.quantity
            nets[row.order_line] = nets.get(row.order_line, ZERO) - row.net
    own = sorted(lines.get(head.invoice, ()), key=lambda row: row.position or 0)
    return InvoiceToCredit(
        head.invoice,
        head.currency,
        head.net,
        head.tax,
        tuple(
            InvoicedLine(
                row.order_line,
                row.sku,
                row.name,
                row.quantity,
                row.unit_price,
                row.discount_percent,
                row.net,
                row.tax_code,
                row.tax_rate_percent,
                quantities.get(row.order_line, ZERO),
                nets.get(row.order_line, ZERO),
            )
            for row in own
        ),
        head.order,
        TaxBy(modes.get(head.order) or TaxBy.RATE),
        -sum((note.net for note in notes), ZERO),
        -sum((note.tax for note in notes), ZERO),
    )


def post_credit_notes(txn: Txn, notes: Sequence[NewNote]) -> list[str]:
    """Post credit notes, send them, and set each off against what is open of its invoice; returns their numbers.

    What the invoice no longer owes stays open on the credit note, as the customer's credit.
    """
    if not notes:
        return []
    conn = txn.conn
    heads = {row.invoice: row for row in rows_by_key(conn, schema.invoices, _inv.invoice, {n.invoice for n in notes})}
    ways = ways_of(conn, {head.account: head.customer_id for head in heads.values()})
    numbers = [txn.number("CN-") for _ in notes]
    entries = [_tell(txn, number, note, heads[note.invoice]) for number, note in zip(numbers, notes, strict=True)]
    rows = [
        _row(txn, number, note, heads[note.invoice], entry)
        | {"sent_by": ways[heads[note.invoice].account].name, "sent_on": txn.day}
        for number, note, entry in zip(numbers, notes, entries, strict=True)
    ]
    txn.insert(schema.invoices, rows)
    txn.insert(
        schema.invoice_lines,
        [line for number, note in zip(numbers, notes, strict=True) for line in _line_rows(number, note, heads)],
    )
    txn.insert(
        schema.invoice_dues,
        [{"invoice": row["invoice"], "due_no": 1, "due_date": txn.day, "amount": row["total"]} for row in rows],
    )
    accounts = [heads[note.invoice].account for note in notes]
    told = zip(numbers, notes, accounts, strict=True)
    put_in_outbox(txn, [_message(number, note, account, ways[account].to) for number, note, account in told])
    _set_off(txn, numbers, notes, entries)
    return numbers


def _message(number: str, note: NewNote, account: str, to: str) -> Outgoing:
    return Outgoing(_NOTE, number, to, f"Credit note for invoice {note.invoice}", party=account)


def _tell(txn: Txn, number: str, note: NewNote, head: Row[Any]) -> int:
    one = note.credited
    freight = sum((line.net for line in one.lines if not line.of.order_line and line.of.name == FREIGHT), ZERO)
    legs = credit_note_legs(one.net - freight, freight, one.tax, head.currency, head.account)
    data = {"invoice": note.invoice, "order": head.order, "total": one.total, "reason": note.reason}
    return txn.record("credit note posted", number, data, legs, source=note.source)


def _row(txn: Txn, number: str, note: NewNote, head: Row[Any], entry: int) -> dict[str, Any]:
    one = note.credited
    return {
        "invoice": number,
        "kind": _NOTE,
        "order": head.order,
        "customer_id": head.customer_id,
        "account": head.account,
        "customer_reference": head.customer_reference,
        "invoice_date": txn.day,
        "due_date": txn.day,
        "currency": head.currency,
        "terms": "",
        "net": -one.net,
        "tax": -one.tax,
        "total": -one.total,
        "open": -one.total,
        "reason": note.reason,
        "status": str(InvoiceStatus.SENT if one.total else InvoiceStatus.PAID),
        "corrects": note.invoice,
        "asked_by": txn.who,
        "entry": entry,
    }


def _line_rows(number: str, note: NewNote, heads: Mapping[str, Row[Any]]) -> list[dict[str, Any]]:
    return [
        {
            "invoice": number,
            "line": str(position),
            "position": position,
            "order": heads[note.invoice].order,
            "order_line": line.of.order_line,
            "sku": line.of.sku,
            "name": line.of.name,
            "quantity": -line.quantity,
            "unit_price": line.of.unit_price,
            "discount_percent": line.of.discount_percent,
            "net": -line.net,
            "tax_code": line.of.tax_code,
            "tax_rate_percent": line.of.tax_rate,
            "shipment": "",
        }
        for position, line in enumerate(note.credited.lines, 1)
    ]


def _set_off(txn: Txn, numbers: Sequence[str], notes: Sequence[NewNote], entries: Sequence[int]) -> None:
    """Each note settles its invoice as far as it is open, and the invoice the note.

    What was let off the invoice with a payment falls away with the goods, so it is open again before; and so is what
    was given up of it, as far as the note reaches: nobody paid that.
    """
    keys = [*numbers, *(note.invoice for note in notes)]
    standing = {one.row.invoice: one for one in invoices_by(txn.conn, _inv.invoice, keys)}
    granted = granted_on(txn.conn, {note.invoice for note in notes})
    given_up = write_offs_of(txn.conn, {note.invoice for note in notes})
    left = _not_credited(txn.conn, granted, standing, numbers)
    settling = Settling(txn)
    for number, note, entry in zip(numbers, notes, entries, strict=True):
        invoice, total = standing[note.invoice], note.credited.total
        if note.invoice in granted:
            back = credited_of(granted[note.invoice], total, left[note.invoice], invoice.row.currency)
            left[note.invoice] -= total
            granted[note.invoice] = take_granted_back(settling, invoice, granted[note.invoice], back, number)
        beyond = total - max(invoice.open, ZERO)
        if beyond > ZERO and note.invoice in given_up:
            given_up[note.invoice] = take_written_off_back(settling, invoice, given_up[note.invoice], beyond, number)
        amount = min(max(invoice.open, ZERO), total)
        if amount:
            settling.settle(invoice, "credit", number, amount, entry)
            settling.settle(standing[number], "credit", note.invoice, -amount, entry)
    settling.write()


def _not_credited(
    conn: Connection, invoices: Iterable[str], standing: Mapping[str, Standing], new: Sequence[str]
) -> dict[str, Decimal]:
    """What of these invoices no credit note has taken back but the `new` ones."""
    left = {name: standing[name].row.total for name in invoices}
    for note in rows_by_key(conn, [_inv.invoice, _inv.corrects, _inv.total], _inv.corrects, left, POSTED):
        if note.invoice not in new:
            left[note.corrects] += note.total
    return left
