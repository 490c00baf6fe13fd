"""What the add-in takes from the installed xlwings (BSD-3): its RunPython module, read by path, never imported.

Importing xlwings on Windows registers an exit hook that ends Excel processes, so only the module of the live
workbooks may do it.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from o2c_xl.addin.project import Kind, Module
from o2c_xl.addin.vba import CONF_SHEET
from o2c_xl.domain.issue import CannotRun

__all__ = ["Xlwings", "find_xlwings"]

_RUN_PYTHON = "xlwings_custom_addin.bas"
_PROJECT = re.compile(r'^(Public Const PROJECT_NAME As String = )"[^"]*"', re.MULTILINE)
_VERSION = re.compile(r'^Public Const XLWINGS_VERSION As String = "([^"]*)"', re.MULTILINE)
_SETTING = re.compile(r'GetConfig\("([^"]+)"')
_BLOCK = re.compile(r"\AVERSION .*?^END\r?\n", re.DOTALL | re.MULTILINE)
_CLASS_BASE = 'Attribute VB_Base = "0{FCFB3D2A-A0FA-1068-A738-08002B3371B5}"\r\n'  # every class module has this one
_CLASS_REST = "Attribute VB_TemplateDerived = False\r\nAttribute VB_Customizable = False\r\n"


@dataclass(frozen=True, slots=True)
class Xlwings:
    """An installed xlwings: where it lies and which version it is."""

    folder: Path
    version: str

    @property
    def script(self) -> Path:
        """The AppleScript that Excel on macOS starts Python with; its name carries the version."""
        return self.folder / f"xlwings-{self.version}.applescript"

    def modules(self) -> list[Module]:
        """RunPython under our settings' name, and the dictionary class that it needs on macOS."""
        return [Module("xlwings", self._run_python()), Module("Dictionary", self._dictionary(), Kind.CLASS)]

    def settings(self) -> frozenset[str]:
        """Every setting that RunPython's module may look up."""
        return frozenset(_SETTING.findall(self._run_python()))

    def _run_python(self) -> str:
        text = _read(self.folder / _RUN_PYTHON)
        version = _VERSION.search(text)
        ours, count = _PROJECT.subn(rf'\1"{CONF_SHEET.removesuffix(".conf")}"', text)
        if count != 1 or version is None or version[1] != self.version:
            raise CannotRun(
                f"xlwings {self.version} has no RunPython module as o2c-xl knows it. "
                f"Install it again: {sys.executable} -m pip install --upgrade 'o2c-xl[excel]'"
            )
        return ours

    def _dictionary(self) -> str:
        """The class as a project holds it: without the export's VERSION block, with its base (MS-OVBA 2.3.4.3)."""
        text = _BLOCK.sub("", _read(self.folder / "addin" / "Dictionary.cls"))
        name, _, rest = text.partition("\r\n")
        before, exposed, after = rest.partition("Attribute VB_Exposed = True\r\n")
        return f"{name}\r\n{_CLASS_BASE}{before}{exposed}{_CLASS_REST}{after}"


def find_xlwings() -> Xlwings:
    """The xlwings of this installation; raises CannotRun with how to install it."""
    found = importlib.util.find_spec("xlwings")
    if found is None or found.origin is None:
        raise CannotRun(
            "xlwings is not installed; the buttons start Python with it. "
            f"Install it: {sys.executable} -m pip install 'o2c-xl[excel]'"
        )
    folder = Path(found.origin).parent
    if not (folder / _RUN_PYTHON).is_file():
        raise CannotRun(
            f"{found.origin} is no xlwings that the buttons can use, and hides one that is installed. "
            "Rename it or move it away, and take its folder out of PYTHONPATH."
        )
    return Xlwings(folder, importlib.metadata.version("xlwings"))


def _read(path: Path) -> str:
    try:
        text = path.read_text(encoding="cp1252")
    except OSError as error:
        raise CannotRun(f"{path} cannot be read: {error.strerror}. Install xlwings again.") from error
    return text.replace("\n", "\r\n")
