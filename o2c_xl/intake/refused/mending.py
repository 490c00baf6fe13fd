"""Refused files whose mended version was taken: the list of files says so, and they go to `mended/` in `set-aside/`.

The ledger knows first: a file that is mended and lies where it was set aside is moved by whoever sees it next.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from sqlalchemy import Row, Select, bindparam, not_, or_, select

from o2c_xl.intake.came import came_in, owner_of, owners_of, parted, whole_of
from o2c_xl.intake.copies import copied_from, copy_name
from o2c_xl.intake.fate import Fate
from o2c_xl.intake.folders.stored import Moving, find_place
from o2c_xl.ledger import schema
from o2c_xl.ledger.issues import forget_issues, mend_issues, replace_issues
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.tables.check.batches import accepted
from o2c_xl.tables.parse.batch import Batch
from o2c_xl.workbook.patch.durable import flush_file

__all__ = [
    "clear_away",
    "forget_cancelled",
    "mend_before",
    "mend_elsewhere",
    "overtake",
    "put_mended_away",
]

_File = tuple[str, str]  # name and hash
_FOLDER = "mended"
_C, _I = schema.files.c, schema.issues.c
_WHAT: Select[Any] = select(_C.file, _C.hash, _C.stored_as, _C.fate)
_NAMED = _WHAT.where(_C.file.in_(bindparam("names", expanding=True)))  # asked once per dropped file
_STORED = _WHAT.where(_C.fate == Fate.ASIDE, _C.stored_as.in_(bindparam("names", expanding=True)))
_AT_FAULT = select(_I.table, _I.key, _I.customer, _I.column).where(
    _I.source == bindparam("name"), _I.hash == bindparam("sha256")
)
_OTHERS = select(_I.source).where(_I.hash != "", or_(_I.source != bindparam("name"), _I.hash != bindparam("sha256")))
_UNTAKEN = select(_C.file, _C.hash, _C.untaken).where(_C.fate == Fate.ASIDE, _C.untaken != "")
_LEFT = _WHAT.where(
    _C.fate == Fate.MENDED, _C.stored_as != "", not_(_C.stored_as.contains(f"/{_FOLDER}/", autoescape=True))
)


def mend_before(txn: Txn, this: _File, places: tuple[str, str], batches: Sequence[Batch]) -> None:
    """What was refused of files of this name before, or of those that it is the mended copy of, is dealt with.

    `this` is the file's name and hash, `places` where it lies, empty for one that was loaded, and where it would have
    been set aside; `batches` is what was taken of it.
    """
    name, (stored, aside) = this[0], places
    brought = {whole_of(key) for batch in batches for key in batch.sound_keys}
    named = [row for row in txn.conn.execute(_NAMED, {"names": [name]}) if row.fate == Fate.ASIDE]
    mended = {(row.file, row.hash) for row in named if not _is_another(txn, row, brought)}
    names = [name]
    for one in names:
        found = [(row.file, row.hash) for row in _originals(txn, one, PurePosixPath(aside).parent, brought)]
        mended.update(found)
        names += [file for file, _ in found if file not in names]
    _mended(txn, mended, f"{name} was taken in its place{f': {stored}' if stored else ''}.")
    replace_issues(txn, name, (), this[1])
    forget_issues(txn, {one for known in names for one in (known, *copied_from(known))})


def mend_elsewhere(txn: Txn, this: _File, batches: Sequence[Batch]) -> None:
    """Rows that came in now are no longer at fault, under whatever file's name they were refused before.

    A row mends only by what it changed in the ledger, in a column that its file has, and for the customer whose order
    was refused: the same again, another column, or what another customer orders under that number, says nothing of
    what was refused. A file is mended when none of its rows is at fault any more. One that was refused whole, with
    sound rows that were not taken either, is mended by a file that brings all of it; else it goes on waiting as it is.
    """
    if txn.conn.execute(_OTHERS.limit(1), {"name": this[0], "sha256": this[1]}).first() is None:
        return
    came = came_in(txn, accepted(batches) if any(batch.issues for batch in batches) else batches)
    touched = set()
    for table in sorted({table for table, _ in came.rows}):
        touched |= mend_issues(txn, table, [key for of, key in came.rows if of == table], this, came.mends)
    brought = came.units()
    for row in txn.conn.execute(_UNTAKEN).all():
        faults = txn.conn.execute(_AT_FAULT, {"name": row.file, "sha256": row.hash}).all()
        if brought.issuperset(parted(row.untaken)) and all(came.mends(*fault) for fault in faults):
            replace_issues(txn, row.file, (), row.hash)
            touched.add((row.file, row.hash))
    left = {tuple(row) for row in txn.conn.execute(select(_I.source, _I.hash).distinct())} if touched else set()
    _mended(txn, touched - left, f"{this[0]} brought what was at fault in it.")


def forget_cancelled(ledger: Ledger, day: dt.date) -> None:
    """Faults of files in rows of picks that were cancelled since speak of nothing any more."""
    p = schema.picks.c
    cancelled = select(p.pick).where(p.pick == _I.key, p.status == "Cancelled").exists()
    with ledger.reading() as conn:
        whole = select(_C.file).where(_C.file == _I.source, _C.hash == _I.hash, _C.untaken != "").exists()
        of = (_I.table == "PickList", _I.hash != "", cancelled, not_(whole))
        keys = list(conn.execute(select(_I.key).where(*of).distinct()).scalars())
    if keys:
        with ledger.transaction(day) as txn:
            touched = mend_issues(txn, "PickList", keys, ("", ""))
            left = {tuple(row) for row in txn.conn.execute(select(_I.source, _I.hash).distinct())}
            _mended(txn, touched - left, "The picks at fault in it were cancelled.")


def overtake(txn: Txn, this: _File) -> None:
    """Files of this name that were loaded before and refused are dealt with: who loads it again has them in hand."""
    c = schema.files.c
    before = (c.file == this[0], c.hash != this[1], c.fate == Fate.ASIDE, c.stored_as == "")
    found = {(row.file, row.hash) for row in txn.conn.execute(select(c.file, c.hash).where(*before))}
    _mended(txn, found, f"{this[0]} was loaded again in its place.")


def _mended(txn: Txn, files: set[_File], why: str) -> None:
    """Let Files say that these are dealt with; those that are not set aside stay as they are."""
    refused = [row for row in _rows(txn, files) if row.fate == Fate.ASIDE and (row.file, row.hash) in files]
    dealt = {"fate": Fate.MENDED, "why": why, "untaken": ""}
    txn.update(schema.files, [{"file": row.file, "hash": row.hash, **dealt} for row in refused])


def _rows(txn: Txn, files: set[_File]) -> Sequence[Row[Any]]:
    return txn.conn.execute(_NAMED, {"names": sorted({name for name, _ in files})}).all() if files else ()


def _is_another(txn: Txn, row: Row[Any], brought: set[str]) -> bool:
    """Whether what came brings none of what was refused in that file: a partner's next list, which mends nothing.

    Compared by the orders, customers … at fault, an order by whose it is as well; a file that was refused as a whole is
    mended by any of its name.
    """
    faults = [one for one in txn.conn.execute(_AT_FAULT, {"name": row.file, "sha256": row.hash}) if one.key]
    owners = owners_of(txn, {one.key for one in faults if one.customer})
    return bool(faults) and not any(
        whole_of(one.key) in brought and one.customer in ("", owner_of(owners, one.key)) for one in faults
    )


def _originals(txn: Txn, copy: str, folder: PurePosixPath, brought: set[str]) -> Sequence[Row[Any]]:
    """The refused file that a marked copy lay beside; where that cannot be told, those that it may be a copy of."""
    before = copied_from(copy)
    if not before:
        return ()
    beside = txn.conn.execute(_STORED, {"names": [str(folder / one) for one in before]}).all()
    if beside:
        return beside
    named = txn.conn.execute(_NAMED, {"names": before}).all()
    return [row for row in named if row.fate == Fate.ASIDE and not _is_another(txn, row, brought)]


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
