"""What is said and shown outside of Excel: a message while Excel does not answer, a file in its own program."""

from __future__ import annotations

import subprocess
import sys
import webbrowser
from contextlib import suppress
from pathlib import Path

__all__ = ["message", "show_file"]

_WARNING_IN_FRONT = 0x30 | 0x40000


def message(text: str, title: str) -> None:
    """A message box of the operating system's own; where there is none, the log alone has it."""
    with suppress(Exception):
        if sys.platform == "win32":
            import ctypes  # noqa: PLC0415 -- only where it is needed

            ctypes.windll.user32.MessageBoxW(0, text, title, _WARNING_IN_FRONT)
        elif sys.platform == "darwin":
            script = "on run argv\ndisplay alert (item 2 of argv) message (item 1 of argv)\nend run"
            subprocess.run(  # noqa: S603 -- the system's own program, its arguments no command
                ["/usr/bin/osascript", "-e", script, text, title], check=False, capture_output=True
            )


def show_file(path: Path) -> None:
    """Open a text or a page in the program that the user has for it."""
    if sys.platform == "win32":
        import os  # noqa: PLC0415 -- has this only on Windows

        os.startfile(path)  # noqa: S606 -- a file of our own
    else:
        webbrowser.open(path.as_uri())
