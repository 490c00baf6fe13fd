"""The add-in's own settings sheet: which Python its buttons start.

RunPython asks the sheets first, then a file beside the workbook, then one in the user's folder. So every setting that
it knows stands on our sheet: nothing that comes with a workbook can add one.
"""

from __future__ import annotations

import importlib.metadata
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from o2c_xl.addin.xlwings_files import Xlwings
from o2c_xl.domain.issue import CannotRun

__all__ = ["BUILT_BY", "BUILT_WITH", "Interpreter", "conf_rows", "own_version", "this_interpreter"]

BUILT_BY, BUILT_WITH = "O2C VERSION", "XLWINGS VERSION"  # RunPython knows neither; `o2c add-in check` reads them
_INTERPRETERS = ("INTERPRETER_WIN", "INTERPRETER_MAC", "INTERPRETER")
_FIXED = {
    "ADD_WORKBOOK_TO_PYTHONPATH": "False",  # else the workbook's folder would come first on Python's path
    "PYTHONPATH": "",
    "USE UDF SERVER": "False",
    "UDF MODULES": "",
    "DEBUG UDFS": "False",
    "SHOW CONSOLE": "False",
    "SHOW_ERROR_POPUPS": "True",
    "TEMP DIR": "%TEMP%",
    "LICENSE_KEY": "",
    "ONEDRIVE_CONSUMER_WIN": "",
    "ONEDRIVE_CONSUMER_MAC": "",
    "ONEDRIVE_COMMERCIAL_WIN": "",
    "ONEDRIVE_COMMERCIAL_MAC": "",
    "SHAREPOINT_WIN": "",
    "SHAREPOINT_MAC": "",
}


@dataclass(frozen=True, slots=True)
class Interpreter:
    """The Python that the buttons start; the conda parts are empty outside of conda."""

    path: str
    conda_path: str = ""
    conda_env: str = ""

    def fault(self, platform: str) -> str:
        """Why RunPython could not start it, as a sentence; empty where it can."""
        if platform == "win32" and "%" in self.path:
            return f"{self.path} has a % in it, which Windows would replace."
        if platform == "darwin" and any(sign in self.path for sign in " '\"$`\\;|&()"):
            return f"{self.path} has a space or another sign in it that macOS would break the command at."
        return ""


def this_interpreter(
    platform: str = sys.platform, prefix: str = sys.prefix, environ: Mapping[str, str] = os.environ
) -> Interpreter:
    """The Python that runs now; raises CannotRun where no button could start it.

    In a conda environment on Windows the environment is activated first (xlwings issue 1136). The interpreter is named
    exactly there too: a bare `python` would be started in Excel's current folder, which comes first on its path.
    """
    found = Interpreter(sys.executable, *(_conda(Path(prefix), environ) if platform == "win32" else ("", "")))
    fault = found.fault(platform)
    if fault:
        raise CannotRun(f"{fault} Install o2c-xl into a folder without such signs and build the add-in from there.")
    return found


def _conda(prefix: Path, environ: Mapping[str, str]) -> tuple[str, str]:
    """Where conda lies and which environment this is; two empty texts outside of conda."""
    if not (prefix / "conda-meta").is_dir():
        return "", ""
    program = environ.get("CONDA_EXE")  # ROOT/Scripts/conda.exe
    if prefix.parent.name == "envs":
        return str(prefix.parent.parent), prefix.name
    root = Path(program).parent.parent if program else prefix
    return str(root), "base" if root == prefix else str(prefix)


def own_version() -> str:
    """Which o2c-xl this is; where it is run from its source without being installed, that is said."""
    try:
        return importlib.metadata.version("o2c-xl")
    except importlib.metadata.PackageNotFoundError:
        return "not installed"


def conf_rows(interpreter: Interpreter, xlwings: Xlwings) -> list[tuple[str, str]]:
    """The sheet's rows; raises CannotRun where this xlwings knows a setting that would be left open."""
    rows = {
        **dict.fromkeys(_INTERPRETERS, interpreter.path),
        "CONDA PATH": interpreter.conda_path,
        "CONDA ENV": interpreter.conda_env,
        **_FIXED,
        BUILT_BY: own_version(),
        BUILT_WITH: xlwings.version,
    }
    unknown = sorted(xlwings.settings() - rows.keys())
    if unknown:
        raise CannotRun(
            f"xlwings {xlwings.version} knows settings that this o2c-xl does not ({', '.join(unknown)}); a workbook's"
            f" folder could set them. Bring both up to date: {sys.executable} -m pip install --upgrade 'o2c-xl[excel]'"
        )
    return list(rows.items())
