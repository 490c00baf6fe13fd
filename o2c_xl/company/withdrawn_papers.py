"""Papers of messages that were withdrawn leave the folder outbox, so that nobody sends them by hand."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from o2c_xl.company.opened import Company
from o2c_xl.ledger import schema
from o2c_xl.ledger.receivables.reminders import KIND

__all__ = ["put_withdrawn_aside"]

_PLACE = "withdrawn"


def put_withdrawn_aside(company: Company, day: dt.date) -> None:
    """Move the PDF of each withdrawn reminder into `outbox/withdrawn`; one moved before a crash is noted as moved."""
    c = schema.outbox.c
    there = (c.status == "Withdrawn", c.kind == KIND, c.path.not_in(("", "-")), ~c.path.startswith(f"{_PLACE}/"))
    with company.ledger.reading() as conn:
        rows = conn.execute(select(c.message, c.path).where(*there).order_by(c.message)).all()
    if not rows:
        return
    outbox = company.folder.outbox
    (outbox / _PLACE).mkdir(parents=True, exist_ok=True)
    moved = [{"message": row.message, "path": f"{_PLACE}/{Path(row.path).name}"} for row in rows]
    for one in moved:
        with suppress(FileNotFoundError):
            (outbox / Path(one["path"]).name).replace(outbox / one["path"])
    with company.ledger.transaction(day) as txn:
        txn.update(schema.outbox, moved)
