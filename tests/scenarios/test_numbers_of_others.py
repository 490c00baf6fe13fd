"""VAT numbers and accounts of customers and suppliers that cannot be right are told beside them, and refuse nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.northwind import write
from tests.scenarios.test_customers_told import open_desk

VAT = "DE123456789 is no VAT number of DE: the number's checksum or check digit is invalid. Check it with them."
IBAN = "'DE02120300000000202052' is no IBAN: its length or its check digits do not fit. Check it with them."


@pytest.mark.parametrize(
    ("table", "key", "column", "value", "said"),
    [
        ("Customers", "Customer ID", "Tax ID", "DE123456789", VAT),
        ("Suppliers", "Supplier ID", "Tax ID", "DE123456789", VAT),
        ("Suppliers", "Supplier ID", "IBAN", "DE02120300000000202052", IBAN),
        ("Customers", "Customer ID", "Tax ID", "DE136695976", ""),
        ("Customers", "Customer ID", "Tax ID", "181/815/08155", ""),
        ("Suppliers", "Supplier ID", "IBAN", "123-456 7", ""),
        ("Suppliers", "Supplier ID", "IBAN", "DE02 1203 0000 0000 2020 51", ""),
    ],
)
def test_a_number_whose_check_digits_do_not_fit_is_told_beside_it(
    tmp_path: Path, table: str, key: str, column: str, value: str, said: str
) -> None:
    desk = open_desk(tmp_path)

    answer = desk.load(write(tmp_path / f"{table}.csv", [{key: "NEW", "Name": "New", column: value}]))
    desk.run()

    [row] = desk.show(table, f"{key}=NEW")
    assert answer["issues"] == []
    assert (row["Check"] or "").partition(": ")[2] == said
    assert row[column] == value
