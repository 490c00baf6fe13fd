"""What the program remembers of the outside: seen rows, files, messages, faults."""

from __future__ import annotations

from sqlalchemy import Index

from o2c_xl.ledger.schema.parts import dates, table, texts, wholes

__all__ = ["books", "files", "issues", "mail_files", "mails", "outbox", "seen", "sheets"]

# A row as it was last seen or written in its workbook: all cells as canonical texts joined by U+001F, in the
# table's column order. `row` is the Excel row; a row whose key Python gave but could not write yet has an empty key.
seen = table("seen", "table key", *wholes("row"), *texts("cells"))
# Where a table was last seen: its workbook, sheet, first column (1 = A) and headers joined by U+001F. `cells` is the
# hash of what an open workbook held there, kept as long as `seen` tells of exactly that; empty else.
sheets = table("sheets", "table", *texts("book sheet headers cells"), *wholes("first_col"))
# A workbook as it was last left: its hash, the journal's head and the business day it was written from.
books = table("books", "name", *texts("sha256"), *wholes("head"), *dates("day"), *texts("synced_at"))
# `untaken` are the sound rows of a file that was refused whole and were not known, as units joined by U+001F, each
# with the customer whose order it is: `Orders/1001/C1`.
files = table(
    "files",
    "file hash",
    *texts("kind from seen"),
    *wholes("rows times"),
    *texts("fate stored_as why untaken"),
    Index("files_by_hash", "hash"),
    Index("files_by_fate", "fate"),
)
# Mails of known senders: each once. `Landing` until its attachments lie in their drop folder under their names.
mails = table("mails", "mail", *texts("from subject seen fate why"), Index("mails_by_fate", "fate"))
mail_files = table("mail_files", "mail part:int", *texts("kind name sha256"), Index("mail_files_by_name", "name"))
# `data` is what the document or message is made from, as JSON; `path` where it was written below outbox/; `party` the
# customer or supplier it goes to. `said` is why it waits or what the mail server answered, `next_try` the time before
# which it is not tried again, `batch` the print batch it lies in. `server` is the mail server as the settings
# named it that took no mail at all then; empty where it was the message that was not taken. `action` is what a person
# decided in the sheet of a message, until it is done.
outbox = table(
    "outbox",
    "message",
    *texts("kind to subject about written sent status path data party"),
    *dates("made_on"),
    *texts("said next_try batch server action"),
    *wholes("tries"),
    Index("outbox_by_status", "status", "kind", "party"),
    Index("outbox_by_about", "about"),
    Index("outbox_by_day", "made_on"),
)
# `source` is the name of a workbook or file, `hash` that of the file's bytes, as in `files`: two files of one name are
# two. It is empty where faults are no file's. `nth` tells faults of one cell apart, from 0.
issues = table(
    "issues",
    "source hash sheet cell column nth:int",
    *texts("table key value problem fix customer"),
    *wholes("row"),
    *dates("since"),
)
