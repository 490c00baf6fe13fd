"""Postings for accounting programs: the same amounts in csv and in plain text, and no text that breaks a file."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from o2c_xl.domain.chart import Account
from o2c_xl.domain.reporting.exporting import Exported, account_name, beancount_lines, csv_rows

D = Decimal
DAY = date(2026, 3, 2)


def sale(subject: str = "INV-000001", who: str = "anna") -> list[Exported]:
    def leg(account: Account, amount: str, currency: str = "EUR") -> Exported:
        return Exported(7, DAY, "invoice posted", subject, str(account), D(amount), currency, "ALFKI", who)

    return [leg(Account.RECEIVABLES, "119"), leg(Account.REVENUE, "-100"), leg(Account.OUTPUT_TAX, "-19")]


def test_an_account_is_named_by_kind_code_and_name() -> None:
    assert account_name("1100") == "Assets:1100-Receivables"
    assert account_name("5000") == "Expenses:5000-Cost-Of-Goods-Sold"


def test_a_row_has_its_amount_as_debit_or_credit() -> None:
    debit, credit, _ = csv_rows(sale())

    assert debit[4:9] == ("1100", "Receivables", "119.00", "", "EUR")
    assert credit[4:9] == ("4000", "Revenue", "", "100.00", "EUR")


def test_an_entry_is_a_transaction_with_its_parties() -> None:
    text = "\n".join(beancount_lines(sale(), "Fjord", "EUR", DAY))

    assert '2026-03-02 * "invoice posted" "INV-000001"' in text
    assert "  Assets:1100-Receivables  119.00 EUR" in text
    assert text.count('party: "ALFKI"') == 3


def test_quotes_and_line_breaks_cannot_end_a_string() -> None:
    text = "\n".join(beancount_lines(sale('x"\n2026-01-01 open Assets:Mine\\'), 'A "B" \\', "EUR", DAY))

    assert "\n2026-01-01" not in text
    assert '"x\' 2026-01-01 open Assets:Mine/"' in text


def test_currencies_keep_their_places_and_nothing_is_rounded() -> None:
    yen = Exported(1, DAY, "e", "s", "1100", D("1200.0000"), "JPY")
    odd = Exported(1, DAY, "e", "s", "1100", D("0.0125"), "EUR")

    (first, second) = csv_rows([yen, odd])

    assert (first[6], second[6]) == ("1200", "0.0125")
