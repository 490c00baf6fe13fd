"""Order to cash: the tables of sales, purchasing, warehouse and finance, in the order of the work."""

from __future__ import annotations

from o2c_xl.tables.define import trade_finance as finance
from o2c_xl.tables.define import trade_purchasing as purchasing
from o2c_xl.tables.define import trade_receivables as receivables
from o2c_xl.tables.define import trade_sales as sales
from o2c_xl.tables.define import trade_warehouse as warehouse

__all__ = ["TABLES"]

TABLES = (
    sales.ORDERS,
    sales.ORDER_LINES,
    purchasing.PURCHASE_ORDERS,
    purchasing.PURCHASE_ORDER_LINES,
    warehouse.RECEIPTS,
    warehouse.STOCK_COUNTS,
    warehouse.PICK_LIST,
    warehouse.SHIPMENTS,
    finance.INVOICES,
    finance.INVOICE_LINES,
    warehouse.RETURNS,
    finance.OPENING_ITEMS,
    finance.BILLS,
    finance.PAYMENTS,
    finance.MATCHES,
    finance.STATEMENTS,
    finance.BANK_LINES,
    finance.REMINDERS,
    receivables.AGING,
    receivables.CREDIT_EXPOSURE,
)
