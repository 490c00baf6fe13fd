"""Several lists in a partner's file are one: keys, line numbers and what is said of an order hold for all of it."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from sqlalchemy import select

from o2c_xl.intake.layouts.partner_files import learn_layout, read_with_layout, tried
from o2c_xl.intake.layouts.resolve import resolve
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from tests.intake.intake_files import make_book

DAY = dt.date(2026, 11, 2)
HEADER = ["Bestell-Nr.", "Kundennummer", "Bestelldatum", "Artikelnummer", "Menge", "Einzelpreis (netto)"]
COUNTS = ["Artikel", "Bestand", "Zähldatum"]


def learnt(tmp_path: Path, book: Path) -> Path:
    path = tmp_path / "learnt.toml"
    path.write_text(learn_layout(book).text, encoding="utf-8")
    return path


def order(number: str, customer: str, sku: str, quantity: int, price: int = 10) -> list[object]:
    return [number, customer, DAY, sku, quantity, price]


def test_lines_are_numbered_on_over_lists_one_below_the_other(tmp_path: Path) -> None:
    rows = [HEADER, order("G-1", "ALFKI", "P-1", 10), order("G-1", "ALFKI", "P-2", 11), [], ["Nachtrag"], HEADER]
    more = [order("G-1", "ALFKI", "0003", 12), order("G-1", "ALFKI", "P-1", 5)]
    book = make_book(tmp_path / "o.xlsx", {"Tabelle1": [*rows, *more]})

    orders, lines = read_with_layout(book, learnt(tmp_path, book), "o.xlsx")

    assert orders.columns["order"] == ["G-1"]
    assert lines.columns["line"] == ["1", "2", "3", "4"]
    assert lines.columns["sku"] == ["P-1", "P-2", "0003", "P-1"]
    assert lines.rows == [2, 3, 7, 8]
    assert not lines.issues


def test_rows_of_an_order_in_two_lists_must_agree_on_its_customer(tmp_path: Path) -> None:
    jan = [HEADER, order("G-9", "ALFKI", "P-1", 1), order("G-8", "ALFKI", "P-1", 1)]
    feb = [HEADER, order("G-9", "BONAP", "P-2", 1)]
    book = make_book(tmp_path / "o.xlsx", {"Jan": jan, "Feb": feb})

    result = tried(book, learnt(tmp_path, book))

    (issue,) = result.issues
    assert (issue.sheet, issue.cell, issue.value) == ("Feb", "B2", "BONAP")
    assert "Jan!B2" in issue.problem
    assert [row["sheet"] for row in result.rows] == ["Jan", "Jan", "Feb"]


def test_a_fault_in_one_list_refuses_no_row_of_the_same_number_in_another(tmp_path: Path) -> None:
    jan = [HEADER, order("G-1", "ALFKI", "P-1", 1)]
    feb = [HEADER, [*order("G-2", "ALFKI", "P-2", 1)[:4], "viele", 10], order("G-3", "ALFKI", "P-2", 1)]
    book = make_book(tmp_path / "o.xlsx", {"Jan": jan, "Feb": feb})

    _, lines = read_with_layout(book, learnt(tmp_path, book), "o.xlsx")

    assert lines.bad == {1}


def test_a_price_that_two_lists_give_differently_is_a_fault_at_the_second(tmp_path: Path) -> None:
    header = ["Price list", "SKU", "Minimum quantity", "Price"]
    rows = [header, ["L1", "P-1", 1, 10], [], ["Nachtrag"], header, ["L1", "P-1", 1, 99]]
    book = make_book(tmp_path / "p.xlsx", {"Preise": rows})

    (prices,) = read_with_layout(book, learnt(tmp_path, book), "p.xlsx")

    (issue,) = prices.issues
    assert issue.row == 6
    assert "row 2 already" in issue.problem


def test_the_counts_of_lists_side_by_side_and_on_two_sheets_have_numbers_of_their_own(tmp_path: Path) -> None:
    rows = [[*COUNTS, None, *COUNTS], ["P-1", 3, DAY, None, "P-2", 4, DAY], ["P-3", 5, DAY, None, "P-4", 6, DAY]]
    sheets = {"Jan": [COUNTS, ["P-1", 3, DAY]], "Feb": [COUNTS, ["P-2", 4, DAY]]}
    beside, apart = make_book(tmp_path / "a.xlsx", {"T": rows}), make_book(tmp_path / "b.xlsx", sheets)

    (one,) = read_with_layout(beside, learnt(tmp_path, beside), "a.xlsx")
    (other,) = read_with_layout(apart, learnt(tmp_path, apart), "b.xlsx")

    assert one.columns["count"] == ["a-A-2", "a-A-3", "a-E-2", "a-E-3"]
    assert one.columns["counted"] == [Decimal(3), Decimal(5), Decimal(4), Decimal(6)]
    assert other.columns["count"] == ["b-Jan-2", "b-Feb-2"]
    assert not one.issues
    assert not other.issues


def test_a_key_that_two_lists_give_alike_is_a_fault_though_they_have_other_columns(tmp_path: Path) -> None:
    rows = [["Artikel", "Bestand"], ["P-1", 3], [], ["Nachtrag"], ["Artikel", "Menge"], ["P-2", 4]]
    book = make_book(tmp_path / "a.xlsx", {"T": rows})
    layout = tmp_path / "l.toml"
    layout.write_text(
        "".join(
            f'[[block]]\ntable = "StockCounts"\n[block.columns]\nSKU = "Artikel"\nCounted = "{header}"\n'
            f'[block.constants]\nCount = "Z"\n"Counted on" = 2026-03-02\n{more}'
            for header, more in (("Bestand", ""), ("Menge", 'Reason = "again"\n'))
        ),
        encoding="utf-8",
    )

    first, second = read_with_layout(book, layout, "a.xlsx")

    assert not first.issues
    (issue,) = second.issues
    assert (issue.row, issue.problem) == (6, "Z stands in row 2 already, in another list.")


def test_names_of_one_product_in_two_lists_are_one_key(tmp_path: Path, ledger: Ledger) -> None:
    rows = [["Price list", "Product", "Price"], ["L1", "Pen", 10], [], ["Nachtrag"]]
    book = make_book(tmp_path / "p.xlsx", {"T": [*rows, rows[0], ["L1", "pen", 99]]})
    layout = tmp_path / "l.toml"
    layout.write_text(
        '[[block]]\ntable = "Prices"\n[block.columns]\n"Price list" = "Price list"\nPrice = "Price"\n'
        'SKU = { header = "Product", by = "Products.Name" }\n[block.constants]\n"Minimum quantity" = 1\n',
        encoding="utf-8",
    )
    (prices,) = read_with_layout(book, layout, "p.xlsx")

    with ledger.transaction(DAY) as txn:
        txn.insert(schema.products, [{"sku": "P-1", "name": "Pen"}])
        resolve([prices], txn)
        assert txn.conn.execute(select(schema.products.c.sku)).scalar() == "P-1"

    assert [issue.row for issue in prices.issues] == [6]


def test_rows_under_a_table_in_a_partner_s_file_are_told(tmp_path: Path) -> None:
    path = tmp_path / "t.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Bestand")
    columns = [{"header": "Artikel"}, {"header": "Bestand"}]
    sheet.add_table(0, 0, 2, 1, {"data": [["P-1", 3], ["P-2", 4]], "columns": columns, "name": "Liste"})
    sheet.write_row(3, 0, ["P-3", 5])
    sheet.write_row(5, 0, ["Stand: gestern"])
    book.close()
    layout = tmp_path / "l.toml"
    layout.write_text(
        '[[block]]\ntable = "StockCounts"\n[block.columns]\nSKU = "Artikel"\nCounted = "Bestand"\n'
        '[block.constants]\nCount = "{file}-{row}"\n"Counted on" = 2026-03-02\n',
        encoding="utf-8",
    )

    (counts,) = read_with_layout(path, layout, "t.xlsx")

    assert counts.rows == [2, 3]
    (issue,) = counts.issues
    assert (issue.sheet, issue.cell, issue.row) == ("Bestand", "A4", 4)
    assert "row 4 below the table Liste and was not read" in issue.problem
    assert any("row 6 below the table Liste" in note for note in counts.notes)


def test_a_line_of_a_partner_s_csv_with_more_values_than_its_header_is_a_fault(tmp_path: Path) -> None:
    header = "Artikel,Bestand,Zähldatum,Bemerkung"
    shifted, ended = tmp_path / "s.csv", tmp_path / "e.csv"
    shifted.write_text(f"{header}\nP-1,1,000,2026-11-02,\nP-2,3,2026-11-02,x\n", encoding="utf-8")
    ended.write_text(f"{header}\nP-1,1,2026-11-02,,\nP-2,3,2026-11-02,x,\n", encoding="utf-8")
    layout = tmp_path / "l.toml"
    layout.write_text(
        '[[block]]\ntable = "StockCounts"\n[block.columns]\nSKU = "Artikel"\nCounted = "Bestand"\n'
        '[block.constants]\nCount = "{file}-{row}"\n"Counted on" = 2026-03-02\n',
        encoding="utf-8",
    )

    (counts,) = read_with_layout(shifted, layout, "s.csv")
    (sound,) = read_with_layout(ended, layout, "e.csv")

    assert [(issue.cell, issue.row) for issue in counts.issues] == [("E2", 2)]
    assert not sound.issues


def test_lists_that_the_layout_does_not_fit_are_told(tmp_path: Path) -> None:
    one = [HEADER, order("G-1", "ALFKI", "P-1", 10), order("G-2", "ALFKI", "P-2", 11)]
    layout = learnt(tmp_path, make_book(tmp_path / "o.xlsx", {"Bestellung": one}))
    other = ["Anzahl" if name == "Menge" else name for name in HEADER]
    rows = [*one, [], [], ["Nachtrag"], other, *one[1:]]
    book = make_book(tmp_path / "p.xlsx", {"Bestellung": rows, "Bestellung 2": one})

    orders, lines = read_with_layout(book, layout, "p.xlsx")

    assert orders.columns["order"] == ["G-1", "G-2"]
    told = [note for note in [*orders.notes, *lines.notes] if "is not read, since the layout does not fit it" in note]
    assert len(told) == 2
    assert "row 7" in told[0]
    assert "Anzahl" in told[0]
    assert "Bestellung 2" in told[1]
    assert tried(book, layout).notes == [*orders.notes, *lines.notes]
