"""Whether two bank lines of one amount are the same booking: by the bank's numbers, else by what is said of both."""

from __future__ import annotations

import re
from contextlib import suppress

from o2c_xl.domain.cash.bank_line import DAYS, BankLine
from o2c_xl.domain.cash.payers import plain_account, plain_name

__all__ = ["across", "alike_but_for_letters", "same"]

_LIST = "csv"
"""The kind of banks' lists: the only one without numbers of the bank's, and in the code page of whoever saved it."""
_PAGES = (
    "utf-8", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1257", "iso8859-1", "iso8859-2", "iso8859-15",
    "cp437", "cp850", "cp852", "mac-roman", "mac-latin2",
)  # fmt: skip
_ENOUGH = 4
"""So many letters and digits must agree before the others are taken for the same ones, read otherwise."""
_CUT = 20
"""From so many signs on a text may have been cut off by the bank."""


def same(new: BankLine, known: BankLine, *, sure: bool) -> bool:
    """Whether two lines of one amount are one booking; `sure`: a number of the bank's says so."""
    ours = {new.bank_reference, new.entry_reference} - {""}
    theirs = {known.bank_reference, known.entry_reference} - {""}
    if abs((new.booked_on - known.booked_on).days) > DAYS:
        return False
    if ours & theirs:
        items = new.bank_reference and known.bank_reference and new.bank_reference != known.bank_reference
        return sure and not items and _not_against(new, known)
    if sure or new.booked_on != known.booked_on:
        return False
    if ours and theirs and (new.bank_reference and known.bank_reference):
        return False
    if new.end_to_end and known.end_to_end:
        return new.end_to_end == known.end_to_end and _not_against(new, known)
    return _said(new) == _said(known) or (new.kind == known.kind == _LIST and _respelt(new.raw, known.raw))


def alike_but_for_letters(new: BankLine, known: BankLine) -> bool:
    """Whether two lines of banks' lists may be one booking of which an encoding told the letters otherwise."""
    if not new.kind == known.kind == _LIST:
        return False
    if (new.booked_on, new.amount, new.currency) != (known.booked_on, known.amount, known.currency):
        return False
    if new.bank_reference != known.bank_reference or new.end_to_end != known.end_to_end:
        return False
    texts = [f"{one.counterparty}{one.account}{one.text}{one.reference}" for one in (new, known)]
    bare = [re.sub(r"[^A-Za-z0-9]+", "", text) for text in texts]
    return bare[0] == bare[1] and len(bare[0]) >= _ENOUGH and not "".join(texts).isascii()


def _respelt(one: str, two: str) -> bool:
    """Whether two rows of a list are the same bytes, read in two code pages."""
    if not one or one.isascii() or two.isascii() or _marked(one) != _marked(two):
        return False
    return not _bytes_of(one).isdisjoint(_bytes_of(two))


def _marked(text: str) -> str:
    return re.sub(r"[^\x00-\x7f]+", "\x80", text)


def _bytes_of(text: str) -> set[bytes]:
    found = set()
    for page in _PAGES:
        with suppress(UnicodeEncodeError):
            found.add(text.encode(page))
    return found


def across(new: BankLine, known: BankLine) -> int | None:
    """How much says that lines of two formats are one booking; None where something says that they are not.

    What one format does not tell is no difference. Each format may have numbers of its own; those of camt are one.
    """
    if not new.kind or not known.kind or new.kind == known.kind or new.booked_on != known.booked_on:
        return None
    ours = {new.bank_reference, new.entry_reference} - {""}
    theirs = {known.bank_reference, known.entry_reference} - {""}
    if new.kind[:4] == known.kind[:4] and ours and theirs and not ours & theirs:
        return None
    verdicts = [
        new.end_to_end == known.end_to_end if new.end_to_end and known.end_to_end else None,
        plain_account(new.account) == plain_account(known.account) if new.account and known.account else None,
        _alike(plain_name(new.counterparty), plain_name(known.counterparty)),
        _alike(_text(new), _text(known)),
    ]
    return None if False in verdicts else verdicts.count(True)


def _text(line: BankLine) -> str:
    """What it says for; OFX repeats the name where it knows no text."""
    return "" if line.text == line.counterparty else _plain(line.text)


def _alike(one: str, two: str) -> bool | None:
    """Whether one text stands in the other, as a whole or cut off; None where one of them says nothing."""
    short, long = sorted((one, two), key=len)
    if not short:
        return None
    if len(short) >= _CUT:
        return short in long
    # INV-1 does not stand in INV-10
    before, behind = r"(?<![0-9])" if short[0].isdigit() else "", r"(?![0-9])" if short[-1].isdigit() else ""
    return re.search(f"{before}{re.escape(short)}{behind}", long) is not None


def _not_against(new: BankLine, known: BankLine) -> bool:
    """Whether nothing said of both tells them apart."""
    pairs = ((new.end_to_end, known.end_to_end), (plain_account(new.account), plain_account(known.account)))
    return all(not one or not two or one == two for one, two in pairs)


def _said(line: BankLine) -> str:
    return _plain(f"{line.counterparty}{line.account}{line.text}{line.reference}")


def _plain(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.upper())
