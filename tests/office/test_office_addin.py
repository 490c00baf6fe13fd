"""LibreOffice loads the add-in with every module, and a pressed button's Sub changes a cell."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_xl.addin.ribbon import load_ribbon
from tests.addin.addin_files import NOTED, built, sources, twin
from tests.office.conftest import Office

pytestmark = pytest.mark.office
LIBRARY = "OrderToCash"


def test_libreoffice_loads_the_addin_with_every_module(office: Office, tmp_path: Path) -> None:
    path = tmp_path / "o2c_xl.xlam"
    path.write_bytes(built())

    libraries, source = office.work(
        {"do": "open_with_macros", "path": str(path)}, {"do": "source", "library": LIBRARY, "module": "RibbonO2C"}
    )

    assert libraries[LIBRARY] == sorted(sources())
    body = sources()["RibbonO2C"].replace("\r\n", "\n").partition("\n")[2]
    assert source.replace("\r\n", "\n").rstrip().endswith(body.rstrip())


def test_every_pressed_button_changes_the_cell_of_its_command(office: Office, tmp_path: Path) -> None:
    path = twin(tmp_path / "Müller & Söhne.xlsm")
    look = {"do": "read", "sheet": "Orders", "cells": [NOTED]}
    buttons = list(load_ribbon().buttons)
    presses = [
        step
        for button in buttons
        for sub, control in ((f"{button.id}_onAction", True), (f"O2C_{button.function}", False))
        for step in ({"do": "press", "sub": f"{LIBRARY}.RibbonO2C.{sub}", "control": control}, look)
    ]

    answers = office.work({"do": "open_with_macros", "path": str(path)}, look, *presses)

    assert answers[1] == [""]
    commands = [answer[0] for answer in answers[3::2]]
    assert commands == [
        f"import o2c_xl.adapters.ribbon; o2c_xl.adapters.ribbon.{button.function}()" for button in buttons for _ in "12"
    ]
