"""Add-ins for tests, and a workbook with the real VBA of the tab beside a RunPython that only notes the command."""

from __future__ import annotations

import io
import sys
import warnings
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from o2c_xl.addin.build import addin_modules, build_addin
from o2c_xl.addin.conf import Interpreter
from o2c_xl.addin.package import document_modules, package
from o2c_xl.addin.project import Module, vba_project
from o2c_xl.addin.ribbon import MODULE, load_ribbon
from o2c_xl.addin.vba import ribbon_module
from o2c_xl.addin.xlwings_files import find_xlwings

INTERPRETER = Interpreter(sys.executable)
NOTED = "C1"
_STUB = f"""\
Attribute VB_Name = "xlwings"
Option Explicit
Public Function RunPython(PythonCommand As String)
    ActiveWorkbook.Sheets(1).Range("{NOTED}").Value = PythonCommand
End Function
"""


def built(interpreter: Interpreter = INTERPRETER) -> bytes:
    return build_addin(load_ribbon(), interpreter, find_xlwings())


def sources() -> dict[str, str]:
    return {module.name: module.source for module in addin_modules(load_ribbon(), find_xlwings())}


def twin(path: Path, sheet: str = "Orders", run_python: str = _STUB) -> Path:
    """A macro workbook whose only sheet has this name; `run_python` is the module that stands for xlwings'."""
    stub = Module("xlwings", run_python.replace("\n", "\r\n"))
    project = vba_project([*document_modules(), Module(MODULE, ribbon_module(load_ribbon())), stub])
    made = package(project, "<customUI/>", [("Order", "10248")], "Twin")
    with ZipFile(io.BytesIO(made)) as source, ZipFile(path, "w") as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "[Content_Types].xml":
                data = data.replace(b"ms-excel.addin.", b"ms-excel.sheet.")
            if name == "xl/workbook.xml":
                data = data.replace(b' visibility="hidden"', b"").replace(b"o2c_xl.conf", sheet.encode())
            target.writestr(name, data)
    return path


def olevba() -> Any:
    """oletools' reader; its own libraries warn when they are loaded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oletools import olevba as module
    return module
