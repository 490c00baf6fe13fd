"""The watcher knows a workbook that a person saved while it worked from one that it wrote itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from o2c_xl.adapters import watcher
from o2c_xl.company.book_facts import book_facts, changed_meanwhile
from o2c_xl.company.dropped.inbox import Inbox
from o2c_xl.company.dropped.pulse import Pulse
from o2c_xl.company.folder import Mailbox
from o2c_xl.domain.outcome import Outcome
from o2c_xl.intake.arrivals import file_issue
from tests.sync.desk import DAY, Desk

CUSTOMER = {"Name": "Alfreds", "Currency": "EUR", "Country": "DE"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "company", tables=("Customers",))


@contextmanager
def watching(desk: Desk, said: list[str]) -> Iterator[watcher._Watch]:
    with Inbox(desk.company) as inbox:
        pulse = Pulse(desk.company.folder.health, desk.company.ledger.clock)
        yield watcher._Watch(desk.company, inbox, lambda: DAY, said.append, watcher._Stop(), pulse)
        pulse.close()


def test_what_a_pass_wrote_itself_is_no_change_and_what_a_person_saved_after_it_is(desk: Desk) -> None:
    before = book_facts(desk.root / "books")
    desk.add("Customers", {"Customer ID": "AAA", **CUSTOMER})
    desk.sync()

    assert not changed_meanwhile(desk.company, before)
    desk.add("Customers", {"Customer ID": "BBB", **CUSTOMER})
    assert changed_meanwhile(desk.company, before)


def test_a_workbook_that_somebody_closed_meanwhile_is_looked_at_again(desk: Desk) -> None:
    desk.sync()
    lock = desk.book.with_name(f"~${desk.book.name}")
    lock.write_bytes(b"\x04anna")
    before = book_facts(desk.root / "books")
    lock.unlink()

    assert changed_meanwhile(desk.company, before)


def test_what_is_saved_while_the_watcher_works_is_taken_by_its_next_look(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, typed = watcher.work_through, [{"Customer ID": "LATE", **CUSTOMER}]

    def saved_at_the_end(*arguments: object, **options: bool) -> Outcome:
        outcome = real(*arguments, **options)  # type: ignore[arg-type]
        if typed:
            desk.add("Customers", typed.pop())
        return outcome

    monkeypatch.setattr(watcher, "work_through", saved_at_the_end)
    with watching(desk, []) as watch:
        assert [watch._looked_after() and watch.due for _ in range(3)] == [True, False, False]

    assert [row[0] for row in desk.company.show("Customers", DAY)[1]] == ["LATE"]


def test_a_mailbox_that_cannot_be_read_is_told_once_by_the_watcher(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [Outcome(notes=["The mailbox orders cannot be read."])] * 2 + [Outcome()]
    said: list[str] = []
    monkeypatch.setattr(watcher, "mailed", lambda *_: told.pop(0))
    config = desk.company.config.model_copy(update={"mailbox": Mailbox(server="imap.example", user="orders")})
    with watching(desk, said) as watch:
        watch.company = replace(watch.company, config=config)
        while told:
            watch.mail_at = 0.0
            watch._mailed(DAY)

    assert said == ["The mailbox orders cannot be read."]


def test_the_ending_of_a_workbooks_name_may_be_in_capitals(desk: Desk) -> None:
    desk.book.rename(desk.book.with_name("BOOK.XLSX"))

    assert list(book_facts(desk.root / "books")) == ["BOOK.XLSX"]


def test_a_fault_that_comes_again_after_it_was_mended_is_said_again(desk: Desk) -> None:
    said: list[str] = []
    bad = Outcome(issues=[file_issue("a.csv", "It is wrong. Mend it.")])
    with watching(desk, said) as watch:
        for outcome in (bad, bad, Outcome(), bad):
            watch._report("at work", outcome)

    assert len(said) == 2
