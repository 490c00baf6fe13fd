"""A bank's list of bookings (csv or a sheet), read by a profile: which header means what.

A profile is a small TOML file in the company's folder `layouts/bank/`; where none fits, the headers are known by the
words that banks use in several languages. What dates and amounts do not prove is refused, and the profile can say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from o2c_xl.domain.money import ZERO
from o2c_xl.intake.statements.bank_cells import bare, day, number, proved_decimal, proved_order
from o2c_xl.intake.statements.bank_columns import account_in, chains, minus_gives_back, whose_accounts
from o2c_xl.intake.statements.bank_header import EITHER, Found, by_profile, by_words
from o2c_xl.intake.statements.bank_labels import Labels
from o2c_xl.intake.statements.bank_profile import Order, Profile, known_banks
from o2c_xl.intake.statements.bank_rows import Rows, rows_of_csv
from o2c_xl.intake.statements.bank_sides import Sided, told_amounts
from o2c_xl.intake.statements.bank_words import (
    ACCOUNTS,
    HEADERS,
    INTO,
    NOT_MADE,
    OUT,
    plain,
)
from o2c_xl.intake.statements.model import ASK_THE_BANK, Fault, Line, Read, Statement, clean_text

__all__ = ["Rows", "header_of", "read_list", "rows_of_csv"]

_OF_BANKS = frozenset({"balance", "account", "own_account", EITHER, "bank_reference", "value_on", "debit"})
_NAME_WORDS = (
    "Say in a profile which words mean money out (out) and money in (into), or mend the cell; nothing was taken."
)
_CURRENCY = re.compile(r"[A-Z]{3}")


def read_list(
    rows: Rows, profiles: Sequence[Profile], *, told: bool = True, name: str = "", own: Sequence[str] = ()
) -> Read | None:
    """The statements of a list; None where no profile fits and its headers are not those of a bank.

    `name` is that of the file, which may bear the account; `own` are the accounts that are known as the company's.
    With `told` False nobody says that it is one: then date, amount and text alone are not enough.
    """
    found = header_of(rows, profiles)
    if found is None or not (told or found.profile.columns or _OF_BANKS & set(found.columns)):
        return None
    return _List(rows, found, name, own).read()


def header_of(rows: Rows, profiles: Sequence[Profile]) -> Found | None:
    """Where a bank's header is among the first rows."""
    every = (*profiles, *known_banks())
    return next((at for profile in every if (at := by_profile(rows, profile))), None) or by_words(rows)


class _List:
    """One list being read."""

    def __init__(self, rows: Rows, found: Found, name: str, own: Sequence[str]) -> None:
        self.rows, self.columns, self.profile = rows, found.columns, found.profile
        self.result = Read()
        self.before = range(found.index)
        self.body: Sequence[int] = range(found.index + 1, len(rows.cells))
        self.header = rows.cells[found.index]
        self.account, self.currency = self.profile.account, self.profile.currency
        self.decimal = self.profile.decimal or proved_decimal(self._cells("amount", "debit", "credit", "balance"))
        self.labels = Labels(self.decimal)
        self.body = [index for index in self.body if not self.labels.take(rows.cells[index], empty=self._empty(index))]
        self.order: Order | None = self.profile.dates or proved_order(
            self._cells("booked_on", "value_on"), self.decimal
        )
        self._look_around()
        self.account = self.account or account_in(name)
        self._tell_accounts((self.account,) if self.account else own)
        self.gives_back = minus_gives_back(self._sides())
        self.told = self._told()

    def read(self) -> Read:
        """Its bookings, those of each account and currency a statement of their own."""
        found: dict[tuple[str, str], Statement] = {}
        left_out = [self._text(index, "status") for index in self.body if self._not_made(index)]
        for index in self.body:
            if self._not_made(index) or not self._text(index, "booked_on", "value_on"):
                continue
            line = self._line(index)
            if line is not None:
                key = (self._text(index, "own_account") or self.account, line.currency)
                if key not in found:
                    found[key] = Statement("csv", key[0].replace(" ", ""), key[1], self.rows.places[index])
                found[key].lines.append(line)
        for statement in found.values():
            self._balances(statement)
        self.result.statements = list(found.values())
        if left_out:
            words = ", ".join(dict.fromkeys(left_out))
            self.result.notes.append(f"Left out, since the bank has not booked them ({words}): {len(left_out)}.")
        elif not found and not self.result.faults:
            self.result.fault(0, "", "", "The list has a header and no bookings.")
        return self.result

    # --- what the list proves ------------------------------------------------------------------------------------

    def _cells(self, *names: str) -> Iterable[object]:
        for name in names:
            for place in self.columns.get(name, ()):
                for index in self.body:
                    row = self.rows.cells[index]
                    if place < len(row) and row[place] not in (None, ""):
                        yield row[place]

    def _look_around(self) -> None:
        """Account and currency told above the header."""
        for index in self.before:
            for cell in self.rows.cells[index]:
                text = str(cell or "")
                words = text.replace(":", " ").split()
                iban = re.search(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b", text)
                if iban and not self.account:
                    self.account = iban[0].replace(" ", "")
                elif not self.account and plain(text.partition(":")[0]) in HEADERS["own_account"] | ACCOUNTS:
                    self.account = text.partition(":")[2].strip()
                if not self.currency and len(words) <= 2 and words and _CURRENCY.fullmatch(words[-1]):  # noqa: PLR2004
                    self.currency = words[-1]
            self.labels.take(self.rows.cells[index])

    def _tell_accounts(self, own: Sequence[str]) -> None:
        """Take the columns under headers such as `IBAN` for ours or for the payers', as they prove it."""
        found: dict[bool | None, list[int]] = {True: [], False: [], None: []}
        for place in self.columns.pop(EITHER, ()):
            told = "account" in self.columns and not self.account  # the payers' are in a column of their own
            found[told or self._ours(place, own)].append(place)
        mine, theirs = found[True], found[False]
        if found[None] and theirs and not mine:
            mine.append(found[None].pop())
        if mine:
            self.columns.setdefault("own_account", mine[:1])
        if "own_account" in self.columns or self.account:
            theirs += found.pop(None)
        if theirs:
            self.columns.setdefault("account", theirs[:1])
        for place in found.get(None, ()):
            self._in_doubt(place, own)

    def _ours(self, place: int, own: Sequence[str]) -> bool | None:
        """Whether that column holds our accounts; one that differs from what the file tells of itself does not."""
        cells = [(self._text(index, "counterparty"), self.rows.cells[index]) for index in self.body]
        pairs = [(name, str(row[place] or "")) for name, row in cells if place < len(row)]
        ours = whose_accounts(pairs, own, named="counterparty" in self.columns)
        return ours if ours or not self.account else False

    def _in_doubt(self, place: int, own: Sequence[str]) -> None:
        index = next(at for at in self.body if place < len(self.rows.cells[at]) and self.rows.cells[at][place])
        fix = "Where it is ours, put it into the file's name and bring the file again"
        self.result.faults.append(
            Fault(
                self.rows.places[index],
                str(self.header[place]),
                str(self.rows.cells[index][place]),
                "It may be the payer's account or one of ours.",
                f"{fix}; else say account in a profile." if own else f"Enter Company IBAN in Settings. {fix}.",
            )
        )

    def _sides(self) -> list[tuple[Decimal, Decimal, Decimal | None]]:
        """Debit, credit and balance of each booking, where it has its own column for either side."""
        if "amount" in self.columns:
            return []
        names = ("debit", "credit", "balance")
        rows = [[number(self._cell(index, name), self.decimal) for name in names] for index in self.body]
        return [(debit or ZERO, credit or ZERO, balance) for debit, credit, balance in rows if debit or credit]

    def _told(self) -> dict[int, Decimal | str]:
        """The amount of each booking by the word beside it, or what is wrong with that."""
        made = [index for index in self.body if not self._not_made(index)]
        names = ("amount", "balance")
        amounts = {index: [number(self._cell(index, name), self.decimal) for name in names] for index in made}
        rows = {
            index: Sided(plain(self._text(index, "side")), amount, balance)
            for index, (amount, balance) in amounts.items()
            if amount is not None
        }
        out, into = (set(map(plain, words)) for words in (self.profile.out, self.profile.into))
        told = told_amounts(list(rows.values()), (OUT - into) | out, (INTO - out) | into)
        return dict(zip(rows, told, strict=True))

    # --- bookings ------------------------------------------------------------------------------------------------

    def _text(self, index: int, *names: str) -> str:
        row = self.rows.cells[index]
        for name in names:
            parts = [str(row[place]) for place in self.columns.get(name, ()) if place < len(row) and row[place]]
            if parts:
                return clean_text(" ".join(dict.fromkeys(parts)))
        return ""

    def _cell(self, index: int, name: str) -> object:
        row = self.rows.cells[index]
        return next((row[place] for place in self.columns.get(name, ()) if place < len(row)), None)

    def _line(self, index: int) -> Line | None:
        name = "booked_on" if self._text(index, "booked_on") else "value_on"
        booked, amount = self._day(index, name), self._amount(index)
        if booked is None or amount is None:
            return None
        fee = abs(number(self._cell(index, "fee"), self.decimal) or ZERO)
        return Line(
            booked,
            amount - fee,
            self._text(index, "currency").upper() or self.currency,
            self.rows.places[index],
            counterparty=self._text(index, "counterparty"),
            account=self._text(index, "account").replace(" ", ""),
            text=self._text(index, "text"),
            reference=self._text(index, "reference"),
            end_to_end=self._text(index, "end_to_end"),
            bank_reference=self._text(index, "bank_reference"),
            charges=fee or None,
            balance=number(self._cell(index, "balance"), self.decimal),
            raw="\t".join("" if cell is None else str(cell) for cell in self.rows.cells[index]),
        )

    def _amount(self, index: int) -> Decimal | None:
        if "amount" in self.columns:
            amount, told = self._given(index, "amount"), self.told.get(index)
            if amount is None or not isinstance(told, str):
                return told if isinstance(told, Decimal) else amount
            self._fault(index, "side", self._text(index, "side"), told, _NAME_WORDS)
            return None
        return self._of_sides(index)

    def _of_sides(self, index: int) -> Decimal | None:
        """The amount of a list with a column for either side; a credit with a minus is money out."""
        sides = {name: self._text(index, name) for name in ("debit", "credit")}
        if self._empty(index):
            self._fault(index, "credit", "", "It has neither an amount that came in nor one that went out.")
            return None
        debit, credit = (self._given(index, name) if text else ZERO for name, text in sides.items())
        if debit is None or credit is None:
            return None
        if debit < 0 and self.gives_back is None:
            what = "Some debits have a minus and some have none, and no balances tell which went out."
            self._fault(index, "debit", str(debit), what)
            return None
        return credit - (debit if self.gives_back else abs(debit))

    def _empty(self, index: int) -> bool:
        return not self._text(index, "amount", "debit", "credit")

    def _not_made(self, index: int) -> bool:
        """Whether the bank only expects this booking, or gave it up."""
        words = {plain(word) for word in self.profile.pending} or NOT_MADE
        return plain(self._text(index, "status")) in words

    def _given(self, index: int, name: str) -> Decimal | None:
        cell = self._cell(index, name)
        amount = number(cell, self.decimal)
        if amount is None:
            text = str(cell or "")
            unsure = self.decimal is None and re.search(r"[0-9][.,][0-9]{3}$", bare(text))
            what = "It may mean thousands or parts: say decimal in a profile." if unsure else "It is no amount."
            self._fault(index, name, text, what)
        return amount

    def _day(self, index: int, name: str) -> date | None:
        cell = self._cell(index, name)
        found = day(cell, self.order)
        if found is None:
            text = str(cell or "").strip()
            unsure = self.order is None and day(text, "DMY") is not None
            what = "Day and month cannot be told apart: say dates in a profile." if unsure else "It is no day."
            self._fault(index, name, text, what)
        return found

    def _fault(self, index: int, name: str, value: str, problem: str, fix: str = ASK_THE_BANK) -> None:
        place = next(iter(self.columns.get(name, ())), None)
        header = str(self.header[place]) if place is not None and place < len(self.header) else name
        self.result.faults.append(Fault(self.rows.places[index], header, value[:80], problem, fix))

    # --- balances ------------------------------------------------------------------------------------------------

    def _balances(self, statement: Statement) -> None:
        """As told beside labels, else by the column of balances, whichever way up the list stands."""
        statement.opening, statement.closing = self.labels.opening, self.labels.closing
        lines = statement.lines
        if all(line.balance is not None for line in lines) and statement.opening is None and statement.closing is None:
            upwards = chains(lines[::-1]) and not chains(lines)
            if upwards:
                lines.reverse()
            first, last = lines[0], lines[-1]
            statement.opening = (first.balance or ZERO) - first.amount
            statement.closing = last.balance
        elif lines and lines[0].booked_on > lines[-1].booked_on:
            lines.reverse()
