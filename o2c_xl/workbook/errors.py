"""What can stop the work on a workbook; each message is one clear sentence for the person who owns the file."""

from __future__ import annotations

from collections.abc import Mapping

from o2c_xl.domain.issue import CannotRun

__all__ = ["ChangedMeanwhile", "Damaged", "InUse", "Incomplete", "Locked", "NoRoom", "Refused", "WriteFault"]


class Damaged(CannotRun):
    """The file cannot be trusted: no workbook at all, broken, or built to harm its reader."""


class Incomplete(Damaged):
    """The file ends before it should: perhaps it is still being copied, else it is damaged."""


class Refused(CannotRun):
    """The workbook is sound, yet writing into it would lose or break something of its owner's."""


class NoRoom(Refused):
    """Tables cannot take new rows without moving what is their owner's; why, by table. All else may be written."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        super().__init__(" ".join(tables.values()))
        self.tables = tables


class Locked(Refused):
    """Sheets are protected where cells of these tables would be written; why, by table. All else may be written."""

    def __init__(self, tables: Mapping[str, str]) -> None:
        super().__init__(" ".join(dict.fromkeys(tables.values())))
        self.tables = tables


class InUse(CannotRun):
    """Somebody has the workbook open, or another run of the program is writing it."""


class ChangedMeanwhile(CannotRun):
    """The workbook is no longer the one that was read."""


class WriteFault(CannotRun):
    """The new version differs from the old one in more than it may, or reads back otherwise; nothing was replaced."""
