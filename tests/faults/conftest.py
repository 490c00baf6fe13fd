"""What tests of faults share: the shim, built once, and a warm process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.loop import Bench, workbench
from tests.faults.shim import cannot_build

__all__ = ["bench"]


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    """A place to disturb companies in; a skip where the shim cannot be built, in CI a failure."""
    if reason := cannot_build():
        if os.environ.get("O2C_NO_SKIPS"):
            pytest.fail(reason)
        pytest.skip(reason)
    with workbench() as folder, Bench(Path(folder)) as made:
        yield made
