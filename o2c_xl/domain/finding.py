"""One thing that was looked at on a machine, and how to mend it where it is not good."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Finding"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; `mend` says what to do where it is not good, empty where it is."""

    name: str
    ok: bool
    found: str
    mend: str = ""
