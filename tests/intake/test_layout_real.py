"""Real partners' files: each list is found as a person sees it."""

from __future__ import annotations

from pathlib import Path

import pytest

from o2c_xl.intake.layouts.partner_files import learn_layout

_MONTHS = ["Raw Material", *["Opening", "Inflows", "Outflows"] * 3]
_REP = ["Customer Rep", "Company", "Address", "Postal Code", "Contact", "Email"]
TRUTH = {
    "commandes_fr.xlsx": [
        (
            "Feuil1",
            1,
            [
                "Numéro de commande",
                "Nom du client",
                "Adresse du client",
                "Produit commandé",
                "Quantité commandé",
                "Prix unitaire",
                "Montant total",
                "Statut",
                "Date de la commande",
                "Date d'expédition prévue",
            ],
            5,
            "Orders",
        )
    ],
    # Rows 7 to 200 less twelve headings; the numbering itself slips at row 79.
    "fireworks_pricelist_order.xlsx": [("Sheet1", 5, ["Sno.", "Name", "Pack", "Price", "Qty", "Total"], 182, "Orders")],
    "inventory_4_quarters_stacked.xlsx": [("Sheet1", row, _MONTHS, 26, "StockCounts") for row in (8, 37, 66, 95)],
    "quotation_pricelist_small.xlsx": [
        ("pricelist", 1, ["Item Code", "Item Description", "Unit Cost"], 6, "Prices"),
    ],
    "quotation_tracking_customer_list.xlsx": [
        (
            "quotation tracking",
            1,
            ["Quotation#", "Date of Issue", "Quotation Validity", *_REP, "Prepared by"],
            4,
            "Customers",
        ),
        ("customer list", 1, ["Customer ID", *_REP], 4, "Customers"),
    ],
    "stock_fr.xlsx": [("Feuil1", 1, ["Produits", "Quantité disponible"], 5, "StockCounts")],
    "stock_zh_small.xlsx": [("Sheet1", 1, ["编码", "库存数"], 5, "StockCounts")],
}


@pytest.mark.parametrize("name", sorted(TRUTH))
def test_each_list_of_a_real_file_is_found_as_a_person_sees_it(shared_data: Path, name: str) -> None:
    learnt = learn_layout(shared_data / "excel_forms" / name)

    found = [(b["sheet"], b["header_row"], b["headers"], b["rows"], b["table"]) for b in learnt.blocks]
    assert found == TRUTH[name]


def test_no_file_of_the_collection_is_without_its_truth(shared_data: Path) -> None:
    files = {path.name for path in (shared_data / "excel_forms").glob("*.xlsx")}

    assert files == set(TRUTH)
