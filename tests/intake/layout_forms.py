"""Partners' forms made for the tests: each with the lists that a person sees in it (header row, headers, rows)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl

__all__ = ["FORMS", "Form", "save_form"]

D = dt.date
_ = None


@dataclass
class Form:
    """One sheet per entry of `sheets`; `truth` has sheet, header row, headers and number of rows of each list."""

    name: str
    sheets: dict[str, list[Sequence[Any]]]
    truth: list[tuple[str, int, list[str], int]]
    merged: dict[str, list[str]] = field(default_factory=dict)
    hidden: list[str] = field(default_factory=list)


def save_form(path: Path, form: Form) -> Path:
    """Write the form as a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in form.sheets.items():
        sheet = book.create_sheet(name)
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                if value is not None:
                    sheet.cell(r, c, value)
        for area in form.merged.get(name, ()):
            sheet.merge_cells(area)
        for letter in form.hidden:
            sheet.column_dimensions[letter].hidden = True
    book.save(path)
    return path


def one(name: str, rows: list[Sequence[Any]], *truth: tuple[int, list[str], int], **more: Any) -> Form:
    if "merged" in more:
        more["merged"] = {"Sheet": more["merged"]}
    return Form(name, {"Sheet": rows}, [("Sheet", *t) for t in truth], **more)


DE = ["Pos.", "Artikelnummer", "Bezeichnung", "Menge", "Einzelpreis", "Gesamtpreis"]
FR = ["Réf.", "Désignation", "Qté", "P.U. HT", "Total HT"]

FORMS = [
    one(
        "german order form with labels, totals and a foot",
        [
            ["Bestellung"],
            [],
            ["Kundennummer:", "K-1044", _, "Datum:", D(2026, 3, 2)],
            ["Bestellnummer:", "B-7781", _, "Liefertermin:", D(2026, 3, 9)],
            [],
            DE,
            [1, "A-100", "Schraube M6", 200, 0.12, 24],
            [2, "A-200", "Mutter M6", 200, 0.08, 16],
            [3, "B-310", "Unterlegscheibe", 400, 0.02, 8],
            [_, _, _, _, "Zwischensumme", 48],
            [_, _, _, _, "MwSt. 19 %", 9.12],
            [_, _, _, _, "Gesamtbetrag", 57.12],
            [],
            ["Bitte bestätigen Sie den Liefertermin per E-Mail an einkauf@kunde.example."],
        ],
        (6, DE, 3),
        merged=["A1:F1"],
    ),
    one(
        "french order with groups and subtotals",
        [
            ["BON DE COMMANDE N° 2026-14"],
            [],
            FR,
            ["Fournitures"],
            ["F-01", "Stylo bleu", 50, 0.9, 45],
            ["F-02", "Cahier A4", 20, 2.5, 50],
            ["Sous-total", _, _, _, 95],
            ["Mobilier"],
            ["M-07", "Chaise", 4, 79, 316],
            ["Sous-total", _, _, _, 316],
            ["Total général", _, _, _, 411],
        ],
        (3, FR, 3),
    ),
    one(
        "spanish price list with units row",
        [
            ["LISTA DE PRECIOS 2026"],
            ["Código", "Descripción", "Precio", "Unidad"],
            [_, _, "EUR", "ud"],
            ["P-1", "Aceite 1 l", 4.5, "ud"],
            ["P-2", "Vinagre 1 l", 1.9, "ud"],
            ["P-3", "Sal 1 kg", 0.6, "kg"],
        ],
        (2, ["Código", "Descripción", "Precio", "Unidad"], 3),
    ),
    one(
        "italian order with decimal commas as text",
        [
            ["Codice articolo", "Descrizione", "Quantità", "Prezzo unitario", "Importo"],
            ["IT-1", "Vite", "10", "1,50", "15,00"],
            ["IT-2", "Dado", "20", "0,75", "15,00"],
            ["Totale", _, _, _, "30,00"],
        ],
        (1, ["Codice articolo", "Descrizione", "Quantità", "Prezzo unitario", "Importo"], 2),
    ),
    one(
        "dutch stock list with remarks right of it",
        [
            ["Voorraadlijst"],
            [],
            ["Artikelnummer", "Omschrijving", "Voorraad", _, "Let op: telling van zaterdag, magazijn 2 ontbreekt."],
            ["NL-1", "Fiets", 12],
            ["NL-2", "Helm", 40],
            ["NL-3", "Slot", 7],
            ["NL-4", "Bel", 0],
        ],
        (3, ["Artikelnummer", "Omschrijving", "Voorraad"], 4),
    ),
    one(
        "polish order with numbered columns",
        [
            ["Zamówienie nr 12/2026"],
            ["Lp.", "Nazwa towaru", "Ilość", "Cena netto", "Wartość netto"],
            [1, 2, 3, 4, 5],
            [1, "Kabel", 100, 3.2, 320],
            [2, "Wtyczka", 50, 1.1, 55],
            ["Razem", _, _, _, 375],
        ],
        (2, ["Lp.", "Nazwa towaru", "Ilość", "Cena netto", "Wartość netto"], 2),
    ),
    one(
        "portuguese stock with header of line breaks",
        [
            ["Código do\nproduto", "Descrição", "Quantidade\nem estoque", "Preço\nunitário"],
            ["BR-1", "Café 500 g", 120, 18.9],
            ["BR-2", "Açúcar 1 kg", 80, 4.5],
        ],
        (1, ["Código do\nproduto", "Descrição", "Quantidade\nem estoque", "Preço\nunitário"], 2),
    ),
    one(
        "chinese order with title and total",
        [
            ["采购订单"],
            ["客户名称：", "上海某某公司", _, "订单日期：", D(2026, 5, 1)],
            ["序号", "产品编码", "产品名称", "数量", "单价", "金额"],
            [1, "C-01", "螺丝", 100, 0.5, 50],
            [2, "C-02", "螺母", 200, 0.25, 50],
            ["合计", _, _, 300, _, 100],
        ],
        (3, ["序号", "产品编码", "产品名称", "数量", "单价", "金额"], 2),
        merged=["A1:F1"],
    ),
    one(
        "japanese order form",
        [
            ["注文書"],
            [],
            ["注文番号", "PO-88", _, "注文日", D(2026, 4, 3)],
            [],
            ["品番", "品名", "数量", "単価", "金額"],
            ["J-1", "ボルト", 10, 120, 1200],
            ["J-2", "ナット", 20, 60, 1200],
            ["小計", _, _, _, 2400],
            ["消費税", _, _, _, 240],
            ["合計", _, _, _, 2640],
        ],
        (5, ["品番", "品名", "数量", "単価", "金額"], 2),
    ),
    one(
        "two-line header with merged groups",
        [
            ["SKU", "Product", "Price", _, "Stock", _],
            [_, _, "Net", "Gross", "On hand", "Available"],
            ["S1", "Lamp", 10, 11.9, 5, 4],
            ["S2", "Bulb", 2, 2.38, 50, 48],
            ["S3", "Cord", 3, 3.57, 9, 9],
        ],
        (2, ["SKU", "Product", "Net", "Gross", "On hand", "Available"], 3),
        merged=["A1:A2", "B1:B2", "C1:D1", "E1:F1"],
    ),
    one(
        "two lists side by side",
        [
            ["Item Code", "Quantity", _, "Customer ID", "Name", "City"],
            ["A1", 5, _, "C1", "Alfreds", "Berlin"],
            ["A2", 7, _, "C2", "Berglunds", "Lulea"],
            ["A3", 9],
            ["A4", 1],
        ],
        (1, ["Item Code", "Quantity"], 4),
        (1, ["Customer ID", "Name", "City"], 2),
    ),
    one(
        "two lists under each other with titles",
        [
            ["Warehouse North"],
            ["SKU", "Description", "On hand"],
            ["N1", "Pump", 4],
            ["N2", "Hose", 30],
            [],
            ["Warehouse South"],
            ["SKU", "Description", "On hand"],
            ["N1", "Pump", 1],
            ["N2", "Hose", 12],
            ["N3", "Valve", 6],
        ],
        (2, ["SKU", "Description", "On hand"], 2),
        (7, ["SKU", "Description", "On hand"], 3),
    ),
    one(
        "two different lists under each other without a gap",
        [
            ["Part no", "Qty", "Price"],
            ["X1", 4, 9.5],
            ["X2", 3, 8],
            ["Total", 7, 62],
            ["Customer no", "Customer name", "Phone", "City"],
            ["900", "Miller", "0123 456", "Bonn"],
            ["901", "Smith", "0123 457", "Köln"],
        ],
        (1, ["Part no", "Qty", "Price"], 2),
        (5, ["Customer no", "Customer name", "Phone", "City"], 2),
    ),
    one(
        "header repeated as on printed pages",
        [
            ["Item", "Description", "Qty"],
            ["1001-A", "Bolt", 5],
            ["1002-A", "Nut", 6],
            ["Item", "Description", "Qty"],
            ["1003-A", "Washer", 7],
            ["1004-A", "Screw", 8],
        ],
        (1, ["Item", "Description", "Qty"], 4),
    ),
    one(
        "all texts, no known word",
        [
            ["Alpha", "Beta", "Gamma"],
            ["one cell", "two cells", "three"],
            ["another", "and two", "more"],
            ["third", "thing", "here"],
        ],
        (1, ["Alpha", "Beta", "Gamma"], 3),
    ),
    one(
        "header not in the first column and far down",
        [
            *[[]] * 11,
            [_, _, _, "Customer PO", "Part Number", "Order Qty", "Required Date"],
            [_, _, _, "PO-1", "00123", 5, D(2026, 1, 5)],
            [_, _, _, "PO-1", "00124", 15, D(2026, 1, 6)],
        ],
        (12, ["Customer PO", "Part Number", "Order Qty", "Required Date"], 2),
    ),
    one(
        "blank rows between rows",
        [
            ["Product code", "Quantity", "Unit price"],
            ["AA-1", 1, 2.5],
            [],
            ["AA-2", 2, 3.5],
            [],
            [],
            ["AA-3", 3, 4.5],
        ],
        (1, ["Product code", "Quantity", "Unit price"], 3),
    ),
    one(
        "unlabelled totals row",
        [
            ["Artikel", "Bezeichnung", "Menge", "Preis"],
            ["R-1", "Rohr", 3, 9],
            ["R-2", "Bogen", 4, 5],
            [_, _, 7, 14],
        ],
        (1, ["Artikel", "Bezeichnung", "Menge", "Preis"], 2),
    ),
    one(
        "form with numbered lines that nobody filled",
        [
            ["No", "Item code", "Description", "Qty", "Amount"],
            [1, "Q-1", "Chair", 2, 80],
            [2, "Q-2", "Table", 1, 150],
            *[[n, _, _, _, 0] for n in range(3, 11)],
            ["Grand total", _, _, _, 230],
        ],
        (1, ["No", "Item code", "Description", "Qty", "Amount"], 2),
    ),
    one(
        "products whose names hold the word total",
        [
            ["SKU", "Name", "Quantity", "Price"],
            ["T-1", "Total Clean Spray", 3, 4.5],
            ["T-2", "Sum of Parts Puzzle", 1, 19],
            ["Total", _, 4, _],
        ],
        (1, ["SKU", "Name", "Quantity", "Price"], 2),
    ),
    one(
        "months as headers",
        [
            ["Stock by month"],
            ["Item", 2024, 2025, 2026],
            ["Widget A", 5, 6, 7],
            ["Widget B", 8, 9, 10],
            ["Widget C", 8, 9, 10],
        ],
        (2, ["Item", "2024", "2025", "2026"], 3),
    ),
    one(
        "customers with address",
        [
            ["Kundenliste Stand 01.02.2026"],
            ["Kunden-Nr.", "Firma", "Straße", "PLZ", "Ort", "Telefon"],
            ["10001", "Adler GmbH", "Hauptstr. 1", "10115", "Berlin", "030 1234"],
            ["10002", "Bär KG", "Ring 5", "01067", "Dresden", "0351 222"],
            ["10003", "Corvus AG", "Allee 9", "80331", "München", "089 333"],
        ],
        (2, ["Kunden-Nr.", "Firma", "Straße", "PLZ", "Ort", "Telefon"], 3),
        hidden=["D"],
    ),
    one(
        "category merged down the rows",
        [
            ["Category", "Article", "Stock"],
            ["Tools", "Hammer", 4],
            [_, "Saw", 2],
            [_, "Drill", 1],
            ["Paint", "Brush", 9],
            [_, "Roller", 3],
        ],
        (1, ["Category", "Article", "Stock"], 5),
        merged=["A2:A4", "A5:A6"],
    ),
    one(
        "swedish and danish words with footers",
        [
            ["Artikelnummer", "Benämning", "Antal", "Pris", "Summa"],
            ["SE-1", "Skruv", 10, 1.5, 15],
            ["SE-2", "Mutter", 5, 1, 5],
            ["Summa", _, _, _, 20],
            [],
            ["Datum:", "____", _, "Underskrift:", "____"],
        ],
        (1, ["Artikelnummer", "Benämning", "Antal", "Pris", "Summa"], 2),
    ),
    one(
        "labels only, no list",
        [
            ["Company", "Alfreds Futterkiste"],
            ["Contact", "Maria Anders"],
            ["Phone", "030-0074321"],
            ["City", "Berlin"],
            ["Country", "DE"],
        ],
    ),
    one("two numbers are no list", [[5, 5], [6, 7]]),
    one("prose is no list", [["Dear all,"], ["please find our prices below."], [], ["Kind regards"]]),
    Form(
        "several sheets",
        {
            "Orders": [["Order no", "SKU", "Qty"], ["1", "A", 1], ["1", "B", 2]],
            "Read me": [["This file holds the weekly orders."]],
            "Stock": [["SKU", "In stock"], ["A", 5], ["B", 6], ["C", 7]],
        },
        [("Orders", 1, ["Order no", "SKU", "Qty"], 2), ("Stock", 1, ["SKU", "In stock"], 3)],
    ),
    one(
        "headers in two languages with line breaks",
        [
            ["Artikel-Nr. / Item no.", "Menge / Quantity", "Preis / Price", "Termin / Delivery date"],
            ["Z-1", 4, 1.5, D(2026, 7, 1)],
            ["Z-2", 6, 2.5, D(2026, 7, 2)],
        ],
        (1, ["Artikel-Nr. / Item no.", "Menge / Quantity", "Preis / Price", "Termin / Delivery date"], 2),
    ),
    one(
        "wrapped header words over two rows",
        [
            ["Item", "Order", "Unit", "Ship"],
            ["code", "qty", "price", "date"],
            ["W-1", 4, 1.5, D(2026, 7, 1)],
            ["W-2", 6, 2.5, D(2026, 7, 2)],
        ],
        (2, ["code", "qty", "price", "date"], 2),
    ),
    one(
        "a remark column beyond a narrow blank column",
        [
            ["Code", "Description", "Qty", _, "Remark"],
            ["K-1", "Knob", 4, _, "urgent"],
            ["K-2", "Lid", 6, _, "later"],
            ["K-3", "Pot", 8, _, "later"],
        ],
        (1, ["Code", "Description", "Qty", "Remark"], 3),
    ),
    one(
        "an order of one line",
        [
            ["Purchase Order"],
            ["PO Number:", "PO-5512"],
            ["Date:", D(2026, 2, 2)],
            [],
            ["Item", "Description", "Quantity", "Unit Price", "Total"],
            ["GX-7", "Gear box", 1, 450, 450],
            [],
            [_, _, _, "Subtotal", 450],
            [_, _, _, "Shipping", 25],
            [_, _, _, "Total", 475],
        ],
        (5, ["Item", "Description", "Quantity", "Unit Price", "Total"], 1),
    ),
    one(
        "notes numbered under the list",
        [
            ["Part number", "Description", "List price"],
            ["L-1", "Lens", 12.5],
            ["L-2", "Frame", 40],
            [],
            ["Notes"],
            ["1. Prices are valid until the end of the year."],
            ["2. Freight is not included."],
        ],
        (1, ["Part number", "Description", "List price"], 2),
    ),
    one(
        "one column blank for most rows",
        [
            ["SKU", "Quantity", "Note"],
            ["O-1", 5, _],
            ["O-2", 6, _],
            ["O-3", 7, "gift"],
            ["O-4", _, _],
        ],
        (1, ["SKU", "Quantity", "Note"], 4),
    ),
    one(
        "a bad value is still a row",
        [
            ["SKU", "Quantity", "Unit price"],
            ["E-1", 5, 1.5],
            ["E-2", "six", 2.5],
            ["E-3", 7, "n/a"],
            ["E-4", 8, 4],
        ],
        (1, ["SKU", "Quantity", "Unit price"], 4),
    ),
]
