"""The tab's VBA, run by pyOpenVBA: every button gives its command, and refuses what it must."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pyopenvba.apps.excel import ExcelApplication

from o2c_xl.addin.ribbon import load_ribbon
from tests.addin.addin_files import NOTED, twin

FUNCTIONS = [button.function for button in load_ribbon().buttons]


def noted(application: Any) -> Any:
    return application.sheet(1).value(NOTED)


def test_every_button_gives_its_command(tmp_path: Path) -> None:
    application = ExcelApplication.open(str(twin(tmp_path / "Müller & Söhne.xlsm")))
    commands = {}
    for function in FUNCTIONS:
        application.run(f"O2C_{function}")
        commands[function] = noted(application)

    assert commands == {f: f"import o2c_xl.adapters.ribbon; o2c_xl.adapters.ribbon.{f}()" for f in FUNCTIONS}
    assert application.dialogs == []


def test_a_click_does_what_the_macro_does(tmp_path: Path) -> None:
    application = ExcelApplication.open(str(twin(tmp_path / "book.xlsm")))
    application.add_module("Sub Click()\n    sync_onAction ActiveSheet\nEnd Sub\n", name="Finger")

    application.run("Click")

    assert noted(application).endswith(".sync()")


@pytest.mark.parametrize(
    "name", ["a=b", "50%", "a;b", "x^&calc&", "a|b", "$(reboot)", "`reboot`", 'a"b', "a\\b", "a\nb"]
)
def test_a_name_that_a_command_shell_would_act_on_is_refused(tmp_path: Path, name: str) -> None:
    application = ExcelApplication.open(str(twin(tmp_path / f"{name}.xlsm")))

    application.run("O2C_sync")

    assert noted(application) is None
    ((_, text, title, *_),) = application.dialogs
    assert "command shell" in text
    assert title == "Order to Cash"


@pytest.mark.parametrize("folder", ["a;b;c", "x^&calc&", "%TEMP%", "$(reboot)", "`x`"])
def test_a_folder_that_a_command_shell_would_act_on_is_refused(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder).mkdir()
    application = ExcelApplication.open(str(twin(tmp_path / folder / "book.xlsm")))

    application.run("O2C_sync")

    assert noted(application) is None
    assert len(application.dialogs) == 1


@pytest.mark.parametrize("sheet", ["o2c_xl.conf", "O2C_XL.CONF", "main.py", "Main.PY"])
def test_a_workbook_that_could_choose_what_runs_is_refused(tmp_path: Path, sheet: str) -> None:
    application = ExcelApplication.open(str(twin(tmp_path / "book.xlsm", sheet)))

    application.run("O2C_sync")

    assert noted(application) is None
    assert f"The sheet {sheet} could choose" in application.dialogs[0][1]


def test_a_workbook_never_saved_is_refused(tmp_path: Path) -> None:
    application = ExcelApplication.open(str(twin(tmp_path / "book.xlsm")))
    application.add_module(
        "Sub Fresh()\n    Dim b As Object\n    Set b = Workbooks.Add\n    O2C_sync\nEnd Sub\n", name="Finger"
    )

    application.run("Fresh")

    assert "never saved" in application.dialogs[0][1]


@pytest.mark.parametrize(
    ("name", "path", "refused"),
    [
        ("orders.xlsx", r"C:\Users\Ann O'Hara\R&D (2026)", False),
        ("orders.xlsx", r"\\server\finance$\books", False),
        ("orders.xlsx", r"C:\x^&calc&", True),
        ("orders.xlsx", r"C:\%PATH%", True),
        ("orders.xlsx", "https://acme.sharepoint.com/sites/Shared%20Documents", False),
        ("orders.xlsx", "https://acme.sharepoint.com/sites/$(x)", True),
        ("orders.xlsx", "/Users/ann/Müller & Söhne", False),
        ("orders.xlsx", "/Users/ann/a\\'b", True),
    ],
)
def test_paths_of_every_system_are_judged_by_the_shell_they_go_to(
    tmp_path: Path, name: str, path: str, refused: bool
) -> None:
    application = ExcelApplication.open(str(twin(tmp_path / "book.xlsm")))
    separator = "\\" if "\\" in path and not path.startswith("/") else "/"
    book = (
        f'Public Property Get Path() As String\n    Path = "{path}"\nEnd Property\n'
        f'Public Property Get Name() As String\n    Name = "{name}"\nEnd Property\n'
        f'Public Property Get FullName() As String\n    FullName = "{path}{separator}{name}"\nEnd Property\n'
        "Public Property Get Sheets() As Object\n    Set Sheets = New Collection\nEnd Property\n"
    )
    application.add_module(book, name="FakeBook", kind="class")
    application.add_module(
        f'Sub Judge()\n    Range("{NOTED}").Value = "[" & O2C_Refusal(New FakeBook) & "]"\nEnd Sub\n', name="Finger"
    )

    application.run("Judge")

    assert (noted(application) != "[]") is refused


def test_no_workbook_is_refused(tmp_path: Path) -> None:
    application = ExcelApplication.open(str(twin(tmp_path / "book.xlsm")))
    application.add_module(f'Sub Judge()\n    Range("{NOTED}").Value = O2C_Refusal(Nothing)\nEnd Sub\n', name="Finger")

    application.run("Judge")

    assert "No workbook is active" in noted(application)
