"""Commands about the workbooks themselves and the buttons in them: `o2c undo`, `o2c without`, `o2c log`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from o2c_xl.adapters.commands.guard import company_of, guarded
from o2c_xl.adapters.commands.options import AsJson, DryRun, On, business_day
from o2c_xl.adapters.commands.printing import say_json

__all__ = ["log", "undo", "without"]


def undo(
    context: typer.Context,
    book: Annotated[
        Path | None, typer.Option(help="This workbook of books/; needed where several were written.")
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Put a workbook back as it was before the last write into it, if nobody changed it since; the books stay."""
    with guarded(context, as_json=as_json):
        from o2c_xl.company.undoing import put_back

        found = put_back(company_of(context), book, business_day(on), dry_run=dry_run)
        if as_json:
            say_json({"ok": True, "book": str(found.book), "cells": found.cells, "version": str(found.version)})
            return
        cells = f"{found.cells} cell{'' if found.cells == 1 else 's'}"
        if dry_run:
            typer.echo(f"{cells} of {found.book.name} would be put back. Nothing was changed.")
        else:
            typer.echo(f"{cells} of {found.book.name} put back. The books stay as they are; the next sync shows them.")


def without(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="The sheet, or the workbook's file.")],
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Miss a sheet or workbook no more that was removed on purpose; what it held stays in the ledger."""
    with guarded(context, as_json=as_json):
        from o2c_xl.company.without import do_without

        gone = do_without(company_of(context), name, business_day(on), dry_run=dry_run)
        if as_json:
            say_json({"ok": True, "without": gone, "dry_run": dry_run})
        else:
            typer.echo(f"{gone} {'would be' if dry_run else 'is'} missed no more; what it held stays in the ledger.")


def log(
    context: typer.Context,
    lines: Annotated[int, typer.Option(min=1, help="How many of the last lines.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the end of the log of the ribbon's buttons, and where it lies. No company needed."""
    with guarded(context, as_json=as_json):
        from o2c_xl.adapters.button_log import ButtonLog

        path = ButtonLog("").path
        text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
        last = text.splitlines()[-lines:]
        if as_json:
            say_json({"ok": True, "file": str(path), "lines": last})
            return
        for line in last:
            typer.echo(line)
        typer.echo(f"{path}{'' if last else ' is empty: no button was pressed yet.'}", err=bool(last))
