"""Bank statements, their lines, and who pays under which name or from which account."""

from __future__ import annotations

from sqlalchemy import Index

from o2c_xl.ledger.schema.parts import amounts, counters, dates, flags, table, texts, wholes

__all__ = ["bank_lines", "payer_aliases", "statements"]

# `number` is the bank's, `kind` the format; `difference` is closing less opening less all its lines, those too that
# were known before. `problem` says what does not add up.
statements = table(
    "statements",
    "statement",
    *texts("account currency number kind"),
    *dates("from to"),
    *amounts("opening closing"),
    *wholes("lines"),
    *amounts("difference"),
    *texts("status problem source"),
    *wholes("entry"),
    Index("statements_by_account", "account"),
)
# `account` is the counterparty's, `own_account` ours. `proved_by` is the last statement with both balances that holds
# the line; `status` is empty until a run has looked at it. An item of a collective booking has the `batch` that it came
# with and the booking's amount, `whole`; `collective` is one without its items, `items` the batch that took its place.
# `fee` is what was posted of the line as the bank's charges, `remitted` what the payer says that it pays of each
# document.
bank_lines = table(
    "bank_lines",
    "bank_line",
    *texts("statement line own_account"),
    *dates("booked_on value_on"),
    *counters("amount"),
    *texts("currency counterparty account text reference end_to_end bank_reference entry_reference code"),
    *flags("reversal collective"),
    *amounts("charges whole"),
    *counters("fee"),
    *texts("batch items raw remitted payment status problem proved_by source"),
    *wholes("place entry"),
    Index("bank_lines_by_account", "own_account", "booked_on"),
    Index("bank_lines_by_payment", "payment"),
    Index("bank_lines_by_statement", "statement"),
    Index("bank_lines_by_end_to_end", "end_to_end"),
)
# `kind` is IBAN or Name, `value` in its plain form; taught by what a person decided of the payment `learnt_from`.
payer_aliases = table(
    "payer_aliases",
    "alias",
    *texts("kind value customer_id learnt_from"),
    *dates("learnt_on"),
    *wholes("entry"),
    Index("payer_aliases_by_value", "value"),
)
