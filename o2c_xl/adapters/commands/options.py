"""Options that several commands share, each with its help."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

__all__ = ["AllowEmpty", "AsJson", "DryRun", "Encoding", "Files", "On", "business_day", "told_encoding"]

On = Annotated[
    str,
    typer.Option("--on", metavar="DATE", help="Business date, such as 2026-11-02; default today.", show_default=False),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON document on standard output; the rest on standard error.")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen and change nothing.")]
AllowEmpty = Annotated[
    bool,
    typer.Option("--allow-empty", help="Go on although a table that had rows has none, or the ledger is gone."),
]
Files = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Workbooks or csv files.", show_default=False)]
Encoding = Annotated[
    str, typer.Option(help="Encoding of a csv without Unicode, such as cp1250; default: told from the text.")
]


_FIRST, _LAST = dt.date(1900, 3, 1), dt.date(8999, 12, 31)  # what is reckoned from a day must be a day too


def business_day(text: str, option: str = "--on") -> dt.date:
    """The date given with an option, else today; raises typer.BadParameter with how to write it."""
    if not text:
        return dt.datetime.now().astimezone().date()
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(
            f"'{text}' is no date. Write year-month-day, such as 2026-11-02.", param_hint=option
        ) from error
    if not _FIRST <= day <= _LAST:
        raise typer.BadParameter(
            f"{day} is no day to do business on. Write one from {_FIRST} to {_LAST}.", param_hint=option
        )
    return day


def told_encoding(name: str) -> str:
    """The name given by `--encoding`; raises typer.BadParameter where no encoding has it."""
    from o2c_xl.intake.lists.told_encoding import check_encoding

    try:
        return check_encoding(name)
    except ValueError as error:
        raise typer.BadParameter(f"{error}.", param_hint="--encoding") from error
