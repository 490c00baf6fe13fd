"""What lights up: `Check`, the cell at fault, late days and states; each also says it in a word or a sign."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from xlsxwriter.utility import xl_col_to_name

from o2c_xl.tables.define.spec import Column, Kind, Table
from o2c_xl.workbook.template.look import TONES, Look

__all__ = ["BUSINESS_DATE", "TONE_OF", "Mark", "marks"]

BUSINESS_DATE = "Business_date"  # the day of the last sync, from `SyncInfo`; a rule with TODAY() would be volatile

_WORDS = {
    "done": "Approved|Closed|Paid|Posted|Applied|Received|Done|In stock|Resolved|Accepted",
    "moving": "New|Sent|To pick|Picked|Packed|Partly shipped|Shipped|Invoiced|Partly received|Partly paid|"
    "Partly applied|Answered|Proposed",
    "waits": "Incomplete|Credit check|Availability|Approval|Backordered|Waiting|Draft|Review|Low stock|"
    "Quarantined|Short|Unapplied|Open|Uncertain",
    "stopped": "On hold|Hold|Refused|Out of stock|Not posted|Disputed|Set aside|Failed|Rejected|Returned",
    "over": "Cancelled|Void|Credited|Written off|Repeat",
}
TONE_OF = {word: tone for tone, words in _WORDS.items() for word in words.split("|")}

# While these hold, a day that has passed is late; `[Header]` stands for the row's cell in that column.
_UNFINISHED = {
    "Orders": 'AND([Status]<>"Shipped",[Status]<>"Invoiced",[Status]<>"Closed",[Status]<>"Cancelled")',
    "OrderLines": "N([Quantity])>N([Shipped])+N([Cancelled])",
    "PurchaseOrders": 'OR([Status]="Sent",[Status]="Partly received")',
    "Invoices": "N([Open])>0",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One rule over whole columns (by their index) and the look it gives."""

    columns: tuple[int, ...]
    formula: str
    look: dict[str, Any]


def marks(table: Table, look: Look) -> Iterator[Mark]:
    """All rules of one sheet, the strongest first; formulas are written for row 2."""
    yield from _check(table)
    yield from _faults(table)
    yield from _late(table, look)
    for index, column in enumerate(table.columns):
        if column.kind is Kind.CHOICE and not column.typed:
            yield from _states(index, column)


def _cell(table: Table, header: str) -> str:
    return f"${xl_col_to_name(table.headers.index(header))}2"


def _check(table: Table) -> Iterator[Mark]:
    """Red with a cross when it names a column, amber with a triangle when it only tells something."""
    index = table.headers.index("Check")
    cell = _cell(table, "Check")
    last = xl_col_to_name(len(table.columns) - 1)
    names_column = f'ISNUMBER(MATCH(LEFT({cell},FIND(":",{cell}&":")-1),$A$1:${last}$1,0))'
    yield Mark((index,), f"=AND(LEN({cell})>0,{names_column})", TONES["stopped"] | {"num_format": '"✖ "@'})
    yield Mark((index,), f"=LEN({cell})>0", TONES["waits"])


def _faults(table: Table) -> Iterator[Mark]:
    """Tint a cell while `Check` names its column; a header that ends another one needs the sentence before it."""
    check = _cell(table, "Check")
    others = [i for i, column in enumerate(table.columns) if column.header != "Check"]
    endings = {i for i in others if any(h.endswith(" " + table.headers[i]) for h in table.headers)}
    for columns, before in ((set(others) - endings, " "), (endings, ". ")):
        if columns:
            first = xl_col_to_name(min(columns))
            text = f'"{before}"&SUBSTITUTE({check},CHAR(10)," ")'
            formula = f'=ISNUMBER(FIND("{before}"&{first}$1&":",{text}))'
            border = {"border": 1, "border_color": "#A3160F"}
            yield Mark(tuple(sorted(columns)), formula, TONES["stopped"] | border)


def _late(table: Table, look: Look) -> Iterator[Mark]:
    for header in table.late:
        cell = _cell(table, header)
        unfinished = _placed(table, _UNFINISHED.get(table.name, "TRUE"))
        formula = f"=AND(ISNUMBER({cell}),{cell}<{BUSINESS_DATE},{unfinished})"
        late = TONES["stopped"] | {"num_format": f'{look.date}" · late"'}
        yield Mark((table.headers.index(header),), formula, late)


def _placed(table: Table, formula: str) -> str:
    for header in table.headers:
        formula = formula.replace(f"[{header}]", _cell(table, header))
    return formula


def _states(index: int, column: Column) -> Iterator[Mark]:
    cell = f"{xl_col_to_name(index)}2"
    for tone, look in TONES.items():
        words = [word for word in column.choices if TONE_OF.get(word) == tone]
        if words:
            yield Mark((index,), _any_of(cell, words), look)


def _any_of(cell: str, words: Iterable[str]) -> str:
    tests = ",".join(f'{cell}="{word}"' for word in words)
    return f"=OR({tests})"
