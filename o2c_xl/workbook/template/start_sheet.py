"""The first sheet: what this workbook is, what to do today, where everything stands, when it was last synced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.utility import xl_rowcol_to_cell

from o2c_xl.domain.buying.purchase_status import UNDER_WAY
from o2c_xl.tables.define.spec import Column, Department, Kind, Owner, Table
from o2c_xl.workbook.template.look import DEPARTMENT_COLOURS, TABLE_STYLE, TONES, Colour, Look
from o2c_xl.workbook.template.marks import BUSINESS_DATE
from o2c_xl.workbook.template.sheet import Row, write_value
from o2c_xl.workbook.template.sync_info import START, SYNC_INFO

__all__ = ["SYNC_ITEMS", "TODAY", "Task", "add_start_sheet", "count_of"]

SYNC_ITEMS = ("Company", "Business date", "Last synced", "Synced by", "Open faults")
_DATED = {"Business date": Kind.DATE, "Last synced": Kind.MOMENT, "Open faults": Kind.WHOLE}


@dataclass(frozen=True, slots=True)
class Task:
    """One line of "today": rows of `table` whose `header` meets one of `criteria` (as COUNTIF reads them)."""

    department: Department
    text: str
    table: str
    header: str
    criteria: tuple[str, ...]


_SALES, _BUYING, _STORE = Department.SALES, Department.PURCHASING, Department.WAREHOUSE
_FINANCE, _MANAGERS = Department.FINANCE, Department.MANAGEMENT
_ANY = ("?*",)
TODAY = (
    Task(_SALES, "Incomplete orders", "Orders", "Status", ("Incomplete",)),
    Task(_SALES, "Orders on hold", "Orders", "Status", ("Credit check", "On hold")),
    Task(_SALES, "Backordered lines", "OrderLines", "Backordered", (">0",)),
    Task(_SALES, "Customer requests open", "Requests", "Status", ("Open",)),
    Task(_BUYING, "Drafts to look at", "PurchaseOrders", "Status", ("Draft",)),
    Task(_BUYING, "Orders to be approved", "PurchaseOrders", "Status", ("Approval",)),
    Task(_BUYING, "Orders under way", "PurchaseOrders", "Status", UNDER_WAY),
    Task(_STORE, "Rows to pick", "PickList", "Status", ("To pick",)),
    Task(_STORE, "Shipments to send", "Shipments", "Status", ("Packed",)),
    Task(_STORE, "Receipts to decide", "Receipts", "Status", ("Quarantined",)),
    Task(_STORE, "Products out of stock", "Products", "Stock status", ("Out of stock",)),
    Task(_FINANCE, "Invoices past due", "Invoices", "Days overdue", (">0",)),
    Task(_FINANCE, "Invoices in dispute", "Invoices", "Status", ("Disputed",)),
    Task(_FINANCE, "Payments not applied", "Payments", "Status", ("Unapplied", "Partly applied")),
    Task(_FINANCE, "Matches to accept", "Matches", "Status", ("Proposed",)),
    Task(_MANAGERS, "Approvals to decide", "Approvals", "Status", ("Waiting",)),
    Task(_MANAGERS, "Things that wait", "Waiting", "What stops it", _ANY),
    Task(_MANAGERS, "Discrepancies open", "Discrepancies", "Status", ("Open",)),
    Task(_MANAGERS, "Faults to mend", "Issues", "Problem", _ANY),
)
_BOXES = (_SALES, _BUYING, _STORE, _FINANCE, _MANAGERS)
_TOP = 5  # row of the boxes' headings, from 0
_TASKS = _TOP + 2
_LINKS = _TASKS + 7
_KEY_TEXTS = ("names the row", "you fill it", "Python fills it")
_SIGNS = (("stopped", "✖", "a fault: mend the cell"), ("waits", "▲", "waits, or a note"))
_HOW_TO = (
    "How it works",
    "1  Type in the first free row of a table, or paste; the table grows by itself. Alt + Down opens a list.",
    "2  Save and close, or press Sync. Python reads what is new and answers in the grey columns.",
    "3  Read Check beside the key: empty is good; else it says what is wrong and how to mend it, and tints the cell.",
    "4  Point at a header: its note says whose column it is, what goes in, and what happens next.",
    "5  Nothing is lost: every sync keeps the version before, and a row deleted here stays in the ledger.",
)


def count_of(rows: Sequence[Row], task: Task) -> int:
    """How many of `rows` the task counts: what the formula shows, for viewers that do not calculate."""
    values = [row.get(task.header) for row in rows]
    if task.criteria == _ANY:
        return sum(1 for value in values if value)
    if task.criteria == (">0",):
        return sum(1 for value in values if value is not None and value > 0)
    return sum(1 for value in values if value in task.criteria)


def add_start_sheet(
    workbook: Workbook, look: Look, tables: Sequence[Table], *, company: str, rows: Mapping[str, Sequence[Row]]
) -> None:
    """Write the sheet; it comes first and is the one that opens."""
    for table in tables:
        workbook.define_name(_name(table), f"='{table.title}'!$A$1")
    page = _Page(workbook, look, company)
    by_box = {box: [table for table in tables if table.department is box] for box in Department}
    boxes = [box for box in _BOXES if by_box[box]] or [Department.SETUP]
    alone = len(boxes) == 1
    for index, box in enumerate(boxes):
        page.box(1 + 3 * index, box, by_box[box], rows, told=alone)
    info = 1 + 3 * len(boxes)
    page.title("Order to cash" if not alone else str(boxes[0]), info + 1)
    page.sync_info(info, rows.get(SYNC_INFO.name, ()))
    if boxes != [Department.SETUP] and by_box[Department.SETUP]:
        page.setup_links(info, by_box[Department.SETUP])
    longest = max(len(by_box[box]) for box in boxes)
    page.colour_key(_LINKS + max(longest, 2) + 2, 4 if not alone else 3)
    page.print_set_up()


class _Page:
    """The Start sheet while it is written."""

    def __init__(self, workbook: Workbook, look: Look, company: str) -> None:
        self.workbook, self.look, self.company = workbook, look, company
        self.sheet = workbook.add_worksheet(START)
        self.sheet.activate()
        self.sheet.set_tab_color(Colour.INK)
        self.sheet.hide_gridlines(2)
        self.sheet.set_column(0, 0, 1.5)

    def title(self, whose: str, last: int) -> None:
        """The band across the top: whose workbook it is and what it is for."""
        ground = {"bg_color": Colour.STAFF_KEY_HEAD, "valign": "vcenter"}
        band = self.look.style("Start band", **ground)
        for row, height in ((0, 8), (1, 32), (2, 20), (3, 10), (4, 10), (_TOP, 22)):
            self.sheet.set_row(row, height)
        for row in range(4):
            for column in range(last + 1):
                self.sheet.write_blank(row, column, None, band)
        big = self.look.style("Start title", bold=True, font_size=20, **ground | {"font_color": Colour.PAPER})
        plain = self.look.style("Start subtitle", font_size=11, **ground | {"font_color": "#DCE7F7"})
        self.sheet.write_string(1, 1, f"{self.company} · {whose}" if self.company else whose, big)
        told = "Where we work, from order to cash. You fill the columns with blue text; Python fills the grey ones."
        self.sheet.write_string(2, 1, told, plain)

    def box(
        self, left: int, box: Department, tables: Sequence[Table], rows: Mapping[str, Sequence[Row]], *, told: bool
    ) -> None:
        """One department: what to do today with live counts, then its sheets; `told` says what each sheet is."""
        for offset, width in enumerate((5, 23 if told else 21, 78 if told else 1.5)):
            self.sheet.set_column(left + offset, left + offset, width)
        self._heading(left, _TOP, box, str(box))
        self._caption(left, _TASKS - 1, "Today")
        row = _TASKS
        by_name = {table.name: table for table in tables}
        for task in (task for task in TODAY if task.table in by_name and task.department is box):
            self._task(
                row, left, by_name[task.table], task.text, _formula(task), count_of(rows.get(task.table, ()), task)
            )
            row += 1
        faulty = [sum(1 for entry in rows.get(table.name, ()) if entry.get("Check")) for table in tables]
        first = next((table for table, count in zip(tables, faulty, strict=True) if count), tables[0])
        checks = "+".join(_count(table.name, "Check", "?*") for table in tables)
        self._task(row, left, first, "Rows with a Check", f"={checks}", sum(faulty))
        self._caption(left, _LINKS - 1, "Sheets")
        for row, table in enumerate(tables, start=_LINKS):
            dot = self.look.style(f"Start dot {box}", font_color=DEPARTMENT_COLOURS[box], align="center")
            self.sheet.write_string(row, left, "■", dot)
            self._link(row, left + 1, table)
            if told:
                self.sheet.write_string(row, left + 2, table.about, self.look.style("Start text", indent=1))

    def sync_info(self, left: int, rows: Sequence[Row]) -> None:
        """The small table that Python fills: when this workbook and the ledger last agreed."""
        known: dict[str, Any] = {"Company": self.company} | {row["Item"]: row["Value"] for row in rows}
        shared = {"bg_color": Colour.PYTHON_GROUND, "bottom": 1, "bottom_color": Colour.RULE, "indent": 1}
        for row, name in enumerate(SYNC_ITEMS, start=_TOP + 1):
            kind = _DATED.get(name, Kind.TEXT)
            code = self.look.number(Column("Value", kind, Owner.PYTHON, ""))
            code += '" UTC"' if kind is Kind.MOMENT else ""
            cell = self.look.style(f"Start value {kind.value}", num_format=code, align="left", **shared)
            self.sheet.write_string(row, left, name, self.look.style("Start item", **shared))
            write_value(self.sheet, row, left + 1, known.get(name), cell)
        for offset, column in enumerate(SYNC_INFO.columns):
            self.sheet.set_column(left + offset, left + offset, column.width)
        head = [{"header": c.header, "header_format": self.look.header(c)} for c in SYNC_INFO.columns]
        options = {"name": SYNC_INFO.name, "columns": head, "style": TABLE_STYLE, "autofilter": False}
        self.sheet.add_table(_TOP, left, _TOP + len(SYNC_ITEMS), left + 1, options)
        cell_name = xl_rowcol_to_cell(
            _TOP + 1 + SYNC_ITEMS.index("Business date"), left + 1, row_abs=True, col_abs=True
        )
        self.workbook.define_name(BUSINESS_DATE, f"={START}!{cell_name}")

    def setup_links(self, left: int, tables: Sequence[Table]) -> None:
        """The administrator's sheets, in a box of their own under the sync table."""
        self._heading(left, _LINKS - 1, Department.SETUP, str(Department.SETUP))
        for row, table in enumerate(tables, start=_LINKS):
            self._link(row, left, table)

    def colour_key(self, row: int, right: int) -> None:
        """What each colour and sign means, and five lines on how to work here."""
        head = self.look.style("Start heading", bold=True, font_size=11, indent=1)
        text = self.look.style("Start text", indent=1)
        self.sheet.write_string(row, 1, "What the colours say", head)
        kinds = ((Owner.STAFF, True), (Owner.STAFF, False), (Owner.PYTHON, False))
        for offset, (owner, key) in enumerate(kinds, start=1):
            column = Column("Key", Kind.TEXT, owner, "", key=key)
            self.sheet.write_string(row + offset, 1, "Abc", self.look.header(column))
            self.sheet.write_string(row + offset, 2, _KEY_TEXTS[offset - 1], self.look.cell(column))
        for offset, (tone, sign, meaning) in enumerate(_SIGNS, start=1 + len(kinds)):
            self.sheet.write_string(
                row + offset, 1, sign, self.look.style(f"Start sign {tone}", align="center", **TONES[tone])
            )
            self.sheet.write_string(row + offset, 2, meaning, self.look.style("Start sign text", indent=1))
        for offset, line in enumerate(_HOW_TO):
            self.sheet.write_string(row + offset, right, line, head if offset == 0 else text)

    def print_set_up(self) -> None:
        """One landscape page."""
        sheet, name = self.sheet, self.company.replace("&", "&&")
        sheet.set_landscape()
        sheet.set_paper(self.look.paper)
        sheet.fit_to_pages(1, 1)
        sheet.center_horizontally()
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_header(f"&L&9{name}&R&9&D")
        sheet.set_footer("&L&8&F&R&8Page &P of &N")
        sheet.set_selection(_TASKS, 2, _TASKS, 2)

    def _heading(self, left: int, row: int, box: Department, text: str) -> None:
        colours = {"bg_color": DEPARTMENT_COLOURS[box], "font_color": Colour.PAPER}
        cell = self.look.style(f"Start {box}", bold=True, font_size=11, indent=1, **colours | {"valign": "vcenter"})
        self.sheet.write_string(row, left, text, cell)
        self.sheet.write_blank(row, left + 1, None, cell)

    def _caption(self, left: int, row: int, text: str) -> None:
        look = {"font_size": 9, "font_color": Colour.QUIET, "bottom": 1, "bottom_color": Colour.RULE}
        cell = self.look.style("Start caption", indent=1, **look)
        self.sheet.write_string(row, left, text, cell)
        self.sheet.write_blank(row, left + 1, None, cell)

    def _task(self, row: int, left: int, table: Table, text: str, formula: str, count: int) -> None:
        number = self.look.style("Start count", bold=True, align="center", num_format='0;-0;"–"')
        link = self.look.style("Start task", indent=1)
        # no cached 0: LibreOffice calculates on opening only what has no result yet
        self.sheet.write_formula(row, left, formula, number, count or "")
        self.sheet.write_url(row, left + 1, _goal(table), link, text, f"Go to {table.title}")
        for sign, look in ((">", TONES["waits"]), ("=", {"font_color": "#9CA3AF"})):
            mark = {"type": "cell", "criteria": sign, "value": 0, "format": self.look.mark(**look)}
            self.sheet.conditional_format(row, left, row, left, mark)

    def _link(self, row: int, column: int, table: Table) -> None:
        link = self.look.style("Start link", font_color=Colour.STAFF_INK, underline=1, indent=1)
        self.sheet.write_url(row, column, _goal(table), link, table.title, table.about[:255])


def _goal(table: Table) -> str:
    """Where a link leads: a name, which a spreadsheet program takes along when the sheet is renamed."""
    return f"internal:{_name(table)}"


def _name(table: Table) -> str:
    return f"Sheet_{table.name}"


def _formula(task: Task) -> str:
    return "=" + "+".join(_count(task.table, task.header, what) for what in task.criteria)


def _count(table: str, header: str, what: str) -> str:
    """How many rows of a table meet a criterion; none where somebody deleted its sheet."""
    return f'IFERROR(COUNTIF({table}[{header}],"{what}"),0)'
