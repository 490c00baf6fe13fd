"""The first sheet: what this workbook is, what to do today, where everything stands, when it was last synced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

from o2c_xl.tables.spec import Column, Department, Kind, Owner, Table
from o2c_xl.workbook.look import DEPARTMENT_COLOURS, TABLE_STYLE, TONES, Colour, Look
from o2c_xl.workbook.template_marks import BUSINESS_DATE
from o2c_xl.workbook.template_sheet import Row, write_value

__all__ = ["START", "SYNC_INFO", "SYNC_ITEMS", "TODAY", "Task", "add_start_sheet", "count_of"]

START = "Start"
SYNC_INFO = Table(
    name="SyncInfo",
    title=START,
    department=Department.SETUP,
    about="When this workbook and the ledger last agreed.",
    columns=(
        Column("Item", Kind.TEXT, Owner.PYTHON, "What is told.", key=True, width=17),
        Column("Value", Kind.TEXT, Owner.PYTHON, "What Python found.", width=24),
    ),
)
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
    Task(_SALES, "Orders that lack something", "Orders", "Status", ("Incomplete",)),
    Task(_SALES, "Orders on hold, credit", "Orders", "Status", ("Credit check", "On hold")),
    Task(_SALES, "Orders that wait for stock", "Orders", "Status", ("Backordered",)),
    Task(_SALES, "Customer requests open", "Requests", "Status", ("Open",)),
    Task(_BUYING, "Draft orders to send", "PurchaseOrders", "Status", ("Draft",)),
    Task(_BUYING, "Orders under way", "PurchaseOrders", "Status", ("Sent", "Partly received")),
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
_TASK_ROWS = 5
_TOP, _FIRST_TASK = 5, 6
_FIRST_LINK = _FIRST_TASK + _TASK_ROWS + 1
_BOX_WIDTHS = (5.5, 23.5, 1.5)
_SYNC_ROWS = len(SYNC_ITEMS) + 1


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
    sheet = workbook.add_worksheet(START)
    sheet.activate()
    sheet.set_tab_color(Colour.INK)
    present = [box for box in _BOXES if any(table.department is box for table in tables)]
    for index, box in enumerate(present):
        _box(sheet, look, index, box, [t for t in tables if t.department is box], rows)
    info = 1 + 3 * len(present)
    _title(sheet, look, company, tables, info + 1)
    _sync_info(workbook, sheet, look, info, company, rows.get(SYNC_INFO.name, ()))
    _setup_links(sheet, look, info, [table for table in tables if table.department is Department.SETUP])
    _colour_key(sheet, look, _last_link(tables) + 2)
    _set_up(sheet, look, company)


def _last_link(tables: Sequence[Table]) -> int:
    longest = max(sum(table.department is box for table in tables) for box in _BOXES)
    return max(_FIRST_LINK + longest, _TOP + _SYNC_ROWS + 8)


def _title(sheet: Worksheet, look: Look, company: str, tables: Sequence[Table], last: int) -> None:
    band = look.style("Start band", bg_color=Colour.STAFF_KEY_HEAD)
    for row, height in ((0, 8), (1, 32), (2, 20), (3, 10), (4, 10)):
        sheet.set_row(row, height)
    for row in range(4):
        for column in range(last + 1):
            sheet.write_blank(row, column, None, band)
    big = look.style("Start title", bold=True, font_size=20, font_color=Colour.PAPER, bg_color=Colour.STAFF_KEY_HEAD)
    plain = look.style("Start subtitle", font_size=11, font_color="#DCE7F7", bg_color=Colour.STAFF_KEY_HEAD)
    departments = {table.department for table in tables}
    whose = "Order to cash" if len(departments) > 1 else str(departments.pop())
    sheet.write_string(1, 1, f"{company} · {whose}" if company else whose, big)
    told = "Where we work from order to cash. You fill the columns with blue text; Python fills the grey ones."
    sheet.write_string(2, 1, told, plain)


def _box(
    sheet: Worksheet,
    look: Look,
    index: int,
    box: Department,
    tables: Sequence[Table],
    rows: Mapping[str, Sequence[Row]],
) -> None:
    left = 1 + 3 * index
    for offset, width in enumerate(_BOX_WIDTHS):
        sheet.set_column(left + offset, left + offset, width)
    _heading(sheet, look, left, _TOP, box, str(box))
    names = {table.name: table for table in tables}
    tasks = [task for task in TODAY if task.department is box and task.table in names]
    for row, task in enumerate(tasks, start=_FIRST_TASK):
        _task(
            sheet,
            look,
            row,
            left,
            names[task.table].title,
            _formula(task),
            count_of(rows.get(task.table, ()), task),
            task.text,
        )
    checks = "+".join(f'COUNTIF({table.name}[Check],"?*")' for table in tables)
    faulty = sum(1 for table in tables for row in rows.get(table.name, ()) if row.get("Check"))
    _task(sheet, look, _FIRST_TASK + len(tasks), left, tables[0].title, f"={checks}", faulty, "Rows with a Check")
    for row, table in enumerate(tables, start=_FIRST_LINK):
        _link(sheet, look, row, left, table, box)


def _formula(task: Task) -> str:
    return "=" + "+".join(f'COUNTIF({task.table}[{task.header}],"{what}")' for what in task.criteria)


def _heading(sheet: Worksheet, look: Look, left: int, row: int, box: Department, text: str) -> None:
    ground = {"bg_color": DEPARTMENT_COLOURS[box], "font_color": Colour.PAPER, "bold": True, "font_size": 11}
    cell = look.style(f"Start {box}", indent=0, **ground)
    sheet.write_string(row, left, f" {text}", cell)
    sheet.write_blank(row, left + 1, None, cell)
    sheet.set_row(row, 22)


def _task(sheet: Worksheet, look: Look, row: int, left: int, title: str, formula: str, count: int, text: str) -> None:
    number = look.style("Start count", bold=True, font_size=12, align="center", num_format='0;-0;"–"')
    link = look.style("Start task", font_color=Colour.INK)
    # no cached 0: LibreOffice calculates on opening only what has no result yet
    sheet.write_formula(row, left, formula, number, count or "")
    sheet.write_url(row, left + 1, f"internal:'{title}'!A1", link, text, f"Go to {title}")
    busy = look.mark(**TONES["waits"])
    idle = look.mark(font_color="#9CA3AF")
    sheet.conditional_format(row, left, row, left, {"type": "cell", "criteria": ">", "value": 0, "format": busy})
    sheet.conditional_format(row, left, row, left, {"type": "cell", "criteria": "=", "value": 0, "format": idle})


def _link(sheet: Worksheet, look: Look, row: int, left: int, table: Table, box: Department) -> None:
    dot = look.style(f"Start dot {box}", font_color=DEPARTMENT_COLOURS[box], align="center")
    link = look.style("Start link", font_color=Colour.STAFF_INK, underline=1)
    sheet.write_string(row, left, "■", dot)
    sheet.write_url(row, left + 1, f"internal:'{table.title}'!A1", link, table.title, table.about[:255])


def _sync_info(workbook: Workbook, sheet: Worksheet, look: Look, left: int, company: str, rows: Sequence[Row]) -> None:
    known: dict[str, Any] = {"Company": company} | {row["Item"]: row["Value"] for row in rows}
    item, value = SYNC_INFO.columns
    for offset, column in enumerate((item, value)):
        sheet.set_column(left + offset, left + offset, column.width)
    for row, name in enumerate(SYNC_ITEMS, start=_TOP + 1):
        kind = _DATED.get(name, Kind.TEXT)
        shown = Column("Value", kind, Owner.PYTHON, value.help)
        base = {"num_format": look.number(shown), "bg_color": Colour.PYTHON_GROUND, "align": "left"}
        rule = {"bottom": 1, "bottom_color": Colour.RULE}
        sheet.write_string(row, left, name, look.style("Start item", bg_color=Colour.PYTHON_GROUND, **rule))
        write_value(sheet, row, left + 1, known.get(name), look.style(f"Start value {kind.value}", **base, **rule))
    head = [{"header": column.header, "header_format": look.header(column)} for column in (item, value)]
    options = {"name": SYNC_INFO.name, "columns": head, "style": TABLE_STYLE, "autofilter": False}
    sheet.add_table(_TOP, left, _TOP + len(SYNC_ITEMS), left + 1, options)
    letter = chr(ord("A") + left + 1)
    dated = _TOP + 2 + SYNC_ITEMS.index("Business date")
    workbook.define_name(BUSINESS_DATE, f"={START}!${letter}${dated}")


def _setup_links(sheet: Worksheet, look: Look, left: int, tables: Sequence[Table]) -> None:
    if not tables:
        return
    row = _FIRST_LINK
    _heading(sheet, look, left, row, Department.SETUP, "Set-up")
    for number, table in enumerate(tables, start=row + 1):
        link = look.style("Start link", font_color=Colour.STAFF_INK, underline=1)
        sheet.write_url(number, left, f"internal:'{table.title}'!A1", link, table.title, table.about[:255])


def _colour_key(sheet: Worksheet, look: Look, row: int) -> None:
    head = look.style("Start heading", bold=True, font_size=11, font_color=Colour.INK)
    sheet.write_string(row, 1, "What the colours say", head)
    whose = {True: Owner.STAFF, False: Owner.PYTHON}
    for offset, (typed, key) in enumerate(((True, True), (True, False), (False, False)), start=1):
        column = Column("Key", Kind.TEXT, whose[typed], "", key=key)
        sheet.write_string(row + offset, 1, " Abc", look.header(column))
        sheet.write_string(row + offset, 2, _KEY_TEXTS[offset - 1], look.cell(column))
    for offset, (tone, sign, text) in enumerate(_SIGNS, start=4):
        cell = look.style(f"Start sign {tone}", align="center", bold=True, **TONES[tone])
        sheet.write_string(row + offset, 1, sign, cell)
        sheet.write_string(row + offset, 2, text, look.style("Start text"))
    for offset, text in enumerate(_HOW_TO):
        sheet.write_string(row + offset, 4, text, head if offset == 0 else look.style("Start text"))


_KEY_TEXTS = ("names the row", "you fill it", "Python fills it")
_SIGNS = (("stopped", "✖", "a fault: mend the cell"), ("waits", "▲", "waits, or a note"))
_HOW_TO = (
    "How it works",
    "1  Type in the first free row of a table, or paste; the table grows by itself. Choices open with Alt + Down.",
    "2  Save and close, or press Sync. Python reads what is new and answers in the grey columns.",
    "3  Read Check beside the key: empty is good; else it says what is wrong and how to mend it, and the cell is tinted.",
    "4  Point at a header to see whose column it is, what goes in, and what happens next.",
    "5  Nothing is lost: every save keeps the version before, and a row deleted here stays in the ledger.",
)


def _set_up(sheet: Worksheet, look: Look, company: str) -> None:
    sheet.set_column(0, 0, 1.5)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(look.paper)
    sheet.fit_to_pages(1, 1)
    sheet.center_horizontally()
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    name = company.replace("&", "&&")
    sheet.set_header(f"&L&9{name}&R&9&D")
    sheet.set_footer("&L&8&F&R&8Page &P of &N")
    sheet.set_selection(_FIRST_TASK, 2, _FIRST_TASK, 2)
