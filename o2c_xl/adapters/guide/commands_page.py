"""The page of commands, read from the command line itself: what `--help` says and this page cannot differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import typer
import typer.main

from o2c_xl.adapters.guide.markdown import table_of

__all__ = ["commands_page"]

_ABOUT = """# Commands

`o2c` works in a company folder, like git: in the current one, in one given by `-C FOLDER`, or in `O2C_COMPANY`. `-C`
comes first, the others after the command: `o2c -C acme run --on 2026-11-30`.

It ends with 0 when all is done, 1 when a person must see something (a fault in a sheet or file), 2 when it could not
run. A `run` or `sync` also ends with 2 when a workbook cannot be written (open, protected, itself or its folder
read-only): all else was done, the ledger holds it, faults are told as ever, and the workbook shows it once it can be
written. Orders that wait are no faults. With `--json` one JSON document goes to standard output; all else goes to
standard error."""


def commands_page(commands: typer.Typer) -> str:
    """Every command with its arguments, options and an example."""
    group: Any = typer.main.get_command(commands)
    parts = [_ABOUT]
    for name, command in group.commands.items():
        parts += _command(name, command)
    return "\n\n".join(parts) + "\n"


def _command(name: str, command: Any) -> Iterator[str]:  # noqa: ANN401 -- Typer brings its own click
    shown = [param for param in command.params if not getattr(param, "hidden", False) and param.name != "help"]
    words = [_argument(p) for p in shown if p.param_type_name == "argument"]
    options = [p for p in shown if p.param_type_name == "option"]
    yield f"## o2c {name}"
    yield " ".join(command.help.split())
    if hasattr(command, "commands"):
        for inner, one in command.commands.items():
            yield from _command(f"{name} {inner}", one)
        return
    yield f"```sh\no2c {' '.join([name, *words, *(['[OPTIONS]'] if options else [])])}\n```"
    rows = [(f"`{_argument(p)}`", _meaning(p)) for p in shown if p.param_type_name == "argument"]
    rows += [(f"`{_option(p)}`", _meaning(p)) for p in options]
    if rows:
        yield table_of(("", "meaning"), rows)
    yield f"Example: `{command.epilog.removeprefix('Example: ')}`"


def _argument(param: Any) -> str:  # noqa: ANN401
    name = param.metavar or param.name.upper()
    return name if param.required or name.startswith("[") else f"[{name}]"


def _option(param: Any) -> str:  # noqa: ANN401
    names = ", ".join(param.opts)
    return names if param.is_flag else f"{names} {param.metavar or param.name.upper()}"


def _meaning(param: Any) -> str:  # noqa: ANN401
    """The help, and the default where it is a plain value."""
    default = (
        ""
        if getattr(param, "is_flag", False) or param.default in (None, "", []) or callable(param.default)
        else str(param.default)
    )
    return f"{param.help or ''} Default: {default}." if default else param.help or ""
