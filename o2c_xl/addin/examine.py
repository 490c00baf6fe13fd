"""`o2c add-in check`: what is wrong with the add-in on this machine, and one sentence each on how to mend it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from o2c_xl.addin.build import build_addin
from o2c_xl.addin.conf import BUILT_BY, BUILT_WITH, own_version, this_interpreter
from o2c_xl.addin.install import install_command, installed
from o2c_xl.addin.machine import Machine
from o2c_xl.addin.package import read_conf
from o2c_xl.addin.ribbon import load_ribbon
from o2c_xl.addin.trust import trust_findings
from o2c_xl.addin.xlwings_files import Xlwings, find_xlwings
from o2c_xl.domain.finding import Finding
from o2c_xl.domain.issue import CannotRun

__all__ = ["examine_addin"]

_CLOSE = "Close Excel, then: "
_SEEN = "import importlib.util as u; print([n for n in ('o2c_xl', 'xlwings') if u.find_spec(n) is None])"
_PATIENCE = 60  # seconds; a Python on a slow network drive takes its time


def examine_addin(machine: Machine, folder: Path | None = None) -> list[Finding]:
    """Look at xlwings, the interpreter, the installed add-in (in `folder` where it was put elsewhere) and trust."""
    try:
        xlwings = find_xlwings()
        findings = [Finding("xlwings", ok=True, found=f"{xlwings.version} at {xlwings.folder}")]
    except CannotRun as error:
        return [_refused("xlwings", error), *_system(machine, None, folder)]
    findings += [_interpreter(machine), _addin(machine, xlwings, folder)]
    return [*findings, *_system(machine, xlwings, folder), *trust_findings(machine, folder)]


def _refused(name: str, error: CannotRun) -> Finding:
    found, _, mend = str(error).partition(". ")
    return Finding(name, ok=False, found=f"{found.rstrip('.')}.", mend=mend)


def _interpreter(machine: Machine) -> Finding:
    try:
        found = this_interpreter(machine.platform, sys.prefix, machine.environ)
    except CannotRun as error:
        return _refused("Interpreter", error)
    conda = f", in conda environment {found.conda_env}" if found.conda_env else ""
    return Finding("Interpreter", ok=True, found=f"{found.path}{conda}")


# --- the installed file ----------------------------------------------------------------------------------------


def _addin(machine: Machine, xlwings: Xlwings, folder: Path | None) -> Finding:
    path, mend = installed(machine, folder), _CLOSE + install_command(folder)
    if path is None:
        found = "not checkable here: Excel does not run on this system, so no add-in is installed"
        return Finding("Add-in", ok=True, found=found)
    if not path.is_file():
        return Finding("Add-in", ok=False, found=f"{path} is not there.", mend=mend)
    try:
        conf = read_conf(path)
        mine = build_addin(load_ribbon(), this_interpreter(machine.platform, sys.prefix, machine.environ), xlwings)
    except (ValueError, CannotRun) as error:
        return Finding("Add-in", ok=False, found=f"{error}.", mend=mend)
    if path.read_bytes() != mine:
        return Finding("Add-in", ok=False, found=" ".join(_differences(path, conf, xlwings)), mend=mend)
    fault = _start(conf.get("INTERPRETER", ""))
    return Finding("Add-in", not fault, fault or f"{path}, as this installation builds it", mend if fault else "")


def _differences(path: Path, conf: dict[str, str], xlwings: Xlwings) -> Iterator[str]:
    yield f"{path} is not what this installation builds."
    told = (
        ("o2c-xl", conf.get(BUILT_BY, ""), own_version()),
        ("xlwings", conf.get(BUILT_WITH, ""), xlwings.version),
        ("the Python at", conf.get("INTERPRETER", ""), sys.executable),
    )
    for name, theirs, ours in told:
        if theirs != ours:
            yield f"It was built with {name} {theirs or 'unknown'}; here is {ours}."
    fault = _start(conf.get("INTERPRETER", ""))
    if fault:
        yield fault


def _start(interpreter: str) -> str:
    """Why the buttons cannot start this Python; empty where they can."""
    try:
        done = subprocess.run(  # noqa: S603 -- the Python that our own add-in names
            [interpreter, "-c", _SEEN], capture_output=True, text=True, timeout=_PATIENCE, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return f"Its Python {interpreter} does not start."
    missing = done.stdout.strip()
    return "" if missing == "[]" else f"Its Python {interpreter} lacks {missing.strip('[]')}."


# --- the system ------------------------------------------------------------------------------------------------


def _system(machine: Machine, xlwings: Xlwings | None, folder: Path | None) -> list[Finding]:
    if not machine.has_excel:
        found = "not checkable here: trust settings, permissions and Excel itself; run this on the computer with Excel"
        return [Finding("Excel", ok=True, found=found)]
    if machine.platform == "darwin":
        return _macos(machine, xlwings, folder)
    return []


def _macos(machine: Machine, xlwings: Xlwings | None, folder: Path | None) -> list[Finding]:
    scripts = machine.script_folder()
    permission = Finding(
        "Permission to control Excel",
        ok=True,
        found="not checkable; macOS asks at the first button. If that was refused (error -1743), allow it in"
        " System Settings, Privacy & Security, Automation",
    )
    if xlwings is None or scripts is None:
        return [permission]
    script = scripts / xlwings.script.name
    if script.is_file():
        return [Finding("Script for Excel", ok=True, found=str(script)), permission]
    found = f"{script} is missing; without it Excel may start no Python."
    return [Finding("Script for Excel", ok=False, found=found, mend=_CLOSE + install_command(folder)), permission]
