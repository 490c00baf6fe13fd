"""The command that Excel runs for a button: a Python of its own, ended with 0 and without a word, whatever happened."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from o2c_xl.domain.issue import CannotRun
from o2c_xl.workbook.live.excel import disarm
from tests.sync.desk import Desk

HERE = Path(__file__).resolve().parents[2]
# What Excel is to Python: loaded before anything else, with the workbook open; it tells at the end what became of it.
PRELOADED = """
import atexit, json, os, sys
from o2c_xl.workbook.live import excel as live
live._loaded()
from tests import fake_excel
excel = fake_excel.install()
book = excel.open(__import__("pathlib").Path(os.environ["FAKE_BOOK"]))
for sheet, cell, value in json.loads(os.environ["FAKE_TYPED"]):
    excel.person_types(book, sheet, cell, value)
excel.editing = os.environ.get("FAKE_EDITING") == "1"
live._PATIENCE = 1.0
HEAVY = {"jinja2", "pypdf", "rapidfuzz", "smtplib", "typst", "xlsxwriter", "o2c_xl.company.mailing.sending"}
HEAVY |= {"o2c_xl.documents.written", "o2c_xl.documents.xlsx.sheets"}
HEAVY |= {"o2c_xl.intake.process.reader", "o2c_xl.intake.statements"}
def tell():
    print(json.dumps({"said": excel.said, "alerts": excel.alerts, "saves": excel.saves, "writes": excel.writes,
        "loaded": sorted(excel.loaded_before_said), "state": excel.state(), "heavy": sorted(HEAVY & set(sys.modules))}))
atexit.register(tell)
"""
TYPED = [["Customers", "A2", "00123"], ["Customers", "C2", "Alfreds"], ["Customers", "I2", "DE"]]


def pressed(
    desk: Desk, tmp_path: Path, button: str, name: str | None = None, **environ: str
) -> tuple[subprocess.CompletedProcess[str], dict[str, object]]:
    """Run a button as RunPython does: the same text after -c, the same arguments."""
    preload = tmp_path / "preload"
    (preload / "pandas").mkdir(parents=True)
    (preload / "pandas" / "__init__.py").write_text("raise RuntimeError('pandas was loaded')", encoding="utf-8")
    (preload / "sitecustomize.py").write_text(PRELOADED, encoding="utf-8")
    text = (
        f'import xlwings.utils;xlwings.utils.prepare_sys_path("False,,,,,,,,,,"); '
        f"import o2c_xl.adapters.ribbon; o2c_xl.adapters.ribbon.{button}()"
    )
    arguments = [f"--wb={name or desk.book}", "--from_xl=1", "--app=/Applications/Excel.app", "--hwnd=0"]
    path = os.pathsep.join([str(preload), str(HERE)])
    told = {"PYTHONPATH": path, "FAKE_BOOK": str(desk.book), "FAKE_TYPED": json.dumps(TYPED)}
    personal = {"XDG_CONFIG_HOME": str(tmp_path / "personal")}
    kept = {name: value for name, value in os.environ.items() if name != "O2C_COMPANY"}
    done = subprocess.run(
        [sys.executable, "-B", "-c", text, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=kept | told | personal | environ,
        cwd=tmp_path,
    )
    return done, json.loads(done.stdout.splitlines()[-1])


def test_a_button_syncs_saves_and_ends_with_nothing_on_standard_error(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "acme", ("Customers",))

    done, told = pressed(desk, tmp_path, "sync")

    assert (done.returncode, done.stderr) == (0, "")
    assert told["said"][-1] == "Order to Cash: Done: Customers 1; 3 cells written."  # type: ignore[index]
    assert [row["Customer ID"] for row in desk.rows("Customers").values()] == ["00123"]
    assert told["state"] == [True, True, True]
    desk.company.close()


def test_until_its_first_text_a_button_loads_neither_pandas_nor_the_ledger(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "acme", ("Customers",))

    done, told = pressed(desk, tmp_path, "check")

    assert (done.returncode, done.stderr) == (0, "")
    assert told["said"][0] == "Order to Cash: check: starting …"  # type: ignore[index]
    assert told["loaded"] == []
    desk.company.close()


@pytest.mark.parametrize("button", ["check", "preview", "sync", "approve_selected", "undo_last_write"])
def test_a_button_that_lets_no_process_work_loads_nothing_for_letters_mails_and_files(
    tmp_path: Path, button: str
) -> None:
    desk = Desk(tmp_path / "acme", ("Customers", "Approvals"))

    _, told = pressed(desk, tmp_path, button)

    assert told["heavy"] == []
    desk.company.close()


def test_a_button_of_the_process_loads_no_renderer_before_there_is_something_to_render(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "acme", ("Customers",))

    _, told = pressed(desk, tmp_path, "post_payments")

    assert {"pypdf", "o2c_xl.documents.xlsx.sheets", "smtplib"}.isdisjoint(told["heavy"])  # type: ignore[call-overload]
    desk.company.close()


@pytest.mark.parametrize(
    ("environ", "name", "sentence"),
    [
        ({"O2C_COMPANY": "/nowhere"}, None, "O2C_COMPANY names the company folder /nowhere, which is not there."),
        ({"FAKE_EDITING": "1"}, None, "A cell is being edited"),
        ({}, "a=b.xlsx", "The workbook's name has a = in it"),
        ({}, "Not open.xlsx", "There is no workbook that this button could work on"),
    ],
)
def test_a_button_that_fails_still_ends_with_0_and_says_why(
    tmp_path: Path, environ: dict[str, str], name: str | None, sentence: str
) -> None:
    desk = Desk(tmp_path / "acme", ("Customers",))

    done, told = pressed(desk, tmp_path, "sync", name, **environ)

    assert (done.returncode, done.stderr) == (0, "")
    assert sentence in (tmp_path / "personal" / "o2c_xl" / "buttons.log").read_text(encoding="utf-8")
    assert (told["writes"], told["saves"]) == (0, [])
    desk.company.close()


def test_the_hook_that_ends_other_excels_is_taken_out() -> None:
    program = (
        "import atexit, types\n"
        "windows = types.ModuleType('xlwings._xlwindows')\n"
        "@atexit.register\n"
        "def cleanup():\n"
        "    print('every EXCEL.EXE is ended')\n"
        "windows.cleanup = cleanup\n"
        "from o2c_xl.workbook.live.excel import disarm\n"
        "disarm(windows)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=HERE)

    assert (done.stdout, done.stderr) == ("", "")


def test_an_xlwings_whose_hook_is_not_known_is_not_used() -> None:
    with pytest.raises(CannotRun, match="ends Excel in a way that is not known here"):
        disarm(ModuleType("xlwings._xlwindows"))


def test_the_installed_xlwings_still_names_its_hook_so() -> None:
    import xlwings

    source = (Path(xlwings.__file__).parent / "_xlwindows.py").read_text(encoding="utf-8")

    assert "@atexit.register\ndef cleanup():" in source
    assert source.count("atexit.register") == 1
