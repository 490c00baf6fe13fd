"""The equations of what is stored because sheets ask for it all day: how far orders, picks, invoices and bills are.

They follow from facts: journal entries, shipments, settlements and postings. See `rule.py` for how a rule is made.
"""

# ruff: noqa: S608 -- every text put into a query stands in this file
from __future__ import annotations

from o2c_xl.domain.accounts import Account
from o2c_xl.ledger.proof.rule import Rule, equal

__all__ = ["STATE_RULES"]

_CREDIT = {
    "credit approved": "Approved",
    "credit referred": "Review",
    "credit held": "Hold",
    "credit refused": "Refused",
}
_EVENTS = ", ".join(f"'{event}'" for event in _CREDIT)
_OUTCOME = " ".join(f"WHEN '{event}' THEN '{state}'" for event, state in _CREDIT.items())
_LEFT = """EXISTS (SELECT 1 FROM order_lines l WHERE l."order" = o."order"
           AND l.shipped + l.cancelled < COALESCE(l.quantity, 0))"""

_LINES = 'EXISTS (SELECT 1 FROM order_lines l WHERE l."order" = o."order" AND l.quantity > 0)'
_SENT = 'EXISTS (SELECT 1 FROM order_lines l WHERE l."order" = o."order" AND l.shipped > 0)'


def _order(name: str, expected: str, found: str, where: str) -> Rule:
    return Rule(
        name,
        f'SELECT o."order" AS at, {expected} AS expected, {found} AS found FROM orders o WHERE {where}',
        exact=False,
    )


_ORDERS = (
    _order(
        "Every order has the entry that received it",
        "'the entry that received it'",
        "'none'",
        "o.entry IS NULL",
    ),
    _order(
        "An order that is closed or cancelled has the day it ended, and no other",
        "CASE WHEN o.closed_on IS NULL THEN 'a day' ELSE 'Closed or Cancelled' END",
        "CASE WHEN o.closed_on IS NULL THEN 'none' ELSE o.status END",
        "(o.closed_on IS NULL) = (o.status IN ('Closed', 'Cancelled'))",
    ),
    Rule(
        "An order ended on the day of its entry",
        """SELECT o."order" AS at, COALESCE(CAST(j.day AS TEXT), 'never ended') AS expected, o.closed_on AS found
           FROM orders o LEFT JOIN (
               SELECT subject, MAX(day) AS day FROM journal WHERE event IN ('order closed', 'order cancelled')
                   OR (event IN ('order closed short', 'stock allocated')
                       AND replace(data, '"cancelled":{', '') <> data)
               GROUP BY subject) AS j ON j.subject = o."order"
           WHERE o.status IN ('Closed', 'Cancelled') AND (j.day IS NULL OR j.day <> o.closed_on)""",
        exact=False,
    ),
    _order(
        "An order is closed only while its invoices are settled",
        "'Invoiced'",
        "o.status",
        """o.status = 'Closed' AND o."order" IN (SELECT i."order" FROM invoices i
           WHERE i.open <> 0 AND i.open > 0 AND i.kind = 'Invoice')""",
    ),
    _order(
        "An order is shipped when nothing of it is left to ship",
        "CASE WHEN o.status IN ('Shipped', 'Invoiced', 'Closed', 'Cancelled') THEN 'nothing left'"
        " ELSE 'something to ship' END",
        "o.status",
        f"(o.status IN ('Shipped', 'Invoiced', 'Closed', 'Cancelled') AND {_LEFT})"
        f" OR (o.status NOT IN ('Shipped', 'Invoiced', 'Closed', 'Cancelled') AND {_LINES} AND NOT {_LEFT})",
    ),
    _order(
        "An order that is shipped sent something, and one that is cancelled nothing",
        "CASE WHEN o.status = 'Cancelled' THEN 'something shipped' ELSE 'nothing shipped' END",
        "o.status",
        f"(o.status = 'Cancelled' AND {_SENT})"
        f" OR (o.status IN ('Partly shipped', 'Shipped', 'Invoiced', 'Closed') AND NOT {_SENT})"
        f" OR (o.status IN ('Backordered', 'To pick', 'Picked') AND {_SENT})",
    ),
    _order(
        "An order goes to the warehouse once credit control approved it",
        "CASE WHEN o.status = 'Incomplete' THEN 'no word of credit control' ELSE 'Approved' END",
        "CASE WHEN o.credit_state = '' THEN 'no word' ELSE o.credit_state END",
        """(o.credit_state <> 'Approved' AND o.status IN ('Availability', 'Backordered', 'To pick', 'Picked',
           'Partly shipped', 'Shipped', 'Invoiced', 'Closed'))
           OR (o.status = 'Incomplete' AND o.credit_state <> '')""",
    ),
    _order(
        "An order is invoiced when all that it shipped is invoiced",
        "'all invoiced'",
        "o.status",
        """o.status IN ('Invoiced', 'Closed') AND EXISTS (SELECT 1 FROM order_lines l
           WHERE l."order" = o."order" AND l.invoiced + l.returned_uninvoiced < l.shipped)""",
    ),
    Rule(
        "What credit control said of an order is its last entry about it",
        f"""SELECT o."order" AS at, COALESCE(CASE j.event {_OUTCOME} END, 'no word') AS expected,
                   o.credit_state AS found
            FROM orders o LEFT JOIN (SELECT subject, MAX(seq) AS seq FROM journal WHERE event IN ({_EVENTS})
                                     GROUP BY subject) AS k ON k.subject = o."order"
            LEFT JOIN journal j ON j.seq = k.seq
            WHERE o.credit_state <> '' AND COALESCE(CASE j.event {_OUTCOME} END, '') <> o.credit_state""",
        exact=False,
    ),
    Rule(
        "Freight of an order is invoiced with its first invoice",
        """SELECT o."order" AS at,
                  CASE WHEN o.freight_invoiced THEN 'an invoice' ELSE 'freight invoiced' END AS expected,
                  CASE WHEN o.freight_invoiced THEN 'none' ELSE 'not' END AS found
           FROM orders o LEFT JOIN (SELECT "order", COUNT(*) AS n FROM invoices
               WHERE entry IS NOT NULL AND NOT opening AND kind = 'Invoice' GROUP BY "order"
           ) AS i ON i."order" = o."order"
           WHERE o.freight_invoiced <> (i.n IS NOT NULL)""",
        exact=False,
    ),
    equal(
        "What an order line was invoiced in money is what its invoices say",
        "SELECT l.\"order\" || '/' || l.order_line AS at, l.net AS v FROM invoice_lines l"
        " JOIN invoices i ON i.invoice = l.invoice"
        " WHERE i.entry IS NOT NULL AND i.kind = 'Invoice' AND l.order_line <> ''",
        "SELECT \"order\" || '/' || line AS at, invoiced_net AS v FROM order_lines WHERE invoiced_net <> 0",
    ),
)

_PICKS = (
    Rule(
        "A pick goes with its shipment",
        """SELECT p.pick AS at, CASE WHEN s.shipment IS NULL THEN 'a shipment of order ' || p."order"
                      WHEN s.entry IS NULL THEN 'not shipped' ELSE 'Shipped' END AS expected,
                  p.shipment || ' ' || p.status AS found
           FROM picks p LEFT JOIN shipments s ON s.shipment = p.shipment AND s."order" = p."order"
           WHERE (p.shipment <> '' AND (s.shipment IS NULL OR (p.status = 'Shipped') <> (s.entry IS NOT NULL)))
              OR (p.shipment = '' AND p.status = 'Shipped')""",
        exact=False,
    ),
)

_OFF_THE_SHELF = (
    equal(
        "What is picked of an order line is what its picks brought",
        # what was cancelled after that goes back to its bin
        "SELECT p.\"order\" || '/' || p.line AS at, p.picked AS v FROM picks p LEFT JOIN order_lines o"
        ' ON o."order" = p."order" AND o.line = p.line'
        " WHERE p.status IN ('Packed', 'Short') AND NOT (o.picked = 0 AND o.cancelled <> 0)",
        "SELECT \"order\" || '/' || line AS at, picked AS v FROM order_lines WHERE picked <> 0",
    ),
    Rule(
        "A pick that is packed was found whole, a short one in part",
        """SELECT pick AS at, CASE status WHEN 'Packed' THEN 'all of it' ELSE 'a part of it' END AS expected,
                  CASE WHEN picked IS NULL THEN 'nothing told' WHEN picked < to_pick THEN 'a part of it'
                      ELSE 'all of it' END AS found
           FROM picks WHERE (status = 'Packed' AND (picked IS NULL OR picked < to_pick) AND shipment = '')
               OR (status = 'Short' AND (picked IS NULL OR picked >= to_pick))""",
        exact=False,
    ),
    equal(
        "What a packed shipment holds is what was picked for it",
        "SELECT s.shipment || '/' || p.line AS at, p.picked AS v FROM shipments s JOIN picks p"
        ' ON p."order" = s."order" AND p.shipment = s.shipment WHERE s.status = \'Packed\'',
        "SELECT s.shipment || '/' || l.line AS at, l.quantity AS v FROM shipments s"
        " JOIN shipment_lines l ON l.shipment = s.shipment WHERE s.status = 'Packed'",
    ),
)

_STANDS = """CASE WHEN i.open = 0 THEN CASE
        WHEN ABS(i.paid) >= ABS(i.credited) AND ABS(i.paid) >= ABS(i.written_off) THEN 'Paid'
        WHEN ABS(i.credited) >= ABS(i.written_off) THEN 'Credited' ELSE 'Written off' END
    WHEN i.disputed THEN 'Disputed' WHEN i.paid <> 0 THEN 'Partly paid' ELSE 'Sent' END"""

_INVOICES = (
    Rule(
        "An invoice's status is how it was settled",
        f"""SELECT i.invoice AS at, {_STANDS} AS expected, i.status AS found FROM invoices i WHERE i.entry IS NOT NULL
            AND CASE i.status WHEN 'Posted' THEN 'Sent' ELSE i.status END <> {_STANDS}""",
        exact=False,
    ),
    Rule(
        "An invoice without an entry waits for its approval",
        """SELECT i.invoice AS at, 'Approval' AS expected, i.status AS found FROM invoices i
           WHERE i.entry IS NULL AND i.status NOT IN ('Approval', 'Draft')""",
        exact=False,
    ),
)

_BILLS = (
    equal(
        "What was billed of purchase orders is what bills took off goods received, for each supplier",
        "SELECT o.supplier_id AS at, l.billed AS v FROM purchase_order_lines l"
        " JOIN purchase_orders o ON o.po = l.po WHERE l.billed <> 0",
        "SELECT p.party AS at, p.amount AS v FROM postings p JOIN journal j ON j.seq = p.entry"
        f" WHERE p.account = '{Account.GOODS_RECEIVED}' AND j.event = 'bill posted'",
    ),
)

STATE_RULES: tuple[Rule, ...] = (*_ORDERS, *_PICKS, *_OFF_THE_SHELF, *_INVOICES, *_BILLS)
