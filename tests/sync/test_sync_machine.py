"""Whatever people, files and Python do in whatever order: sheet and ledger agree, nothing is invented or lost."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.sync.desk import DAY, Desk

KEYS = st.sampled_from([f"C{i}" for i in range(5)])
NAMES = st.sampled_from(["Ada", "Bob & Co", "=cmd", "Čapek", "100"])


class SyncMachine(RuleBasedStateMachine):
    """The model is what each customer's name must be; `sheet` are changes that sync has not seen yet."""

    @initialize()
    def open(self) -> None:
        self.folder = tempfile.TemporaryDirectory(prefix="o2c-sync-")
        self.desk = Desk(Path(self.folder.name) / "company")
        self.desk.sync()
        self.facts: dict[str, str] = {}
        self.typed: dict[str, str] = {}
        self.last_shown: dict[str, str] = {}
        self.loaded = 0

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.company.ledger.engine.dispose()
            self.folder.cleanup()

    def row_of(self, key: str) -> int | None:
        rows = self.desk.rows("Customers")
        return next((number for number, row in rows.items() if row["Customer ID"] == key), None)

    @rule(key=KEYS, name=NAMES)
    def type_a_name(self, key: str, name: str) -> None:
        row = self.row_of(key)
        if row is None:
            self.desk.add("Customers", {"Customer ID": key, "Name": name})
        else:
            self.desk.type("Customers", row, {"Name": name})
        if name == self.last_shown.get(key):  # what stood there already is no change: a file's newer name counts
            self.typed.pop(key, None)
        else:
            self.typed[key] = name

    @rule(key=KEYS)
    def delete_a_row(self, key: str) -> None:
        row = self.row_of(key)
        if row is not None and len(self.desk.rows("Customers")) > 1:
            self.desk.clear("Customers", row)
            self.typed.pop(key, None)

    @rule(key=KEYS)
    def overtype_python(self, key: str) -> None:
        row = self.row_of(key)
        if row is not None:
            self.desk.type("Customers", row, {"Credit status": "Hold", "Open balance": 77})

    @precondition(lambda self: not self.typed)
    @rule(key=KEYS, name=NAMES)
    def load_a_file(self, key: str, name: str) -> None:
        self.loaded += 1
        file = Path(self.folder.name) / f"load{self.loaded}.csv"
        file.write_text(f"Customer ID,Name\n{key},{name}\n", encoding="utf-8")
        self.desk.company.load([file], "Customers", DAY, dry_run=False)
        self.facts[key] = name

    @rule()
    def sync_while_open_elsewhere(self) -> None:
        lock = self.desk.book.with_name(".~lock.Book.xlsx#")
        lock.write_text(",bob,desk,now,file:///;", encoding="utf-8")
        self.desk.sync(allow_empty=True)
        lock.unlink()
        self._settle()

    @rule()
    def sync(self) -> None:
        self.desk.sync(allow_empty=True)
        self._settle()
        assert self.last_shown == self.facts
        assert all(row["Credit status"] == "New" for row in self.desk.rows("Customers").values())
        before = self.desk.book.read_bytes()
        assert not self.desk.sync(allow_empty=True).changed
        assert self.desk.book.read_bytes() == before

    def _settle(self) -> None:
        self.facts |= self.typed
        self.typed = {}
        self.last_shown = {row["Customer ID"]: row["Name"] for row in self.desk.rows("Customers").values()}

    @invariant()
    def the_ledger_knows_exactly_the_facts(self) -> None:
        if hasattr(self, "desk"):
            assert {row["Customer ID"]: row["Name"] for row in self.desk.shown("Customers")} == self.facts


SyncMachine.TestCase.settings = settings(
    max_examples=12, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck)
)
TestSyncMachine = SyncMachine.TestCase
