"""Files that another program went on writing into after they were handled: what they hold now is dropped anew.

Whoever has a file open keeps it open while it is moved, so what is written then comes to `done/` or `set-aside/`. There
the file becomes again what was read; the other goes back to where it was dropped, as a new version of it. One that was
refused is mended by that: all that it held is looked at again.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import Row, select

from o2c_xl.intake.fate import FILE_REFUSED, FILE_TAKEN, Fate
from o2c_xl.intake.folders.stored import place_again
from o2c_xl.ledger import schema
from o2c_xl.ledger.issues import replace_issues
from o2c_xl.ledger.store import Ledger, Txn

__all__ = ["Grown"]

_C = schema.files.c
_LOOKED_AT = dt.timedelta(days=1)
_WHY = "It was written into afterwards; what it held then was dropped again."


class Grown:
    """Looks at the files that were handled of late, and remembers which of them a person changed."""

    def __init__(self, ledger: Ledger, root: Path, folder_of: Callable[[str], Path | None]) -> None:
        self._ledger, self._root, self._folder_of = ledger, root, folder_of
        self._seen: dict[Path, tuple[int, int]] = {}

    def bring_back(self, day: dt.date) -> list[str]:
        """Drop those anew that begin with what was read and go on after it; their names. Raises OSError."""
        since = (self._ledger.clock() - _LOOKED_AT).astimezone(dt.UTC).isoformat(timespec="milliseconds")
        handled = (_C.fate.in_([Fate.DONE, Fate.REPEAT, Fate.ASIDE]), _C.stored_as != "", _C.seen >= since)
        with self._ledger.reading() as conn:
            rows = conn.execute(select(schema.files).where(*handled)).all()
        back = [row for row in rows if self._is_changed(row) and self._brought_back(row)]
        if back:
            with self._ledger.transaction(day) as txn:
                for row in back:
                    _note(txn, row)
        return [row.file for row in back]

    def _is_changed(self, row: Row[Any]) -> bool:
        """Whether it was written into since it was handled, and not looked at as it is now."""
        path = self._root / row.stored_as
        try:
            found = path.stat()
        except OSError:
            return False
        look = (found.st_size, found.st_mtime_ns)
        known, self._seen[path] = self._seen.get(path), look
        return known != look and found.st_mtime > dt.datetime.fromisoformat(row.seen).timestamp()

    def _brought_back(self, row: Row[Any]) -> bool:
        path, folder, size = self._root / row.stored_as, self._folder_of(row.kind), self._size_of(row.hash)
        if folder is None or size is None or path.stat().st_size <= size:
            return False
        with path.open("rb") as file:
            before = file.read(size)
        if hashlib.sha256(before).hexdigest() != row.hash:
            return False
        self._seen.pop(path)  # where its name is taken in the folder it is tried again
        return place_again(path, before, folder / row.file)

    def _size_of(self, sha256: str) -> int | None:
        """How long the file was that was read; None where that is not known."""
        j = schema.journal.c
        named = select(_C.file).where(_C.hash == sha256)
        statement = select(j.data).where(j.event.in_([FILE_TAKEN, FILE_REFUSED]), j.subject.in_(named))
        with self._ledger.reading() as conn:
            told = [json.loads(data) for data in conn.execute(statement).scalars()]
        return next((one.get("size") for one in told if one["sha256"] == sha256), None)


def _note(txn: Txn, row: Row[Any]) -> None:
    """Let Files say what became of it; a refused one and its marked copy are dealt with."""
    why = row.why if _WHY in row.why else f"{row.why} {_WHY}".strip()
    told = {"file": row.file, "hash": row.hash, "why": why}
    if row.fate == Fate.ASIDE:
        replace_issues(txn, row.file, (), row.hash)
        told |= {"fate": Fate.MENDED, "untaken": ""}
    txn.update(schema.files, [told])
