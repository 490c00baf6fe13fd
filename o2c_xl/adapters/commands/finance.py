"""Commands for finance beside the pass: `o2c statement`, `o2c export`, `o2c withdraw`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from o2c_xl.adapters.commands.guard import DONE, ISSUES, company_of, guarded
from o2c_xl.adapters.commands.options import AsJson, DryRun, On, business_day
from o2c_xl.adapters.commands.printing import say_json, stop_json

if TYPE_CHECKING:
    from o2c_xl.company.papers.letters import Made

__all__ = ["export", "statement", "withdraw"]


def statement(
    context: typer.Context,
    customers: Annotated[list[str] | None, typer.Argument(metavar="CUSTOMER...", help="Customer IDs.")] = None,
    start: Annotated[
        str, typer.Option("--from", metavar="DATE", help="First day; default the first of the month of --on.")
    ] = "",
    everybody: Annotated[bool, typer.Option("--all", help="Everyone whose account moved or is not zero.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Statements of account as of --on: opening, items, payments, closing; a PDF each, and into the outbox."""
    with guarded(context, as_json=as_json):
        from o2c_xl.company.papers.letters import make_statements

        if bool(customers) == everybody:
            raise typer.BadParameter("name customers, or write --all.", param_hint="CUSTOMER")
        last = business_day(on)
        first = business_day(start, "--from") if start else last.replace(day=1)
        made = make_statements(company_of(context), customers or None, (first, last), last, dry_run=dry_run)
        _say_statements(made, as_json=as_json, dry_run=dry_run)


def _say_statements(made: Sequence[Made], *, as_json: bool, dry_run: bool) -> None:
    if as_json:
        rows = [
            {
                "customer": one.wanted.account,
                "currency": one.wanted.currency,
                "from": one.wanted.first.isoformat(),
                "to": one.wanted.last.isoformat(),
                "balance": str(one.wanted.closing),
                "file": one.path or None,
            }
            for one in made
        ]
        say_json({"ok": True, "statements": rows})
        return
    for one in made:
        file = f" {one.path}" if one.path else ""
        typer.echo(f"{one.wanted.account}: {one.wanted.closing} {one.wanted.currency}{file}")
    alone = len(made) == 1
    where = "would be" if dry_run else "is" if alone else "are"
    typer.echo(f"{len(made)} statement{'' if alone else 's'} {where} in outbox.")


def export(
    context: typer.Context,
    how: Annotated[
        str,
        typer.Option("--format", metavar="FORMAT", help="csv or beancount; default as --out is named, else csv."),
    ] = "",
    start: Annotated[str, typer.Option("--from", metavar="DATE", help="First day; default all before --to.")] = "",
    end: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day; default the business date.")] = "",
    out: Annotated[Path | None, typer.Option(help="File to write; default in reports/.")] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Write the postings for the accounts department: csv, or plain-text accounting (beancount)."""
    how = how or ("beancount" if out and out.suffix in {".bean", ".beancount"} else "csv")
    if how not in {"csv", "beancount"}:
        raise typer.BadParameter("write csv or beancount.", param_hint="--format")
    with guarded(context, as_json=as_json):
        from o2c_xl.company.exporting import export_postings

        last = business_day(end, "--to") if end else business_day(on)
        first = business_day(start, "--from") if start else None
        done = export_postings(company_of(context), how, (first, last), out, dry_run=dry_run)
        if as_json:
            say_json({"ok": True, "file": str(done.path), "entries": done.entries, "postings": done.postings})
            return
        typer.echo(f"{done.path} {'would be' if dry_run else 'is'} written: {done.entries} entries.")


def withdraw(
    context: typer.Context,
    statements: Annotated[
        list[str], typer.Argument(metavar="STATEMENT...", help="Bank statements, such as BS-000001.")
    ],
    reason: Annotated[str, typer.Option(help="Why; needed, and kept in the journal.")] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Throw out bank statements that should not have been taken, where no payment of theirs stands."""
    with guarded(context, as_json=as_json):
        from o2c_xl.company.withdrawing import withdraw_from_books

        if not reason.strip():
            raise typer.BadParameter("say with --reason why it should not have been taken.", param_hint="--reason")
        done, stops = withdraw_from_books(
            company_of(context), statements, reason.strip(), business_day(on), dry_run=dry_run
        )
        if as_json:
            say_json({"ok": not stops, "withdrawn": done, "issues": [stop_json(stop, "Statements") for stop in stops]})
        else:
            for one in done:
                typer.echo(f"{one} {'would be' if dry_run else 'is'} withdrawn; its file may be loaded again.")
            for stop in stops:
                typer.echo(stop, err=True)
            if not done and not stops:
                typer.echo("Nothing was changed: withdrawn already.")
        raise typer.Exit(ISSUES if stops else DONE)
