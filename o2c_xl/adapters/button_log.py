"""The log of the buttons, one file per user: what was pressed, where, how it ended, and the details of a failure."""

from __future__ import annotations

import datetime as dt
import os
import traceback
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from o2c_xl.company.buttons.which import personal_folder

__all__ = ["ButtonLog"]

_MOST = 1_000_000  # bytes; then the log begins anew and the one before is kept


@dataclass(frozen=True, slots=True)
class ButtonLog:
    """Where it is written; what cannot be written is left out, since a full disk must not stop a button."""

    button: str

    @property
    def path(self) -> Path:
        """The file."""
        return personal_folder(os.environ) / "buttons.log"

    def say(self, text: str) -> None:
        """One line with its time."""
        with suppress(OSError):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            if self.path.exists() and self.path.stat().st_size > _MOST:
                self.path.replace(self.path.with_suffix(".old.log"))
            at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
            with self.path.open("a", encoding="utf-8") as file:
                file.write(f"{at} {self.button}: {text}\n")

    def failure(self) -> None:
        """The details of what is being handled."""
        self.say(traceback.format_exc().rstrip())
