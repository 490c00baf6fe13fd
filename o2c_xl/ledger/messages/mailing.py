"""Messages of the outbox on their way out: which are due, by what way each goes, and how far each has got.

A message is `Waiting`, then `Sending` from the moment before its last byte leaves, then `Sent` or `Failed`. One that is
still `Sending` when the next process looks is `Uncertain`: nobody knows whether the other side has it, so it is never
sent again unless a person says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, exists, func, select

from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.telling import KINDS, SENDABLE
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.messages.plain import went_plain
from o2c_xl.ledger.schema.partial import STUCK_MESSAGES
from o2c_xl.ledger.store import Ledger, Txn

__all__ = [
    "TOO_OLD", "begin_sending", "company_mark", "count_due", "due_messages", "give_up_interrupted", "held",
    "keep_waiting", "message_id", "next_due", "note_sent", "note_subjects", "old_messages", "put_off", "resolve",
    "resolve_rows", "resting", "stuck", "undecidable", "unwritten_notices", "write_again",
]  # fmt: skip

_c = schema.outbox.c
TOO_OLD = "It is older than Send nothing older than days allows: send it with o2c send --again, or raise that setting."
_EVENTS = {"Sent": "message sent", "Failed": "message failed", "Uncertain": "message uncertain"}


def company_mark(conn: Connection) -> str:
    """What tells this company's messages from all others': made from the journal's first entry, so it never changes."""
    j = schema.journal.c
    first = conn.execute(select(j.hash).order_by(j.seq).limit(1)).scalar() or ""
    return hashlib.sha256(first.encode()).hexdigest()[:16]


def message_id(message: str, mark: str) -> str:
    """The Message-ID of a message: the same however often it is tried."""
    return f"<{message}.{mark}@o2c-xl>"


def _open(*more: ColumnElement[bool]) -> tuple[ColumnElement[bool], ...]:
    """Messages that wait and leave the house; where a file came from is not always known."""
    nobody = (_c.kind == "File set aside") & (_c.to == "")
    return (_c.status == "Waiting", _c.kind.in_(SENDABLE), ~nobody, *more)


def _young(oldest: dt.date | None) -> ColumnElement[bool]:
    return _c.made_on.is_not(None) if oldest is None else _c.made_on >= oldest


def due_messages(
    conn: Connection, oldest: dt.date | None, now: str, after: str, limit: int, server: str = ""
) -> Sequence[Any]:
    """The next messages after the number `after` that may go out now, made on `oldest` or later.

    What rests because of a mail server other than `server` is due at once, so with none whatever rests because of one.
    """
    ready = (_c.next_try <= now) | _c.server.not_in(("", server))
    statement = (
        select(schema.outbox).where(*_open(_young(oldest), ready, _c.message > after)).order_by(_c.message).limit(limit)
    )
    return conn.execute(statement).all()


def count_due(conn: Connection, oldest: dt.date | None) -> int:
    """How many messages would go out."""
    return conn.execute(select(func.count()).where(*_open(_young(oldest)))).scalar() or 0


def next_due(conn: Connection, oldest: dt.date | None, server: str) -> str | None:
    """When the next message that was put off may be tried, as an ISO time; None = there is none.

    Empty where one rests because of a mail server other than `server`: it may be tried at once.
    """
    time = case((_c.server.not_in(("", server)), ""), else_=_c.next_try)
    where = _open(_young(oldest), _c.next_try != "")
    found: str | None = conn.execute(select(func.min(time)).where(*where)).scalar()
    return found


def resting(conn: Connection, oldest: dt.date | None, now: str) -> Sequence[Any]:
    """What is not tried again before a time that is still to come: `said`, `first` of these times, `number`."""
    return _by_reason(conn, _young(oldest), _c.next_try > now)


def held(conn: Connection, oldest: dt.date | None, now: str) -> Sequence[Any]:
    """What waits for a person, and rests for no time: `said` and `number`."""
    return _by_reason(conn, STUCK_MESSAGES, ~and_(_young(oldest), _c.next_try > now))


def _by_reason(conn: Connection, *more: ColumnElement[bool]) -> Sequence[Any]:
    where = _open(*more)
    columns = (_c.said, func.min(_c.next_try).label("first"), func.count().label("number"))
    return conn.execute(select(*columns).where(*where).group_by(_c.said).order_by(_c.said)).all()


def unwritten_notices(conn: Connection, kinds: Iterable[str], after: str, limit: int) -> Sequence[Any]:
    """Messages of these kinds that lie in no file yet."""
    where = (_c.status == "Waiting", _c.kind.in_(list(kinds)), _c.path == "", _c.message > after)
    return conn.execute(select(schema.outbox).where(*where).order_by(_c.message).limit(limit)).all()


def begin_sending(ledger: Ledger, day: dt.date, row: Any, to: str, subject: str) -> bool:  # noqa: ANN401 -- a row
    """Note that the message's last byte leaves next; False where someone else was quicker and it must not."""
    with ledger.transaction(day) as txn:
        status = txn.conn.execute(select(_c.status).where(_c.message == row.message)).scalar()
        if status != "Waiting":
            return False
        changes = {"status": "Sending", "said": "", "server": ""}
        if (row.to, row.subject) != (to, subject):
            changes |= {"to": to, "subject": subject}
        txn.update(schema.outbox, [{"message": row.message, **changes}])
        return True


def note_subjects(txn: Txn, subjects: Mapping[str, tuple[str, str]]) -> None:
    """Keep the subjects that went out: by number what stood there before, and what stands on it now."""
    txn.update(schema.outbox, [{"message": key, "subject": new} for key, (old, new) in subjects.items() if old != new])


def note_sent(txn: Txn, rows: Iterable[Any], status: str, said: str = "", **told: object) -> None:
    """What became of messages, for good unless a person says otherwise."""
    sent = txn.at if status == "Sent" else ""
    changed = []
    for row in rows:
        entry = {"message": row.message, "kind": row.kind, **({"said": said} if said else {}), **told}
        txn.record(_EVENTS[status], row.about or row.message, entry)
        changed.append({"message": row.message, "status": status, "said": said, "sent": sent, "server": ""})
    txn.update(schema.outbox, changed)


def give_up_interrupted(ledger: Ledger, day: dt.date, mark: str) -> int:
    """Messages whose sending was cut off at its last step are uncertain from now on; returns how many.

    Only for the one process that sends: what stands at `Sending` is then nobody's any more.
    """
    with ledger.reading() as conn:
        if conn.execute(select(_c.message).where(_c.status == "Sending").limit(1)).first() is None:
            return 0
    with ledger.transaction(day) as txn:
        rows = txn.conn.execute(select(schema.outbox).where(_c.status == "Sending").order_by(_c.message)).all()
        for row in rows:
            ident = message_id(row.message, mark)
            said = f"Cut off while it was sent. Look for {ident} at {row.to or 'the mail server'}."
            note_sent(txn, [row], "Uncertain", said)
        return len(rows)


def keep_waiting(ledger: Ledger, day: dt.date, reasons: Mapping[str, tuple[str, str]]) -> None:
    """Why messages wait: by number (what was said before, what is said now); written only where that differs."""
    rows = [{"message": key, "said": now} for key, (before, now) in reasons.items() if before != now]
    if rows:
        with ledger.transaction(day) as txn:
            txn.update(schema.outbox, rows)


def put_off(
    ledger: Ledger,
    day: dt.date,
    rows: Sequence[Any],
    until: Mapping[str, tuple[int, dt.datetime]],
    said: str,
    server: str,
) -> None:
    """Try these again later: by number after how many tries and when; `server` is the mail server at fault, if any.

    One whose last byte had left waits again: the server has said that it did not take it.
    """
    with ledger.transaction(day) as txn:
        begun = rows_by_key(txn.conn, [_c.message], _c.message, until, _c.status == "Sending")
        txn.update(schema.outbox, [{"message": row.message, "status": "Waiting"} for row in begun])
        txn.update(
            schema.outbox,
            [
                {
                    "message": row.message,
                    "tries": until[row.message][0],
                    "next_try": until[row.message][1].astimezone(dt.UTC).isoformat(timespec="milliseconds"),
                    "said": said,
                    "server": server,
                }
                for row in rows
            ],
        )


def stuck(conn: Connection) -> Sequence[Any]:
    """Messages that wait for something that was said of them."""
    return conn.execute(select(schema.outbox).where(STUCK_MESSAGES, *_open())).all()


def write_again(ledger: Ledger, day: dt.date, rows: Sequence[Any]) -> None:
    """The files of these are gone from the folder outbox: they are made anew by the next run."""
    if rows:
        with ledger.transaction(day) as txn:
            txn.update(schema.outbox, [{"message": row.message, "path": "", "said": ""} for row in rows])


def old_messages(conn: Connection, oldest: dt.date, after: str, limit: int) -> Sequence[Any]:
    """The next messages after the number `after` that were made before `oldest` and of which that is not said yet.

    Not the reminders that were written while the program sent nothing: people had them, and the level went on.
    """
    r = schema.reminders.c
    by_hand = exists().where(r.reminder == _c.about, _c.kind == "Reminder", r.mailed.is_(False))
    where = _open(_c.made_on < oldest, _c.said != TOO_OLD, _c.message > after, ~by_hand)
    return conn.execute(select(schema.outbox).where(*where).order_by(_c.message).limit(limit)).all()


def resolve(ledger: Ledger, day: dt.date, messages: Sequence[str], verdict: str) -> list[str]:
    """A person's word on messages: `again` lets them go out once more, `sent` takes them as sent.

    Raises CannotRun naming the first that there is not, or that this cannot be said of.
    """
    with ledger.transaction(day) as txn:
        rows = {row.message: row for row in rows_by_key(txn.conn, schema.outbox, _c.message, messages)}
        for key in messages:
            row = rows.get(key)
            if row is None:
                raise CannotRun(f"There is no message {key}. See o2c show Outbox.")
            if why := undecidable(row):
                raise CannotRun(f"{key} {why}")
        chosen = [rows[key] for key in dict.fromkeys(messages)]
        resolve_rows(txn, chosen, verdict)
        return [row.message for row in chosen]


def undecidable(row: Any) -> str:  # noqa: ANN401 -- a row
    """Why nobody has to say whether this message goes out, as a sentence after its number; empty where one may."""
    if row.kind.casefold() not in KINDS:
        return f"is a {row.kind.casefold()}, which stays in the house."
    if row.status == "Withdrawn":
        return f"does not go out. {row.said}"
    if row.status in ("Sent", "Sending"):
        return f"is {row.status} already; see o2c show Outbox."
    return ""


def resolve_rows(txn: Txn, chosen: Sequence[Any], verdict: str) -> None:
    """Do what was decided of messages: `again` or `sent`."""
    if verdict == "sent":
        note_sent(txn, chosen, "Sent", by=txn.who)
        return
    for row in chosen:
        txn.record("message to be sent again", row.about or row.message, {"message": row.message})
    fresh = {"status": "Waiting", "said": "", "next_try": "", "tries": 0, "made_on": txn.day, "batch": ""}
    fresh |= {"server": ""}
    txn.update(schema.outbox, [{"message": row.message, **fresh} for row in chosen])
    # an invoice without its data is made anew, with what it lacked
    txn.update(schema.outbox, [{"message": row.message, "path": ""} for row in chosen if went_plain(row.data)])
