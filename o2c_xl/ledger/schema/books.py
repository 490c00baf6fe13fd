"""The books: journal, postings, movements, cost layers, number series."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer

from o2c_xl.ledger.schema.parts import counters, dates, table, texts, wholes

__all__ = ["heads", "journal", "layers", "movements", "numbers", "postings", "seals", "valuations"]

# `at` is UTC, ISO; `day` the business date; `digest` covers the postings and movements of the entry; `hash` covers
# the entry and the hash before it.
journal = table(
    "journal",
    "seq:int",
    *texts("at"),
    *dates("day"),
    *texts("who event subject source sheet"),
    *wholes("row"),
    *texts("data digest prev_hash hash"),
    Index("journal_by_subject", "subject"),
    Index("journal_by_day", "day", "seq"),
)
postings = table(
    "postings",
    "posting:int",
    Column("entry", Integer, nullable=False),
    *dates("day"),
    *texts("account"),
    *counters("amount"),
    *texts("currency party"),
    Index("postings_by_entry", "entry"),
    Index("postings_by_account", "account", "party"),
)
movements = table(
    "movements",
    "movement:int",
    Column("entry", Integer, nullable=False),
    *dates("day"),
    *texts("sku"),
    *counters("quantity value quarantined"),
    *texts("kind"),
    Index("movements_by_entry", "entry"),
    Index("movements_by_sku", "sku"),
)
# Rows as they were recorded: the hash and key of each row of a table that a transaction wrote (see seals.py).
seals = table(
    "seals",
    "seal:int",
    Column("entry", Integer, nullable=False),
    *texts("table rows"),
    Index("seals_by_table", "table"),
)
# Where the journal ends, kept beside it: the number and hash of its last entry, and the latest day of any entry.
heads = table("heads", "of", *wholes("seq"), *texts("hash"), *dates("last_day"))
# How stock is valued since which entry; none yet = at the moving average. The last one is in force.
valuations = table("valuations", "entry:int", *texts("method"))
# What there is of each receipt, lowest number first, while stock is valued first in, first out; `entry` brought it.
layers = table("layers", "sku layer:int", *counters("quantity value"), Column("entry", Integer, nullable=False))
# Gap-free series: the last number given and the day it was given on.
numbers = table("numbers", "series", *wholes("last"), *dates("last_day"))
