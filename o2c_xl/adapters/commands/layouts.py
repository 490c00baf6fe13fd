"""`o2c layout`: propose how a partner's file is to be read, and read it so without storing anything."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from o2c_xl.adapters.commands.guard import DONE, ISSUES, guarded
from o2c_xl.adapters.commands.options import AsJson, Encoding, told_encoding
from o2c_xl.adapters.commands.printing import issue_json, say_json

__all__ = ["layouts"]

layouts = typer.Typer(
    help="Read a partner's file in its own shape: learn proposes how, a person confirms, try shows the rows.",
    epilog="Example: o2c layout learn orders.xlsx --out layouts/partners/acme.toml",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
Context = typer.Context
File = Annotated[Path, typer.Argument(help="The partner's workbook or csv.", show_default=False)]
_SHOWN = 20


@layouts.command(epilog="Example: o2c layout learn orders.xlsx --out layouts/partners/acme.toml")
def learn(
    context: Context,
    file: File,
    out: Annotated[Path | None, typer.Option(help="Layout to write; default: show it.")] = None,
    encoding: Encoding = "",
    as_json: AsJson = False,
) -> None:
    """Find the lists in a partner's file and propose a layout for a person to read, mend and keep."""
    with guarded(context, as_json=as_json):
        from o2c_xl.intake.arrivals import file_issue
        from o2c_xl.intake.layouts.partner_files import NAME_COLUMNS, Learnt, save_layout
        from o2c_xl.intake.process.reader import Reader

        with Reader() as reader:
            learnt = Learnt(*reader.run("learn", file, file.name, told_encoding(encoding)))
        written = out if learnt.blocks else None
        if written is not None:
            save_layout(written, learnt.text)
        if as_json:
            where = str(written) if written else None
            nothing = file_issue(file.name, f"No list was found. {NAME_COLUMNS}")
            issues = [] if learnt.blocks else [issue_json(nothing)]
            told = {"blocks": learnt.blocks, "layout": where, "issues": issues, "notes": learnt.notes}
            say_json({"ok": bool(learnt.blocks), **told})
        else:
            for line in learnt.sentences():
                typer.echo(line, err=written is None)
            if written is not None:
                typer.echo(f"{written} is written. Read it, mend it, then: o2c layout try {file} --layout {written}")
            elif learnt.blocks:
                typer.echo(learnt.text)
        raise typer.Exit(DONE if learnt.blocks else ISSUES)


@layouts.command("try", epilog="Example: o2c layout try orders.xlsx --layout layouts/partners/acme.toml")
def try_layout(
    context: Context,
    file: File,
    layout: Annotated[Path, typer.Option(help="The layout to read it by.", show_default=False)],
    encoding: Encoding = "",
    as_json: AsJson = False,
) -> None:
    """Read a partner's file by a layout and show its rows; nothing is stored."""
    with guarded(context, as_json=as_json):
        from o2c_xl.intake.layouts.partner_files import Tried
        from o2c_xl.intake.process.reader import Reader

        with Reader() as reader:
            found = Tried(*reader.run("try", file, file.name, str(layout), told_encoding(encoding)))
        if as_json:
            issues = [issue_json(issue) for issue in found.issues]
            say_json({"ok": not found.issues, "rows": found.rows, "issues": issues, "notes": found.notes})
        else:
            for line in found.lines(_SHOWN):
                typer.echo(line)
            for note in found.notes:
                typer.echo(f"note: {note}", err=True)
            for issue in found.issues:
                typer.echo(str(issue), err=True)
        raise typer.Exit(ISSUES if found.issues else DONE)
