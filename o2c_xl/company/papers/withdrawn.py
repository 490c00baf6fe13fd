"""Papers that were withdrawn or made anew leave the folder outbox, so that nobody sends them by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import select

from o2c_xl.company.opened import Company
from o2c_xl.documents.outbox import settle_outbox, write_outbox
from o2c_xl.ledger import schema

__all__ = ["put_aside", "put_withdrawn_aside"]

_PLACE = "withdrawn"


def put_aside(outbox: Path, names: Iterable[str]) -> dict[str, str]:
    """Move these files of the folder `outbox` into `outbox/withdrawn`; below `outbox` where each lies then, by name.

    Another file of that name that lies there already is kept beside it. What is not there any more was moved before.
    """
    place, lies = outbox / _PLACE, {}
    for name in names:
        lies[name] = f"{_PLACE}/{name}"
        with suppress(FileNotFoundError):
            lies[name] = f"{_PLACE}/{write_outbox(place, name, (outbox / name).read_bytes()).name}"
            settle_outbox(place)
            (outbox / name).unlink()
    return lies


def put_withdrawn_aside(company: Company, day: dt.date) -> None:
    """Move the file of each withdrawn message into `outbox/withdrawn`; one moved before a crash is noted as moved."""
    c = schema.outbox.c
    there = (c.status == "Withdrawn", c.path.not_in(("", "-")), ~c.path.startswith(f"{_PLACE}/"))
    with company.ledger.reading() as conn:
        rows = conn.execute(select(c.message, c.path).where(*there).order_by(c.message)).all()
    if not rows:
        return
    lies = put_aside(company.folder.outbox, (Path(row.path).name for row in rows))
    moved = [{"message": row.message, "path": lies[Path(row.path).name]} for row in rows]
    with company.ledger.transaction(day) as txn:
        txn.update(schema.outbox, moved)
