"""OFX 1.x (SGML, where leaves have no end) and 2.x (XML), by one reader that knows no DTD and no entity of its own.

Source: Open Financial Exchange 2.3, chapter 11 (bank and card statements). A statement tells its closing balance only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from html import unescape

from o2c_xl.intake.statements.model import Line, Read, Statement, clean_text

__all__ = ["is_ofx", "read_ofx"]

_SIGN = re.compile(rb"OFXHEADER|<OFX>", re.IGNORECASE)
_MARK = re.compile(r"<(/?)([A-Za-z0-9._]+)\s*(/?)>|<!\[CDATA\[(.*?)\]\]>|<[?!][^>]*>", re.DOTALL)
# a comma and three digits may mean thousands
_AMOUNT = re.compile(r"[+-]?(?:0*[0-9]{1,11}(?:\.[0-9]{0,4}|,[0-9]{0,2}|,[0-9]{4})?|[.,][0-9]{1,2})")
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_STATEMENTS = ("STMTRS", "CCSTMTRS")
_AGGREGATES = frozenset(
    "OFX BANKMSGSRSV1 CREDITCARDMSGSRSV1 STMTTRNRS CCSTMTTRNRS STMTRS CCSTMTRS BANKTRANLIST STMTTRN LEDGERBAL "
    "BANKACCTFROM CCACCTFROM".split()
)
_REVERSED = re.compile(r"RETURNED|REVERSAL|CHARGEBACK", re.IGNORECASE)


def is_ofx(head: bytes) -> bool:
    """Whether the beginning of a file is that of an OFX."""
    return _SIGN.search(head) is not None


@dataclass(slots=True)
class _Node:
    """An aggregate with its leaves (the first of each name) and the aggregates in it."""

    name: str
    place: int
    leaves: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    parts: list[_Node] = field(default_factory=list)
    start: int = 0
    end: int = 0

    def all(self, name: str) -> Iterator[_Node]:
        """Every aggregate of that name, at any depth."""
        for part in self.parts:
            if part.name == name:
                yield part
            else:
                yield from part.all(name)

    def first(self, *names: str) -> _Node | None:
        """The first aggregate of one of these names."""
        return next((part for name in names for part in self.all(name)), None)


def read_ofx(text: str, name: str) -> Read:
    """Every statement of the file; what cannot be read is a fault with its line."""
    read = Read()
    root = _tree(text, read, name)
    if root is None:
        return read
    for kind in _STATEMENTS:
        for node in root.all(kind):
            read.statements.append(_statement(node, read, text))
    if not read.statements and not read.faults:
        read.fault(root.place, "STMTRS", "", "The file holds no statement of an account.")
    return read


def _tree(text: str, read: Read, name: str) -> _Node | None:
    """The aggregates. A name is an aggregate where it is ended; leaves of SGML are not."""
    at = text.upper().find("<OFX>")
    if at < 0:
        read.fault(1, "OFX", "", "The file has no <OFX>: it is cut off at its beginning.")
        return None
    ended = _AGGREGATES | {one.upper() for one in re.findall(r"</([A-Za-z0-9._]+)\s*>", text)}
    found = _grow(text, at, ended, read)
    if found is None and not read.faults:
        last = text.count("\n") + 1
        read.fault(last, "/OFX", "", f"{name} ends before </OFX>: it is cut off.")
    return found


def _grow(text: str, at: int, ended: frozenset[str], read: Read) -> _Node | None:
    """The aggregate that is ended last; None where it never is, or where another is not ended before it."""
    growing = _Growing(text, ended, at=at)
    for mark in _MARK.finditer(text, at):
        growing.go_to(mark)
        if mark[4] is not None:
            growing.value.append(mark[4])
        elif mark[2] is not None and not growing.take(mark[2].upper(), mark, read):
            return growing.whole
    return None


@dataclass(slots=True)
class _Growing:
    """The aggregates that are open at a place of the text, and the leaf that is being read."""

    text: str
    ended: frozenset[str]
    at: int = 0
    line: int = 1
    counted: int = 0
    leaf: str = ""
    place: int = 0
    value: list[str] = field(default_factory=list)
    stack: list[_Node] = field(default_factory=list)
    whole: _Node | None = None

    def go_to(self, mark: re.Match[str]) -> None:
        """Take the text before a mark."""
        if self.leaf:
            self.value.append(unescape(self.text[self.at : mark.start()]))
        self.line += self.text.count("\n", self.counted, mark.start())
        self.at, self.counted = mark.end(), mark.start()

    def take(self, tag: str, mark: re.Match[str], read: Read) -> bool:
        """Open or end an aggregate, or begin a leaf; False when it is the end of all, or a fault."""
        if self.leaf and self.stack:
            self.stack[-1].leaves.setdefault(self.leaf, clean_text("".join(self.value)))
            self.stack[-1].places.setdefault(self.leaf, self.place)
        self.leaf, self.value = "", []
        if mark[1]:
            return self._end(tag, read)
        if tag in self.ended and not _is_leaf(self.text, self.at, tag):
            node = _Node(tag, self.line, start=mark.start())
            if self.stack:
                self.stack[-1].parts.append(node)
            self.stack.append(node)
        else:
            self.leaf, self.place = tag, self.line
        return True

    def _end(self, tag: str, read: Read) -> bool:
        if self.stack and self.stack[-1].name == tag:
            node = self.stack.pop()
            node.end = self.at
            self.whole = None if self.stack else node
            return bool(self.stack)
        if any(one.name == tag for one in self.stack):
            before = self.stack[-1]
            read.fault(self.line, f"/{tag}", "", f"<{before.name}> of line {before.place} is not ended before it.")
            return False
        return True


def _is_leaf(text: str, at: int, tag: str) -> bool:
    """Whether the next mark ends it: a leaf of XML."""
    following = re.compile(r"(?:<!\[CDATA\[.*?\]\]>|[^<])*</([A-Za-z0-9._]+)", re.DOTALL).match(text, at)
    return following is not None and following[1].upper() == tag


def _statement(node: _Node, read: Read, text: str) -> Statement:
    account = node.first("BANKACCTFROM", "CCACCTFROM")
    number = account.leaves.get("ACCTID", "") if account else ""
    if not number:
        read.fault(node.place, "ACCTID", "", "The statement does not say of which account it is.")
    statement = Statement("OFX", number.replace(" ", ""), node.leaves.get("CURDEF", "").upper(), node.place)
    if len(statement.currency) != 3:  # noqa: PLR2004 - ISO 4217
        read.fault(node.places.get("CURDEF", node.place), "CURDEF", statement.currency, "It is no currency.")
    lists = list(node.all("BANKTRANLIST"))
    for one in lists:
        start, end = (_day(one, name, read) if name in one.leaves else None for name in ("DTSTART", "DTEND"))
        statement.from_on = min((day for day in (statement.from_on, start) if day), default=None)
        statement.to_on = max((day for day in (statement.to_on, end) if day), default=None)
        lines = (_line(each, statement, read, text) for each in one.all("STMTTRN"))
        statement.lines += [line for line in lines if line is not None]
    balance = node.first("LEDGERBAL")
    if balance is not None:
        statement.closing = _amount(balance, "BALAMT", read)
    return statement


def _line(node: _Node, statement: Statement, read: Read, text: str) -> Line | None:
    amount, day = _amount(node, "TRNAMT", read), _day(node, "DTPOSTED", read)
    if amount is None or day is None:
        return None
    leaves = node.leaves
    if leaves.get("CORRECTACTION"):
        read.fault(
            node.places["CORRECTACTION"],
            "CORRECTACTION",
            leaves["CORRECTACTION"],
            "The bank takes back or replaces a booking of before; that has to be done by hand.",
        )
        return None
    payee, to = node.first("PAYEE"), node.first("BANKACCTTO", "CCACCTTO")
    name = leaves.get("NAME") or (payee.leaves.get("NAME", "") if payee else "")
    memo = leaves.get("MEMO", "")
    currency = node.first("CURRENCY")
    return Line(
        day,
        amount,
        currency.leaves.get("CURSYM", statement.currency) if currency else statement.currency,
        node.place,
        counterparty=name,
        account=to.leaves.get("ACCTID", "").replace(" ", "") if to else "",
        text=clean_text(memo or name),
        bank_reference=leaves.get("FITID", ""),
        code=leaves.get("TRNTYPE", ""),
        reversal=amount < 0 and _REVERSED.search(f"{name} {memo}") is not None,
        raw=text[node.start : node.end],
    )


def _amount(node: _Node, name: str, read: Read) -> Decimal | None:
    text = node.leaves.get(name, "")
    if not _AMOUNT.fullmatch(text):
        read.fault(
            node.places.get(name, node.place),
            name,
            text,
            "It is no amount such as -12.50, with at most eleven digits before the point.",
        )
        return None
    return Decimal(text.replace(",", "."))


def _day(node: _Node, name: str, read: Read) -> date | None:
    text = node.leaves.get(name, "")
    found = _DAY.match(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        found = None
    finally:
        if found is None:
            read.fault(node.places.get(name, node.place), name, text, "It is no day such as 20260131.")
    return None
