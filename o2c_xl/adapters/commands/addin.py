"""`o2c add-in`: make the ribbon's add-in, put it where Excel finds it, say what hinders it. No company needed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from o2c_xl.adapters.commands.guard import DONE, ISSUES, guarded
from o2c_xl.adapters.commands.options import AsJson, DryRun
from o2c_xl.adapters.commands.printing import say_findings, say_json
from o2c_xl.domain.issue import CannotRun

if TYPE_CHECKING:
    from o2c_xl.addin.xlwings_files import Xlwings

__all__ = ["addins"]

addins = typer.Typer(
    help="The ribbon in Excel: build the add-in, install it, check what hinders it on this computer.",
    epilog="Example: o2c add-in install",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
Context = typer.Context


def _named(text: str) -> Path:
    """The folder; an empty name, of a variable that is not set perhaps, does not mean the one that we are in."""
    if not text.strip():
        raise typer.BadParameter("wants a folder, and its name is empty.")
    return Path(text)


To = Annotated[
    Path | None,
    typer.Option(
        "--to", metavar="FOLDER", parser=_named, help="Another folder than the one Excel starts add-ins from."
    ),
]


@addins.command(epilog="Example: o2c add-in build --out o2c_xl.xlam")
def build(
    context: Context,
    out: Annotated[Path, typer.Option(help="File to write.")] = Path("o2c_xl.xlam"),
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Write the add-in for the Python that runs this command, on any system."""
    with guarded(context, as_json=as_json):
        from o2c_xl.addin.install import put, refuse_other

        refuse_other(out.resolve())
        addin, xlwings = _built()
        written = [] if dry_run else put({out.resolve(): addin})
        _say([out.resolve()], written, xlwings, dry_run=dry_run, as_json=as_json)


@addins.command(epilog="Example: o2c add-in install")
def install(context: Context, to: To = None, dry_run: DryRun = False, as_json: AsJson = False) -> None:
    """Build the add-in here and put it where Excel opens it at its start."""
    with guarded(context, as_json=as_json):
        from o2c_xl.addin.install import planned_install, put
        from o2c_xl.addin.machine import Machine

        addin, xlwings = _built()
        files = planned_install(addin, xlwings, Machine(), _folder(to))
        written = [] if dry_run else put(files)
        _say(list(files), written, xlwings, dry_run=dry_run, as_json=as_json)
        if written and not as_json:
            typer.echo("Start Excel anew to see the tab.")


@addins.command(epilog="Example: o2c add-in check")
def check(context: Context, to: To = None, as_json: AsJson = False) -> None:
    """Say what hinders the add-in on this computer and how to mend it; changes nothing."""
    with guarded(context, as_json=as_json):
        from o2c_xl.addin.examine import examine_addin
        from o2c_xl.addin.machine import Machine

        findings = examine_addin(Machine(), _folder(to))
        say_findings(findings, as_json=as_json)
        raise typer.Exit(DONE if all(finding.ok for finding in findings) else ISSUES)


def _folder(to: Path | None) -> Path | None:
    """The folder that `--to` names; a file, or the name of one, is refused before a folder is made of it."""
    if to is None:
        return None
    if to.is_file() or (to.suffix.casefold() == ".xlam" and not to.is_dir()):
        raise CannotRun(f'--to wants a folder, and {to} is a file. Name the folder that it lies in: --to "{to.parent}"')
    return to.resolve()


def _built() -> tuple[bytes, Xlwings]:
    from o2c_xl.addin.build import build_addin
    from o2c_xl.addin.conf import this_interpreter
    from o2c_xl.addin.ribbon import load_ribbon
    from o2c_xl.addin.xlwings_files import find_xlwings

    xlwings = find_xlwings()
    return build_addin(load_ribbon(), this_interpreter(), xlwings), xlwings


def _say(files: list[Path], written: list[Path], xlwings: Xlwings, *, dry_run: bool, as_json: bool) -> None:
    if as_json:
        names, changed = [str(path) for path in files], [str(path) for path in written]
        say_json({"ok": True, "file": names[0], "files": names, "written": changed, "xlwings": xlwings.version})
        return
    for path in files:
        state = "would be written" if dry_run else "is written" if path in written else "is up to date"
        typer.echo(f"{path} {state}.")
