"""The buttons of the tab "Order to Cash": thin functions without arguments, called by Excel through RunPython.

Each does what a command does (`macros/ribbon.toml` names it) on the workbook that is open. All go through `run_button`,
which never lets a fault out: Excel would show it as a raw text. Until the first text stands in the status bar, neither
the ledger nor a library for figures is loaded.
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from o2c_xl.adapters.button_log import ButtonLog
from o2c_xl.adapters.outside import message, show_file
from o2c_xl.adapters.unforeseen import unforeseen
from o2c_xl.domain.issue import CannotRun

if TYPE_CHECKING:
    from pathlib import Path

    from o2c_xl.company.buttons.pressed import Answer, Desk
    from o2c_xl.company.post import MailServer, Post
    from o2c_xl.workbook.live.excel import ExcelBook

__all__ = [
    "aging",
    "approve_selected",
    "check",
    "create_invoices",
    "help",
    "match_payments",
    "open_log",
    "post_payments",
    "preview",
    "purchase_proposals",
    "reject_selected",
    "report",
    "run_button",
    "run_process",
    "sync",
    "undo_last_write",
]

_TITLE = "Order to Cash"


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button: the workbook in Excel, and where progress is told."""

    name: str
    excel: ExcelBook
    log: ButtonLog

    def tell(self, text: str) -> None:
        """Progress in the status bar."""
        self.excel.say(f"{_TITLE}: {self.name}: {text} …")

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The company that the workbook belongs to, opened as the account of this process, and the live book."""
        from o2c_xl.company.account import process_account  # noqa: PLC0415 -- after the first text only
        from o2c_xl.company.buttons.pressed import Desk  # noqa: PLC0415
        from o2c_xl.company.buttons.which import company_folder, personal_folder, saved_place  # noqa: PLC0415
        from o2c_xl.company.opened import open_company  # noqa: PLC0415
        from o2c_xl.workbook.live.book import LiveBook  # noqa: PLC0415
        from o2c_xl.workbook.live.undo_file import UndoFile  # noqa: PLC0415

        path = saved_place(self.excel.name, self.excel.fullname)
        folder = company_folder(path, os.environ, personal_folder(os.environ))
        live = LiveBook(self.excel, path, UndoFile(folder.undo / f"{path.name}.json"))
        company = open_company(
            folder.root, clock=lambda: dt.datetime.now(dt.UTC), who=process_account(), post=_post_office
        )
        try:
            yield Desk(company, live, dt.datetime.now().astimezone().date(), self.tell)
        finally:
            company.close()


def _post_office(server: MailServer) -> Post:
    from o2c_xl.adapters.mail.out import post_office  # noqa: PLC0415 -- only what mails needs it

    return post_office(server)


def run_button(name: str, work: Callable[[Press], Answer | str]) -> None:
    """Do a button's work on the calling workbook and end in one sentence; nothing is raised, whatever happens."""
    log = ButtonLog(name)
    excel = None
    try:
        from o2c_xl.workbook.live.excel import calling_book  # noqa: PLC0415 -- so that even its faults are caught

        excel = calling_book(sys.argv)
        press = Press(name, excel, log)
        press.tell("starting")
        log.say(f"pressed in {excel.name}")
        with excel.quiet():
            answer = work(press)
        _end(press, answer)
    except BaseException as error:  # noqa: BLE001 -- Excel would show what gets out as a raw text
        _fail(excel, log, error)


def _end(press: Press, answer: Answer | str) -> None:
    """Bring to the front what was asked for, then say the sentence: a dialog where a person must read it."""
    if isinstance(answer, str):
        press.log.say(answer)
        press.excel.say(f"{_TITLE}: {answer}")
        return
    press.log.say(answer.text)
    with suppress(CannotRun):  # what was done is told, even where it cannot be shown
        _show(press.excel, answer)
    press.excel.say("" if answer.asks else f"{_TITLE}: {answer.text}")
    if answer.asks:
        press.excel.alert(answer.text, critical=False)


def _show(excel: ExcelBook, answer: Answer) -> None:
    if answer.opens is not None:
        excel.open(str(answer.opens), answer.sheet)
    elif answer.sheet:
        excel.show(answer.sheet, answer.cell)
    elif answer.table:
        sheet = next((table.sheet for table in excel.tables() if table.name == answer.table), "")
        if sheet:
            excel.show(sheet)


def _fail(excel: ExcelBook | None, log: ButtonLog, error: BaseException) -> None:
    """One sentence in a dialog, the details in the log, the status bar given back."""
    from o2c_xl.workbook.live.excel import Editing  # noqa: PLC0415 -- loaded already where it matters

    if isinstance(error, CannotRun | KeyboardInterrupt):
        text = str(error) or "Stopped. What was not finished is taken up by the next press."
        log.say(text)
    else:
        log.failure()
        text = unforeseen(error, log.path, _company_of(excel) or log.path.parent)
    if excel is None or isinstance(error, Editing):
        message(text, _TITLE)
        with suppress(BaseException):
            if excel is not None:
                excel.settle()
        return
    with suppress(BaseException):
        excel.say("")
        excel.alert(text, critical=True)


# --- the buttons -----------------------------------------------------------------------------------------------


def _company_of(excel: ExcelBook | None) -> Path | None:
    """The folder of the company that the workbook belongs to, as far as it can be told after a fault."""
    from o2c_xl.company.buttons.which import company_folder, personal_folder, saved_place  # noqa: PLC0415

    if excel is not None:
        with suppress(Exception):
            path = saved_place(excel.name, excel.fullname)
            return company_folder(path, os.environ, personal_folder(os.environ)).root
    return None


def _at_desk(name: str, work: Callable[[Desk], Answer]) -> None:
    """A button that works on the company's books."""

    def at_desk(press: Press) -> Answer:
        with press.desk() as desk:
            return work(desk)

    run_button(name, at_desk)


def _stages(name: str, stages: tuple[str, ...], table: str) -> None:
    """A button that syncs and lets some stages of the process work."""
    _at_desk(name, _service("run_stages", "pressed_process", stages, table))


def _decide(name: str, verdict: str) -> None:
    """Decide the selected approvals."""

    def work(press: Press) -> Answer:
        from o2c_xl.company.buttons.pressed import decide  # noqa: PLC0415 -- after the first text only

        selected = press.excel.selected()
        with press.desk() as desk:
            return decide(desk, verdict, selected)

    run_button(name, work)


def _service(name: str, module: str = "pressed", *more: object) -> Callable[[Desk], Answer]:
    """A function of one of the modules of `company.buttons`, loaded when it is needed; it takes the desk and `more`."""

    def work(desk: Desk) -> Answer:
        service: Callable[..., Answer] = getattr(import_module(f"o2c_xl.company.buttons.{module}"), name)
        return service(desk, *more)

    return work


def check() -> None:
    """The faults of this workbook, and the first of them in front; `o2c sync --dry-run`."""
    _at_desk("check", _service("check"))


def preview() -> None:
    """What a sync would change; `o2c sync --dry-run`."""
    _at_desk("preview", _service("preview"))


def sync() -> None:
    """This workbook and the ledger; `o2c sync --book FILE`."""
    _at_desk("sync", _service("sync"))


def run_process() -> None:
    """Every order, receipt, shipment and payment as far as it goes; `o2c run`."""
    _at_desk("run_process", _service("run_all", "pressed_process"))


def approve_selected() -> None:
    """The selected rows of Approvals; `o2c approve`."""
    _decide("approve_selected", "Approve")


def reject_selected() -> None:
    """The selected rows of Approvals, with the reason typed beside them; `o2c reject`."""
    _decide("reject_selected", "Reject")


def post_payments() -> None:
    """Payments typed here or told by the bank are posted, applied where the invoice is certain; part of `o2c run`."""
    _stages("post_payments", ("bank lines", "payments", "applied", "settled"), "Payments")


def match_payments() -> None:
    """Invoices are proposed for payments that name none, accepted ones applied; a part of `o2c run`."""
    _stages("match_payments", ("applied", "guessed", "settled"), "Matches")


def aging() -> None:
    """What is open by customer and age, in the report workbook; `o2c report`."""
    _at_desk("aging", _service("aging", "pressed_report"))


def create_invoices() -> None:
    """Invoices of all that has shipped; a part of `o2c run`."""
    _stages("create_invoices", ("invoiced", "settled"), "Invoices")


def purchase_proposals() -> None:
    """What to buy, from whom and how much; a part of `o2c run`."""
    _stages("purchase_proposals", ("purchases proposed",), "PurchaseOrders")


def report() -> None:
    """The report workbook, written and opened; `o2c report`."""
    _at_desk("report", _service("report", "pressed_report"))


def undo_last_write() -> None:
    """The cells that the last button wrote, put back."""
    _at_desk("undo_last_write", _service("undo"))


def open_log() -> None:
    """The log of the buttons."""

    def work(press: Press) -> str:
        show_file(press.log.path)
        return f"The log is {press.log.path}."

    run_button("open_log", work)


def help() -> None:  # noqa: A001 -- the button's name
    """The guide, written from this version; `o2c docs`."""

    def work(press: Press) -> str:
        from o2c_xl.adapters.cli import app  # noqa: PLC0415 -- after the first text only
        from o2c_xl.adapters.guide.guide import write_pages  # noqa: PLC0415

        press.tell("writing the guide")
        folder = press.log.path.parent / "guide"
        write_pages(folder, app)
        show_file(folder / "README.md")
        return f"The guide is {folder / 'README.md'}."

    run_button("help", work)
