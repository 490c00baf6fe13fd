"""The `Lists` sheet and the names that feed dropdowns."""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter import Workbook

from o2c_xl.domain.countries import COUNTRIES
from o2c_xl.domain.money import CURRENCIES
from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.workbook.template.look import Look

__all__ = ["INLINE_LIMIT", "LISTS", "add_feeds", "add_lists", "feed_name", "list_name"]

LISTS = "Lists"
INLINE_LIMIT = 255  # Excel's limit for a list written inside a validation
TERMS = ("Prepaid", "Net 7", "Net 14", "Net 30", "Net 60", "Net 30 EOM", "2% 10, Net 30", "30% 0, 70% 60")
_KIND_NAMES = {
    Kind.COUNTRY: "List_Countries",
    Kind.CURRENCY: "List_Currencies",
    Kind.TERMS: "List_Payment_terms",
}


def feed_name(feeds: str) -> str:
    """The defined name behind `Table.Header`: `Customers.Customer ID` is `Customers_Customer_ID`."""
    return feeds.replace(".", "_").replace(" ", "_").replace("-", "_")


def list_name(column: Column) -> str:
    """The defined name of the column's list on `Lists`; empty when its choices fit inside the validation."""
    if column.kind in _KIND_NAMES:
        return _KIND_NAMES[column.kind]
    return "List_" + feed_name(column.header) if len(",".join(column.choices)) > INLINE_LIMIT else ""


def add_feeds(workbook: Workbook, tables: Sequence[Table]) -> frozenset[str]:
    """Name every column of this workbook that feeds a dropdown; the name grows with its table."""
    by_name = {table.name for table in tables}
    wanted = {column.feeds for table in tables for column in table.columns if column.feeds}
    present = sorted(feeds for feeds in wanted if feeds.partition(".")[0] in by_name)
    for feeds in present:
        table, _, header = feeds.partition(".")
        workbook.define_name(feed_name(feeds), f"={table}[{header}]")
    return frozenset(present)


def add_lists(workbook: Workbook, look: Look, tables: Sequence[Table], *, country: str, currency: str) -> None:
    """Write the lists that dropdowns share, the company's own country and currency first."""
    sheet = workbook.add_worksheet(LISTS)
    sheet.hide()
    lists: dict[str, Sequence[str]] = {
        "List_Countries": sorted(COUNTRIES, key=lambda code: (code != country, code)),
        "List_Currencies": sorted(CURRENCIES, key=lambda code: (code != currency, code)),
        "List_Payment_terms": TERMS,
    }
    for column in (column for table in tables for column in table.typed):
        if column.choices and list_name(column):
            lists[list_name(column)] = column.choices
    head, cell = look.style("List header", bold=True), look.style("List entry", num_format="@")
    for index, (name, entries) in enumerate(lists.items()):
        sheet.write_string(0, index, name.removeprefix("List_").replace("_", " "), head)
        sheet.write_column(1, index, entries, cell)
        letter = chr(ord("A") + index)
        workbook.define_name(name, f"={LISTS}!${letter}$2:${letter}${len(entries) + 1}")
    sheet.set_column(0, len(lists) - 1, 22)
