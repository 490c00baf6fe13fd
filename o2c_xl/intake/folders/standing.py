"""What the list of files says of files that wait, and of refused files that a person has dealt with."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import delete, exists, select

from o2c_xl.domain.issue import Issue
from o2c_xl.intake.fate import Fate
from o2c_xl.intake.folders.stored import find_place
from o2c_xl.ledger import schema
from o2c_xl.ledger.issues import replace_issues
from o2c_xl.ledger.store import Ledger

__all__ = ["forget_gone", "note_alerts", "note_waiting"]

_C = schema.files.c
_FOLDER = "Drop folder "
_REACH = "Connect the share, make the folder again or let it be written, or switch it off in its file in watchers/."


def note_waiting(ledger: Ledger, waiting: Mapping[str, str], day: dt.date) -> None:
    """The files that wait in drop folders are now these, each with why; nothing is written when they are the same."""
    waits = (_C.fate == Fate.WAITING, _C.hash == "")
    with ledger.reading() as conn:
        known = dict(tuple(row) for row in conn.execute(select(_C.file, _C.why).where(*waits)))
    if known == waiting:
        return
    with ledger.transaction(day) as txn:
        txn.conn.execute(delete(schema.files).where(*waits))
        txn.insert(
            schema.files,
            [
                {"file": name, "hash": "", "fate": Fate.WAITING, "why": why, "seen": txn.at}
                for name, why in waiting.items()
            ],
        )


def note_alerts(ledger: Ledger, alerts: Mapping[str, str], day: dt.date) -> None:
    """The drop folders out of reach are now these: by kind, what is wrong. People see it in Issues."""
    c = schema.issues.c
    with ledger.reading() as conn:
        found = conn.execute(select(c.source, c.problem).where(c.source.startswith(_FOLDER, autoescape=True)))
        known = {source.removeprefix(_FOLDER): problem for source, problem in found}
    if known == alerts:
        return
    with ledger.transaction(day) as txn:
        for kind in known.keys() | alerts.keys():
            faults = [Issue(_FOLDER + kind, "", "", "", 0, "", alerts[kind], _REACH)] if kind in alerts else []
            replace_issues(txn, _FOLDER + kind, faults)


def forget_gone(ledger: Ledger, root: Path, day: dt.date, in_hand: Callable[[], frozenset[str]]) -> None:
    """A refused file that a person took away from where it was set aside is dealt with; its faults stand no more.

    Not one that is only on its way there: a claim goes when the file has its place, so claims are looked at first.
    """
    i = schema.issues.c
    at_fault = exists().where(i.source == _C.file, i.hash == _C.hash)
    standing = select(_C.file, _C.hash, _C.stored_as, _C.why).where(_C.fate == Fate.ASIDE, at_fault)
    with ledger.reading() as conn:
        rows = conn.execute(standing).all()
    held = in_hand() if rows else frozenset()
    reached = [row for row in rows if row.file not in held and (root / row.stored_as).parent.is_dir()]
    placed = Counter(row.stored_as for row in rows)
    gone = [row for row in reached if not _lies_there(root, row, alone=placed[row.stored_as] == 1)]
    if gone:
        with ledger.transaction(day) as txn:
            for row in gone:
                replace_issues(txn, row.file, (), row.hash)
                why = f"{row.why} It was taken away from there."
                txn.update(schema.files, [{"file": row.file, "hash": row.hash, "why": why, "untaken": ""}])


def _lies_there(root: Path, row: Any, *, alone: bool) -> bool:  # noqa: ANN401 -- a row
    """Whether the file, or another with its bytes that was set aside beside it, is still there.

    One that is `alone` in its place may have been mended there; where a later file has that place, bytes tell which.
    """
    stored = root / row.stored_as
    there = not row.stored_as or (alone and stored.exists())
    return there or find_place(stored.parent, row.file, row.hash) is not None
