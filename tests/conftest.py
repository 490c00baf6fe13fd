"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.kept_statements import keep_statements
from tests.ledgers import ledger, memory_ledger, postgresql, postgresql_server, shared_ledger

__all__ = ["ledger", "memory_ledger", "postgresql", "postgresql_server", "shared_data", "shared_ledger"]

keep_statements()

# How long an example takes says something of the machine, and a test may not fail by that. CI asks the same questions
# at each run; what it never asked is asked at people's desks.
settings.register_profile("o2c", deadline=None, derandomize="O2C_NO_SKIPS" in os.environ)
settings.load_profile("o2c")

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real data beside the project; in CI its absence is a failure, elsewhere a skip."""
    if SHARED.is_dir():
        return SHARED
    if os.environ.get("O2C_REQUIRE_SHARED"):
        pytest.fail(f"the shared data folder is missing: {SHARED}")
    pytest.skip("the shared data folder is not here; this test needs real data that the project may not carry")


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where nothing may be skipped (O2C_NO_SKIPS, set in CI), a skip fails the run."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("O2C_NO_SKIPS") and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
