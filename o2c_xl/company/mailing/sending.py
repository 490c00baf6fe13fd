"""Messages on their way out of the house: by email, into a print batch, into the customer's portal folder; each once.

Off until the setting `Send mail` is Yes. One process sends at a time (the lock of a pass). What a mail server took for
sure is `Sent`; what it may have taken is `Uncertain` and waits for a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from o2c_xl.company.mailing.enclosures import enclosures
from o2c_xl.company.mailing.paper_ways import Parcel, print_letters, put_into_portals
from o2c_xl.company.mailing.still_waiting import clock_time, iso_time, what_waits
from o2c_xl.company.mailing.wording import Worded, template_issue, worded
from o2c_xl.company.opened import Company
from o2c_xl.company.post import Delivery, Fate, Post, PostOffice, Unreachable, server_named, server_of
from o2c_xl.documents.mail import Letterhead, mail_bytes
from o2c_xl.documents.messages import Words
from o2c_xl.domain.outcome import Outcome
from o2c_xl.domain.telling import Way, address_of, kind_of
from o2c_xl.ledger.messages import mailing
from o2c_xl.ledger.messages.overtaken import NoticeBooks
from o2c_xl.ledger.messages.reach import Reach, reaches, without_address
from o2c_xl.ledger.receivables.reminders import leave_to_people
from o2c_xl.ledger.receivables.withdrawing import WithdrawingBooks
from o2c_xl.steps.withdraw_notices import withdraw_notices
from o2c_xl.steps.withdraw_reminders import withdraw_reminders

__all__ = ["messages_due", "not_sent", "send_messages", "would_send"]

_BATCH = 200
_FIRST_PAUSE, _LONGEST_PAUSE = dt.timedelta(minutes=1), dt.timedelta(hours=4)
_MOST_TRIES = 37  # five days, the least that a mail is tried for (RFC 5321, 4.5.4.1)
_ANY_TIME = "9"  # after every ISO time


def send_messages(company: Company, day: dt.date, *, by_hand: bool = False) -> Outcome:
    """Send everything that may go; with `Send mail` at No only say what could not. `by_hand` prints at once."""
    with company.ledger.reading() as conn:
        settings = company.settings(conn)
    if settings["Send mail"] == "Yes":
        return _Sending(company, day, settings, by_hand=by_hand).work()
    leave_to_people(company.ledger, day)
    _mind_ways(company, day)
    return Outcome()


def messages_due(company: Company, day: dt.date) -> bool:
    """Whether something could be sent now."""
    with company.ledger.reading() as conn:
        settings = company.settings(conn)
        if settings["Send mail"] != "Yes":
            return False
        due = mailing.next_due(conn, _oldest(settings, day), server_named(settings))
    return due is not None and due <= iso_time(company.ledger.clock())


def not_sent(company: Company, day: dt.date) -> list[str]:
    """While `Send mail` is No: one sentence about how many messages would go."""
    with company.ledger.reading() as conn:
        settings = company.settings(conn)
        if settings["Send mail"] == "Yes":
            return []
        number = mailing.count_due(conn, _oldest(settings, day))
    if not number:
        return []
    one = "message lies" if number == 1 else "messages lie"
    return [f"{number} {one} in the outbox and would be sent, were Send mail Yes in Settings. See: o2c send --dry-run"]


def would_send(company: Company, day: dt.date) -> list[dict[str, Any]]:
    """Each message that waits, with its way, address, words and files, and what would keep it even then."""
    now = company.ledger.clock()
    with company.ledger.reading() as conn:
        settings = company.settings(conn)
        oldest = _oldest(settings, day)
        words, found, after = Words(company.folder.templates), list[dict[str, Any]](), ""
        while rows := mailing.due_messages(conn, oldest, _ANY_TIME, after, _BATCH):
            found += [_described(company, one, now) for one in worded(conn, words, settings, rows)]
            after = rows[-1].message
    return found


def _described(company: Company, one: Worded, now: dt.datetime) -> dict[str, Any]:
    rests = not one.row.server and one.row.next_try > iso_time(now)
    files = [path.name for path in enclosures(company.folder.root, company.folder.outbox, one.row) or ()]
    return {
        "message": one.row.message,
        "kind": one.row.kind,
        "about": one.row.about,
        "way": str(one.reach.way),
        "to": one.reach.to or one.reach.party.get("name", ""),
        "subject": one.text.subject if one.text else "",
        "text": one.text.body if one.text else "",
        "files": files,
        "waits for": one.reach.lack
        or (str(one.fault) if one.fault else "")
        or (f"rests until {clock_time(one.row.next_try, now)}: {one.row.said}" if rests else ""),
    }


def _mind_ways(company: Company, day: dt.date) -> None:
    """Say which customers' papers have no way to go, and take it back once they have."""
    with company.ledger.reading() as conn:
        lacking = without_address(conn)
        stuck = mailing.stuck(conn)
        rows = {row.message: row for row in [*lacking, *stuck]}
        if not rows:
            return
        ways = reaches(conn, list(rows.values()))
    keys = {row.message for row in lacking}
    wanted = {key: (row.said, ways[key].lack if key in keys else "") for key, row in rows.items()}
    mailing.keep_waiting(company.ledger, day, wanted)


def _oldest(settings: Mapping[str, str], day: dt.date) -> dt.date | None:
    days = settings["Send nothing older than days"]
    return day - dt.timedelta(days=int(days)) if days else None


@dataclass(slots=True)
class _Sending:
    """One round through the outbox."""

    company: Company
    day: dt.date
    settings: Mapping[str, str]
    by_hand: bool
    mark: str = ""
    post: Post | None = None
    down: str = ""
    outcome: Outcome = field(default_factory=Outcome)
    letters: list[Parcel] = field(default_factory=list)
    parcels: list[Parcel] = field(default_factory=list)

    def work(self) -> Outcome:
        ledger, oldest = self.company.ledger, _oldest(self.settings, self.day)
        with ledger.reading() as conn:
            self.mark = mailing.company_mark(conn)
        self.outcome.count("messages sent", 0)
        mailing.give_up_interrupted(ledger, self.day, self.mark)
        self._hold_old(oldest)
        self._withdraw()
        words, after, now = Words(self.company.folder.templates), "", iso_time(ledger.clock())
        server = "" if self.by_hand else server_named(self.settings)
        try:
            while rows := self._due(oldest, now, after, server):
                after = rows[-1].message
                with ledger.reading() as conn:
                    batch = worded(conn, words, self.settings, rows)
                self._batch(batch)
            self._finish()
        finally:
            if self.post is not None:
                self.post.close()
        if self.by_hand:
            with ledger.reading() as conn:
                self.outcome.notes += what_waits(conn, oldest, ledger.clock(), self.down)
        return self.outcome

    def _hold_old(self, oldest: dt.date | None) -> None:
        """What is too old stays where it is; where it has no way to go either, that is said: it is mended first."""
        after = ""
        while oldest is not None:
            with self.company.ledger.reading() as conn:
                rows = mailing.old_messages(conn, oldest, after, _BATCH)
                ways = reaches(conn, rows)
            if not rows:
                return
            after = rows[-1].message
            wanted = {row.message: (row.said, ways[row.message].lack or mailing.TOO_OLD) for row in rows}
            mailing.keep_waiting(self.company.ledger, self.day, wanted)

    def _withdraw(self) -> None:
        """Nobody is reminded of what was settled while the letter waited, or told what is no longer so."""
        policy = self.company.policy_now().reminders
        done = withdraw_reminders(WithdrawingBooks(self.company.ledger, self.day, policy), policy)
        self.outcome.count("reminders withdrawn", done)
        self.outcome.count("messages withdrawn", withdraw_notices(NoticeBooks(self.company.ledger, self.day)))

    def _due(self, oldest: dt.date | None, now: str, after: str, server: str) -> Sequence[Any]:
        with self.company.ledger.reading() as conn:
            return mailing.due_messages(conn, oldest, now, after, _BATCH, server)

    def _batch(self, batch: Sequence[Worded]) -> None:
        reasons: dict[str, tuple[str, str]] = {}
        gone, later = [], []
        for one in batch:
            files = enclosures(self.company.folder.root, self.company.folder.outbox, one.row)
            why = self._hindrance(one)
            if why is not None:
                reasons[one.row.message] = (one.row.said, why)
            elif files is None:
                gone.append(one.row)
            elif one.reach.way is not Way.EMAIL:
                (self.letters if one.reach.way is Way.MAIL else self.parcels).append(Parcel(one, tuple(files)))
            elif self.down or not self._mailed(one, files):
                later.append(one.row)
        if later and self.down:
            self._wait_for_server(later)
        mailing.keep_waiting(self.company.ledger, self.day, reasons)
        mailing.write_again(self.company.ledger, self.day, gone)

    def _hindrance(self, one: Worded) -> str | None:
        """Why a message cannot go, empty where its files are not written yet, None where nothing hinders it."""
        if one.reach.lack:
            return one.reach.lack
        if one.fault is not None:
            self.outcome.fault([template_issue(one.fault)])
            return str(one.fault)
        if kind_of(one.row.kind).document and one.row.path in ("", "-"):
            none = self.settings["Documents"] == "None"
            return "Documents is None in Settings: there is no file to send." if none else ""
        return None

    def _mailed(self, one: Worded, files: Sequence[Path]) -> bool:
        """Mail it; False where there is no server to talk to."""
        if one.text is None:
            return True
        head = self._letterhead()
        ident = mailing.message_id(one.row.message, self.mark)
        subject, reach, ledger = one.text.subject, one.reach, self.company.ledger
        try:
            content = mail_bytes(head, reach.to, one.text, ident, ledger.clock(), files)
        except FileNotFoundError:
            mailing.write_again(ledger, self.day, [one.row])
            return True
        except OSError as fault:  # open in a program that lets nobody else read it, say
            name = Path(fault.filename or "A file of it").name
            said = f"{name} cannot be read: close it where it is open. Tried again later."
            self._put_off([one.row], said, {one.row.message: _own_tries(one.row)})
            return True
        try:
            delivery = self._post().deliver(
                head.sender,
                reach.to,
                content,
                lambda: mailing.begin_sending(ledger, self.day, one.row, reach.to, subject),
            )
        except Unreachable as fault:
            self.down = str(fault)
            self.outcome.stop(fault)
            return False
        self._note(one.row, reach, delivery, ident)
        return True

    def _note(self, row: Any, reach: Reach, delivery: Delivery, ident: str) -> None:  # noqa: ANN401 -- a row
        said = " ".join(delivery.said.split())
        if delivery.fate is Fate.LEFT:
            return
        if delivery.fate is Fate.LATER and _own_tries(row) + 1 < _MOST_TRIES:
            self._put_off([row], f"Tried again later: {said}", {row.message: _own_tries(row)})
            return
        status = {Fate.SENT: "Sent", Fate.UNKNOWN: "Uncertain"}.get(delivery.fate, "Failed")
        if status == "Uncertain":
            said = f"{said} Look for {ident} at {reach.to}.".strip()
        with self.company.ledger.transaction(self.day) as txn:
            mailing.note_sent(txn, [row], status, "" if status == "Sent" else said, to=reach.to)
        self.outcome.count("messages sent" if status == "Sent" else f"messages {status.casefold()}", 1)

    def _wait_for_server(self, rows: Sequence[Any]) -> None:
        """All rest; the pauses begin anew where a person tries or the settings are others, as something was mended."""
        server = server_named(self.settings)
        tries = {row.message: 0 if self.by_hand or row.server != server else row.tries or 0 for row in rows}
        self._put_off(rows, f"No mail goes out: {self.down}", tries, server)

    def _put_off(self, rows: Sequence[Any], said: str, tries: Mapping[str, int], server: str = "") -> None:
        now = self.company.ledger.clock()
        until = {
            key: (tried + 1, now + min(_FIRST_PAUSE * 2 ** min(tried, 16), _LONGEST_PAUSE))
            for key, tried in tries.items()
        }
        mailing.put_off(self.company.ledger, self.day, rows, until, said, server)

    def _post(self) -> Post:
        if self.post is None:
            office: PostOffice | None = self.company.post
            if office is None:
                raise Unreachable("This program has no way to send mail here. Use o2c send.")
            self.post = office(server_of(self.settings))
        return self.post

    def _letterhead(self) -> Letterhead:
        sender = address_of(self.settings["Mail from"]) or ""
        reply = address_of(self.settings["Company email"]) or ""
        return Letterhead(sender, self.settings["Company name"], reply)

    def _finish(self) -> None:
        printed = print_letters(self.company, self.day, self.settings, self.letters, at_once=self.by_hand)
        self.outcome.count("messages sent", printed.count + put_into_portals(self.company, self.day, self.parcels))
        self.outcome.notes += printed.notes


def _own_tries(row: Any) -> int:  # noqa: ANN401 -- a row
    """How often the message itself was not taken; tries that failed for the server's sake do not count."""
    return 0 if row.server else row.tries or 0
