"""A company with a workbook that is open in the fake Excel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ribbon.open_desk import OpenDesk


@pytest.fixture
def personal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own folder, away from the real one."""
    folder = tmp_path / "personal"
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.delenv("O2C_COMPANY", raising=False)
    return folder


@pytest.fixture
def desk(tmp_path: Path, personal: Path) -> Iterator[OpenDesk]:
    """Customers, products and orders in one workbook, open in Excel."""
    opened = OpenDesk(tmp_path / "acme", ("Customers", "Products", "Orders", "OrderLines", "Approvals"))
    opened.open()
    yield opened
    opened.close()
