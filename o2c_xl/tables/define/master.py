"""Master data: customers, suppliers, tax rates, roles and settings, in one list with that of goods."""

from __future__ import annotations

from o2c_xl.domain.approvals import Role
from o2c_xl.domain.ordering.remedies import Remedy
from o2c_xl.tables.define.build import YES_NO, choice, choices_of, key, python, staff, table
from o2c_xl.tables.define.master_goods import CARRIERS, PRICES, PRODUCTS, SUPPLIER_PRICES
from o2c_xl.tables.define.spec import Department, Kind

__all__ = ["TABLES"]

CUSTOMERS = table(
    "Customers",
    Department.SALES,
    "Who buys from us, on which terms, and how their account stands.",
    key("Customer ID", "Your short code for the customer; it never changes.", example="ALFKI"),
    staff(
        "Name",
        Kind.TEXT,
        "The customer's legal name, as it stands on the invoice.",
        example="Alfreds Futterkiste",
        needed=True,
        width=30,
    ),
    staff("Email", Kind.EMAIL, "Where confirmations and invoices go.", example="orders@alfreds.example"),
    staff("Phone", Kind.TEXT, "Telephone number.", example="+49 30 0074321", width=18),
    staff("Street", Kind.TEXT, "Street and number.", example="Obere Str. 57", width=26),
    staff("City", Kind.TEXT, "Town.", example="Berlin", width=18),
    staff("Postal code", Kind.CODE, "Postal code, as text so that zeros stay.", example="01209", width=12),
    staff("Country", Kind.COUNTRY, "Two letters (ISO 3166).", example="DE"),
    staff("Tax ID", Kind.CODE, "VAT or tax number.", example="DE123456788", width=16),
    staff(
        "Currency",
        Kind.CURRENCY,
        "Currency of this customer's orders and invoices; empty = the company's.",
        example="EUR",
    ),
    staff(
        "Payment terms",
        Kind.TERMS,
        "Prepaid, Net 30, Net 30 EOM, 2% 10, Net 30 or 30% 0, 70% 60; empty = the company's.",
        example="Net 30",
    ),
    staff(
        "Price list",
        Kind.CODE,
        "Name of a price list in Prices; empty = the product's own price.",
        feeds="Prices.Price list",
        example="Retail",
        width=12,
    ),
    staff(
        "Credit limit",
        Kind.MONEY,
        "Highest open amount, tax included. Empty = no limit, 0 = prepaid only.",
        example="5000",
        least=0,
    ),
    staff(
        "Bill-to",
        Kind.CODE,
        "Another Customer ID whose account is charged; limits count for the whole group.",
        feeds="Customers.Customer ID",
    ),
    choice(
        "Invoice by",
        ("Email", "Mail", "Online portal"),
        "How the invoice reaches the customer.",
        example="Email",
    ),
    choice(
        "Short stock",
        choices_of(Remedy),
        "What happens to an order line that stock cannot fill.",
        example="Partial shipment",
        width=26,
    ),
    staff(
        "Shipments at most",
        Kind.WHOLE,
        "In how many shipments an order may come; 1 = complete only, empty = any.",
        least=1,
        example="2",
    ),
    staff(
        "Tax group",
        Kind.CODE,
        "Group in Tax Rates; empty = the setting Default tax group.",
        example="Domestic",
        width=12,
    ),
    staff(
        "E-invoice address",
        Kind.TEXT,
        "Where e-invoices go, with its scheme; empty = the VAT number or email.",
        example="0204:04011000-12345-34",
        width=24,
    ),
    staff(
        "Buyer reference",
        Kind.TEXT,
        "What the customer wants on its invoices, such as a Leitweg-ID; empty = the order's reference.",
        width=20,
    ),
    staff(
        "Credit released until",
        Kind.DATE,
        "Last day on which all orders of the customer pass the credit check; only Finance's account may say so.",
        decides=True,
    ),
    staff("Release reason", Kind.TEXT, "Why Finance lets the orders pass; needed with the date.", width=26),
    choice("Rating", ("A", "B", "C", "D"), "Finance's opinion or an agency's: A is safe, D is not.", width=9),
    choice("Block reminders", YES_NO, "Yes: the customer gets no reminders.", decides=True, width=11),
    python(
        "Credit status",
        Kind.CHOICE,
        "How credit stands: by rule, by a decision, or held for invoices past due.",
        choices=("New", "Approved", "Refused", "Review", "Hold"),
    ),
    python("Open balance", Kind.MONEY, "Invoices not paid less credits and unapplied payments."),
    python("Overdue", Kind.MONEY, "Part of the balance that is past due and not disputed."),
    python("Available credit", Kind.MONEY, "Credit limit less exposure; empty without a limit."),
    python("Credit score", Kind.WHOLE, "Points of the rules when the first order on credit was decided."),
    python("Credit decided on", Kind.DATE, "When credit was decided by rule."),
    python("Credit expires", Kind.DATE, "After that day the next order on credit is decided anew."),
)

SUPPLIERS = table(
    "Suppliers",
    Department.PURCHASING,
    "Who we buy from, how fast they deliver, and their record.",
    key("Supplier ID", "Your short code for the supplier.", example="EXOTIC"),
    staff("Name", Kind.TEXT, "Legal name.", example="Exotic Liquids", needed=True, width=30),
    staff("Email", Kind.EMAIL, "Where purchase orders go.", example="sales@exotic.example"),
    staff("Phone", Kind.TEXT, "Telephone number.", width=18),
    staff("Street", Kind.TEXT, "Street and number.", width=26),
    staff("City", Kind.TEXT, "Town.", width=18),
    staff("Postal code", Kind.CODE, "Postal code, as text.", width=12),
    staff("Country", Kind.COUNTRY, "Two letters (ISO 3166).", example="GB"),
    staff("Currency", Kind.CURRENCY, "Currency of purchase orders; empty = the company's.", example="EUR"),
    staff("Payment terms", Kind.TERMS, "Terms we pay on.", example="Net 30"),
    staff("Tax ID", Kind.CODE, "VAT number; an e-invoice that bears it is this supplier's.", width=16),
    staff("IBAN", Kind.CODE, "Account we pay into; an e-invoice that names another one waits for a person.", width=26),
    staff("Lead days", Kind.WHOLE, "Days from order to delivery.", example="7", least=0, most=3650),
    staff("Minimum order", Kind.MONEY, "Smallest order value they accept.", example="100", least=0),
    python("On time %", Kind.PERCENT, "Share of receipts on or before the expected date."),
    python("Quality score", Kind.NUMBER, "Average of receipts: Excellent 100, Good 80, Fair 50, Poor 0."),
    python("Open orders", Kind.MONEY, "Value of what is ordered and not yet received."),
)

TAX_RATES = table(
    "TaxRates",
    Department.FINANCE,
    "The tax of each pair of customer group and product code. No row means an error, never zero.",
    key("Tax group", "Group of customers.", example="Domestic"),
    key("Tax code", "Kind of goods.", example="Standard"),
    staff("Rate %", Kind.PERCENT, "19 means 19 %.", example="19", least=0, needed=True),
    staff(
        "Reason",
        Kind.TEXT,
        "Why no tax is charged, or a rate below 1 %; printed on the invoice.",
        example="Intra-community supply",
        width=36,
    ),
)

USER_ROLES = table(
    "Roles",
    Department.SETUP,
    "Who may decide what. Only an Administrator's account may change it.",
    key("User", "Account name at the computer.", example="anna"),
    key(
        "Role",
        "What the person may do.",
        kind=Kind.CHOICE,
        choices=choices_of(Role),
        example="Finance Manager",
        decides=True,
    ),
    staff("Limit", Kind.MONEY, "Highest amount the role may decide; empty = any.", least=0),
    staff("From", Kind.DATE, "First day, for a delegation."),
    staff("To", Kind.DATE, "Last day, for a delegation."),
)

SETTINGS = table(
    "Settings",
    Department.SETUP,
    "How the company works. Empty means never; Yes and No are written so.",
    key("Setting", "Name of the setting; fixed.", width=30),
    staff("Value", Kind.TEXT, "Yes, No, a number, a text or empty.", decides=True, width=30),
    python("Meaning", Kind.LONG_TEXT, "What it does.", width=80),
)

TABLES = (CUSTOMERS, SUPPLIERS, PRODUCTS, SUPPLIER_PRICES, PRICES, TAX_RATES, CARRIERS, USER_ROLES, SETTINGS)
