"""Every table that staff type into is taken from sheets and files."""

from __future__ import annotations

from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.take.rules import RULES
from o2c_xl.tables.take.take_all import TAKEN


def test_every_table_with_cells_of_staff_has_its_place_in_the_order_of_taking() -> None:
    typed = {name for name, table in BY_NAME.items() if table.typed}

    assert typed <= set(TAKEN)
    assert set(RULES) <= set(TAKEN)
    assert len(TAKEN) == len(set(TAKEN))
