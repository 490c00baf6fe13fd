"""camt.052, camt.053 and camt.054 (ISO 20022, all versions from 001.02): one pass, an entry in memory at a time.

A booking that the bank itemises (`TxDtls` with amounts that add up to it) gives a line for each item, any other one.
Entries not booked yet (`PDNG`, `INFO`, `FUTR`) are left out. Elements are known by their local names, so every version
is read alike; nothing outside the file is ever loaded, and a file with a DOCTYPE is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

from lxml import etree

from o2c_xl.domain.collector import collector_at_rest
from o2c_xl.intake.statements.bank_words import NOT_MADE, plain
from o2c_xl.intake.statements.camt_entry import entry_values
from o2c_xl.intake.statements.camt_lines import BadXml, booked, day_of, itemised, money, tell
from o2c_xl.intake.statements.model import Line, Read, Statement, clean_text

__all__ = ["is_camt", "read_camt"]

_SIGN = re.compile(r"iso:20022:tech:xsd:camt\.05[234]\.|<(?:\w+:)?BkToCstmr(?:Stmt|AcctRpt|DbtCdtNtfctn)\b")
_KINDS = {"Stmt": "camt.053", "Rpt": "camt.052", "Ntfctn": "camt.054"}
_NTRY = re.compile(rb"<((?:[\w.-]+:)?Ntry)[\s>]")
# a namespace that all elements share says nothing here, and lxml spells it out again for each element that is looked at
_NAMESPACE = re.compile(rb"""(?<=\s)xmlns\s*=\s*(["'])urn:iso:std:iso:20022:tech:xsd:camt\.[\w.]*\1""")
_NOT_BOOKED = NOT_MADE | {"info"}
_OPENING, _CLOSING = ("OPBD", "PRCD"), ("CLBD",)

_Element = Any  # lxml's elements


def is_camt(head: bytes) -> bool:
    """Whether the beginning of a file is that of a camt.052, 053 or 054."""
    text = head.replace(b"\0", b"").decode("latin-1")
    return _SIGN.search(text) is not None


def read_camt(data: bytes, _name: str) -> Read:
    """Every statement of the file; what cannot be read is a fault with its line."""
    read = Read()
    reading = _Reading(read)
    try:
        with collector_at_rest():
            reading.go(data)
    except etree.XMLSyntaxError as error:
        line = error.position[0] if error.position else 0
        read.fault(line or 0, "XML", "", f"The XML is broken: {error.msg}.")
    except BadXml as bad:
        read.fault(bad.place, bad.field, bad.value, str(bad))
    if not read.statements and not read.faults:
        read.fault(1, "Document", "", "The file holds no statement, report or notification.")
    return read


def _local(element: _Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if tag.__class__ is str else ""


def _at(element: _Element | None, *path: str) -> _Element | None:
    for name in path:
        element = next((part for part in element if _local(part) == name), None) if element is not None else None
    return element


def _text(element: _Element | None, *path: str) -> str:
    found = _at(element, *path)
    return (found.text or "").strip() if found is not None else ""


class _Reading:
    """One file being read."""

    def __init__(self, read: Read) -> None:
        self.read = read
        self.lines: list[Line] = []
        self.batches = 0
        self.ours: frozenset[str] = frozenset()

    def go(self, data: bytes) -> None:
        """Read all of it; an entry that is read is emptied, so that no more than one is held."""
        raws = _raw_entries(data)
        events = etree.iterparse(
            BytesIO(_NAMESPACE.sub(_blanked, data, count=1)),
            tag=("{*}Ntry", "{*}Acct", *(f"{{*}}{name}" for name in _KINDS)),
            remove_comments=True,
            remove_pis=True,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
        )
        proved = False
        for _, element in events:
            if not proved and element.getroottree().docinfo.internalDTD is not None:
                raise BadXml(1, "DOCTYPE", "", "The file brings a DOCTYPE, which no statement has.")
            proved = True
            name = element.tag.rpartition("}")[2]
            if name == "Acct":
                self._own(element)
                continue
            if name == "Ntry":
                raw = next(raws, None)
                text = etree.tostring(element, encoding="unicode", with_tail=False) if raw is None else raw
                self._take_entry(element, text)
            else:
                self._statement(element, name)
            element.clear()

    def _own(self, account: _Element) -> None:
        """Keep which account the statement is of, and its owner's name: the other side of a booking is neither."""
        if _local(account.getparent()) in _KINDS:
            number = _text(account, "Id", "IBAN") or _text(account, "Id", "Othr", "Id")
            names = (number.replace(" ", ""), clean_text(_text(account, "Ownr", "Nm")))
            self.ours = frozenset(name.casefold() for name in names if name)

    def _take_entry(self, entry: _Element, raw: str) -> None:
        """The lines of an entry: its items where they add up to it, else the entry as one."""
        whole, items = entry_values(entry)
        status = whole.get("status", "")
        if status != "BOOK" and plain(status) in _NOT_BOOKED:
            return
        place = entry.sourceline or 0
        line = booked(whole, raw, place)
        if line.amount < 0:  # asked for where money went out only: was it a payment that came back?
            line.code = _code(_at(entry, "BkTxCd"))
        if len(items) == 1:
            tell(line, items[0], self.ours)
        elif items:
            parts = itemised(line, items, place, self.ours)
            if parts:
                self.batches += 1
                for part in parts:
                    part.batch, part.whole = self.batches, line.amount
                self.lines += parts
                return
            line.text = clean_text(" ".join(item.get("text", "") for item in items)) or line.text
        else:
            line.collective = whole.get("count", "").isdigit() and int(whole["count"]) > 1
        self.lines.append(line)

    def _statement(self, element: _Element, name: str) -> None:
        account = _at(element, "Acct")
        number = _text(account, "Id", "IBAN") or _text(account, "Id", "Othr", "Id")
        statement = Statement(_KINDS[name], number.replace(" ", ""), _text(account, "Ccy"), element.sourceline or 0)
        if not number:
            self.read.fault(statement.place, "Acct/Id", "", "The statement does not say of which account it is.")
        numbers = (_text(element, "ElctrncSeqNb") or _text(element, "LglSeqNb"), _text(element, "Id"))
        statement.number = "/".join(filter(None, numbers))
        period = _at(element, "FrToDt")
        statement.from_on = _when(period, "FrDtTm", "FrDt")
        statement.to_on = _when(period, "ToDtTm", "ToDt")
        statement.interim = name != "Stmt"
        statement.lines, self.lines = self.lines, []
        _take_balances(statement, element)
        statement.currency = statement.currency or next((line.currency for line in statement.lines), "")
        self.read.statements.append(statement)


def _blanked(found: re.Match[bytes]) -> bytes:
    """As many blanks, so that every place in the file stays where it is."""
    return b" " * len(found[0])


def _raw_entries(data: bytes) -> Iterator[str]:
    """The entries as they stand in the file; none where its encoding hides them, or a mark in a text may mislead."""
    first = _NTRY.search(data)
    if first is None or b"<![CDATA[" in data or b"<!--" in data:
        return
    start, end, at = b"<" + first[1], b"</" + first[1] + b">", first.start()
    while at >= 0 and (stop := data.find(end, at)) >= 0:
        stop += len(end)
        yield data[at:stop].decode("utf-8", "replace")
        at = data.find(start, stop)
        while at >= 0 and data[at + len(start) : at + len(start) + 1] not in b"> \t\r\n/":
            at = data.find(start, at + 1)


def _when(element: _Element | None, *names: str) -> date | None:
    for name in names:
        found = _at(element, name)
        if found is not None:
            return day_of((found.text or "").strip(), found.sourceline or 0, name)
    return None


def _take_balances(statement: Statement, element: _Element) -> None:
    """Opening and closing balance; where each page brings its own, the first opening and the last closing count."""
    found: dict[str, tuple[Decimal, str, date | None]] = {}
    for part in element:
        if _local(part) != "Bal":
            continue
        code, amount = _text(part, "Tp", "CdOrPrtry", "Cd"), _at(part, "Amt")
        if amount is not None and (code in _CLOSING or (code in _OPENING and code not in found)):
            place = part.sourceline or 0
            balance = money((amount.text or "").strip(), _text(part, "CdtDbtInd"), place, "Bal")
            found[code] = (balance, amount.get("Ccy", ""), _when(_at(part, "Dt"), "Dt", "DtTm"))
    opening = next((found[code] for code in _OPENING if code in found), None)
    closing = next((found[code] for code in _CLOSING if code in found), None)
    if opening is not None:
        statement.opening, statement.currency = opening[0], statement.currency or opening[1]
    if closing is not None:
        statement.closing, statement.currency = closing[0], statement.currency or closing[1]
        statement.to_on = statement.to_on or closing[2]


def _code(element: _Element | None) -> str:
    """The kind of booking: ISO's family and subfamily, and the bank's own code."""
    family = _at(element, "Domn", "Fmly")
    iso = "/".join(filter(None, (_text(family, "Cd"), _text(family, "SubFmlyCd"))))
    return " ".join(filter(None, (iso, _text(element, "Prtry", "Cd"))))
