"""What Excel is to a button's Python, in LibreOffice; and a Python that has loaded everything before it is pressed.

`python -m tests.office.behind FOLDER` waits at FOLDER/door for the words of a command line, one a line, and parts a
process from itself for each, which does with them what the interpreter would.
"""

from __future__ import annotations

import atexit
import json
import os
import re
import signal
import sys
import traceback
from pathlib import Path

from o2c_xl.workbook.live import excel as live

live._loaded()

from tests.office import uno_excel  # noqa: E402 -- it loads xlwings, which must not take heavy libraries along
from tests.office.uno_excel import UnoExcel  # noqa: E402

_WORDS = 7  # of one command line


def behind_excel() -> None:
    """Let LibreOffice be the program that the button's calls go to; what it was told stands in told.json at the end."""
    excel = uno_excel.install(os.environ["OFFICE_PIPE"], _typing)
    if "EDITING" in os.environ:  # LibreOffice without a window has no cell that could be edited
        excel.editing, live._PATIENCE = True, 0.2
    if "BUSY_MS" in os.environ:
        from o2c_xl.ledger import engine

        engine._BUSY_MS = int(os.environ["BUSY_MS"])

    def tell() -> None:
        told = {"said": excel.said, "alerts": excel.alerts, "saves": excel.saves, "writes": excel.writes}
        Path("told.json").write_text(json.dumps({**told, "state": excel.state()}), encoding="utf-8")
        excel.ask.end()

    atexit.register(tell)


def _typing(excel: UnoExcel) -> None:
    """What a person types while the workbook is being saved."""
    for how in json.loads(os.environ.get("TYPED_WHILE_SAVING", "[]")):
        excel.ask("type", **how)


def serve(folder: Path) -> None:
    """Press after press, for ever."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # how they ended stands in their folders
    from o2c_xl.adapters import ribbon  # noqa: F401 -- so that it is loaded
    from o2c_xl.company.buttons import pressed_process, pressed_report  # noqa: F401

    # open for ever, to write as well: between two readings a press could come that neither of them would see
    with os.fdopen(os.open(folder / "door", os.O_RDWR), encoding="utf-8") as door:
        while words := [next(door).rstrip("\n") for _ in range(_WORDS)]:
            if os.fork() == 0:
                _press(folder, words)


def _press(folder: Path, words: list[str]) -> None:
    """`python -B -c COMMAND ARGUMENT...`, in the folder of its button."""
    _, _, command, *arguments = words
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.chdir(folder / re.sub(r".*ribbon\.(\w+)\(\).*", r"\1", command))
    os.environ.update(json.loads(Path("environ.json").read_text(encoding="utf-8")))
    for name, number in (("out", 1), ("err", 2)):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT), number)
    sys.argv = ["-c", *arguments]
    code = 0
    try:
        behind_excel()
        exec(command, {"__name__": "__main__"})
    except BaseException:  # noqa: BLE001 -- told as the interpreter tells it
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    Path("ended.tmp").write_text(f"{code}\n", encoding="utf-8")
    Path("ended.tmp").replace("ended")
    os._exit(0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
