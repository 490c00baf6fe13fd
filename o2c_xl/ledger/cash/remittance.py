"""What a payer means who quotes the number of a reminder: the invoices that the letter lists."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key

__all__ = ["with_letters"]

_NUMBER = re.compile(r"\bRM[-\s]?(\d{1,9})\b", re.IGNORECASE)


def with_letters(conn: Connection, references: Iterable[str]) -> Mapping[str, str]:
    """Each reference that quotes reminders, with the invoices that these list behind it; the others are left out."""
    quoted = {text: [f"RM-{number:0>6}" for number in _NUMBER.findall(text)] for text in set(references)}
    quoted = {text: letters for text, letters in quoted.items() if letters}
    if not quoted:
        return {}
    c = schema.reminder_items.c
    listed: dict[str, list[str]] = defaultdict(list)
    letters = (letter for each in quoted.values() for letter in each)
    for row in rows_by_key(conn, [c.reminder, c.invoice], c.reminder, letters):
        listed[row.reminder].append(row.invoice)
    return {
        text: " ".join([text, *dict.fromkeys(sorted(invoice for letter in each for invoice in listed[letter]))])
        for text, each in quoted.items()
    }
