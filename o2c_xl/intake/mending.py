"""Refused files whose mended version was taken: the list of files says so, and they go to `mended/` in `set-aside/`.

The ledger knows first: a file that is mended and lies where it was set aside is moved by whoever sees it next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Row, Select, bindparam, delete, not_, select

from o2c_xl.intake.copies import copied_from, copy_name
from o2c_xl.intake.fate import Fate
from o2c_xl.intake.stored import Moving, find_place
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.tables.batch import Batch
from o2c_xl.workbook.durable import flush_file

__all__ = ["clear_away", "mend_before", "put_mended_away"]

_FOLDER = "mended"
_C, _I = schema.files.c, schema.issues.c
_WHAT: Select[Any] = select(_C.file, _C.hash, _C.stored_as, _C.fate)
_NAMED = _WHAT.where(_C.file.in_(bindparam("names", expanding=True)))  # asked once per dropped file
_STORED = _WHAT.where(_C.fate == Fate.ASIDE, _C.stored_as.in_(bindparam("names", expanding=True)))
_FORGET = delete(schema.issues).where(_I.source.in_(bindparam("names", expanding=True)))
_REFUSED = select(_I.key).where(_I.source == bindparam("name"), _I.key != "")
_LEFT = _WHAT.where(
    _C.fate == Fate.MENDED, _C.stored_as != "", not_(_C.stored_as.contains(f"/{_FOLDER}/", autoescape=True))
)


def mend_before(txn: Txn, name: str, places: tuple[str, str], batches: Sequence[Batch]) -> None:
    """What was refused of the file `name` before, or of those that it is the mended copy of, is dealt with.

    `places` is where the file lies, empty for one that was loaded, and where it would have been set aside; `batches`
    is what was taken of it.
    """
    stored, folder = places[0], PurePosixPath(places[1]).parent
    named = txn.conn.execute(_NAMED, {"names": [name]}).all()
    mended = {(row.file, row.hash) for row in named if row.fate == Fate.ASIDE}
    another = bool(mended) and _is_another(txn, name, batches)
    if another:
        mended.clear()
    names = [name]
    for one in names:
        found = [row for row in _originals(txn, one, folder) if (row.file, row.hash) not in mended]
        mended |= {(row.file, row.hash) for row in found}
        names += [row.file for row in found if row.file not in names]
    why = f"{name} was taken in its place{f': {stored}' if stored else ''}."
    txn.update(schema.files, [{"file": f, "hash": h, "fate": Fate.MENDED, "why": why} for f, h in sorted(mended)])
    sources = {one for known in names for one in (known, *copied_from(known))}
    txn.conn.execute(_FORGET, {"names": list(sources - {name} if another else sources)})


def _is_another(txn: Txn, name: str, batches: Sequence[Batch]) -> bool:
    """Whether a file brings none of what was refused under its name: a partner's next list, which mends nothing.

    Compared by the orders, customers … at fault; a file that was refused as a whole is mended by any of its name.
    """
    refused = {_whole(key) for key in txn.conn.execute(_REFUSED, {"name": name}).scalars()}
    return bool(refused) and refused.isdisjoint(_whole(key) for batch in batches for key in batch.sound_keys)


def _whole(key: str) -> str:
    return key.partition("/")[0]


def _originals(txn: Txn, copy: str, folder: PurePosixPath) -> Sequence[Row[Any]]:
    """The refused file that a marked copy lay beside; where that cannot be told, those that it may be a copy of."""
    before = copied_from(copy)
    if not before:
        return ()
    beside = txn.conn.execute(_STORED, {"names": [str(folder / one) for one in before]}).all()
    return beside or [row for row in txn.conn.execute(_NAMED, {"names": before}) if row.fate == Fate.ASIDE]


def put_mended_away(ledger: Ledger, root: Path, day: dt.date) -> None:
    """Move files that were mended, with their marked copies, out of the way; raises OSError where the disk fails."""
    with ledger.reading() as conn:
        rows = conn.execute(_LEFT).all()
    if not rows:
        return
    moving = Moving()
    places = {(row.file, row.hash): _moved(moving, root / row.stored_as, row) for row in rows}
    moving.settle()
    with ledger.transaction(day) as txn:
        shown = {key: _shown(path, root) for key, path in places.items()}
        txn.update(schema.files, [{"file": f, "hash": h, "stored_as": at} for (f, h), at in sorted(shown.items())])


def clear_away(moving: Moving, stored: Path, name: str, sha256: str) -> Path:
    """Move a file out of `set-aside/` that was dropped as `name`, and its marked copy before it. Returns where to."""
    folder = stored.parent / _FOLDER
    copy = stored.with_name(copy_name(stored.name))
    flush_file(stored)
    if copy.is_file():
        flush_file(copy)  # a person may have saved it a moment ago
        moving.place(copy, folder / copy.name, copy.name, sha256)
    return moving.place(stored, folder / name, name, sha256)


def _moved(moving: Moving, stored: Path, row: Row[Any]) -> Path | None:
    """Where the file goes, or went before the process ended; None where a person took it away."""
    if stored.is_file():
        return clear_away(moving, stored, row.file, row.hash)
    return find_place(stored.parent / _FOLDER, row.file, row.hash)


def _shown(path: Path | None, root: Path) -> str:
    if path is None:
        return ""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()
