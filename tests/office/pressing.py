"""Buttons pressed in LibreOffice: the tab's real VBA, and a Python that Basic starts as xlwings' module does.

RunPython itself drives Windows and macOS, so another stands for it: the same command line, given to the interpreter
without waiting for it, since the office must answer while Python works.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from o2c_xl.addin.ribbon import MODULE
from tests.addin.addin_files import twin
from tests.office.uno_excel import Bridge

__all__ = ["Floor", "Told"]

LIBRARY = "OrderToCash"
HERE = Path(__file__).resolve().parents[2]
_PATIENCE = 120.0
_STARTING = 0.5  # seconds in which a Python would have started
_DRAWN = [True, True, True]
# An add-in is no active workbook in Excel; LibreOffice takes a document with macros for one.
_RUN_PYTHON = """\
Attribute VB_Name = "xlwings"
Option Explicit
Public Function RunPython(PythonCommand As String)
    Dim quote As String, words As String
    quote = Chr$(34)
    words = "-B -c " & quote & "import xlwings.utils;xlwings.utils.prepare_sys_path('False,,,,,,,,,,'); "
    words = words & PythonCommand & quote
    words = words & " " & quote & "--wb=" & ActiveWorkbook.Path & "/" & ActiveWorkbook.Name & quote
    words = words & " --from_xl=1 --app=/Applications/Excel.app --hwnd=0"
    Shell "{python}", 2, words, False
End Function
Public Function ActiveWorkbook() As Object
    Set ActiveWorkbook = Application.ActiveWorkbook
    If ActiveWorkbook.Name = ThisWorkbook.Name Then Set ActiveWorkbook = Nothing
End Function
Public Function Refusal() As String
    Refusal = O2C_Refusal(ActiveWorkbook)
End Function
"""
# Each button in a folder of its own: what it printed, what it told, and last of all how it ended.
_COLD = """\
#!/bin/sh
cd {folder}/$(printf '%s' "$*" | sed 's/.*ribbon[.]\\([a-z_]*\\)().*/\\1/') || exit
. ./environ.sh
{python} "$@" >out 2>err
echo $? >ended.tmp
mv ended.tmp ended
"""
_PRELOADED = "from tests.office.behind import behind_excel\nbehind_excel()\n"


@dataclass(frozen=True)
class Told:
    """What a pressed button told the person, and what it did to the open workbook."""

    said: list[Any]
    alerts: list[list[str]]
    saves: list[str]
    writes: int
    state: list[bool]

    @property
    def end(self) -> str:
        """The sentence it ended in; the status bar is given back where a dialog told it."""
        if self.alerts:
            assert (len(self.alerts), self.said[-1]) == (1, False)
            return self.alerts[0][1]
        return str(self.said[-1])


class Floor:
    """The add-in, loaded in the office, and what its buttons start."""

    def __init__(self, folder: Path, pipe: str) -> None:
        self.folder, self.pipe, self.ask = folder, pipe, Bridge(pipe)
        (folder / "preload").mkdir(parents=True)
        (folder / "preload" / "sitecustomize.py").write_text(_PRELOADED, encoding="utf-8")
        self.python = folder / "python"
        self._write(_COLD.format(folder=folder, python=shlex.quote(sys.executable)))
        self.python.chmod(0o755)
        stub = _RUN_PYTHON.format(python=self.python)
        self.ask("load_macros", path=str(twin(folder / "add-in.xlsm", run_python=stub)))
        os.mkfifo(folder / "door")
        words = [sys.executable, "-m", "tests.office.behind", str(folder)]
        self.warm = subprocess.Popen(
            words, cwd=HERE, env=os.environ | self._given() | {"PYTHONPATH": str(HERE)}, start_new_session=True
        )

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Presses go to a Python that has loaded everything already, and parts from itself one for each."""
        before = self.python.read_text(encoding="utf-8")
        self._write(f"#!/bin/sh\nprintf '%s\\n' \"$@\" >{self.folder / 'door'}\n")
        yield
        self._write(before)

    def _write(self, script: str) -> None:
        self.python.write_text(script, encoding="utf-8")

    def _given(self) -> dict[str, str]:
        path = f"{self.folder / 'preload'}:{HERE}"
        return {"PYTHONPATH": path, "OFFICE_PIPE": self.pipe, "XDG_CONFIG_HOME": str(self.folder / "personal")}

    def end(self) -> None:
        self.warm.kill()
        self.warm.wait()
        self.ask("unload_macros")
        self.ask.end()

    def press(self, button: str, *, macro: bool = False, **environ: str) -> Told:
        """Press one and wait for its end; `macro` starts it from the list of macros instead of the tab."""
        self._start(button, macro=macro, **environ)
        told = self._told(button)
        self._is_drawn()
        return told

    def press_all(self, buttons: Sequence[str], **environ: str) -> dict[str, str]:
        """Press them one after the other without waiting; the dialogs they ended in, nothing written by any."""
        for button in buttons:
            self._start(button, macro=False, **environ)
        told = {button: self._told(button) for button in buttons}
        self._is_drawn()
        assert {(one.writes, len(one.alerts)) for one in told.values()} == {(0, 1)}
        return {button: one.end for button, one in told.items()}

    def refused(self, buttons: Sequence[str]) -> str:
        """Press what the add-in refuses before any Python starts; why it does. A dialog is swallowed when headless."""
        for button in buttons:
            self._start(button, macro=False)
        time.sleep(_STARTING)
        assert [one for one in buttons if (self.folder / one / "err").exists()] == []
        return str(self.ask("press", sub=f"{LIBRARY}.xlwings.Refusal", control=False))

    def _start(self, button: str, *, macro: bool, **environ: str) -> None:
        place = self.folder / button
        place.mkdir(exist_ok=True)
        for left in place.iterdir():
            left.unlink()
        lines = [f"export {name}={shlex.quote(value)}\n" for name, value in (self._given() | environ).items()]
        (place / "environ.sh").write_text("".join(lines), encoding="utf-8")
        (place / "environ.json").write_text(json.dumps(environ), encoding="utf-8")
        sub = f"O2C_{button}" if macro else f"{button}_onAction"
        self.ask("press", sub=f"{LIBRARY}.{MODULE}.{sub}", control=not macro)

    def _told(self, button: str) -> Told:
        place, until = self.folder / button, time.monotonic() + _PATIENCE
        while not (place / "ended").exists():
            assert self.warm.poll() is None, "the warm Python has ended"
            assert time.monotonic() < until, f"{button} does not end"
            time.sleep(0.02)
        words = [(place / name).read_text(encoding="utf-8") for name in ("ended", "out", "err")]
        assert words == ["0\n", "", ""]
        told = Told(**json.loads((place / "told.json").read_text(encoding="utf-8")))
        assert told.state == _DRAWN
        return told

    def _is_drawn(self) -> None:
        assert all(self.ask("drawn", book=book) for book in self.ask("books"))
