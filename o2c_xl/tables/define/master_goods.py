"""Master data of goods: products, what they cost and sell for, and who carries them."""

from __future__ import annotations

from o2c_xl.domain.goods.stock import Availability
from o2c_xl.domain.ordering.orders import Shipping
from o2c_xl.tables.define.build import YES_NO, choice, choices_of, key, python, staff, table
from o2c_xl.tables.define.spec import Department, Kind

__all__ = ["CARRIERS", "PRICES", "PRODUCTS", "SUPPLIER_PRICES"]

PRODUCTS = table(
    "Products",
    Department.WAREHOUSE,
    "What we sell and stock, where it lies, and how much there is.",
    key("SKU", "Your article number, as text.", example="00123"),
    staff("Name", Kind.TEXT, "What it is called on documents.", example="Chai, 10 boxes", needed=True, width=30),
    staff(
        "Category",
        Kind.TEXT,
        "Electronics, Apparel, Home goods or your own.",
        offers=("Electronics", "Apparel", "Home goods"),
        example="Home goods",
        width=16,
    ),
    staff(
        "Unit",
        Kind.CODE,
        "Stock unit: pcs, each, box, set, pair, unit (whole numbers), or kg, m, l (three places).",
        offers=("pcs", "each", "box", "set", "pair", "unit", "kg", "m", "l"),
        example="pcs",
        needed=True,
        width=8,
    ),
    staff(
        "Price",
        Kind.PRICE,
        "Selling price per unit, without tax, in the company's currency.",
        example="18.00",
        least=0,
    ),
    staff("Cost", Kind.PRICE, "Opening or standard cost per unit.", example="11.50", least=0),
    staff(
        "Tax code",
        Kind.CODE,
        "Code in Tax Rates; empty = the setting Default tax code.",
        example="Standard",
        width=12,
    ),
    staff(
        "Zone",
        Kind.TEXT,
        "Zone A, Zone B, Zone C or your own.",
        offers=("Zone A", "Zone B", "Zone C"),
        example="Zone A",
        width=10,
    ),
    staff("Bin", Kind.CODE, "Shelf: aisle, rack, place.", example="A-03-2", width=10),
    choice("Fragile", YES_NO, "Yes: marked on pick lists and packed last.", example="No", width=9),
    staff("Weight kg", Kind.NUMBER, "Weight of one unit in kilograms.", example="0.5", least=0),
    staff("Alternative SKU", Kind.CODE, "What we offer instead when it is short.", feeds="Products.SKU"),
    staff(
        "Reorder point",
        Kind.QUANTITY,
        "Order more when the projected stock is at or below it.",
        example="10",
        least=0,
    ),
    staff("Reorder quantity", Kind.QUANTITY, "How much is ordered at least.", example="50", least=0),
    staff("Preferred supplier", Kind.CODE, "Supplier ID asked first.", feeds="Suppliers.Supplier ID"),
    choice("Discontinued", YES_NO, "Yes: no longer bought for stock.", example="No", width=13),
    python("On hand", Kind.QUANTITY, "What lies in the warehouse, quarantined included."),
    python("Allocated", Kind.QUANTITY, "What is promised to order lines."),
    python("Quarantined", Kind.QUANTITY, "What lies apart and may not be sold."),
    python("Available", Kind.QUANTITY, "On hand less allocated less quarantined."),
    python("On order", Kind.QUANTITY, "What is on its way from suppliers."),
    python("Average cost", Kind.PRICE, "Stock value divided by on hand."),
    python("Stock value", Kind.MONEY, "What the stock is worth in the books."),
    python("Stock status", Kind.CHOICE, "Computed, never typed.", choices=choices_of(Availability)),
)

SUPPLIER_PRICES = table(
    "SupplierPrices",
    Department.PURCHASING,
    "What a supplier charges for a product.",
    key("Supplier ID", "From Suppliers.", feeds="Suppliers.Supplier ID", example="EXOTIC"),
    key("SKU", "From Products.", feeds="Products.SKU", example="00123"),
    key(
        "Minimum quantity",
        "The price holds from this quantity on; less than the lowest is not bought.",
        kind=Kind.QUANTITY,
        example="1",
        least=0,
    ),
    staff("Supplier SKU", Kind.CODE, "The supplier's own article number."),
    staff("Price", Kind.PRICE, "Per stock unit, without tax.", example="11.50", least=0, needed=True),
    staff("Pack size", Kind.QUANTITY, "Ordered in multiples of this.", example="10", least=0, above=True),
    staff("Lead days", Kind.WHOLE, "Days to delivery of this product; empty = the supplier's.", least=0, most=3650),
    staff("Valid from", Kind.DATE, "First day of the price; empty = always."),
    staff("Valid to", Kind.DATE, "Last day of the price; empty = open."),
)

PRICES = table(
    "Prices",
    Department.SALES,
    "Price lists, by quantity and by date.",
    key("Price list", "Name of the list.", example="Retail"),
    key("SKU", "From Products.", feeds="Products.SKU", example="00123"),
    key("Minimum quantity", "The price holds from this quantity on.", kind=Kind.QUANTITY, example="1", least=0),
    staff(
        "Price",
        Kind.PRICE,
        "Per unit, without tax, in the customer's currency.",
        example="17.50",
        least=0,
        needed=True,
    ),
    staff("Valid from", Kind.DATE, "First day of the price; empty = always."),
    staff("Valid to", Kind.DATE, "Last day of the price; empty = open."),
)

CARRIERS = table(
    "Carriers",
    Department.WAREHOUSE,
    "Who carries what we ship. Of those that take it, the first to arrive goes, then the cheapest.",
    key("Carrier", "Who carries it.", example="Parcel service", width=20),
    key("Service", "What the carrier calls it.", example="Standard", width=20),
    choice(
        "Shipping",
        choices_of(Shipping),
        "Orders with this shipping may go by it.",
        example="Standard shipping",
        needed=True,
        width=20,
    ),
    staff("Least kg", Kind.NUMBER, "Takes shipments from this weight on; empty = any.", least=0),
    staff("Most kg", Kind.NUMBER, "Takes shipments up to this weight; empty = any.", example="30", least=0),
    staff("Cut-off", Kind.TEXT, "What is packed later leaves the next working day; empty = any time.", example="16:00"),
    staff("Days", Kind.WHOLE, "Working days on the way; empty = the same day.", example="3", least=0, most=365),
    staff("Cost", Kind.MONEY, "Of one shipment; of two that arrive the same day the cheaper is taken.", least=0),
    choice("Discontinued", YES_NO, "Yes: nothing more goes by it.", example="No", width=13),
)
