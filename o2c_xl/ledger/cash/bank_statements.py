"""Bank statements in the ledger: what is known of an account, and how a new statement is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from o2c_xl.domain.cash.banking import BankLine, LineStatus, doubtful, repeats
from o2c_xl.domain.cash.payers import plain_account
from o2c_xl.domain.money import ZERO
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.bank_items import itemise, told_of_items
from o2c_xl.ledger.store import Source, Txn

__all__ = [
    "ADDS_UP",
    "BREAK",
    "BREAK_KIND",
    "SLACK",
    "UNPROVED",
    "WITHDRAWN",
    "NewStatement",
    "Taken",
    "bank_line",
    "doubt_about",
    "own_accounts",
    "take_statement",
]

ADDS_UP, BREAK, UNPROVED = "Adds up", "Does not add up", "Not proved"
"""What a statement's balances say of its lines; without both of them nothing."""
WITHDRAWN = "Withdrawn"
"""It should not have been taken; neither it nor its lines are known any more."""
BREAK_KIND = "Bank statement"
SLACK = dt.timedelta(days=5)
"""So far apart may two banks' messages date the same booking."""
_MOST_TOLD = 160
_BATCHED = ("kind", "batch", "whole", "collective", "items", "payment", "charges")
_NAMES = "counterparty account text reference end_to_end bank_reference entry_reference code reversal".split()


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement as a file brought it: `head` and `lines` by column, lines in their order."""

    head: Mapping[str, Any]
    lines: Mapping[str, Sequence[Any]]

    @property
    def size(self) -> int:
        """How many lines it has."""
        return len(self.lines["line"])

    @property
    def moved(self) -> Decimal:
        """What its lines in the statement's currency come to."""
        pairs = zip(self.lines["amount"], self.lines["currency"], strict=True)
        return sum((amount for amount, currency in pairs if currency == self.head["currency"]), ZERO)

    @property
    def difference(self) -> Decimal | None:
        """Closing less opening less lines; None where a balance is missing."""
        opening, closing = self.head["opening"], self.head["closing"]
        if opening is None or closing is None:
            return None
        difference: Decimal = closing - opening - self.moved
        return difference

    @property
    def status(self) -> str:
        """What its balances say."""
        if self.difference is None:
            return UNPROVED
        return BREAK if self.difference else ADDS_UP


def bank_line(row: Any, **more: Any) -> BankLine:  # noqa: ANN401 - a row of bank_lines
    """A line as rules see it."""
    names = (*_NAMES, "collective", "charges")
    more = {name: getattr(row, name) for name in names} | more
    return BankLine(row.bank_line, row.booked_on, row.amount, row.currency, **more)


def own_accounts(conn: Connection, iban: str) -> tuple[str, ...]:
    """The accounts known as the company's: that of its `iban` first, then those whose statements were taken."""
    c = schema.statements.c
    taken = conn.execute(select(c.account).where(c.status != WITHDRAWN).distinct().order_by(c.account))
    return tuple(dict.fromkeys(filter(None, [plain_account(iban), *(row.account for row in taken)])))


class Taken(NamedTuple):
    """A statement's number ('' where all of it is known), how many lines are new, what is wrong, and what is noted."""

    number: str
    new: int
    said: str = ""
    notes: tuple[str, ...] = ()


def take_statement(txn: Txn, new: NewStatement, source: Source) -> Taken:
    """Record a statement."""
    known = _known_lines(txn.conn, new)
    before = _proved_before(txn.conn, new)
    fresh_lines = [_line(new, at) for at in range(new.size)]
    proof = (new.head["closing"], before.closing) if before is not None and not new.difference else None
    again = repeats(fresh_lines, known.values(), proof)
    told = told_of_items(txn, new.lines, again)
    if not again.fresh and (new.difference is None or _is_known(txn.conn, new)):
        return Taken("", 0, "", told)
    number = txn.number("BS-")
    said = _problem(new)
    data = {"account": new.head["account"], "lines": new.size, "new": len(again.fresh)}
    entry = txn.record("bank statement taken", number, data, source=source)
    txn.insert(schema.statements, [_head_row(new, number, said, source, entry)])
    proved_by = number if new.status == ADDS_UP else ""
    if again.fresh:
        txn.insert_columns(schema.bank_lines, _line_columns(new, again.fresh, number, proved_by, source, entry))
    if proved_by:
        keys = dict.fromkeys([*again.repeated.values(), *chain.from_iterable(again.sums.values())])
        txn.update(schema.bank_lines, [{"bank_line": key, "proved_by": proved_by} for key in keys])
    itemise(txn, again, number)
    if new.status == BREAK:
        _keep_break(txn, new, number)
    return Taken(number, len(again.fresh), said, told)


def doubt_about(conn: Connection, new: NewStatement) -> str:
    """Why a bank's list may be one that was taken already, told in other letters; empty where it is not.

    A list has no numbers of the bank's, so only its days, amounts and balances and what is said are the same again.
    """
    if new.head["kind"] != "csv" or not new.size:
        return ""
    lines, known = [_line(new, at) for at in range(new.size)], _known_lines(conn, new).values()
    found = doubtful(lines, known)
    if found is not None:
        at, line = found
        told = f"{line.counterparty} {line.text}".strip()[:_MOST_TOLD]
        return (
            f"The booking in line {new.lines['place'][at]} may be {line.key} ({told}), which differs in letters that "
            "an encoding changes."
        )
    if new.difference is not None and _is_known(conn, new) and repeats(lines, known).fresh:
        return "A statement of these days, balances and number of bookings was taken that says otherwise who paid."
    return ""


def _known_lines(conn: Connection, new: NewStatement) -> dict[str, BankLine]:
    booked = new.lines["booked_on"]
    if not len(booked):
        return {}
    c = schema.bank_lines.c
    kind = schema.statements.c.kind
    names = ("bank_line", "booked_on", "amount", "currency", "proved_by", "raw", *_NAMES, *_BATCHED[1:])
    own = [c[name] for name in names]
    joined = schema.bank_lines.join(schema.statements, schema.statements.c.statement == c.statement)
    statement = (
        select(*own, kind)
        .select_from(joined)
        .where(
            c.own_account == new.head["account"],
            c.status != str(LineStatus.WITHDRAWN),
            c.booked_on >= min(booked) - SLACK,
            c.booked_on <= max(booked) + SLACK,
        )
    )
    rows = conn.execute(statement.order_by(c.booked_on, c.bank_line)).all()
    more = ("proved_by", "raw", *_BATCHED)
    return {row.bank_line: bank_line(row, **{name: getattr(row, name) for name in more}) for row in rows}


def _proved_before(conn: Connection, new: NewStatement) -> Any:  # noqa: ANN401 - a row, or None
    """The latest statement of the account that adds up, where this one ends no earlier; None else."""
    if new.difference is None or new.head["interim"]:
        return None
    c = schema.statements.c
    mine = (c.account == new.head["account"], c.currency == new.head["currency"], c.status == ADDS_UP)
    statement = select(schema.statements).where(*mine).order_by(c.to.desc(), c.entry.desc()).limit(1)
    row = conn.execute(statement).first()
    if row is None or row.to is None or new.head["to"] is None or row.to > new.head["to"]:
        return None
    return row


def _is_known(conn: Connection, new: NewStatement) -> bool:
    """Whether this very statement was taken."""
    c, head = schema.statements.c, new.head
    same = [c[name] == head[name] for name in ("account", "currency", "opening", "closing", "from", "to")]
    same.append(c.status != WITHDRAWN)
    return conn.execute(select(c.statement).where(*same, c.lines == new.size).limit(1)).first() is not None


def _problem(new: NewStatement) -> str:
    """What its balances leave open, as a sentence."""
    if not new.difference:
        return ""
    return (
        f"Opening {new.head['opening']} and its lines {new.moved} come to {new.head['opening'] + new.moved}, "
        f"and the closing balance is {new.head['closing']}: {new.difference} is unexplained."
    )


def _line(new: NewStatement, at: int) -> BankLine:
    lines = new.lines
    more = {name: lines[name][at] for name in (*_NAMES, "whole", "collective", "charges", "raw")}
    more |= {"kind": new.head["kind"], "batch": str(lines["batch"][at] or "")}
    return BankLine(str(at), lines["booked_on"][at], lines["amount"][at], lines["currency"][at], **more)


def _head_row(new: NewStatement, number: str, said: str, source: Source, entry: int) -> dict[str, Any]:
    names = ("account", "currency", "number", "kind", "from", "to", "opening", "closing")
    return {
        "statement": number,
        **{name: new.head[name] for name in names},
        "lines": new.size,
        "difference": new.difference,
        "status": new.status,
        "problem": said,
        "source": source.file,
        "entry": entry,
    }


def _line_columns(
    new: NewStatement, fresh: Sequence[int], number: str, proved_by: str, source: Source, entry: int
) -> dict[str, Sequence[Any]]:
    names = (
        "booked_on",
        "value_on",
        "amount",
        "currency",
        "charges",
        "raw",
        "remitted",
        "whole",
        "collective",
        *_NAMES,
    )
    size = len(fresh)
    return {
        "bank_line": [f"{number}/{new.lines['line'][at]}" for at in fresh],
        "statement": [number] * size,
        "line": [new.lines["line"][at] for at in fresh],
        "own_account": [new.head["account"]] * size,
        **{name: [new.lines[name][at] for at in fresh] for name in names},
        "batch": [f"{number}/b{batch}" if (batch := new.lines["batch"][at]) else "" for at in fresh],
        "place": [new.lines["place"][at] for at in fresh],
        "proved_by": [proved_by] * size,
        "source": [source.file] * size,
        "entry": [entry] * size,
    }


def _keep_break(txn: Txn, new: NewStatement, number: str) -> None:
    """A statement that does not add up is a difference that somebody has to own."""
    row = {
        "discrepancy": txn.number("DI-"),
        "kind": BREAK_KIND,
        "subject": number,
        "expected": str(new.head["closing"]),
        "found": str(new.head["opening"] + new.moved),
        "status": "Open",
        "since": txn.day,
    }
    txn.insert(schema.discrepancies, [row])
