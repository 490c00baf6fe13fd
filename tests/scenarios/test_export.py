"""The export of a company's postings is accepted by bean-check, with the ledger's own balances asserted in it.

beancount is under the GPL: it is run as a program of its own, never imported and never shipped.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import shutil
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

from o2c_xl.company.exporting import _csv, export_postings
from o2c_xl.company.opened import Company
from o2c_xl.domain.reporting.exporting import Exported, account_name
from o2c_xl.ledger import schema
from tests.ledger.worked_company import work
from tests.scenarios.commands import Desk

D = Decimal
LAST = dt.date(2026, 12, 31)


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Company:
    """A company that went from order to cash."""
    return work(tmp_path_factory.mktemp("export") / "company")


@pytest.fixture(scope="module")
def bean_check() -> str:
    """The program; it stands beside this Python, or on the path."""
    found = shutil.which("bean-check", path=str(Path(sys.executable).parent)) or shutil.which("bean-check")
    if found is None:
        pytest.skip("bean-check is not installed (pip install beancount)")
    return found


def balances(company: Company, since: dt.date | None = None) -> dict[tuple[str, str], Decimal]:
    c = schema.postings.c
    statement = select(c.account, c.currency, func.sum(c.amount)).group_by(c.account, c.currency)
    if since is not None:
        statement = statement.where(c.day >= since)
    with company.ledger.reading() as conn:
        return {(account, currency): amount for account, currency, amount in conn.execute(statement)}


def asserted(path: Path, found: dict[tuple[str, str], Decimal]) -> Path:
    """The export with a balance assertion for each account and currency."""
    lines = [f"2027-01-01 balance {account_name(code)}  {amount} ~ 0 {cur}" for (code, cur), amount in found.items()]
    target = path.with_suffix(".checked.beancount")
    target.write_text(path.read_text(encoding="utf-8") + "\n".join(lines) + "\n", encoding="utf-8")
    return target


def checked(program: str, path: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([program, "--no-cache", str(path)], capture_output=True, text=True, check=False)


def test_bean_check_accepts_it_with_the_ledgers_balances(company: Company, bean_check: str, tmp_path: Path) -> None:
    done = export_postings(company, "beancount", (None, LAST), tmp_path / "all.beancount", dry_run=False)

    found = balances(company)
    right = checked(bean_check, asserted(done.path, found))
    account = next(iter(found))
    wrong = checked(bean_check, asserted(done.path, found | {account: found[account] + D("0.01")}))

    assert (right.returncode, right.stdout + right.stderr) == (0, "")
    assert wrong.returncode != 0, "a balance that is a cent off must be found, else nothing was proved"
    assert done.entries > 20


def test_a_period_brings_only_its_own_postings(company: Company, bean_check: str, tmp_path: Path) -> None:
    first = dt.date(2026, 2, 10)

    done = export_postings(company, "beancount", (first, LAST), tmp_path / "part.beancount", dry_run=False)

    right = checked(bean_check, asserted(done.path, balances(company, first)))
    assert (right.returncode, right.stdout + right.stderr) == (0, "")


def test_the_csv_holds_the_same_balances(company: Company, tmp_path: Path) -> None:
    done = export_postings(company, "csv", (None, LAST), tmp_path / "all.csv", dry_run=False)

    with done.path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[tuple[str, str], Decimal] = {}
    for row in rows:
        key = (row["Account"], row["Currency"])
        found[key] = found.get(key, D(0)) + D(row["Debit"] or 0) - D(row["Credit"] or 0)
    assert found == balances(company)
    assert len(rows) == done.postings


@pytest.mark.parametrize(("name", "begins"), [("books.beancount", "option"), ("books.csv", "\ufeff")])
def test_the_name_of_the_file_says_the_format(company: Company, tmp_path: Path, name: str, begins: str) -> None:
    Desk(company.folder.root, LAST.isoformat()).o2c("export", "--out", tmp_path / name, "--on", LAST.isoformat())

    assert (tmp_path / name).read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_a_text_that_looks_like_a_formula_stays_text(text: str) -> None:
    posting = Exported(1, LAST, "payment entered", text, "1000", D("-12.50"), "EUR", party=text, who="anna")

    (row,) = csv.DictReader(io.StringIO(_csv([posting]).lstrip("\ufeff")))

    assert (row["Subject"], row["Credit"]) == (f"'{text}", "12.50")


def test_a_dry_run_writes_nothing(company: Company, tmp_path: Path) -> None:
    done = export_postings(company, "csv", (None, LAST), tmp_path / "none.csv", dry_run=True)

    assert done.entries
    assert not done.path.exists()
