"""Fixtures of the steps' tests."""

from __future__ import annotations

import pytest

from o2c_xl.ledger.store import Ledger
from tests.steps.receivables import Books


@pytest.fixture
def books(memory_ledger: Ledger) -> Books:
    """Books with two customers that pay in euro."""
    made = Books(memory_ledger)
    made.customers("C1", "C2", currency="EUR")
    return made
