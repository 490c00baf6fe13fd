"""What nobody foresaw, in one sentence for a user."""

from __future__ import annotations

from pathlib import Path

__all__ = ["unforeseen"]


def unforeseen(error: BaseException, log: Path | None) -> str:
    """The sentence; where the ledger or the disk is the cause, it says so. `log` is where the details are."""
    text = str(getattr(error, "orig", error)).splitlines()[0] if str(error) else type(error).__name__
    where = f" The details are in {log}." if log else ""
    if "database is locked" in text:
        return f"The ledger is busy: another o2c is writing. Try again in a moment.{where}"
    if "readonly" in text or "read-only" in text or isinstance(error, PermissionError):
        return (
            f"The company folder cannot be written: {text}. Check your rights and run again: what was done stays, the "
            f"rest follows.{where}"
        )
    if "disk" in text.lower() and ("full" in text or "I/O" in text):
        return (
            f"The disk is full or fails: {text}. Make room and run again: what was done stays, the rest follows.{where}"
        )
    return f"Something unforeseen happened ({text}); nothing of this step was kept.{where}"
