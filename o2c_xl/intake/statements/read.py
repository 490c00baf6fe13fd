"""Recognises a bank statement by its content and gives its rows: one batch of statements, one of their lines.

The rows carry more than the tables show: what the ledger needs to know a booking again and to find who paid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

from o2c_xl.domain.issue import CannotRun, Issue
from o2c_xl.intake.lists.csvfile import decoded
from o2c_xl.intake.statements.bank_csv import Rows, header_of, read_list, rows_of_csv
from o2c_xl.intake.statements.bank_header import headers_of
from o2c_xl.intake.statements.bank_profile import Profile, profiles_in
from o2c_xl.intake.statements.camt import is_camt, read_camt
from o2c_xl.intake.statements.model import Line, Read, Statement
from o2c_xl.intake.statements.mt940 import is_mt940, read_mt940
from o2c_xl.intake.statements.ofx import is_ofx, read_ofx
from o2c_xl.tables.define.trade_finance import BANK_LINES, STATEMENTS
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.reading.book import read_book

__all__ = ["bank_list", "bank_statement", "looks_like_statement"]

_HEAD = 16_384
_MOST_HEADERS = 12
_FIRST, _FEW = 5_000, 500  # lines that are looked at first, and how many of them must be bookings
_LINE_FIELDS = tuple(one.name for one in fields(Line) if one.name != "balance")


def looks_like_statement(path: Path) -> bool:
    """Whether the file begins like an MT940, a camt or an OFX."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    return not head.startswith(b"PK") and (is_camt(head) or is_ofx(head) or is_mt940(head))


def bank_statement(path: Path, name: str) -> list[Batch]:
    """The statements of an MT940, camt or OFX file; its faults are in the batches, each with its line and field."""
    data = path.read_bytes()
    head = data[:_HEAD]
    if is_camt(head):
        return _batches(read_camt(data, name), name)
    text = decoded(data, name)
    return _batches((read_ofx if is_ofx(head) else read_mt940)(text, name), name)


def bank_list(
    path: Path, name: str, profiles: Path | None, *, told: bool, own: Sequence[str] = ()
) -> list[Batch] | None:
    """The statements of a bank's csv or sheet; None where neither a profile nor its headers say that it is one.

    `told` says that it is meant to be one; `own` are the accounts that are known as the company's.
    """
    known = profiles_in(profiles) if profiles is not None and profiles.is_dir() else []
    with path.open("rb") as file:
        zipped = file.read(2) == b"PK"
    headers: list[str] = []
    for rows in _sheets(path) if zipped else _listed(path, name, known, own):
        read = read_list(rows, known, told=told, name=name, own=own)
        if read is not None:
            return _batches(read, name)
        headers = headers or headers_of(rows)
    if told and headers:
        raise CannotRun(_untold(name, headers))
    return None


def _untold(name: str, headers: Sequence[str]) -> str:
    """What to do with a list of which nobody knows what its columns mean."""
    listed = ", ".join(headers[:_MOST_HEADERS]) + (", …" if len(headers) > _MOST_HEADERS else "")
    return (
        f"{name} is no bank statement that is known. Its headers are {listed}. Where it is a bank's list, write a "
        "profile, such as layouts/bank/ours.toml, that says under [columns] which of them is booked_on, amount (or "
        "debit and credit) and text; the guide for Finance shows one."
    )


def _listed(path: Path, name: str, profiles: Sequence[Profile], own: Sequence[str]) -> Iterator[Rows]:
    """The rows of a csv where one of the first is a header; all of what is no list would cost too much."""
    text = decoded(path.read_bytes(), name)
    top = rows_of_csv(text, _FIRST)
    if header_of(top, profiles) is None:
        yield top
        return
    if len(top.cells) == _FIRST and (read := read_list(top, profiles, name=name, own=own)):
        booked = sum(len(one.lines) for one in read.statements)
        if booked < _FEW:
            raise Damaged(f"{name} holds {booked} bookings in its first {_FIRST} lines. Ask the bank for it once more.")
    yield rows_of_csv(text)


def _sheets(path: Path) -> list[Rows]:
    book = read_book(path)
    found = []
    for sheet in book.sheets:
        rows = book.sheet_rows(sheet)
        numbers = range(1, rows.height + 1)
        found.append(Rows([[_plain(cell) for cell in rows.row(number)] for number in numbers], list(numbers)))
    return found


def _plain(cell: object) -> object:
    return Decimal(format(cell, ".15g")) if isinstance(cell, float) else Decimal(cell) if type(cell) is int else cell


def _batches(read: Read, name: str) -> list[Batch]:
    if not read.statements and not read.faults:
        raise CannotRun(f"{name} holds no bank statement.")
    heads = Batch(STATEMENTS, name, "", _heads(read.statements), [one.place for one in read.statements], {})
    lines = Batch(BANK_LINES, name, "", _lines(read.statements), [], {})
    lines.rows = [line.place for one in read.statements for line in one.lines]
    heads.notes = [f"{name}: {note}" for note in read.notes]
    heads.issues = [
        Issue(
            source=name,
            sheet="",
            cell=f"line {one.place}" if one.place else "",
            column=one.field,
            row=one.place,
            value=one.value,
            problem=one.problem,
            fix=one.fix,
            table=STATEMENTS.name,
        )
        for one in read.faults
    ]
    return [heads, lines]


def _heads(statements: Sequence[Statement]) -> dict[str, list[Any]]:
    days = [one.days for one in statements]
    return {
        "statement": [str(at) for at in range(1, len(statements) + 1)],
        "account": [one.account for one in statements],
        "currency": [one.currency for one in statements],
        "number": [one.number for one in statements],
        "kind": [one.kind for one in statements],
        "from": [first for first, _ in days],
        "to": [last for _, last in days],
        "opening": [one.opening for one in statements],
        "closing": [one.closing for one in statements],
        "interim": [one.interim for one in statements],
    }


def _lines(statements: Sequence[Statement]) -> dict[str, list[Any]]:
    columns: dict[str, list[Any]] = {"statement": [], "line": []}
    for at, one in enumerate(statements, 1):
        columns["statement"] += [str(at)] * len(one.lines)
        columns["line"] += map(str, range(1, len(one.lines) + 1))
    every = [line for one in statements for line in one.lines]
    return columns | {name: [getattr(line, name) for line in every] for name in _LINE_FIELDS}
