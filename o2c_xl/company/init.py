"""`o2c init`: a company folder with its settings, ledger and workbooks, ready to type into."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from o2c_xl.company.folder import CONFIG, Folder
from o2c_xl.company.opened import Company, open_company
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.money import CURRENCIES
from o2c_xl.ledger import schema
from o2c_xl.tables.define.catalogue import TABLES
from o2c_xl.workbook.template.make import DEPARTMENT_BOOKS, build_template

__all__ = ["Wishes", "make_company", "planned_books", "refuse_taken"]

_ONE_BOOK = "Order to cash"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What `o2c init` is told; `by_department` makes a workbook per department instead of one."""

    name: str
    currency: str = "EUR"
    country: str = "DE"
    by_department: bool = False


def make_company(root: Path, wishes: Wishes, day: dt.date, clock: Callable[[], dt.datetime], who: str) -> Company:
    """Make the folder and all in it; raises CannotRun when there is a company already or a value is not known."""
    folder = Folder(root.resolve())
    currency, country = _standing(wishes)
    refuse_taken(folder)
    try:
        folder.make()
        _write_config(folder, wishes.name or folder.root.name, currency, country)
    except OSError as error:
        raise CannotRun(
            f"{root} cannot be made: {error.strerror}. Check your rights, or choose another folder."
        ) from error
    _write_books(folder, wishes, currency, country)
    company = open_company(folder.root, clock=clock, who=who)
    _give_administrator(company, day)
    company.sync(day, None, dry_run=False, allow_empty=False)
    return company


def _standing(wishes: Wishes) -> tuple[str, str]:
    """Currency and country in capitals; raises CannotRun where one is not known."""
    currency, country = wishes.currency.upper(), wishes.country.upper()
    if currency not in CURRENCIES:
        raise CannotRun(f"--currency {wishes.currency} is no currency. Write three letters such as EUR.")
    if len(country) != 2 or not country.isalpha():  # noqa: PLR2004 -- ISO 3166 alpha-2
        raise CannotRun(f"--country {wishes.country} is no country. Write two letters such as DE.")
    return currency, country


def refuse_taken(folder: Folder) -> None:
    """Raises CannotRun where no company can be made: there is one already, or books of someone's."""
    if (folder.root / CONFIG).exists():
        raise CannotRun(f"{folder.root} is a company folder already. Choose another name, or work in it as it is.")
    if folder.books.exists() and any(folder.books.iterdir()):
        raise CannotRun(f"{folder.books} holds files already. Choose an empty folder.")


def planned_books(root: Path, wishes: Wishes) -> list[Path]:
    """The workbooks that `make_company` makes; raises CannotRun where it would refuse the folder or a value."""
    _standing(wishes)
    refuse_taken(Folder(root.resolve()))
    titles = DEPARTMENT_BOOKS if wishes.by_department else (_ONE_BOOK,)
    return sorted(Folder(root.resolve()).books / f"{title}.xlsx" for title in titles)


def _write_config(folder: Folder, name: str, currency: str, country: str) -> None:
    document = tomlkit.document()
    document.add(tomlkit.comment("The company's set-up. The Settings sheet shows every setting and its meaning;"))
    document.add(tomlkit.comment("what is typed there wins over what stands here."))
    document.add("ledger", tomlkit.item("ledger.db").comment('or "postgresql://user@host/database"'))
    settings = tomlkit.table()
    settings.add("Company name", name)
    settings.add("Company country", country)
    settings.add("Company currency", currency)
    document.add("settings", settings)
    (folder.root / CONFIG).write_text(tomlkit.dumps(document), encoding="utf-8")


def _write_books(folder: Folder, wishes: Wishes, currency: str, country: str) -> None:
    books = DEPARTMENT_BOOKS if wishes.by_department else {_ONE_BOOK: TABLES}
    for title, tables in books.items():
        path = folder.books / f"{title}.xlsx"
        build_template(path, tables=tables, company=wishes.name or folder.root.name, country=country, currency=currency)


def _give_administrator(company: Company, day: dt.date) -> None:
    """Whoever makes the company gives the roles; an Administrator decides nothing."""
    who = company.ledger.who
    with company.ledger.transaction(day) as txn:
        txn.record("role changed", f"{who}/Administrator", {"user": who, "role": "Administrator"})
        txn.insert(schema.roles, [{"user": who, "role": "Administrator"}])
