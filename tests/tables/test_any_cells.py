"""Whatever stands in the cells of a table, alone or together: it is taken or a fault at its cell, never a failure."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from o2c_xl.tables.check.reading import read_block
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.tables.parse.batch import Block, Needs
from o2c_xl.tables.take.take_all import TAKEN, take_all
from o2c_xl.workbook.address import column_letters
from tests.ledgers import DAY

_ODD = (None, "", " ", 1234.0, 0.5, -1.0, True, dt.datetime(2026, 11, 2, 0, 0), "\u200b", "#N/A", "K1", "k1", "NOBODY")
_KNOWN: dict[Kind, tuple[object, ...]] = {
    Kind.CODE: ("K1", "K2", "K3 ", "NEW"),
    Kind.LINE: ("1", 1.0, "2"),
    Kind.DATE: (dt.date(2026, 11, 2), dt.date(1926, 11, 2), "2026-11-02"),
    Kind.COUNTRY: ("DE",),
    Kind.CURRENCY: ("EUR", "JPY"),
    Kind.TERMS: ("Net 30",),
    Kind.EMAIL: ("a@b.example",),
    Kind.CHOICE: (),
}
_NUMBERS = (0.0, 1.0, 2.555, 1e9)
_NAMED = {"Settings": ("Company currency", "Reminder days", "Bill tolerance %", "Company IBAN")}

# Bank statements are read by rules of their own, never typed.
_TYPED = [name for name in TAKEN if name not in {"Statements", "BankLines"}]


class _TakenBackError(Exception):
    """Ends a transaction so that nothing of it stays."""


def cells(column: Column, table: Table) -> st.SearchStrategy[object]:
    """What may stand in a cell of the column: what fits it, twice as often as what is odd."""
    fits = (*_KNOWN.get(column.kind, _NUMBERS if column.kind.name not in {"TEXT", "LONG_TEXT"} else ("K1", "Text")),)
    fits += column.choices + (_NAMED.get(table.name, ()) if column.key else ())
    return st.one_of(st.sampled_from(fits or _ODD), st.sampled_from(fits or _ODD), st.sampled_from(_ODD))


@pytest.fixture
def books(memory_ledger: Ledger) -> Ledger:
    """A ledger that has a row K1 and a row K2 of every table whose rows people name."""
    with memory_ledger.transaction(DAY) as txn:
        for name in _TYPED:
            kept_in = schema.metadata.tables.get(_kept_as(BY_NAME[name]))
            if kept_in is not None and name not in {"Settings", "Roles"}:
                txn.insert(kept_in, [_row(BY_NAME[name], key) for key in ("K1", "K2")])
    return memory_ledger


def _kept_as(table: Table) -> str:
    names = {"Pick List": "picks"}
    return names.get(table.title, table.title.lower().replace(" ", "_"))


def _row(table: Table, key: str) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for column in table.keys:
        values[column.field] = "1" if column.kind is Kind.LINE else key
        if column.kind in (Kind.NUMBER, Kind.QUANTITY):
            values[column.field] = Decimal(1)
        if column.kind is Kind.DATE:
            values[column.field] = DAY
    return values


@pytest.mark.parametrize("needs", list(Needs), ids=lambda needs: needs.name)
@pytest.mark.parametrize("name", _TYPED)
def test_any_cells_beside_each_other_are_taken_or_told(books: Ledger, name: str, needs: Needs) -> None:
    table = BY_NAME[name]
    columns = [column for column in table.columns if column.typed or column.key]
    row = st.tuples(*(cells(column, table) for column in columns))

    @settings(max_examples=15, deadline=None, derandomize=True, database=None)
    @given(st.lists(row, min_size=1, max_size=4))
    def take(rows: list[tuple[object, ...]]) -> None:
        block = Block(
            source="Sales.xlsx" if needs is Needs.SHEET else "new.xlsx",
            sheet=table.title,
            headers=[column.header for column in columns],
            columns=[list(values) for values in zip(*rows, strict=True)],
            letters=[column_letters(place) for place in range(1, len(columns) + 1)],
            rows=list(range(2, 2 + len(rows))),
        )
        batch = read_block(block, table, needs)
        with suppress(_TakenBackError), books.transaction(DAY) as txn:
            take_all(txn, [batch], lambda _: policy_of({}))
            raise _TakenBackError

        assert all(issue.problem and issue.fix for issue in batch.issues)

    take()


@pytest.mark.parametrize("needs", list(Needs), ids=lambda needs: needs.name)
@pytest.mark.parametrize(("name", "column"), [("Customers", "Bill-to"), ("Products", "Alternative SKU")])
def test_a_faulty_key_beside_an_unknown_code_is_told_with_it(
    memory_ledger: Ledger, name: str, column: str, needs: Needs
) -> None:
    table = BY_NAME[name]
    block = Block(
        source="master.xlsx",
        sheet=table.title,
        headers=[table.keys[0].header, "Name", "Unit", column],
        columns=[[1234.0, "A"], ["First", "Second"], ["pcs", "pcs"], [None, "NOBODY"]],
        letters=["A", "B", "C", "D"],
        rows=[2, 3],
    )

    batch = read_block(block, table, needs)
    with memory_ledger.transaction(DAY) as txn:
        take_all(txn, [batch], lambda _: policy_of({}))

    told = {issue.cell: issue.problem for issue in batch.issues}
    assert "is a number where text is expected" in told["A2"]
    assert told["D3"] == f"NOBODY is not in {name}."
