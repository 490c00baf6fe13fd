"""An invoice that waited as a draft, in a workbook that is open in Excel: its row bears the number it got."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from o2c_xl.adapters import ribbon
from o2c_xl.ledger import schema
from tests.ribbon.open_desk import OpenDesk
from tests.steps.receivables import Books
from tests.sync.desk import DAY


@pytest.fixture
def desk(tmp_path: Path, personal: Path) -> Iterator[OpenDesk]:
    opened = OpenDesk(tmp_path / "acme", ("Invoices", "Settings"))
    opened.open()
    yield opened
    opened.close()


def test_the_row_of_a_draft_bears_its_number_once_it_is_posted(desk: OpenDesk) -> None:
    ledger = desk.paper.company.ledger
    books = Books(ledger)
    books.customers("C1", currency="EUR")
    books.invoice("C1", "100.00", number="DRAFT-000001")
    books.invoice("C1", "50.00", number="DRAFT-000002")
    desk.press(ribbon.sync)
    with ledger.transaction(DAY) as txn:
        c = schema.invoices.c
        txn.conn.execute(update(schema.invoices).where(c.invoice == "DRAFT-000001").values(invoice="INV-000001"))
        txn.conn.execute(schema.invoices.delete().where(c.invoice == "DRAFT-000002"))
        txn.record("draft posted", "DRAFT-000001", {"invoice": "INV-000001"})

    desk.press(ribbon.sync)

    first, second = desk.rows("Invoices")
    assert (first["Invoice"], first["Total"]) == ("INV-000001", 100)
    assert {header: value for header, value in second.items() if value is not None} == {"Invoice": "DRAFT-000002"}
