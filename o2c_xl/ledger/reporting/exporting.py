"""The postings of a period for the export to accounting."""

from __future__ import annotations

import datetime as dt

from sqlalchemy import Connection, select

from o2c_xl.domain.reporting.exporting import Exported
from o2c_xl.ledger import schema

__all__ = ["exported_postings"]

_post, _log = schema.postings.c, schema.journal.c


def exported_postings(conn: Connection, first: dt.date | None, last: dt.date) -> list[Exported]:
    """Every posting from `first` (None = the beginning) to `last`, in the order in which they were recorded."""
    columns = (
        _log.seq, _post.day, _log.event, _log.subject, _post.account, _post.amount, _post.currency, _post.party,
        _log.who,
    )  # fmt: skip
    within = [_post.day <= last] if first is None else [_post.day <= last, _post.day >= first]
    statement = select(*columns).join(schema.journal, _log.seq == _post.entry).where(*within)
    return [Exported(*row) for row in conn.execute(statement.order_by(_post.entry, _post.posting))]
