"""The command line: parse, call, print, exit. 0 done, 1 done with issues that a person must see, 2 could not run.

What a command needs is imported inside it, so that `o2c --help` loads neither the ledger nor a spreadsheet library.
"""

from __future__ import annotations

import gc
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from o2c_xl import __version__
from o2c_xl.adapters.commands.addin import addins
from o2c_xl.adapters.commands.buttons import log, undo, without
from o2c_xl.adapters.commands.finance import export, statement, withdraw
from o2c_xl.adapters.commands.guard import CANNOT_RUN, DONE, ISSUES, company_of, guarded, now, start_folder
from o2c_xl.adapters.commands.layouts import layouts
from o2c_xl.adapters.commands.options import (
    AllowEmpty,
    AsJson,
    DryRun,
    Encoding,
    Files,
    On,
    business_day,
    told_encoding,
)
from o2c_xl.adapters.commands.printing import refusal_json, say_findings, say_json, say_outcome, say_rows, say_status
from o2c_xl.adapters.commands.progress import logging_to, telling
from o2c_xl.adapters.commands.sending import paper, send

if TYPE_CHECKING:
    from o2c_xl.domain.outcome import Outcome

__all__ = ["app", "main"]


class _Told(TyperGroup):
    """Help in which each command is told in its whole first sentence, however long."""

    # typer keeps the classes of these two now here, now there
    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        commands = ((name, self.get_command(ctx, name)) for name in self.list_commands(ctx))
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help or "") for name, command in commands if command is not None])


app = typer.Typer(
    name="o2c",
    cls=_Told,
    help="Order to cash for a company whose people work in Excel. Works in a company folder, like git.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
app.add_typer(layouts, name="layout")
app.add_typer(addins, name="add-in")
Context = typer.Context
Only = Annotated[
    list[str] | None,
    typer.Option(metavar="STAGE", help="Sync and this stage alone, such as invoiced; again for several."),
]


def _tell_version(asked: bool) -> None:  # noqa: FBT001 -- as typer calls it
    if asked:
        typer.echo(f"o2c {__version__}")
        raise typer.Exit


@app.callback()
def _company(
    context: Context,
    folder: Annotated[
        Path | None,
        typer.Option("-C", metavar="FOLDER", help="Company folder; default O2C_COMPANY, else the current one."),
    ] = None,
    version: Annotated[  # noqa: ARG001 -- its callback answers
        bool, typer.Option("--version", callback=_tell_version, is_eager=True, help="Show the version and end.")
    ] = False,
) -> None:
    context.obj = folder


def _end(outcome: Outcome, *, as_json: bool, dry_run: bool = False) -> None:
    say_outcome(outcome, as_json=as_json, dry_run=dry_run)
    raise typer.Exit(CANNOT_RUN if outcome.stops else DONE if outcome.ok else ISSUES)


@app.command(epilog='Example: o2c init acme --name "Acme GmbH" --currency EUR --country DE')
def init(
    context: Context,
    folder: Annotated[Path, typer.Argument(help="The folder to make.")],
    name: Annotated[str, typer.Option(help="The company's name; default the folder's.")] = "",
    currency: Annotated[str, typer.Option(help="Currency of the books, ISO 4217.")] = "EUR",
    country: Annotated[str, typer.Option(help="Country of the company, ISO 3166.")] = "DE",
    books: Annotated[str, typer.Option(help="one: a workbook for all; by-department: one for each.")] = "one",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Make a company folder with its workbooks."""
    if books not in {"one", "by-department"}:
        raise typer.BadParameter("write one or by-department.", param_hint="--books")
    context.obj = folder
    with guarded(context, as_json=as_json):
        from o2c_xl.company.account import process_account
        from o2c_xl.company.init import Wishes, make_company, planned_books

        wishes = Wishes(name, currency, country, by_department=books == "by-department")
        paths = planned_books(folder, wishes)
        if not dry_run:
            company = make_company(folder, wishes, business_day(on), now, process_account())
            context.call_on_close(company.close)
        if as_json:
            say_json({"ok": True, "folder": str(folder.resolve()), "books": [str(path) for path in paths]})
            return
        typer.echo(f"{folder.resolve()} {'would be made, with:' if dry_run else 'is ready. Open:'}")
        for path in paths:
            typer.echo(f"  {path}")
        if not dry_run:
            typer.echo("Type customers, products and orders there (or bring them with o2c load), save, then: o2c run")


@app.command(epilog="Example: o2c demo demo-company")
def demo(
    context: Context,
    folder: Annotated[Path, typer.Argument(help="The folder to make.")] = Path("o2c-demo"),
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Make a sample company and take it from orders to cash."""
    context.obj = folder
    with guarded(context, as_json=as_json):
        from o2c_xl.company.account import process_account
        from o2c_xl.company.sample.demo import make_demo, planned_demo

        tell = planned_demo if dry_run else make_demo
        for sentence in tell(folder, now, process_account()):
            typer.echo(sentence, err=as_json)
        if as_json:
            say_json({"ok": True, "folder": str(folder.resolve())})


@app.command(epilog="Example: o2c load customers.xlsx orders.csv --dry-run")
def load(
    context: Context,
    files: Files,
    table: Annotated[str | None, typer.Option(help="Which table the files hold, where they do not tell.")] = None,
    encoding: Encoding = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Take rows of any table from xlsx or csv files; the same rows again change nothing."""
    with guarded(context, as_json=as_json):
        day = business_day(on)
        outcome = company_of(context).load(files, table, day, dry_run=dry_run, encoding=told_encoding(encoding))
        _end(outcome, as_json=as_json, dry_run=dry_run)


@app.command(epilog="Example: o2c sync --dry-run")
def sync(
    context: Context,
    book: Annotated[Path | None, typer.Option(help="Only this workbook of books/.")] = None,
    dry_run: DryRun = False,
    allow_empty: AllowEmpty = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Workbooks ↔ ledger: take what was typed, show what the ledger holds."""
    with guarded(context, as_json=as_json):
        outcome = company_of(context).sync(business_day(on), book, dry_run=dry_run, allow_empty=allow_empty)
        _end(outcome, as_json=as_json, dry_run=dry_run)


@app.command(epilog="Example: o2c run --on 2026-11-30")
def run(
    context: Context,
    only: Only = None,
    dry_run: DryRun = False,
    allow_empty: AllowEmpty = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """One pass: inbox, sync, every step as far as it goes, documents, outbox, write-back."""
    with guarded(context, as_json=as_json), telling() as tell:
        from o2c_xl.adapters.mail.mailed import mailed
        from o2c_xl.company.run import run_company
        from o2c_xl.company.stages import stages_named
        from o2c_xl.domain.outcome import Outcome

        company, stages, day = company_of(context), stages_named(only or []), business_day(on)
        came = Outcome() if dry_run or stages else mailed(company, day)
        came.include(run_company(company, day, tell, dry_run=dry_run, allow_empty=allow_empty, only=stages))
        _end(came, as_json=as_json, dry_run=dry_run)


@app.command(epilog="Example: o2c watch --once")
def watch(
    context: Context,
    once: Annotated[bool, typer.Option("--once", help="Take all that is dropped, do one whole pass, and end.")] = False,
    status: Annotated[bool, typer.Option("--status", help="Say which watchers run, and how they are.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Watch the drop folders: take each file once, run the process after it, for ever. Ctrl-C ends it."""
    with guarded(context, as_json=as_json):
        from o2c_xl.adapters.watcher import watch_for_ever, watch_once
        from o2c_xl.company.dropped.status import status_of
        from o2c_xl.company.run import run_company

        company = company_of(context)
        if status:
            found = status_of(company)
            say_status(found, as_json=as_json)
            raise typer.Exit(DONE if found["ok"] else ISSUES)
        if dry_run:
            outcome = run_company(company, business_day(on), lambda _text: None, dry_run=True, allow_empty=False)
        else:
            with telling() as tell:
                say = tell if once else logging_to(company.folder.logs)
                go = watch_once if once else watch_for_ever
                outcome = go(company, lambda: business_day(on), say)
        _end(outcome, as_json=as_json, dry_run=dry_run)


app.command(epilog="Example: o2c send --dry-run")(send)
app.command(epilog="Example: o2c paper INV-000017")(paper)


@app.command(epilog="Example: o2c show Orders --where Status=Backordered --format csv")
def show(
    context: Context,
    table: Annotated[str, typer.Argument(help="A table, such as Orders, OrderLines, Products.")],
    where: Annotated[list[str] | None, typer.Option(metavar="COLUMN=VALUE", help="Only rows with this value.")] = None,
    how: Annotated[str, typer.Option("--format", metavar="FORMAT", help="table, csv or json.")] = "table",
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Show any table, everything the ledger has of it."""
    if how not in {"table", "csv", "json"}:
        raise typer.BadParameter("write table, csv or json.", param_hint="--format")
    with guarded(context, as_json=as_json):
        from o2c_xl.company.showing import shown_rows

        headers, rows = shown_rows(company_of(context), table, where or [], business_day(on))
        say_rows(headers, rows, "json" if as_json else how)


@app.command(epilog="Example: o2c track 10248")
def track(
    context: Context, order: Annotated[str, typer.Argument(help="Order number.")], as_json: AsJson = False, on: On = ""
) -> None:
    """The order's whole story: rows, files, movements, documents, money."""
    with guarded(context, as_json=as_json):
        from o2c_xl.company.stories.tracking import story_lines, track_order

        story = track_order(company_of(context), order, business_day(on))
        if as_json:
            say_json(story)
        else:
            for line in story_lines(story):
                typer.echo(line)


@app.command(epilog="Example: o2c bill invoice.xml --check")
def bill(
    context: Context,
    file: Annotated[Path, typer.Argument(help="A supplier's e-invoice: UBL, CII, or a PDF with Factur-X.")],
    check: Annotated[bool, typer.Option("--check", help="Only recompute it; needs no company folder.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Recompute a supplier's e-invoice, match it with order and receipts, post it or set it aside."""
    with guarded(context, as_json=as_json):
        from o2c_xl.adapters.commands.bill_printing import say_bill
        from o2c_xl.company.supplier_bills import check_bill, take_bill

        company = None if check else company_of(context)
        taken = check_bill(file) if company is None else take_bill(company, file, business_day(on), dry_run=dry_run)
        say_bill(taken, as_json=as_json, dry_run=dry_run)
        raise typer.Exit(DONE if taken.ok else ISSUES)


def _decide(  # the two commands differ in the verdict alone
    context: Context, ids: list[str], verdict: str, reason: str, *, dry_run: bool, as_json: bool, on: str
) -> None:
    with guarded(context, as_json=as_json):
        from o2c_xl.company.deciding import decide_approvals

        decided, refusals = decide_approvals(
            company_of(context), ids, verdict, reason, business_day(on), dry_run=dry_run
        )
        if as_json:
            say_json(
                {"ok": not refusals, "decided": decided, "issues": [refusal_json(refusal) for refusal in refusals]}
            )
        else:
            for one in decided:
                typer.echo(f"{one}: {'approved' if verdict == 'Approve' else 'rejected'}")
            for refusal in refusals:
                typer.echo(refusal, err=True)
            if decided:
                typer.echo("Nothing was changed." if dry_run else "It takes effect with the next o2c run.")
        raise typer.Exit(ISSUES if refusals else DONE)


Ids = Annotated[
    list[str], typer.Argument(metavar="ID...", help="Approvals, such as AP-000001; see o2c show Approvals.")
]


@app.command(epilog="Example: o2c approve AP-000001 AP-000002")
def approve(
    context: Context,
    ids: Ids,
    reason: Annotated[str, typer.Option(help="Why; kept in the journal.")] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Approve, as the account that runs this command."""
    _decide(context, ids, "Approve", reason, dry_run=dry_run, as_json=as_json, on=on)


@app.command(epilog='Example: o2c reject AP-000001 --reason "Price was not agreed"')
def reject(
    context: Context,
    ids: Ids,
    reason: Annotated[str, typer.Option(help="Why; needed, and the one who asked reads it.")] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Reject with a reason, as the account that runs this command."""
    with guarded(context, as_json=as_json):
        if not reason.strip():
            raise typer.BadParameter("give a reason with --reason; the one who asked reads it.", param_hint="--reason")
    _decide(context, ids, "Reject", reason, dry_run=dry_run, as_json=as_json, on=on)


@app.command(epilog="Example: o2c report --from 2026-01-01 --to 2026-03-31")
def report(
    context: Context,
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="First day; default a year before --to.")] = "",
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day; default the business date.")] = "",
    out: Annotated[Path | None, typer.Option(help="File to write; default in reports/.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Write the report workbook: key figures, aging, reconciliation, charts."""
    with guarded(context, as_json=as_json):
        from o2c_xl.company.reporting import planned_report, write_report
        from o2c_xl.domain.calendar import year_before

        day = business_day(on)
        last = business_day(end, "--to") if end else day
        first = business_day(start, "--from") if start else year_before(last)
        company = company_of(context)
        if dry_run:
            path = planned_report(company, (first, last), out)
        else:
            path = write_report(company, (first, last), day, out)
        if as_json:
            say_json({"ok": True, "file": str(path)})
        else:
            typer.echo(f"{path} {'would be' if dry_run else 'is'} written.")


@app.command(epilog="Example: o2c verify --json")
def verify(context: Context, as_json: AsJson = False) -> None:
    """Prove the books: balanced, sub-ledgers equal accounts, quantities reconcile, hash chain whole."""
    with guarded(context, as_json=as_json):
        checks = company_of(context).verify()
        ok = all(check.ok for check in checks)
        if as_json:
            names = ("name", "ok", "expected", "found", "first")
            say_json({"ok": ok, "checks": [{name: getattr(check, name) for name in names} for check in checks]})
        else:
            for check in checks:
                tail = "" if check.ok else f": expected {check.expected}, found {check.found}; first: {check.first}"
                typer.echo(f"{'ok  ' if check.ok else 'FAIL'} {check.name}{tail}")
            typer.echo("The books hold." if ok else "The books do not hold; do not post before this is cleared up.")
        raise typer.Exit(DONE if ok else ISSUES)


@app.command(epilog="Example: o2c docs --out docs/guide")
def docs(
    context: Context,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write into; default guide, in the company folder.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when the pages differ.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write the field dictionary and the guide per role from the code."""
    with guarded(context, as_json=as_json):
        from o2c_xl.adapters.guide.guide import differing_pages, write_pages

        out = out or start_folder(context) / "guide"
        pages = differing_pages(out, app) if check or dry_run else write_pages(out, app)
        ok = not (check and pages)
        if as_json:
            say_json({"ok": ok, "differing" if check else "written": [str(page) for page in pages]})
        for page in () if as_json else pages:
            if check:
                typer.echo(f"{page} differs from the code; write it again with: o2c docs --out {out}", err=True)
            else:
                typer.echo(f"{page} {'would be' if dry_run else 'is'} written.")
        raise typer.Exit(DONE if ok else ISSUES)


@app.command(epilog="Example: o2c doctor")
def doctor(context: Context, as_json: AsJson = False) -> None:
    """What is installed, what is missing, how to mend it."""
    with guarded(context, as_json=as_json):
        from o2c_xl.adapters.health import examine

        findings = examine(start_folder(context))
        say_findings(findings, as_json=as_json)
        raise typer.Exit(DONE if all(finding.ok for finding in findings) else ISSUES)


app.command(epilog="Example: o2c statement ALFKI --on 2026-03-31")(statement)
app.command(epilog="Example: o2c export --format beancount --from 2026-01-01 --to 2026-03-31")(export)
app.command(epilog='Example: o2c withdraw BS-000004 --reason "Statement of another company"')(withdraw)
app.command(epilog="Example: o2c undo --book Orders.xlsx")(undo)
app.command(epilog="Example: o2c without Surveys")(without)
app.command(epilog="Example: o2c log --lines 5")(log)


def main() -> None:
    """Entry point of the `o2c` command."""
    if isinstance(sys.stdout, io.TextIOWrapper) and not sys.stdout.isatty():
        # for a file or a program: Windows would write in a code page that lacks what names are made of
        sys.stdout.reconfigure(encoding="utf-8")
    # A command makes many small values and ends; looking for cycles among them every 700 costs a tenth of its time.
    gc.set_threshold(50_000, 20, 50)
    try:
        app()
    except BrokenPipeError:
        raise SystemExit(CANNOT_RUN) from None
