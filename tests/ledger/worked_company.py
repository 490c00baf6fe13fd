"""A company that went from order to cash, for tests that tamper with its ledger: the sample company without workbooks.

Bills, opening items and the tables that nothing fills yet are added, so that every table has rows.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from o2c_xl.company.init import Wishes, make_company
from o2c_xl.company.opened import Company
from o2c_xl.company.sample.demo import _STORY, _Demo
from o2c_xl.company.stages import STAGES
from o2c_xl.domain.outcome import Outcome
from o2c_xl.ledger import schema
from o2c_xl.ledger.cash.payers_known import Taught, learn

_FILES = {
    "Settings": "Setting,Value\nStock valuation,FIFO\n",
    "OpeningItems": "Invoice,Customer ID,Invoice date,Due date,Total,Open\n"
    "OLD-1,GALERIE,2025-12-01,2025-12-31,250.00,100.00\n",
    "Bills": "Bill,Supplier ID,PO,Bill date,Due date,Net,Tax,Total,Paid on\n"
    "LD-77,LODEN,PO-000002,2026-02-10,2026-03-10,1120.00,212.80,1332.80,2026-02-20\n",
    "Bank": "Booking date,Payer,Details,Amount,Currency,Balance,Own account,Transaction ID\n"
    "2026-02-28,Nobody known,thanks,12.50,EUR,1012.50,DE02120300000000202051,T-1\n"
    "2026-02-28,Landlord,rent,-700.00,EUR,312.50,DE02120300000000202051,T-2\n",
}
_CANCELLED = "Order,Action\n1016,Cancel\n"
_JUST_CAME = "Order,Customer ID,Order date,Line,SKU,Quantity\n3001,GALERIE,2026-03-02,1,H-300,3\n"
_DAY = dt.date(2026, 3, 2)


class _WithoutBooks(_Demo):
    """The sample company's story, its steps run on the ledger alone."""

    def run(self, on: dt.date) -> Outcome:
        company = self.opened_by()
        policy = company.policy_now()
        while sum(stage.run(company.ledger, policy, on) for stage in STAGES):
            pass
        return Outcome()


def work(folder: Path) -> Company:
    """Make the company and let it work."""
    story = _WithoutBooks(folder, lambda: dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), "anna")
    make_company(folder, Wishes("Fjord & Field"), story.day(_STORY[0].offset), story.clock, "anna")
    for day in _STORY:
        story.work(day)
    company = story.opened_by()
    for name, text in _FILES.items():
        _load(company, name, text)
    with company.ledger.transaction(_DAY) as txn:
        txn.insert(schema.requests, [{"request": "RQ-1", "customer_id": "GALERIE", "received_on": _DAY}])
        txn.insert(schema.surveys, [{"survey": "SV-1", "customer_id": "GALERIE", "score": 9}])
        txn.insert(schema.mails, [{"mail": "<1@fjord.example>", "subject": "Orders", "fate": "Landed"}])
        txn.insert(schema.mail_files, [{"mail": "<1@fjord.example>", "part": 1, "name": "orders.csv"}])
        learn(txn, [Taught("PM-000001", "GALERIE", "Galerie", "DE75512108001245126199")])
        txn.insert(schema.improvements, [{"improvement": "IM-1", "finding": "Late picks"}])
    _load(company, "Orders", _CANCELLED)
    story.run(_DAY)
    _load(company, "Order list", _JUST_CAME)
    return company


def _load(company: Company, name: str, text: str) -> None:
    path = company.folder.root / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    outcome = company.load([path], None, _DAY, dry_run=False)
    assert outcome.ok, outcome.issues
