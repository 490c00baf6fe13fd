"""A partner's file is read exactly as its layout says, and every fault stands at the partner's own cell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from o2c_xl.domain.issue import CannotRun
from o2c_xl.intake.layouts.partner_files import fits, layout_for, learn_layout, read_with_layout, save_layout, tried
from o2c_xl.intake.layouts.resolve import resolve
from o2c_xl.ledger import schema
from o2c_xl.ledger.store import Ledger
from tests.intake.intake_files import make_book, make_csv
from tests.intake.layout_forms import FORMS, save_form

ORDER = """
[[block]]
table = "Orders"
[block.columns]
"SKU" = "Artikelnummer"
"Quantity" = "Menge"
"Unit price" = "Einzelpreis"
[block.cells]
"Customer reference" = "Bestellnummer"
"Order date" = "Datum"
"Requested date" = { label = "Liefertermin" }
[block.constants]
"Customer ID" = "ALFKI"
"""


def layout(tmp_path: Path, text: str, name: str = "acme.toml") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def form(tmp_path: Path, start: str) -> Path:
    return save_form(tmp_path / "form.xlsx", next(f for f in FORMS if f.name.startswith(start)))


def test_an_order_form_gives_one_order_with_its_lines(tmp_path: Path) -> None:
    orders, lines = read_with_layout(form(tmp_path, "german order form"), layout(tmp_path, ORDER), "form.xlsx")

    assert orders.columns["customer_id"] == ["ALFKI"]
    assert orders.columns["customer_reference"] == ["B-7781"]
    assert orders.columns["order_date"] == [dt.date(2026, 3, 2)]
    assert lines.columns["sku"] == ["A-100", "A-200", "B-310"]
    assert lines.columns["quantity"] == [200, 200, 400]
    assert lines.columns["requested_date"] == [dt.date(2026, 3, 9)] * 3
    assert lines.rows == [7, 8, 9]
    assert not lines.issues
    assert any("3 rows left out (total): 10, 11, 12" in note for note in orders.notes)


def test_a_fault_names_the_partners_cell_header_and_value(tmp_path: Path) -> None:
    rows = [["Liste"], ["Artikel-Nr.", "Menge (Stk)"], ["A-1", "zehn"], [77, 5]]
    path = make_book(tmp_path / "o.xlsx", {"Tabelle1": rows})
    rule = layout(
        tmp_path,
        '[[block]]\ntable = "StockCounts"\n[block.columns]\nSKU = "artikel-nr."\nCounted = "Menge (Stk)"\n'
        '[block.constants]\nCount = "{file}-{row}"\n"Counted on" = 2026-03-02\n',
    )

    (counts,) = read_with_layout(path, rule, "o.xlsx")

    assert [(i.cell, i.column, i.value) for i in counts.issues] == [
        ("B3", "Menge (Stk)", "zehn"),
        ("A4", "Artikel-Nr.", "77"),
    ]
    assert counts.columns["count"] == ["o-3", "o-4"]
    assert counts.columns["counted_on"] == [dt.date(2026, 3, 2)] * 2


def test_a_filled_column_that_nothing_reads_is_told_unless_it_is_meant(tmp_path: Path) -> None:
    rows = [["Code", "Qty", "Rebate", "EAN", "Remark"], ["A-1", 5, 10, 400, None], ["A-2", 7, None, 401, None]]
    path = make_book(tmp_path / "o.xlsx", {"Order": rows})
    rule = layout(
        tmp_path,
        '[[block]]\ntable = "StockCounts"\n[block.columns]\nSKU = "Code"\nCounted = "Qty"\n'
        '[block.constants]\nCount = "{row}"\n"Counted on" = 2026-03-02\n[block.skip]\ncolumns = ["EAN"]\n',
    )

    (counts,) = read_with_layout(path, rule, "o.xlsx")

    (told,) = (note for note in counts.notes if "not read" in note)
    assert told.startswith("o.xlsx, sheet Order: the column Rebate is not read by the layout.")


def test_a_fault_in_a_labelled_cell_stands_at_that_cell(tmp_path: Path) -> None:
    rows = [["Datum:", "demnächst"], ["Bestellnummer", "B-1"], [], ["Artikelnummer", "Menge"], ["A-1", 5]]
    path = make_book(tmp_path / "o.xlsx", {"T": rows})
    text = ORDER.replace('"Unit price" = "Einzelpreis"\n', "").replace(
        '"Requested date" = { label = "Liefertermin" }', ""
    )

    _, lines = read_with_layout(path, layout(tmp_path, text), "o.xlsx")

    assert [(i.cell, i.column, i.value) for i in lines.issues] == [("B1", "Datum", "demnächst")]


def test_numbers_as_text_are_read_with_the_sign_the_layout_says_and_no_other(tmp_path: Path) -> None:
    rows = [["Codice", "Quantità", "Prezzo"], ["A", "1.250", "€ 1.234,50"], ["B", "2", "3.5"], ["C", "1_000", "٣"]]
    path = make_book(tmp_path / "o.xlsx", {"F": rows})
    rule = layout(
        tmp_path,
        '[[block]]\ntable = "Orders"\ndecimal = ","\n[block.columns]\nSKU = "Codice"\nQuantity = "Quantità"\n'
        '"Unit price" = { header = "Prezzo", without = "€" }\n[block.constants]\nOrder = "1"\n',
    )

    _, lines = read_with_layout(path, rule, "o.xlsx")

    assert lines.columns["quantity"][:2] == [1250, 2]
    assert lines.columns["unit_price"][0] == Decimal("1234.5")
    assert [i.cell for i in lines.issues] == ["B4", "C4"]


def test_whole_numbers_become_identifiers_only_where_the_layout_says_so(tmp_path: Path) -> None:
    path = make_book(tmp_path / "o.xlsx", {"F": [["No", "Code", "Qty"], [1.0, 4711, 2], [1.5, "A", 3]]})
    text = '[[block]]\ntable = "Orders"\n[block.columns]\nOrder = {}\nSKU = "Code"\nQuantity = "Qty"\n'
    whole = layout(tmp_path, text.format('{ header = "No", numbers = "whole" }'))

    _, lines = read_with_layout(path, whole, "o.xlsx")

    assert lines.columns["order"] == ["1", None]
    assert [(i.cell, i.column) for i in lines.issues if i.value] == [("B2", "Code"), ("A3", "No")]


def test_the_same_headers_twice_are_told_apart_by_what_stands_above(shared_data: Path, tmp_path: Path) -> None:
    rule = layout(
        tmp_path,
        '[[block]]\ntable = "StockCounts"\n[block.columns]\nSKU = "Raw Material"\n'
        'Counted = { header = "Opening", above = "Feb" }\n[block.cells]\n'
        '"Counted on" = { label = "Timestamp", dates = "ymd", time = "drop" }\n[block.constants]\nCount = "{row}"\n',
    )

    (counts,) = read_with_layout(shared_data / "excel_forms" / "inventory_4_quarters_stacked.xlsx", rule, "q.xlsx")

    assert len(counts) == 26
    assert counts.columns["counted"][0] == 9074
    assert counts.letters["counted"] == "E"
    assert counts.columns["counted_on"][0] == dt.date(2021, 2, 14)


def test_group_headings_can_fill_a_column(shared_data: Path, tmp_path: Path) -> None:
    rule = layout(
        tmp_path,
        '[[block]]\ntable = "Products"\n[block.columns]\nSKU = "Name"\nName = "Name"\nUnit = "Pack"\nPrice = "Price"\n'
        '[block.constants]\nCategory = "{group}"\n',
    )

    (products,) = read_with_layout(shared_data / "excel_forms" / "fireworks_pricelist_order.xlsx", rule, "f.xlsx")

    assert len(products) == 182
    assert products.columns["category"][0] == "Sparklers"
    assert products.columns["category"][-1] == "Country Crackers"


@pytest.mark.parametrize("delimiter", [";", ",", "\t", "|"])
def test_a_csv_in_another_language_is_cut_where_it_says(tmp_path: Path, delimiter: str) -> None:
    rows = [["Artikelnummer", "Bezeichnung", "Bestand"], ["A1", "Rohr, lang", "12"], ["A2", "Bogen; kurz", "7"]]
    path = make_csv(tmp_path / "b.csv", rows, delimiter)

    (block,) = learn_layout(path).blocks

    assert (block["sheet"], block["header_row"], block["headers"], block["rows"]) == ("", 1, rows[0], 2)
    assert block["table"] == "StockCounts"


def test_the_only_layout_of_the_folder_that_fits_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "partners"
    folder.mkdir()
    path = form(tmp_path, "german order form")
    other = layout(folder, '[[block]]\ntable = "Orders"\n[block.columns]\nSKU = "品番"\nQuantity = "数量"\n', "jp.toml")

    assert layout_for(path, folder, "form.xlsx") is None
    mine = layout(folder, ORDER, "de.toml")

    assert layout_for(path, folder, "form.xlsx") == mine
    assert fits(path, mine)
    assert not fits(path, other)
    layout(folder, ORDER, "copy.toml")
    with pytest.raises(CannotRun, match=r"copy\.toml and de\.toml"):
        layout_for(path, folder, "form.xlsx")


def test_names_are_looked_up_and_strangers_are_faults_with_the_nearest(memory_ledger: Ledger, tmp_path: Path) -> None:
    rows = [
        ["Client", "Produit", "Quantité"],
        ["alfreds", "Chai Tee", 5],
        ["Alfreds", "Chai Te", 1],
        ["Nobody", "Salt", 1],
    ]
    path = make_book(tmp_path / "o.xlsx", {"F": rows})
    rule = layout(
        tmp_path,
        '[[block]]\ntable = "Orders"\n[block.columns]\n"Customer ID" = { header = "Client", by = "Customers.Name" }\n'
        'SKU = { header = "Produit", by = "Products.Name" }\nQuantity = "Quantité"\n'
        '[block.constants]\nOrder = "{row}"\n'
        '"Order date" = "2026-03-02"\n',
    )
    with memory_ledger.transaction(dt.date(2026, 3, 2)) as txn:
        txn.insert(schema.customers, [{"customer_id": "ALFKI", "name": "Alfreds"}])
        txn.insert(
            schema.products,
            [
                {"sku": "T1", "name": "Chai Tee", "unit": "pcs"},
                *({"sku": s, "name": "Salt", "unit": "kg"} for s in "XY"),
            ],
        )
    batches = read_with_layout(path, rule, "o.xlsx")

    with memory_ledger.transaction(dt.date(2026, 3, 2)) as txn:
        resolve(batches, txn)

    orders, lines = batches
    assert orders.columns["customer_id"] == ["ALFKI", "ALFKI", None]
    assert lines.columns["sku"] == ["T1", None, None]
    assert [(i.cell, i.column) for i in orders.issues] == [("A4", "Client")]
    assert [(i.cell, i.column) for i in lines.issues] == [("B3", "Produit"), ("B4", "Produit")]
    assert "Chai Tee (T1)" in lines.issues[0].problem
    assert "several rows" in lines.issues[1].problem
    assert not lines.by_name


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('[[block]]\ntable = "Odrers"\n', "no list of Odrers"),
        ('[[block]]\ntable = "Orders"\n[block.columns]\nSku = "A"\n', "no column Sku"),
        ('[[block]]\ntable = "Orders"\ncolums = 1\n', "colums"),
        ('[[block]]\ntable = "Orders"\n', "names no columns"),
        (
            '[[block]]\ntable = "Orders"\n[block.columns]\nSKU = { header = "A", by = "Customers.Name" }\n',
            "Products.Name",
        ),
        (
            '[[block]]\ntable = "Orders"\n[block.columns]\nSKU = "A"\n[block.skip]\nrows = { A = "(a+)+b" }\n',
            "plain one",
        ),
        ("[[block\n", "cannot be read"),
        ("", "nothing"),
    ],
)
def test_a_slip_in_a_layout_is_one_sentence(tmp_path: Path, text: str, says: str) -> None:
    path = make_book(tmp_path / "o.xlsx", {"F": [["A", "B"], ["x", 1]]})

    with pytest.raises(CannotRun, match=says):
        read_with_layout(path, layout(tmp_path, text), "o.xlsx")


def test_what_fits_nowhere_is_an_issue_that_names_the_missing_header(tmp_path: Path) -> None:
    path = make_book(tmp_path / "o.xlsx", {"F": [["Artikelnummer", "Menge"], ["x", 1]]})

    found = tried(path, layout(tmp_path, ORDER))

    assert found.rows == []
    assert "Einzelpreis" in found.issues[0].problem


def test_a_layout_is_never_written_over(tmp_path: Path) -> None:
    path = tmp_path / "new" / "a.toml"
    save_layout(path, "# mine\n")

    with pytest.raises(CannotRun, match="there already"):
        save_layout(path, "# another\n")

    assert path.read_text(encoding="utf-8") == "# mine\n"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_what_is_learnt_can_be_read_back_and_reads_every_row(form: object, tmp_path: Path) -> None:
    path = save_form(tmp_path / "form.xlsx", form)
    learnt = learn_layout(path)
    usable = [block for block in learnt.blocks if block["certain"]]
    if not usable:
        return
    rule = layout(tmp_path, learnt.text)

    found = tried(path, rule)

    skipped = sum("nothing entered" in note for note in found.notes)
    assert skipped or len(found.rows) == sum(block["rows"] for block in usable)
    assert not [issue for issue in found.issues if issue.row == 0 and not issue.column]


def test_a_number_that_was_not_recognised_is_never_replaced_by_the_files_name_unasked(tmp_path: Path) -> None:
    path = make_book(
        tmp_path / "order.xlsx",
        {"Sheet": [["Ticket:", "P-300"], ["Customer no", "C1"], [], ["Item no", "Qty"], ["A-1", 6], ["A-2", 7]]},
    )

    text = learn_layout(path).text

    assert '\n# "Order" = "{file}"' in text


@pytest.mark.parametrize(("customer", "ours"), [("10042", "Customer ID"), ("c-17", "Customer ID"), ("Alpha", "")])
def test_a_customers_number_beside_its_label_is_proposed_whatever_its_signs_are(
    tmp_path: Path, customer: str, ours: str
) -> None:
    rows = [["Order", "P-300"], ["Customer no", customer], [], ["Item no", "Qty"], ["A-1", 6], ["A-2", 7]]

    text = learn_layout(make_book(tmp_path / "order.xlsx", {"Sheet": rows})).text

    assert ('"Customer ID" = "Customer no"' in text) == bool(ours)


def test_a_suppliers_price_list_is_never_taken_for_our_own_unasked(tmp_path: Path) -> None:
    rows = [["Lieferant", "Artikelnr", "Mindestmenge", "Preis", "Gültig ab"], ["S1", "A-1", 1, 4.5, "2026-11-02"]]

    learnt = learn_layout(make_book(tmp_path / "prices.xlsx", {"Sheet": rows}))

    assert [block["doubt"] for block in learnt.blocks] == ["what this list is could not be told"]
    assert "SupplierPrices" in learnt.text


def test_a_layout_is_not_in_use_while_a_price_is_undecided(tmp_path: Path) -> None:
    headers = ["Bestellnummer", "Kundennummer", "Artikelnummer", "Menge", "Rabatt %", "Preis", "Preis"]
    rows = [headers, ["B-1", "C-1", "A-1", 5, 10, 3.5, 4.2], ["B-1", "C-1", "A-2", 6, 0, 3.5, 4.2]]
    path = make_book(tmp_path / "o.xlsx", {"T": rows})

    learnt = learn_layout(path)

    assert learnt.blocks[0]["doubt"] == "which column gives Unit price is not decided"
    with pytest.raises(CannotRun, match="in use"):
        tried(path, layout(tmp_path, learnt.text))


@pytest.mark.parametrize("fraction", ["false", "true"])
def test_a_discount_shown_as_a_percentage_is_read_as_it_is_shown(tmp_path: Path, fraction: str) -> None:
    path = tmp_path / "o.xlsx"
    book = openpyxl.Workbook()
    for row in (["Code", "Qty", "Rabatt"], ["A-1", 5, 0.05], ["A-2", 6, 0.125]):
        book.active.append(row)
    book.active["C2"].number_format = book.active["C3"].number_format = "0.0%"
    book.save(path)
    rule = (
        '[[block]]\ntable = "Orders"\n[block.columns]\nSKU = "Code"\nQuantity = "Qty"\n'
        f'"Discount %" = {{ header = "Rabatt", fraction = {fraction} }}\n'
    )

    lines = read_with_layout(path, layout(tmp_path, rule), "o.xlsx")[1]

    assert lines.columns["discount_percent"] == [Decimal(5), Decimal("12.5")]


def test_faults_of_a_column_of_fractions_say_how_a_percentage_is_written_there(tmp_path: Path) -> None:
    rows = [["Code", "Qty", " Rabatt"], ["A-1", 5, "1 %"], ["A-2", 6, "none"], ["A-3", 6, 19], ["A-4", 1, 0.19]]
    path = make_book(tmp_path / "o.xlsx", {"T": rows})
    rule = (
        '[[block]]\ntable = "Orders"\n[block.columns]\nSKU = "Code"\nQuantity = "Qty"\n'
        '"Discount %" = { header = "Rabatt", fraction = true }\n'
    )

    lines = read_with_layout(path, layout(tmp_path, rule), "o.xlsx")[1]

    assert [lines.columns["discount_percent"][i] for i in (0, 3)] == [Decimal(1), Decimal(19)]
    fix = "The layout reads this column as fractions: enter 0.19 for 19 %."
    assert [(one.cell, one.problem, one.fix) for one in lines.issues if one.column == "Rabatt"] == [
        ("C3", '"none" is not a number.', fix),
        ("C4", "1900 is more than 100 %.", fix),
    ]


@pytest.mark.parametrize(("decimal", "text"), [(",", "12,5 %"), (".", "12.5%")])
def test_a_text_with_a_percent_sign_is_no_fraction(tmp_path: Path, decimal: str, text: str) -> None:
    path = make_book(tmp_path / "o.xlsx", {"T": [["Code", "Qty", "Rabatt"], ["A-1", 5, text]]})
    rule = (
        '[[block]]\ntable = "Orders"\n[block.columns]\nSKU = "Code"\nQuantity = "Qty"\n'
        f'"Discount %" = {{ header = "Rabatt", fraction = true, decimal = "{decimal}" }}\n'
    )

    assert read_with_layout(path, layout(tmp_path, rule), "o.xlsx")[1].columns["discount_percent"] == [Decimal("12.5")]


def test_a_column_shown_as_percentages_is_not_proposed_as_fractions(tmp_path: Path) -> None:
    path = tmp_path / "o.xlsx"
    book = openpyxl.Workbook()
    for row in (["Order no", "SKU", "Quantity", "Discount"], ["1", "A-1", 5, 0.05], ["1", "A-2", 6, 0.005]):
        book.active.append(row)
    book.active["D2"].number_format = book.active["D3"].number_format = "0.0%"
    book.save(path)
    known = learn_layout(path).text.replace('# "Customer', '"Customer').replace('# "Order date"', '"Order date"')

    lines = read_with_layout(path, layout(tmp_path, known), "o.xlsx")[1]

    assert "fraction" not in known
    assert lines.columns["discount_percent"] == [Decimal(5), Decimal("0.5")]
