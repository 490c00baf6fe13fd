"""A cell clashes when the sheet and the ledger both changed it since it was last seen, and not to the same."""

from __future__ import annotations

import pytest

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.workbook.fingerprint import SEPARATOR
from o2c_xl.workbook.sync.incoming import Incoming, clashes
from o2c_xl.workbook.sync.sheet_state import SheetRow
from o2c_xl.workbook.sync.wanted import Wanted

CUSTOMERS = BY_NAME["Customers"]
AT = {column.header: i for i, column in enumerate(CUSTOMERS.columns)}


def text(**cells: str) -> str:
    values = [""] * len(CUSTOMERS.columns)
    for header, value in cells.items():
        values[AT[header.replace("_", " ")]] = value
    return SEPARATOR.join(values)


@pytest.mark.parametrize(
    ("seen", "sheet", "ledger", "clash"),
    [
        ("Berlin", "Kiel", "Bonn", True),
        ("Berlin", "Kiel", "Berlin", False),
        ("Berlin", "Berlin", "Bonn", False),
        ("Berlin", "Bonn", "Bonn", False),
        ("", "Kiel", "Bonn", True),
        ("Berlin", "", "Bonn", True),
    ],
)
def test_only_two_different_changes_of_one_cell_clash(seen: str, sheet: str, ledger: str, clash: bool) -> None:
    row = Incoming(SheetRow(7, text(City=sheet)), "A", (AT["City"], AT["Phone"]))
    known = Wanted(CUSTOMERS, {"A": text(City=ledger)}, {}, {})

    found = clashes([row], {"A": SheetRow(7, text(City=seen))}, known, CUSTOMERS.columns)

    assert [(one.row, one.place, one.sheet, one.ledger) for one in found] == [(7, AT["City"], sheet, ledger)] * clash


def test_a_country_written_in_small_letters_is_the_same() -> None:
    row = Incoming(SheetRow(7, text(Country="de")), "A", (AT["Country"],))
    known = Wanted(CUSTOMERS, {"A": text(Country="DE")}, {}, {})

    assert not clashes([row], {"A": SheetRow(7, text(Country="SE"))}, known, CUSTOMERS.columns)
