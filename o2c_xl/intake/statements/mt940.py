"""MT940 and MT942 as banks write them: SWIFT's customer statement (SWIFT User Handbook, Category 9) and its dialects.

Text before the first `:20:`, SWIFT envelopes and lone `-` lines are no part of it. Pages of one statement (`:62M:`
then `:60M:`) are joined. The text of a booking (`:86:`) is read in `mt940_text`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from o2c_xl.intake.statements.model import Line, Read, Statement, clean_text
from o2c_xl.intake.statements.mt940_text import told

__all__ = ["is_mt940", "read_mt940"]

_SIGN = re.compile(rb"^[^\S\n]*:20:.*?^[^\S\n]*:25P?:.*?^[^\S\n]*:(?:6[0-2][FM]?|13D|34F):", re.MULTILINE | re.DOTALL)
_TAG = re.compile(r"\s*:([0-9]{2}[A-Z]?):(.*)")
_END = re.compile(r"-(?:\}.*|[A-Z]{0,3})?\s*")
_SUM = r"(0*[0-9]{1,15}(?:,[0-9]{0,3}|\.[0-9]{0,2})?)"  # a point and three digits may mean thousands
_BALANCE = re.compile(rf"([CD])([0-9]{{6}})([A-Z]{{3}}){_SUM}")
_BOOKING = re.compile(
    r"([0-9]{6})([0-9]{4})?\s*(R[CD]|E[CD]|[CD])([A-Z])?"
    rf"{_SUM}(?=[^\S\n]*(?:[A-Za-z/\n]|\Z))([A-Z][A-Z0-9]{{3}})?"
    r"((?:(?!//)[^\n])*)(?://([^\n]*))?(?:\n(.*))?",
    re.DOTALL,
)
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}")
_NO_REFERENCE = frozenset({"", "NONREF", "NOREF", "N", "EREF", "KREF", "EREF+", "KREF+"})
_EXPECTED = ("EC", "ED")  # of MT942: not booked yet
_FEBRUARY = 2
_TEXT = "\n:86:"


def is_mt940(head: bytes) -> bool:
    """Whether the beginning of a file is that of an MT940 or MT942."""
    return _SIGN.search(head.replace(b"\r", b"\n")) is not None


@dataclass(slots=True)
class _Field:
    """A field with the lines that go on with it, and its line in the file."""

    tag: str
    lines: list[str]
    place: int

    @property
    def text(self) -> str:
        return "\n".join(self.lines).strip()


@dataclass(slots=True)
class _Page:
    """One message; `first` and `last` say that its balances are those of the statement, not of a page."""

    statement: Statement
    first: bool = True
    last: bool = True
    open_line: Line | None = None
    has_account: bool = False
    told: _Field | None = None
    own_text: str = ""


@dataclass(slots=True)
class _State:
    read: Read = field(default_factory=Read)
    pages: list[_Page] = field(default_factory=list)


def read_mt940(text: str, _name: str) -> Read:
    """Every statement of the text; what cannot be read is a fault with its line."""
    state = _State()
    for one in _fields(text):
        if one.tag == "20":
            state.pages.append(_Page(Statement("MT940", "", "", one.place)))
        elif state.pages:
            _take(state, state.pages[-1], one)
    for page in state.pages:
        _close(state.read, page)
    state.read.statements = _joined(state.pages)
    return state.read


def _fields(text: str) -> Iterator[_Field]:
    current: _Field | None = None
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 1):
        tag = _TAG.match(line)
        if tag:
            if current is not None:
                yield current
            current = _Field(tag[1], [tag[2]], number)
        elif current is not None and _END.fullmatch(line) and line.startswith("-"):
            yield current
            current = None
        elif current is not None and line.strip():
            current.lines.append(line)
    if current is not None:
        yield current


def _take(state: _State, page: _Page, one: _Field) -> None:
    statement, read = page.statement, state.read
    if one.tag in ("25", "25P"):
        page.has_account = True
        statement.account, statement.currency = _account(one.lines[0])
    elif one.tag in ("28", "28C"):
        statement.number = one.text
    elif one.tag in ("60F", "60M", "62F", "62M"):
        _balance(read, page, one)
    elif one.tag == "61":
        page.open_line, page.told = _booking(read, statement, one), None
    elif one.tag == "86" and page.open_line is not None:
        if page.told is not None:  # a second one goes on with the text of the first
            one = _Field("86", [*page.told.lines, *one.lines], page.told.place)
            page.open_line.text = page.own_text
        page.told, page.own_text = one, page.open_line.text
        _tell(page.open_line, one)
    elif one.tag in ("13", "13D", "34F"):
        statement.kind, statement.interim = "MT942", True
        statement.currency = statement.currency or one.text[:3] if one.tag == "34F" else statement.currency


def _account(text: str) -> tuple[str, str]:
    """The account, and the currency that some banks write behind it."""
    plain = text.replace(" ", "").upper()
    currency = plain[-3:] if re.fullmatch(r".*[0-9][A-Z]{3}", plain) else ""
    plain = plain.removesuffix(currency) if currency else plain
    iban = _IBAN.search(plain.rpartition("/")[2])
    return (iban[0] if iban else plain), currency


def _balance(read: Read, page: _Page, one: _Field) -> None:
    found = _BALANCE.fullmatch(one.text)
    if found is None:
        read.fault(one.place, f":{one.tag}:", one.text, "It is no balance such as C260131EUR1000,00.")
        return
    day = _day(read, found[2], one)
    amount = _amount(found[4]) * (-1 if found[1] == "D" else 1)
    statement = page.statement
    if one.tag.startswith("60"):
        statement.opening, statement.currency, page.first = amount, found[3], one.tag == "60F"
        statement.from_on = day
    else:
        statement.closing, page.last, statement.to_on = amount, one.tag == "62F", day
        page.open_line = None
        if statement.currency and statement.currency != found[3]:
            read.fault(one.place, f":{one.tag}:", one.text, f"The statement began in {statement.currency}.")


def _booking(read: Read, statement: Statement, one: _Field) -> Line | None:
    found = _BOOKING.fullmatch(one.text)
    if found is None:
        read.fault(one.place, ":61:", one.text, "It is no booking such as 2601310131C100,00NTRFNONREF.")
        return None
    value_on = _day(read, found[1], one)
    if value_on is None or found[3] in _EXPECTED:
        return None
    booked_on = _booked(read, found[2], value_on, one) if found[2] else value_on
    if booked_on is None:
        return None
    mark = found[3]
    amount = _amount(found[5]) * (-1 if mark in ("D", "RC") else 1)
    own, bank, more = (clean_text(part or "") for part in found.group(7, 8, 9))
    line = Line(
        booked_on,
        amount,
        statement.currency,
        one.place,
        value_on=value_on,
        end_to_end="" if own.upper() in _NO_REFERENCE else own,
        bank_reference="" if bank.upper() in _NO_REFERENCE else bank,
        code=found[6] or "",
        reversal=mark in ("RC", "RD"),
        text=more,
        raw=f":61:{one.text}",
    )
    if iban := _IBAN.fullmatch(more.replace(" ", "")):
        line.account, line.text = iban[0], ""
    statement.lines.append(line)
    return line


def _tell(line: Line, one: _Field) -> None:
    """Add what `:86:` says of a booking."""
    about = told(one.lines)
    line.raw = f"{line.raw.partition(_TEXT)[0]}{_TEXT}{one.text}"
    line.text = clean_text(f"{about.text} {line.text}")
    line.counterparty = about.name
    line.account = about.account or line.account
    line.end_to_end = about.end_to_end or line.end_to_end
    line.reference = about.reference
    line.code = f"{line.code} {about.code}".strip()
    # what a customer writes may hold such a word too: it counts for money that went out only
    line.reversal = line.reversal or about.returned or (about.worded and line.amount < 0)


def _day(read: Read, text: str, one: _Field) -> date | None:
    """A day of six digits. A 29th or 30th of February (banks that count 30 days a month) is its last day."""
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:6])
    if year >= 2080:  # noqa: PLR2004 - statements of the last century
        year -= 100
    try:
        return date(year, month, day)
    except ValueError:
        if month == _FEBRUARY and day in (29, 30):
            last = date(year, 3, 1) - timedelta(days=1)
            read.notes.append(
                f"Line {one.place}: the bank writes a {day}th of February; it was taken as {last.isoformat()}."
            )
            return last
    read.fault(one.place, f":{one.tag}:", one.text, f"{text} is no day (year, month, day).")
    return None


def _booked(read: Read, text: str, value_on: date, one: _Field) -> date | None:
    """The booking day, told without its year: that which is nearest to the value date."""
    near = []
    for year in (value_on.year - 1, value_on.year, value_on.year + 1):
        try:
            near.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    if not near:
        read.fault(one.place, f":{one.tag}:", one.text, f"{text} is no day (month, day).")
        return None
    return min(near, key=lambda day: abs((day - value_on).days))


def _amount(text: str) -> Decimal:
    return Decimal(text.replace(",", ".").rstrip("."))


def _close(read: Read, page: _Page) -> None:
    """What a message must have."""
    statement = page.statement
    for line in statement.lines:
        line.currency = line.currency or statement.currency
    if not page.has_account:
        read.fault(statement.place, ":25:", "", "The statement does not say of which account it is.")
    missing = [tag for tag, have in ((":60F:", statement.opening), (":62F:", statement.closing)) if have is None]
    if missing and not statement.interim and not any(fault.field in missing for fault in read.faults):
        read.fault(statement.place, missing[0], "", "The statement has no such balance: it may be cut off.")


def _joined(pages: list[_Page]) -> list[Statement]:
    """Pages of one statement put together."""
    statements: list[Statement] = []
    before: _Page | None = None
    for page in pages:
        now = page.statement
        if before is not None and _goes_on(before, page):
            whole = statements[-1]
            whole.lines += now.lines
            whole.closing, whole.to_on = now.closing, now.to_on
        else:
            statements.append(now)
        before = page
    return statements


def _goes_on(before: _Page, page: _Page) -> bool:
    one, two = before.statement, page.statement
    same = one.account == two.account and one.number.partition("/")[0] == two.number.partition("/")[0]
    return same and not before.last and not page.first
