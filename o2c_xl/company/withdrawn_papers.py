"""Papers that were withdrawn or made anew leave the folder outbox, so that nobody sends them by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from o2c_xl.company.opened import Company
from o2c_xl.ledger import schema
from o2c_xl.ledger.receivables.reminders import KIND

__all__ = ["put_aside", "put_withdrawn_aside"]

_PLACE = "withdrawn"


def put_aside(outbox: Path, names: Iterable[str]) -> None:
    """Move these files of the folder `outbox` into `outbox/withdrawn`; what is not there any more is left."""
    (outbox / _PLACE).mkdir(parents=True, exist_ok=True)
    for name in names:
        with suppress(FileNotFoundError):
            (outbox / name).replace(outbox / _PLACE / name)


def put_withdrawn_aside(company: Company, day: dt.date) -> None:
    """Move the PDF of each withdrawn reminder into `outbox/withdrawn`; one moved before a crash is noted as moved."""
    c = schema.outbox.c
    there = (c.status == "Withdrawn", c.kind == KIND, c.path.not_in(("", "-")), ~c.path.startswith(f"{_PLACE}/"))
    with company.ledger.reading() as conn:
        rows = conn.execute(select(c.message, c.path).where(*there).order_by(c.message)).all()
    if not rows:
        return
    moved = [{"message": row.message, "path": f"{_PLACE}/{Path(row.path).name}"} for row in rows]
    put_aside(company.folder.outbox, (Path(one["path"]).name for one in moved))
    with company.ledger.transaction(day) as txn:
        txn.update(schema.outbox, moved)
