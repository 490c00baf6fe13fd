"""Rows among those of a file that are none: the header again, a line of totals. Each is one fault."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from o2c_xl.tables.parse.batch import Batch
from o2c_xl.tables.parse.cells import CellFault, Fault
from o2c_xl.tables.parse.fault import seen
from o2c_xl.tables.parse.headers import header_key

__all__ = ["tell_odd_rows"]

_SEVERAL = 2
_TOTALS = frozenset(
    "total|totals|grand total|subtotal|sub-total|sum|summe|gesamt|gesamtsumme|zwischensumme|somme|total général|totale|"
    "totaal|suma|razem|celkem|összesen|итого|合計|小計|合计|总计".split("|")
)
_HEADER = Fault("This row is the header again.", "Delete the row.")
_TOTAL = Fault("This row is a line of totals.", "Delete the row; what is summed up is in the rows above it.")


def tell_odd_rows(batch: Batch) -> None:
    """Put one fault in the place of all those of a row that repeats the header or sums up; no more is asked of it."""
    told: defaultdict[int, dict[str, str]] = defaultdict(dict)
    for issue in batch.issues:
        told[issue.row][issue.column] = issue.value
    maybe = () if batch.parts else sorted(batch.bad | _called_as_the_key(batch))
    odd = {i: fault for i in maybe if (fault := _odd(batch, i, told[batch.rows[i]]))}
    if not odd:
        return
    rows = {batch.rows[i] for i in odd}
    batch.issues = [issue for issue in batch.issues if issue.row not in rows]
    keys = {column.field for column in batch.table.keys}
    first, letter = next(((name, letter) for name, letter in batch.letters.items() if letter), ("", ""))
    for i, fault in odd.items():
        value = seen(batch.columns[first][i]) if first in batch.columns else ""
        batch.mark_row(letter, CellFault(i, value, fault))
        for name, values in batch.columns.items():
            if name not in keys:
                values[i] = None


def _called_as_the_key(batch: Batch) -> set[int]:
    """Rows whose key is its own header; in a table of texts alone no cell of a header that comes again is at fault."""
    key = batch.table.keys[0]
    own = header_key(key.header)
    found = {value for value in set(batch.columns.get(key.field, ())) if header_key(value) == own}
    return {i for i, value in enumerate(batch.columns[key.field]) if value in found} if found else set()


def _odd(batch: Batch, index: int, at_fault: Mapping[str, str]) -> Fault | None:
    texts = {
        header: at_fault.get(header) or seen(batch.columns[column.field][index])
        for header, column in batch.table.by_header.items()
        if column.field in batch.columns
    }
    if sum(bool(text) and header_key(text) == header_key(header) for header, text in texts.items()) >= _SEVERAL:
        return _HEADER
    total = any(text.strip(" :").casefold() in _TOTALS for text in texts.values())
    return _TOTAL if total and "" in at_fault.values() else None
