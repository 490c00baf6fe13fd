"""All tables, in the order of the work; names and headers are the contract with users."""

from __future__ import annotations

from o2c_xl.tables.define import control, master, trade
from o2c_xl.tables.define.spec import Table

__all__ = ["BY_NAME", "TABLES", "find_table"]

TABLES: tuple[Table, ...] = (*trade.TABLES, *control.TABLES, *master.TABLES)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
_BY_LOOSE_NAME = {name.casefold(): table for table in TABLES for name in (table.name, table.title)}


def find_table(name: str) -> Table | None:
    """The table of that name or sheet title, without regard to case or surrounding space."""
    return _BY_LOOSE_NAME.get(name.strip().casefold())
