"""How far messages have got, on every database: due, begun once, put off, uncertain, decided by a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from o2c_xl.domain.issue import CannotRun
from o2c_xl.ledger import schema
from o2c_xl.ledger.messages import mailing
from o2c_xl.ledger.messages.outbox import Outgoing, put_in_outbox
from o2c_xl.ledger.proof.verify import verify
from o2c_xl.ledger.store import Ledger
from tests.ledgers import DAY

NOW = "2026-03-02T10:00:00.000+00:00"


def put(ledger: Ledger, *kinds: str, day: dt.date = DAY) -> None:
    with ledger.transaction(day) as txn:
        put_in_outbox(txn, [Outgoing(kind, f"{kind}-{n}", "a@b.example") for n, kind in enumerate(kinds)])


def due(ledger: Ledger, oldest: dt.date | None = None, now: str = NOW) -> list[Any]:
    with ledger.reading() as conn:
        return list(mailing.due_messages(conn, oldest, now, "", 100))


def states(ledger: Ledger) -> list[tuple[str, str]]:
    c = schema.outbox.c
    with ledger.reading() as conn:
        return [(row.status, row.said) for row in conn.execute(select(c.status, c.said).order_by(c.message))]


def holds(ledger: Ledger) -> bool:
    return all(check.ok for check in verify(ledger))


def test_papers_of_the_house_are_never_due(ledger: Ledger) -> None:
    put(ledger, "Pick list", "Invoice", "Packing slip", "Reminder")

    assert [row.kind for row in due(ledger)] == ["Invoice", "Reminder"]


def test_sending_begins_once_whoever_asks(ledger: Ledger) -> None:
    put(ledger, "Invoice")
    [row] = due(ledger)

    first = mailing.begin_sending(ledger, DAY, row, "new@b.example", "Your invoice")
    second = mailing.begin_sending(ledger, DAY, row, "new@b.example", "Your invoice")

    assert (first, second) == (True, False)
    assert due(ledger) == []
    assert holds(ledger)  # the address it goes to is sealed anew


def test_what_was_cut_off_is_uncertain_with_its_message_id(ledger: Ledger) -> None:
    put(ledger, "Invoice", "Invoice")
    mailing.begin_sending(ledger, DAY, due(ledger)[0], "a@b.example", "")

    count = mailing.give_up_interrupted(ledger, DAY, "mark")
    again = mailing.give_up_interrupted(ledger, DAY, "mark")

    [(status, said), other] = states(ledger)
    assert (count, again) == (1, 0)
    assert (status, other) == ("Uncertain", ("Waiting", ""))
    assert "<DOC-000001.mark@o2c-xl>" in said
    assert holds(ledger)


def test_what_is_put_off_is_not_due_before_its_time(ledger: Ledger) -> None:
    put(ledger, "Invoice")
    later = dt.datetime(2026, 3, 2, 11, tzinfo=dt.UTC)
    [row] = due(ledger)

    mailing.put_off(ledger, DAY, [row], {row.message: (1, later)}, "451 later", "")

    with ledger.reading() as conn:
        assert mailing.next_due(conn, None, "now|587") == "2026-03-02T11:00:00.000+00:00"
    assert due(ledger) == []
    assert [row.tries for row in due(ledger, now="2026-03-02T11:00:00.000+00:00")] == [1]


def test_what_rests_because_of_a_server_is_due_at_once_where_another_is_named(ledger: Ledger) -> None:
    put(ledger, "Invoice")
    [row] = due(ledger)
    later = dt.datetime(2026, 3, 2, 11, tzinfo=dt.UTC)

    mailing.put_off(ledger, DAY, [row], {row.message: (1, later)}, "no such host", "wrong|587")

    with ledger.reading() as conn:
        found = {
            server: (len(mailing.due_messages(conn, None, NOW, "", 9, server)), mailing.next_due(conn, None, server))
            for server in ("wrong|587", "right|587", "")
        }
        [rest] = mailing.resting(conn, None, NOW)
    assert found == {
        "wrong|587": (0, "2026-03-02T11:00:00.000+00:00"), "right|587": (1, ""), "": (1, "")
    }  # fmt: skip
    assert (rest.said, rest.first, rest.number) == ("no such host", "2026-03-02T11:00:00.000+00:00", 1)


def test_old_messages_stay_and_are_told_by_why(ledger: Ledger) -> None:
    put(ledger, "Invoice")
    put(ledger, "Invoice", day=DAY + dt.timedelta(days=20))
    oldest = DAY + dt.timedelta(days=6)

    with ledger.reading() as conn:
        old = mailing.old_messages(conn, oldest, "", 10)
    mailing.keep_waiting(ledger, DAY, {row.message: (row.said, mailing.TOO_OLD) for row in old})
    with ledger.reading() as conn:
        again = mailing.old_messages(conn, oldest, "", 10)
        held = [(row.said, row.number) for row in mailing.held(conn, oldest, NOW)]

    assert [row.message for row in due(ledger, oldest)] == ["DOC-000002"]
    assert ([row.message for row in old], again, held) == (["DOC-000001"], [], [(mailing.TOO_OLD, 1)])


def test_a_person_decides_what_nobody_knows(ledger: Ledger) -> None:
    put(ledger, "Invoice", "Invoice", "Pick list")
    for row in due(ledger):
        mailing.begin_sending(ledger, DAY, row, "a@b.example", "")
    mailing.give_up_interrupted(ledger, DAY, "mark")

    mailing.resolve(ledger, DAY, ["DOC-000001"], "again")
    mailing.resolve(ledger, DAY, ["DOC-000002"], "sent")

    assert states(ledger)[:2] == [("Waiting", ""), ("Sent", "")]
    assert [row.message for row in due(ledger)] == ["DOC-000001"]
    assert holds(ledger)


@pytest.mark.parametrize(("message", "told"), [("DOC-9", "no message"), ("DOC-000002", "stays in the house")])
def test_what_cannot_be_decided_is_refused_in_one_sentence(memory_ledger: Ledger, message: str, told: str) -> None:
    put(memory_ledger, "Invoice", "Pick list")

    with pytest.raises(CannotRun, match=told):
        mailing.resolve(memory_ledger, DAY, [message], "again")


def test_a_message_sent_already_is_not_sent_again(memory_ledger: Ledger) -> None:
    put(memory_ledger, "Invoice")
    rows = due(memory_ledger)
    with memory_ledger.transaction(DAY) as txn:
        mailing.note_sent(txn, rows, "Sent")

    with pytest.raises(CannotRun, match="Sent already"):
        mailing.resolve(memory_ledger, DAY, ["DOC-000001"], "again")


def test_the_message_id_is_the_companys_own_and_lasts(ledger: Ledger) -> None:
    put(ledger, "Invoice")
    with ledger.reading() as conn:
        before = mailing.company_mark(conn)
    put(ledger, "Invoice")

    with ledger.reading() as conn:
        assert mailing.company_mark(conn) == before
