"""The company's log of what nobody foresaw: a file per day, with what support needs to find the cause."""

from __future__ import annotations

import datetime as dt
import traceback
from pathlib import Path

__all__ = ["keep_trace"]


def keep_trace(logs: Path, at: dt.datetime, doing: str) -> Path | None:
    """Keep the traceback of the error in hand; the log, or None where it cannot be written.

    One that the day's log holds already is not written again: what is tried again stumbles again.
    """
    trace = traceback.format_exc()
    path = logs / f"{at:%Y-%m-%d}.log"
    try:
        logs.mkdir(exist_ok=True)
        with path.open("a+", encoding="utf-8", errors="backslashreplace") as file:
            file.seek(0)
            if trace not in file.read():
                file.write(f"{at.isoformat()} {doing}\n{trace}\n")
    except (OSError, ValueError):
        return None
    return path
