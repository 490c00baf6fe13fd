"""What a customer's portal takes: a folder per customer with the documents and an index of them, each once."""

from __future__ import annotations

import csv
import os
from collections.abc import Sequence
from pathlib import Path

from pathvalidate import sanitize_filename

from o2c_xl.documents.names import safe_name
from o2c_xl.documents.outbox import settle_outbox, write_outbox
from o2c_xl.documents.print_batch import csv_text, harmless
from o2c_xl.workbook.patch.durable import flush_folder

__all__ = ["HEADS", "put_into_portal", "replace_file"]

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


def replace_file(path: Path, content: bytes) -> None:
    """The file whole with this content, or as it was; on the disk when this returns."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o644)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    flush_folder(path.parent)
