"""Bring the add-in to a file: beside what was there, flushed, then in its place."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from o2c_xl.addin.build import FILE_NAME
from o2c_xl.addin.conf import BUILT_BY
from o2c_xl.addin.machine import Machine
from o2c_xl.addin.package import read_conf
from o2c_xl.addin.xlwings_files import Xlwings
from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.patch.durable import replace_file

__all__ = ["install_command", "installed", "planned_install", "put", "refuse_other"]


def installed(machine: Machine, folder: Path | None) -> Path | None:
    """Where the add-in lies, in `folder` where one was named; None where this system has no Excel and none was."""
    place = folder or machine.startup_folder()
    return place / FILE_NAME if place else None


def install_command(folder: Path | None) -> str:
    """The command that puts the add-in there."""
    return f'o2c add-in install --to "{folder}"' if folder else "o2c add-in install"


def planned_install(addin: bytes, xlwings: Xlwings, machine: Machine, folder: Path | None) -> dict[Path, bytes]:
    """The files of an installation: the add-in and, on macOS, the script that Excel starts Python with.

    Raises CannotRun where no folder was named and this system has no Excel.
    """
    target = installed(machine, folder)
    if target is None:
        raise CannotRun(
            "Excel does not run on this system, so it has no folder for add-ins. "
            "Name one (o2c add-in install --to FOLDER), or only make the file: o2c add-in build"
        )
    files = {target: addin}
    scripts = machine.script_folder()
    if scripts is not None:
        files[scripts / xlwings.script.name] = xlwings.script.read_bytes()
    return files


def refuse_other(path: Path) -> None:
    """Raise CannotRun where the file is no place for an add-in: something else stands there, or it is named otherwise.

    What is no regular file is not even opened.
    """
    if path.suffix.casefold() != ".xlam":
        raise CannotRun(f"{path} does not end in .xlam, so Excel would take it for no add-in. Name it so.")
    if not path.exists():
        return
    ours = False
    if path.is_file():
        with suppress(ValueError, OSError):
            ours = BUILT_BY in read_conf(path)
    if not ours:
        raise CannotRun(f"{path} is there and is no add-in of o2c-xl. Move it away, or name another place.")


def put(files: Mapping[Path, bytes]) -> list[Path]:
    """Write those files that are not there with these bytes; which those were. Raises CannotRun with what to do."""
    for path in files:
        if path.name.casefold().endswith(".xlam"):
            refuse_other(path)
    changed = [path for path, data in files.items() if not path.is_file() or path.read_bytes() != data]
    for path in changed:
        _replace(path, files[path])
    return changed


def _replace(path: Path, data: bytes) -> None:
    try:
        replace_file(path, data)
    except PermissionError as error:
        raise CannotRun(f"{path} cannot be written. Close Excel, check your rights there, and try again.") from error
    except OSError as error:
        raise CannotRun(f"{path} cannot be written: {error.strerror}. Name another place or make room.") from error
