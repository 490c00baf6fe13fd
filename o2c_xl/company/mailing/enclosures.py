"""The files that go with a message."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from o2c_xl.documents.outbox import files_told
from o2c_xl.domain.telling import kind_of
from o2c_xl.ledger.messages.reach import told

__all__ = ["enclosures"]

_WITH_DATA = frozenset({"Invoice", "Credit note"})


def enclosures(root: Path, outbox: Path, row: Any) -> list[Path] | None:  # noqa: ANN401 -- a row
    """The files that go with a message; None where one of them is no longer there."""
    if row.kind == "File set aside":
        return _set_aside(root, str(told(row).get("attach", "")))
    if not kind_of(row.kind).document or row.path in ("", "-"):
        return []
    names = files_told(outbox, row.path)
    if names is None:
        return None
    printable = [path for path in names if path.suffix != ".xlsx"]
    return printable if row.kind in _WITH_DATA and printable else names


def _set_aside(root: Path, place: str) -> list[Path]:
    """A refused file's marked copy, else the file."""
    path = root / place
    with suppress(OSError, ValueError):
        if place and path.resolve().is_relative_to(root.resolve()) and path.is_file():
            marked = sorted(path.parent.glob(f"{_literal(path.stem)} (to mend*"))
            return [marked[-1] if marked else path]
    return []


def _literal(name: str) -> str:
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in name)
