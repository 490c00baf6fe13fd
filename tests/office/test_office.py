"""LibreOffice opens every workbook we make, recalculates it, and a person works in it; sync takes what they typed."""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path
from typing import Any

import pytest

from o2c_xl.tables.define.catalogue import BY_NAME, TABLES
from o2c_xl.tables.define.spec import Table
from o2c_xl.workbook.address import column_letters
from o2c_xl.workbook.reading.book import read_book
from tests.office.conftest import Office
from tests.scenarios.commands import Desk

pytestmark = pytest.mark.office
TEMPLATE = Path(__file__).resolve().parents[2] / "workbooks" / "template.xlsx"
DAY = "2026-03-02"


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    made = Desk(tmp_path_factory.mktemp("office-demo") / "company", dt.datetime.now().astimezone().date().isoformat())
    made.o2c("demo", made.folder)
    return made


def test_the_template_opens_with_every_table_and_no_error_cell(office: Office) -> None:
    answers = office.work(
        {"do": "open", "path": str(TEMPLATE)}, {"do": "tables"}, {"do": "recalculate"}, {"do": "errors"}
    )

    assert set(answers[0]) >= {table.title for table in TABLES} | {"Start"}
    assert set(answers[1]) >= {table.name for table in TABLES}
    assert answers[-1] == []


def test_the_demo_workbook_counts_at_once_what_waits(office: Office, demo: Desk) -> None:
    (book,) = (demo.folder / "books").glob("*.xlsx")
    cells = {"do": "read", "sheet": "Start", "cells": ["C8", "B8", "C9", "B9", "C10", "B10"]}

    answers = office.work({"do": "open", "path": str(book)}, cells, {"do": "recalculate"}, {"do": "errors"}, cells)

    assert answers[1] == [
        "Incomplete orders", "2", "Orders on hold", "3", "Backordered lines", "4",
    ]  # fmt: skip
    assert answers[-1] == answers[1]
    assert answers[-2] == []


def test_every_document_and_report_opens_without_error_cells(office: Office, demo: Desk) -> None:
    demo.o2c("report")
    files = [*(demo.folder / "outbox").glob("*.xlsx"), *(demo.folder / "reports").glob("*.xlsx")]
    kinds = {path.name.split(" ")[0] for path in files}

    faults = {path.name: found for path in files if (found := office.faults(path))}

    assert {"Invoice", "Credit", "Purchase"} <= kinds
    assert any(path.parent.name == "reports" for path in files)
    assert faults == {}


def cells(table: Table, row: int, /, **values: str) -> dict[str, str]:
    """Addresses and what is typed there, by the columns' names in code."""
    places = {column.field: column_letters(i) for i, column in enumerate(table.columns, 1)}
    return {f"{places[name]}{row}": text for name, text in values.items()}


def type_in(table: str, row: int, /, **values: str) -> dict[str, Any]:
    sheet = BY_NAME[table]
    return {"do": "type", "sheet": sheet.title, "cells": cells(sheet, row, **values)}


def beside(name: str, places: int = 2) -> str:
    """The letter of a column beside the table, one left free."""
    return column_letters(len(BY_NAME[name].columns) + places)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(tmp_path / "acme", DAY)
    made.o2c("init", made.folder, "--name", "Acme GmbH", "--on", DAY)
    return made


@pytest.fixture
def book(desk: Desk) -> Path:
    return desk.folder / "books" / "Order to cash.xlsx"


MASTER = (
    type_in("TaxRates", 2, tax_group="D", tax_code="S", rate_percent="19"),
    type_in(
        "Customers", 2, customer_id="'0042", name="Anna's Shop", street="Weg 1", city="Kiel", country="DE",
        tax_group="D",
    ),
    type_in("Products", 2, sku="'00123", name="Mug", unit="pcs", price="5", cost="2", tax_code="S"),
    type_in("StockCounts", 2, sku="'00123", counted="20", counted_on=DAY, reason="Opening"),
)  # fmt: skip
ORDERS = (
    type_in("Orders", 2, order="'7", customer_id="'0042", order_date=DAY),
    type_in("Orders", 3, order="'8", customer_id="'0042", order_date=DAY, notes="=1+1 is what they said"[1:]),
    type_in("OrderLines", 2, order="'7", line="1", sku="'00123", quantity="8"),
    type_in("OrderLines", 3, order="'8", line="1", sku="'00123", quantity="5"),
    type_in("OrderLines", 4, order="'8", line="2", sku="'00123", quantity="30"),
)


def save(office: Office, book: Path, *steps: dict[str, Any]) -> list[Any]:
    """Open the shared workbook, do the steps, save it where it was."""
    new = book.with_name("saved.tmp")
    answers = office.work({"do": "open", "path": str(book)}, *steps, {"do": "save", "path": str(new)})
    shutil.move(new, book)
    return answers


def test_orders_typed_in_libreoffice_are_taken_and_go_to_invoice(office: Office, desk: Desk, book: Path) -> None:
    save(office, book, *MASTER, *ORDERS)

    answer = desk.run()

    assert answer["ok"], answer["issues"]
    orders = {row["Order"]: row for row in desk.show("Orders")}
    assert (orders["7"]["Status"], orders["7"]["Total"]) == ("Invoiced", "47.60")
    assert orders["8"]["Status"] == "Partly shipped"
    assert orders["8"]["Customer ID"] == "0042"
    desk.verify()


def test_the_answer_stands_beside_the_rows_when_the_workbook_is_opened_again(
    office: Office, desk: Desk, book: Path
) -> None:
    save(office, book, *MASTER, *ORDERS)
    desk.run()
    status, total = (column_letters(BY_NAME["Orders"].headers.index(h) + 1) for h in ("Status", "Total"))

    answers = office.work(
        {"do": "open", "path": str(book)},
        {"do": "recalculate"},
        {"do": "errors"},
        {"do": "read", "sheet": "Orders", "cells": ["A2", f"{status}2", f"{total}2", "A3", f"{status}3"]},
    )

    assert answers[2] == []
    assert answers[3] == ["7", "Invoiced", "47.60", "8", "Partly shipped"]


def test_a_persons_formulas_sheet_and_chart_live_on_and_recalculate(office: Office, desk: Desk, book: Path) -> None:
    letter = beside("OrderLines")
    shipped = column_letters(BY_NAME["OrderLines"].headers.index("Shipped") + 1)
    mine = (
        {"do": "type", "sheet": "Order Lines", "cells": {f"{letter}1": "My column", f"{letter}2": f"={shipped}2*2"}},
        {"do": "add_sheet", "name": "My notes"},
        {
            "do": "type",
            "sheet": "My notes",
            "cells": {"A1": "Shipped", "B1": "Value", "A2": "all", "B2": f"=SUM('Order Lines'.{shipped}2:{shipped}50)"},
        },
        {"do": "add_chart", "sheet": "My notes", "of": "A1:B2"},
    )
    save(office, book, *MASTER, *ORDERS, *mine)

    desk.run()
    answers = office.work(
        {"do": "open", "path": str(book)},
        {"do": "charts"},
        {"do": "recalculate"},
        {"do": "errors"},
        {"do": "read", "sheet": "My notes", "cells": ["B2"]},
        {"do": "read", "sheet": "Order Lines", "cells": [f"{letter}1", f"{letter}2"]},
    )

    assert answers[1] == {"My notes": 1}
    assert answers[3] == []
    assert answers[4] == ["20"]
    assert answers[5] == ["My column", "16"]


def test_tables_are_found_by_name_after_libreoffice_saved_the_workbook(office: Office, desk: Desk, book: Path) -> None:
    save(office, book)

    answer = desk.run()

    assert answer["ok"]
    assert not any(answer["counts"].values()), answer["counts"]
    assert {table.name for table in read_book(book).tables} >= set(BY_NAME)


def test_a_wrong_cell_typed_in_libreoffice_is_explained_beside_its_row(office: Office, desk: Desk, book: Path) -> None:
    wrong = type_in("Orders", 2, order="'7", customer_id="'0042", order_date="soon")
    save(office, book, *MASTER, wrong)

    answer = desk.run(expect=1)
    shown = office.work({"do": "open", "path": str(book)}, {"do": "read", "sheet": "Orders", "cells": ["B2", "E2"]})

    assert [issue["cell"] for issue in answer["issues"]] == ["E2"]
    assert "is not a date" in shown[1][0]
    assert shown[1][1] == "soon"
