"""The equations of the books as questions to the database; each gives the places where it does not hold.

See `rule.py` for what a rule is. Amounts are whole numbers of 1/10 000 (see `types.py`).
"""

# ruff: noqa: S608 -- every text put into a query stands in this file
from __future__ import annotations

from collections.abc import Iterable, Iterator

from o2c_xl.domain.accounts import Account
from o2c_xl.domain.buying.purchase_status import PurchaseStatus
from o2c_xl.domain.cash.placing import HELD_ON
from o2c_xl.domain.ordering.orders import OrderStatus
from o2c_xl.domain.receivables.open_items import InvoiceStatus
from o2c_xl.ledger.numbers import DATED_SERIES, DIGITS
from o2c_xl.ledger.proof.orders import STATE_RULES
from o2c_xl.ledger.proof.rule import Rule, equal

__all__ = ["RULES"]


def _account(account: Account, at: str = "party || ' ' || currency", sign: str = "") -> str:
    return f"SELECT {at} AS at, {sign}amount AS v FROM postings WHERE account = '{account}'"


def _unapplied(account: Account, at: str = "account || ' ' || currency", sign: str = "") -> str:
    held_on = next(name for name, code in HELD_ON.items() if code == account)
    return f"SELECT {at} AS at, {sign}unapplied AS v FROM payments WHERE held_on = '{held_on}' AND unapplied <> 0"


# --- entries and their rows ------------------------------------------------------------------------------------


def _entries() -> Iterator[Rule]:
    for table in ("postings", "movements"):
        yield Rule(
            f"Every row of {table} belongs to an entry of the same day",
            f"""SELECT p.entry AS at, p.day AS found, j.day AS expected
                FROM {table} p LEFT JOIN journal j ON j.seq = p.entry WHERE j.day IS NULL OR j.day <> p.day""",
            exact=False,
        )
    yield Rule(
        "Every entry balances in each currency",
        """SELECT 'entry ' || entry || ' ' || currency AS at, 0 AS expected, SUM(amount) AS found
           FROM postings GROUP BY entry, currency HAVING SUM(amount) <> 0""",
    )
    for table, key in _WITH_ENTRY.items():
        yield Rule(
            f"Every entry named in {table} is in the journal, for the same {key.strip(_QUOTE)}",
            f"""SELECT t.{key} AS at, t.{key} AS expected, COALESCE(j.subject, 'no entry') AS found
                FROM {table} t LEFT JOIN journal j ON j.seq = t.entry
                WHERE t.entry IS NOT NULL AND (j.subject IS NULL OR j.subject <> t.{key})
                {_OTHER_SUBJECT.get(table, "")}""",
            exact=False,
        )
    yield Rule(
        "Every entry named in settlements is in the journal",
        """SELECT 'settlement ' || s.settlement AS at, 'a journal entry' AS expected, s.entry AS found
           FROM settlements s
           WHERE NOT EXISTS (SELECT 1 FROM journal j WHERE j.seq = s.entry)""",
        exact=False,
    )


_QUOTE = '"'
# a payment that came back is recorded as a return of the payment it takes back
_OTHER_SUBJECT = {"payments": "AND (j.subject IS NULL OR j.subject <> t.reverses)"}
_WITH_ENTRY = {
    "orders": '"order"',
    "purchase_orders": "po",
    "receipts": "receipt",
    "stock_counts": '"count"',
    "bills": "bill",
    "shipments": "shipment",
    "returns": '"return"',
    "invoices": "invoice",
    "opening_items": "invoice",
    "payments": "payment",
}

# --- words -----------------------------------------------------------------------------------------------------


def _words(table: str, column: str, words: Iterable[str]) -> Rule:
    listed = ", ".join(f"'{word}'" for word in words)
    key = _WITH_ENTRY.get(table, "invoice")
    return Rule(
        f"Every {column.replace('_', ' ')} in {table} is one that there is",
        f"SELECT {key} AS at, 'one of the words known' AS expected, {column} AS found FROM {table}"
        f" WHERE {column} NOT IN ({listed})",
        exact=False,
    )


_WORDS = (
    _words("orders", "status", OrderStatus),
    _words("purchase_orders", "status", PurchaseStatus),
    _words("invoices", "kind", ("Invoice", "Credit note")),
    _words("invoices", "status", InvoiceStatus),
    _words("payments", "held_on", ("", *HELD_ON)),
    _words("settlements", "kind", ("payment", "opening", "credit", "discount", "write-off", "charge")),
)

# --- sub-ledgers and their accounts ----------------------------------------------------------------------------

_ACCOUNTS = (
    equal(
        "Open invoices less unapplied payments are each customer's receivables",
        "SELECT account || ' ' || currency AS at, open AS v FROM invoices WHERE entry IS NOT NULL AND open <> 0"
        f" UNION ALL {_unapplied(Account.RECEIVABLES, sign='-')}",
        _account(Account.RECEIVABLES),
    ),
    equal(
        "Payments held for orders are each customer's prepayments",
        _unapplied(Account.PREPAYMENTS),
        _account(Account.PREPAYMENTS, sign="-"),
    ),
    equal(
        "Payments without a customer are the unidentified receipts",
        _unapplied(Account.UNIDENTIFIED, "currency"),
        _account(Account.UNIDENTIFIED, "currency", "-"),
    ),
    equal(
        "The value of stock is the stock account",
        "SELECT 'stock' AS at, value AS v FROM stock",
        _account(Account.STOCK, "'stock'"),
    ),
)

# --- stock -----------------------------------------------------------------------------------------------------

_STOCK = (
    *(
        equal(
            f"The {column.replace('_', ' ')} of each product is the sum of its movements",
            f"SELECT sku AS at, {moved} AS v FROM movements",
            f"SELECT sku AS at, {column} AS v FROM stock",
        )
        for column, moved in (("on_hand", "quantity"), ("quarantined", "quarantined"), ("value", "value"))
    ),
    equal(
        "What is set aside of each product is what its order lines were allocated",
        "SELECT sku AS at, allocated AS v FROM order_lines WHERE allocated <> 0",
        "SELECT sku AS at, allocated AS v FROM stock WHERE allocated <> 0",
    ),
    Rule(
        "Stock is never below nothing",
        """SELECT sku AS at, 0 AS expected, CASE WHEN on_hand < 0 THEN on_hand WHEN allocated < 0 THEN allocated
               WHEN quarantined < 0 THEN quarantined WHEN value < 0 THEN value ELSE on_hand - quarantined END AS found
           FROM stock WHERE on_hand < 0 OR allocated < 0 OR quarantined < 0 OR value < 0 OR on_hand < quarantined""",
    ),
)

# --- purchasing ------------------------------------------------------------------------------------------------

_BOUGHT = ("goods received", "goods returned to supplier", "refused goods scrapped", "bill posted")
_PURCHASES = (
    equal(
        "Goods received not invoiced are each supplier's goods that came, stayed and are not billed",
        "SELECT o.supplier_id AS at, -l.value AS v FROM receipt_lines l JOIN receipts r ON r.receipt = l.receipt"
        " JOIN purchase_orders o ON o.po = l.po WHERE r.status NOT IN ('Returned', 'Scrapped') UNION ALL"
        " SELECT o.supplier_id, l.billed FROM purchase_order_lines l JOIN purchase_orders o ON o.po = l.po"
        " WHERE l.billed <> 0",
        "SELECT p.party AS at, p.amount AS v FROM postings p JOIN journal j ON j.seq = p.entry"
        f" WHERE p.account = '{Account.GOODS_RECEIVED}' AND j.event IN {_BOUGHT}",
    ),
    equal(
        "What was billed of a purchase order is what its bills settle",
        "SELECT po AS at, net - difference AS v FROM bills WHERE status IN ('Posted', 'Paid') AND net <> difference",
        "SELECT po AS at, billed AS v FROM purchase_order_lines WHERE billed <> 0",
    ),
    equal(
        "Posted bills that are not paid are each supplier's payables",
        "SELECT supplier_id AS at, -total AS v FROM bills WHERE status = 'Posted'",
        _account(Account.PAYABLES, "party"),
    ),
    equal(
        "Goods received are posted at the value of their receipts, for each supplier",
        "SELECT o.supplier_id AS at, l.value AS v FROM receipt_lines l JOIN purchase_orders o ON o.po = l.po",
        "SELECT p.party AS at, -p.amount AS v FROM postings p JOIN journal j ON j.seq = p.entry"
        f" WHERE p.account = '{Account.GOODS_RECEIVED}' AND j.event = 'goods received'",
    ),
    equal(
        "What was received of a purchase order line is what its receipts brought",
        "SELECT po || '/' || line AS at, quantity AS v FROM receipt_lines",
        "SELECT po || '/' || line AS at, received AS v FROM purchase_order_lines WHERE received <> 0",
    ),
    equal(
        "What was refused of a purchase order is what its receipts say",
        "SELECT po AS at, refused AS v FROM receipts WHERE refused <> 0 AND entry IS NOT NULL",
        "SELECT po AS at, refused AS v FROM purchase_order_lines WHERE refused <> 0",
    ),
)

# --- order lines -----------------------------------------------------------------------------------------------

_LINE = "o.\"order\" || '/' || o.line"


def _part(name: str, part: str, limit: str) -> Rule:
    return Rule(
        name,
        f"""SELECT {_LINE} AS at, {limit} AS expected, {part} AS found FROM order_lines o
            WHERE COALESCE(o.quantity, 0) >= 0 AND {part} > {limit}""",
    )


_LINES = (
    Rule(
        "An order's total is net and tax",
        'SELECT "order" AS at, net + tax AS expected, total AS found FROM orders WHERE net + tax <> total',
    ),
    Rule(
        "Every order line belongs to an order",
        f"""SELECT {_LINE} AS at, 'an order' AS expected, 'none' AS found FROM order_lines o
            LEFT JOIN orders h ON h."order" = o."order" WHERE h."order" IS NULL""",
        exact=False,
    ),
    _part(
        "No order line has more shipped, cancelled and set aside than ordered",
        "o.shipped + o.cancelled + o.allocated",
        "COALESCE(o.quantity, 0)",
    ),
    _part("No order line has more picked than set aside", "o.picked", "o.allocated"),
    _part(
        "No order line has more invoiced and returned before that than shipped",
        "o.invoiced + o.returned_uninvoiced",
        "o.shipped",
    ),
    _part("No order line has more returned than shipped", "o.returned", "o.shipped"),
    _part("No order line has more returned before invoicing than returned", "o.returned_uninvoiced", "o.returned"),
    *(
        Rule(
            f"{column.replace('_', ' ').capitalize()} is never below nothing on an order line",
            f"SELECT {_LINE} AS at, 0 AS expected, o.{column} AS found FROM order_lines o WHERE o.{column} < 0",
        )
        for column in ("allocated", "picked", "shipped", "invoiced", "returned", "returned_uninvoiced", "cancelled")
    ),
    equal(
        "What an order line shipped is what its shipments carried",
        "SELECT l.\"order\" || '/' || l.line AS at, l.quantity AS v FROM shipment_lines l"
        " JOIN shipments s ON s.shipment = l.shipment WHERE s.entry IS NOT NULL",
        f"SELECT {_LINE} AS at, o.shipped AS v FROM order_lines o WHERE o.shipped <> 0",
    ),
    equal(
        "What an order line was invoiced is what its invoices say",
        "SELECT l.\"order\" || '/' || l.order_line AS at, l.quantity AS v FROM invoice_lines l"
        " JOIN invoices i ON i.invoice = l.invoice"
        " WHERE i.entry IS NOT NULL AND i.kind = 'Invoice' AND l.order_line <> ''",
        f"SELECT {_LINE} AS at, o.invoiced AS v FROM order_lines o WHERE o.invoiced <> 0",
    ),
    equal(
        "What came back of an order's product is what its returns say",
        "SELECT \"order\" || '/' || sku AS at, quantity AS v FROM returns WHERE status = 'Posted'",
        "SELECT \"order\" || '/' || sku AS at, returned AS v FROM order_lines WHERE returned <> 0",
    ),
)

# --- invoices and payments -------------------------------------------------------------------------------------


def _invoice(name: str, expected: str, found: str) -> Rule:
    return Rule(
        name,
        f"""SELECT i.invoice AS at, {expected} AS expected, {found} AS found FROM invoices i
            WHERE {expected} <> {found}""",
    )


def _settled(column: str, kinds: str) -> Rule:
    return equal(
        f"What was {column.replace('_', ' ')} on an invoice is the sum of its settlements",
        f"SELECT invoice AS at, amount AS v FROM settlements WHERE invoice <> '' AND kind IN ({kinds})",
        f"SELECT invoice AS at, {column} AS v FROM invoices WHERE {column} <> 0",
    )


def _posted(name: str, accounts: tuple[Account, ...], amount: str, sign: str = "") -> Rule:
    codes = ", ".join(f"'{account}'" for account in accounts)
    # grouped by entry first: left to itself, SQLite would walk the account's index once per invoice
    return Rule(
        name,
        f"""SELECT i.invoice AS at, {amount} AS expected, {sign}COALESCE(p.v, 0) AS found FROM invoices i LEFT JOIN (
                SELECT entry, SUM(CASE WHEN account IN ({codes}) THEN amount ELSE 0 END) AS v
                FROM postings GROUP BY entry) AS p ON p.entry = i.entry
            WHERE i.entry IS NOT NULL AND {sign}COALESCE(p.v, 0) <> {amount}""",
    )


_INVOICES = (
    _invoice("An invoice's total is net and tax", "i.net + i.tax", "i.total"),
    _invoice(
        "An invoice's total is paid, credited, written off and open",
        "i.total",
        "i.paid + i.credited + i.written_off + i.open",
    ),
    equal(
        "An invoice's lines add up to its net",
        "SELECT invoice AS at, net AS v FROM invoice_lines",
        "SELECT i.invoice AS at, i.net AS v FROM invoices i WHERE EXISTS"
        " (SELECT 1 FROM invoice_lines l WHERE l.invoice = i.invoice)",
    ),
    equal(
        "An invoice's instalments add up to its total",
        "SELECT invoice AS at, amount AS v FROM invoice_dues",
        "SELECT i.invoice AS at, i.total AS v FROM invoices i WHERE EXISTS"
        " (SELECT 1 FROM invoice_dues d WHERE d.invoice = i.invoice)",
    ),
    _settled("paid", "'payment', 'opening'"),
    _settled("credited", "'credit', 'discount'"),
    _settled("written_off", "'write-off', 'charge'"),
    _posted("Each invoice's total is posted to receivables", (Account.RECEIVABLES,), "i.total"),
    _posted("Each invoice's tax is posted to output tax", (Account.OUTPUT_TAX,), "i.tax", "-"),
    _posted(
        "Each invoice's net is posted to income",
        (Account.REVENUE, Account.FREIGHT, Account.LATE_PAYMENT, Account.OPENING),
        "i.net",
        "-",
    ),
    equal(
        "Revenue, freight and late-payment income are the net of all posted invoices",
        "SELECT currency AS at, net AS v FROM invoices WHERE entry IS NOT NULL AND NOT opening",
        "SELECT currency AS at, -amount AS v FROM postings"
        f" WHERE account IN ('{Account.REVENUE}', '{Account.FREIGHT}', '{Account.LATE_PAYMENT}')",
    ),
)

_PAYMENTS = (
    Rule(
        "A payment is applied or unapplied",
        """SELECT payment AS at, COALESCE(amount, 0) AS expected, applied + unapplied AS found FROM payments
           WHERE held_on <> '' AND COALESCE(amount, 0) <> applied + unapplied""",
    ),
    Rule(
        "What an invoice was credited by is a credit note or an invoice",
        """SELECT invoice AS at, 'a credit note or an invoice' AS expected, "by" AS found FROM settlements s
           WHERE kind = 'credit' AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.invoice = s."by")""",
        exact=False,
    ),
    Rule(
        "Each payment was posted for its customer in its currency",
        """SELECT p.payment AS at, p.account || ' ' || p.currency AS expected, 'no such posting' AS found
           FROM payments p WHERE p.held_on <> '' AND p.amount <> 0 AND NOT EXISTS (
               SELECT 1 FROM postings x WHERE x.entry = p.entry AND x.party = p.account AND x.currency = p.currency)""",
        exact=False,
    ),
    Rule(
        "Each bank line has the amount and the currency of its payment",
        """SELECT b.bank_line AS at, (b.amount + b.fee) || ' ' || b.currency AS expected,
                  COALESCE(p.amount || ' ' || p.currency, 'no payment') AS found
           FROM bank_lines b LEFT JOIN payments p ON p.payment = b.payment
           WHERE b.payment <> '' AND (p.amount IS NULL OR p.amount <> b.amount + b.fee
               OR (p.held_on <> '' AND p.currency <> b.currency))""",
        exact=False,
    ),
    equal(
        "Bank charges are those that bank lines and payments tell",
        """SELECT entry AS at, amount AS v FROM settlements WHERE kind = 'charge'
           UNION ALL SELECT j.seq AS at, b.fee AS v FROM bank_lines b JOIN journal j ON j.subject = b.bank_line
           WHERE b.fee <> 0 AND j.event = 'bank charges booked'
           UNION ALL SELECT j.seq AS at, -b.fee AS v FROM bank_lines b JOIN journal j ON j.subject = b.bank_line
           WHERE b.fee <> 0 AND j.event = 'bank charges taken back'""",
        f"SELECT entry AS at, amount AS v FROM postings WHERE account = '{Account.BANK_CHARGES}'",
    ),
    equal(
        "What was applied of a payment is the sum of its settlements",
        "SELECT by AS at, amount AS v FROM settlements WHERE kind = 'payment'".replace("by AS", '"by" AS'),
        "SELECT payment AS at, applied AS v FROM payments WHERE applied <> 0",
    ),
)

# --- numbers ---------------------------------------------------------------------------------------------------


def _brought(series: str) -> str:
    """Numbers of open items from the books before that are spelt as ours are: the series passes them over."""
    rest = f"substr(invoice, {len(series) + 1})"
    spelt = (
        f"upper(substr(invoice, 1, {len(series)})) = '{series}' AND ltrim({rest}, '0123456789') = ''"
        f" AND length({rest}) BETWEEN {DIGITS} AND 18 AND (length({rest}) = {DIGITS} OR substr({rest}, 1, 1) <> '0')"
    )
    return f"SELECT CASE WHEN {spelt} THEN CAST({rest} AS BIGINT) END AS no FROM opening_items"


def _series(series: str) -> Iterator[Rule]:
    mine = f"substr(invoice, 1, {len(series)}) = '{series}' AND entry IS NOT NULL AND NOT opening"
    number = f"CAST(substr(invoice, {len(series) + 1}) AS INTEGER)"
    yield Rule(
        f"The numbers {series} have no gap",
        f"""SELECT '{series}' || n.no AS at, n.before + 1 AS expected, n.no AS found FROM (
                SELECT b.no, COALESCE(LAG(b.no) OVER (ORDER BY b.no), 0) AS before FROM (
                    SELECT {number} AS no FROM invoices WHERE {mine}
                    UNION SELECT o.no FROM ({_brought(series)}) AS o
                    WHERE o.no <= (SELECT s.last FROM numbers s WHERE s.series = '{series}')) AS b
            ) AS n WHERE n.no <> n.before + 1
            UNION ALL SELECT '{series}' || MAX({number}), MAX(s.last), MAX({number}) FROM numbers s
                LEFT JOIN invoices ON {mine} WHERE s.series = '{series}'
                HAVING COALESCE(MAX({number}), 0) <> MAX(s.last)""",
        exact=False,
    )
    yield Rule(
        f"The numbers {series} go with their dates",
        f"""SELECT n.invoice AS at, n.before AS expected, n.invoice_date AS found FROM (
                SELECT invoice, invoice_date, LAG(invoice_date) OVER (ORDER BY {number}) AS before
                FROM invoices WHERE {mine}) AS n WHERE n.invoice_date < n.before""",
        exact=False,
    )


RULES: tuple[Rule, ...] = (
    *_entries(),
    *_WORDS,
    *_ACCOUNTS,
    *_STOCK,
    *_PURCHASES,
    *_LINES,
    *_INVOICES,
    *_PAYMENTS,
    *STATE_RULES,
    *(rule for series in DATED_SERIES for rule in _series(series)),
)
