"""`o2c demo`: a sample company that has been at work for six weeks, made with the commands and workbooks users have.

Its data are our own. Files stand in `demo_data/`; what they cannot know beforehand is written in braces: `{day -12}`
is that many days from today, `{invoice 1001}` the number an order's invoice got, `{open 1001}` what is to be paid.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from sqlalchemy import select

from o2c_xl.company.deciding import decide_approvals
from o2c_xl.company.folder import Folder
from o2c_xl.company.init import Wishes, make_company, refuse_taken
from o2c_xl.company.opened import Company, open_company
from o2c_xl.company.run import run_company
from o2c_xl.company.sample.demo_typing import type_like_a_person
from o2c_xl.domain.approvals import ApprovalStatus
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.money import ZERO, round_money
from o2c_xl.domain.outcome import Outcome
from o2c_xl.ledger import schema as s

__all__ = ["make_demo", "planned_demo"]

_DATA = Path(__file__).with_name("demo_data")
_NAME = "Fjord & Field Trading"
_SATURDAY = 5
_TOKEN = re.compile(r"\{(\w+) ([^ }]+)(?: (\w+))?\}")


@dataclass(frozen=True, slots=True)
class _Day:
    """A business day of the story, as days from today: what is told, the files that come, who approves what after."""

    offset: int
    told: str
    files: tuple[str, ...]
    approver: str = ""
    approves: tuple[str, ...] = ()


_STORY = (
    _Day(
        -42,
        "The company is set up: customers, suppliers, products, prices, taxes, roles and opening stock.",
        (
            "Settings",
            "TaxRates",
            "Carriers",
            "Suppliers",
            "Customers",
            "Products",
            "SupplierPrices",
            "Prices",
            "Roles",
            "StockCounts",
        ),
    ),
    _Day(
        -40,
        "Four orders come from the shop; carafes are short, so a part ships and more is bought.",
        ("1 shop orders",),
    ),
    _Day(-31, "A customer pays early and takes 2 % off.", ("3 payments",)),
    _Day(-24, "Goods arrive: some broken, some a shade too dark; what was missing ships.", ("2 receipts",)),
    _Day(-12, "Customers pay, one only a part of what is past due; two more orders.", ("4 payments", "4 shop orders")),
    _Day(
        -5,
        "Two speakers come back; orders stop for what is past due, for a limit, for a prepayment, for a first credit.",
        ("5 settings", "5 returns", "5 orders"),
    ),
    _Day(
        -2,
        "A prepayment frees an order; the managers want to be asked from now on, and one of them approves.",
        ("6 settings", "6 payments", "6 orders"),
        "ines",
        ("1011",),
    ),
    _Day(0, "The warehouse types what it picks and sends from now on; three more orders.", ("7 settings", "7 orders")),
)


def make_demo(folder: Path, clock: Callable[[], dt.datetime], who: str) -> Iterable[str]:
    """Make the company and let it work up to today; yields a sentence for each day and says what to look at.

    Raises CannotRun when the folder holds a company already.
    """
    with closing(_Demo(folder, clock, who)) as demo:
        make_company(folder, Wishes(_NAME), demo.day(_STORY[0].offset), clock, who)
        yield f"{_NAME} is made in {demo.folder}."
        for day in _STORY:
            yield f"{demo.day(day.offset):%Y-%m-%d}: {day.told}"
            demo.work(day)
        typed = "People type into the workbook: a pick, a cancellation, and two orders with a slip."
        yield f"{demo.today:%Y-%m-%d}: {typed}"
        type_like_a_person(demo.book, demo.today)
        outcome = demo.run(demo.today)
        yield from _ending(demo, outcome)


def planned_demo(folder: Path, clock: Callable[[], dt.datetime], who: str) -> Iterable[str]:
    """What `make_demo` would do, a sentence for each day; nothing is made.

    Raises CannotRun when the folder holds a company already.
    """
    demo = _Demo(folder, clock, who)
    refuse_taken(Folder(demo.folder))
    yield f"{_NAME} would be made in {demo.folder}."
    for day in _STORY:
        yield f"{demo.day(day.offset):%Y-%m-%d}: {day.told}"


class _Demo:
    """The company's folder and its calendar."""

    def __init__(self, folder: Path, clock: Callable[[], dt.datetime], who: str) -> None:
        self.folder, self.clock, self.who = folder.resolve(), clock, who
        self.today = clock().astimezone().date()
        self._opened: dict[str, Company] = {}

    @property
    def book(self) -> Path:
        """The workbook that everybody shares."""
        return next((self.folder / "books").glob("*.xlsx"))

    def opened_by(self, who: str = "") -> Company:
        """The company as an account opens it, once."""
        who = who or self.who
        if who not in self._opened:
            self._opened[who] = open_company(self.folder, clock=self.clock, who=who)
        return self._opened[who]

    def close(self) -> None:
        """Let go of what was opened."""
        for company in self._opened.values():
            company.close()

    def day(self, offset: int) -> dt.date:
        """A day from today; what would have been a weekend is the Friday before."""
        day = self.today + dt.timedelta(days=offset)
        return day - dt.timedelta(days=max(day.weekday() - _SATURDAY + 1, 0)) if offset < 0 else day

    def work(self, day: _Day) -> None:
        """Take in the day's files and run; the approver decides and it is run again."""
        on = self.day(day.offset)
        if day.files:
            outcome = self.opened_by().load([self._file(name) for name in day.files], None, on, dry_run=False)
            if not outcome.ok:
                raise CannotRun(f"The sample data do not fit this version: {outcome.issues[0]}")
        self.run(on)
        if day.approves:
            self._approve(day, on)
            self.run(on)

    def run(self, on: dt.date) -> Outcome:
        """`o2c run` on that day."""
        outcome = run_company(self.opened_by(), on, lambda _text: None, dry_run=False, allow_empty=False)
        for reason in outcome.stops:
            raise reason
        return outcome

    def _approve(self, day: _Day, on: dt.date) -> None:
        approver = self.opened_by(day.approver)
        c = s.approvals.c
        with approver.ledger.reading() as conn:
            waiting = select(c.approval).where(c.subject.in_(day.approves), c.status == str(ApprovalStatus.WAITING))
            ids = list(conn.execute(waiting).scalars())
        _decided, refused = decide_approvals(approver, ids, "Approve", "", on, dry_run=False)
        if refused:
            raise CannotRun(refused[0])

    def _file(self, name: str) -> Path:
        """The file as a user would drop it, with its blanks filled in."""
        out = self.folder / "sample-data"
        out.mkdir(exist_ok=True)
        text = (_DATA / f"{name}.csv").read_text(encoding="utf-8")
        path = out / f"{name}.csv"
        path.write_text(_TOKEN.sub(self._fill, text), encoding="utf-8")
        return path

    def _fill(self, token: re.Match[str]) -> str:
        what, about, more = token.groups()
        if what == "day":
            return self.day(int(about)).isoformat()
        if what == "po":
            return self._purchase_order(about)
        invoice, rest, total = self._owed(about)
        less = round_money(rest * Decimal(more or 0) / 100, Wishes(_NAME).currency)
        return {"invoice": invoice, "open": str(rest - less), "total": str(total)}[what]

    def _purchase_order(self, sku: str) -> str:
        line = s.purchase_order_lines.c
        with self.opened_by().ledger.reading() as conn:
            return str(conn.execute(select(line.po).where(line.sku == sku).order_by(line.po.desc())).scalar_one())

    def _owed(self, order: str) -> tuple[str, Decimal, Decimal]:
        """The order's first invoice, what is open of all of them, and the order's total."""
        c = s.invoices.c
        with self.opened_by().ledger.reading() as conn:
            rows = conn.execute(select(c.invoice, c.open).where(c.order == order).order_by(c.invoice)).all()
            total = conn.execute(select(s.orders.c.total).where(s.orders.c.order == order)).scalar_one()
        return rows[0].invoice if rows else "", sum((row.open for row in rows), ZERO), total


def _ending(demo: _Demo, outcome: Outcome) -> Iterator[str]:
    company = demo.opened_by()
    broken = [check for check in company.verify() if not check.ok]
    orders = select(s.orders.c.status)
    with company.ledger.reading() as conn:
        states = list(conn.execute(orders).scalars())
    yield ""
    yield f"{len(states)} orders in {len(set(states))} states; {_faults(outcome)}"
    yield "The books hold." if not broken else f"The books do not hold: {broken[0].name}: {broken[0].first}."
    yield ""
    yield f"Open {demo.book}"
    yield from _LOOK
    yield ""
    yield "Then type an order of your own, save, close, and run:"
    yield f'  o2c -C "{demo.folder}" run'
    yield f'  o2c -C "{demo.folder}" track 1004'


def _faults(outcome: Outcome) -> str:
    return f"{len(outcome.issues)} faults wait in the workbook for whoever typed them."


_LOOK: Sequence[str] = (
    "  Start      what waits today, per department",
    "  Orders     1001 closed, 1006 partly shipped, 1007 on hold for what is past due, 1010 waits for credit,",
    "             1013 and 1014 incomplete, 1015 waits for approval; 1020 and 1021 say in Check how to mend them",
    "  Waiting    what stops, for whom, since when",
    "  Invoices   the late payer and the credit note",
    "  outbox/    purchase orders, invoices, packing slips and pick lists, ready to send",
)
