"""Put the add-in together: the tab's spec, the embedded xlwings module and this installation's interpreter."""

from __future__ import annotations

from o2c_xl.addin.conf import Interpreter, conf_rows
from o2c_xl.addin.package import document_modules, package
from o2c_xl.addin.project import Module, vba_project
from o2c_xl.addin.ribbon import MODULE, Ribbon
from o2c_xl.addin.tab_xml import tab_xml
from o2c_xl.addin.vba import ribbon_module
from o2c_xl.addin.xlwings_files import Xlwings

__all__ = ["FILE_NAME", "addin_modules", "build_addin"]

FILE_NAME = "o2c_xl.xlam"


def addin_modules(ribbon: Ribbon, xlwings: Xlwings) -> list[Module]:
    """Every VBA module of the add-in."""
    return [*document_modules(), Module(MODULE, ribbon_module(ribbon)), *xlwings.modules()]


def build_addin(ribbon: Ribbon, interpreter: Interpreter, xlwings: Xlwings) -> bytes:
    """The .xlam file's bytes: the same for the same input; raises CannotRun where xlwings is not as we know it."""
    project = vba_project(addin_modules(ribbon, xlwings))
    return package(project, tab_xml(ribbon), conf_rows(interpreter, xlwings), ribbon.label)
