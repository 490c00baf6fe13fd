"""What every command has around it: the company it works in, and faults as one sentence with the right exit code."""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from o2c_xl.adapters.unforeseen import unforeseen
from o2c_xl.domain.issue import CannotRun

if TYPE_CHECKING:
    from o2c_xl.company.opened import Company

__all__ = ["CANNOT_RUN", "DONE", "ISSUES", "company_of", "guarded", "now", "start_folder"]

DONE, ISSUES, CANNOT_RUN = 0, 1, 2


def now() -> dt.datetime:
    """The time, in UTC: the one clock of the program."""
    return dt.datetime.now(dt.UTC)


def start_folder(context: typer.Context) -> Path:
    """The folder of `-C`, else of `O2C_COMPANY`, else the current one."""
    told = context.obj or os.environ.get("O2C_COMPANY")
    return Path(told) if told else Path.cwd()


def company_of(context: typer.Context) -> Company:
    """Open the company that the command works in, as its own options allow."""
    from o2c_xl.adapters.mail.out import post_office
    from o2c_xl.company.account import process_account
    from o2c_xl.company.opened import open_company

    told = {name: bool(context.params.get(name)) for name in ("dry_run", "allow_empty")}
    company = open_company(start_folder(context), clock=now, who=process_account(), post=post_office, **told)
    context.call_on_close(company.close)
    return company


@contextmanager
def guarded(context: typer.Context, *, as_json: bool = False) -> Iterator[None]:
    """Turn faults into one clear sentence and exit code 2; a traceback goes to the log, never to a user."""
    try:
        yield
    except CannotRun as error:
        _say(str(error), as_json=as_json)
        raise typer.Exit(CANNOT_RUN) from error
    except typer.BadParameter as error:
        if as_json:
            typer.echo(json.dumps({"ok": False, "error": str(error)}, ensure_ascii=False))
        raise
    except (typer.Exit, typer.Abort, BrokenPipeError):  # who reads what we say has seen enough
        raise
    except KeyboardInterrupt as error:
        _say("Stopped. What was not finished is taken up by the next run.", as_json=as_json)
        raise typer.Exit(CANNOT_RUN) from error
    except Exception as error:
        _say(_unexpected(context, error), as_json=as_json)
        raise typer.Exit(CANNOT_RUN) from error


def _say(sentence: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"ok": False, "error": sentence}, ensure_ascii=False))
    typer.echo(f"o2c: {sentence}", err=True)


def _unexpected(context: typer.Context, error: Exception) -> str:
    """One sentence for what nobody foresaw."""
    start = start_folder(context)
    return unforeseen(error, _write_log(start), _root(start))


def _root(start: Path) -> Path:
    from o2c_xl.company.folder import find_folder

    with suppress(CannotRun, OSError):
        return find_folder(start).root
    return start


def _write_log(start: Path) -> Path | None:
    """Keep the traceback in the company's logs; where that cannot be, there is none."""
    from o2c_xl.company.folder import find_folder
    from o2c_xl.company.traces import keep_trace

    try:
        return keep_trace(find_folder(start).logs, now(), " ".join(sys.argv[1:]))
    except (OSError, CannotRun):
        return None
