"""Which write of ours a workbook on the disk still holds, so that it can be taken back.

One small file per workbook in `work/undo`, written right after the swap: what the workbook is since, and the version
before it.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

__all__ = ["LastWrite"]


@dataclass(frozen=True, slots=True)
class LastWrite:
    """A workbook's last write: the SHA-256 of what was written, and the file with the version before."""

    sha256: str
    version: Path

    def keep(self, folder: Path, book: str) -> None:
        """Remember it; where that cannot be written the write stands all the same, and cannot be taken back."""
        with suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
            text = json.dumps({"sha256": self.sha256, "version": self.version.name})
            _place(folder, book).write_text(text, encoding="utf-8")

    @staticmethod
    def read(folder: Path, versions: Path, book: str) -> LastWrite | None:
        """The last write into a workbook; None where there was none, or it was taken back."""
        try:
            told = json.loads(_place(folder, book).read_text(encoding="utf-8"))
            return LastWrite(str(told["sha256"]), versions / Path(told["version"]).name)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @staticmethod
    def forget(folder: Path, book: str) -> None:
        """It was taken back."""
        _place(folder, book).unlink(missing_ok=True)


def _place(folder: Path, book: str) -> Path:
    return folder / f"{book}.last"
