"""What a customer's portal takes: a folder per customer with the documents and an index of them, each once."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from pathvalidate import sanitize_filename

from o2c_xl.documents.names import safe_name
from o2c_xl.documents.outbox import settle_outbox, write_outbox
from o2c_xl.documents.print_batch import csv_text, harmless
from o2c_xl.workbook.patch.durable import replace_file

__all__ = ["HEADS", "put_into_portal"]

HEADS = ("Message", "Kind", "About", "Date", "Subject", "Files")
INDEX = "index.csv"


def put_into_portal(
    portal: Path, customer: str, entries: Sequence[tuple[Sequence[str], Sequence[tuple[str, bytes]]]]
) -> Path:
    """Put files and their rows of the index (`HEADS` without Files) there; what lies there already is kept as it is.

    Doing it again, whole or after it was cut off, adds nothing.
    """
    folder = portal / _folder_name(customer)
    rows = []
    for told, files in entries:
        names = [write_outbox(folder, name, content).name for name, content in files]
        rows.append([*told, "; ".join(names)])
    settle_outbox(folder)
    index = folder / INDEX
    known = _rows(index)
    listed = {row[0] for row in known if row}
    new = [row for row in rows if harmless(row[0]) not in listed]
    if new or not index.is_file():
        body = csv_text(HEADS, new).encode().split(b"\r\n", 1)[1]
        before = index.read_bytes() if index.is_file() else csv_text(HEADS, ()).encode("utf-8-sig")
        replace_file(index, before + body)
    return folder


def _rows(index: Path) -> list[list[str]]:
    if not index.is_file():
        return []
    with index.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _folder_name(customer: str) -> str:
    """The customer's id where a folder may be called so, else made safe and with a hash of it."""
    if customer and sanitize_filename(customer, platform="universal") == customer and not customer.startswith("."):
        return customer
    return safe_name(customer, "x").removesuffix(".x")
