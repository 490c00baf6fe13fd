"""A connection lost in COMMIT is undecided: the next run looks up what became of it, and does what is left, once.

Twenty cuts here; `O2C_CUTS=200` for more.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.cases import DAY, HEAD, drop, make_company
from tests.faults.judge import State, differences, litter, state_of
from tests.faults.losing import Wire
from tests.faults.zygote import Warm
from tests.ledgers import PostgresqlServer

CUTS = int(os.environ.get("O2C_CUTS", "20"))
WATCH = ("watch", "--once", "--on", DAY)

pytestmark = pytest.mark.postgresql


class Far:
    """A company whose ledger is behind a wire; each try begins with the same ledger and the same dropped files."""

    def __init__(self, folder: Path, server: PostgresqlServer, wire: Wire, warm: Warm) -> None:
        self.server, self.wire, self.warm = server, wire, warm
        self.start, self.folder = folder / "start", folder / "company"
        self.base = server.create(empty=True)
        make_company(warm, self.start, ledger=self.base)
        for name, rows in {
            "a": "W1,C1,2026-03-01,P1,3",
            "b": "W2,C2,2026-03-01,P2,4",
            "bad": "W3,C9,2026-03-01,P1,x",
        }.items():
            drop(self.start, f"{name}.csv", f"{HEAD}{rows}\n")
        self.address = ""

    def afresh(self) -> None:
        """The company and its ledger as they were."""
        if self.address:
            self.server.drop(self.address)
        name = f"o2c_try_{os.getpid()}"
        self.server._run(f"CREATE DATABASE {name} TEMPLATE {_name_of(self.base)}")
        self.address = self.server.address(name)
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.copytree(self.start, self.folder)
        told = (self.start / "o2c.toml").read_text(encoding="utf-8").replace(self.base, self.wire.address(name))
        (self.folder / "o2c.toml").write_text(told, encoding="utf-8")

    def watch(self) -> tuple[int, str]:
        answer = self.warm.run(self.folder, *WATCH)
        return answer.code, answer.out + answer.err

    def state(self) -> State:
        return state_of(self.folder, self.address)


def _name_of(address: str) -> str:
    return address.partition("?")[0].rpartition("/")[2]


@pytest.fixture
def far(tmp_path: Path, postgresql_server: PostgresqlServer) -> Iterator[Far]:
    with Wire(postgresql_server.address("postgres")) as wire, Warm(None, tmp_path) as warm:
        made = Far(tmp_path, postgresql_server, wire, warm)
        yield made
        postgresql_server.drop(made.address)
        postgresql_server.drop(made.base)


def test_nothing_is_lost_or_doubled_wherever_the_connection_is_lost_in_a_commit(far: Far) -> None:
    far.afresh()
    far.wire.cut(0, heard=False)
    code, said = far.watch()
    assert code == 1, said
    commits = far.wire.commits
    expected = far.state()
    assert commits > 1
    assert len(expected.stored) == 3

    wrong = []
    for cut in range(CUTS):
        heard, at = bool(cut % 2), cut // 2 % commits + 1
        far.afresh()
        far.wire.cut(at, heard=heard)
        code, said = far.watch()
        assert far.wire.down
        far.wire.mend()
        wrong += [f"commit {at}: {code} {said}"] if code != 2 or said.count("o2c: ") != 1 or "Traceback" in said else []
        far.watch()
        found = [*differences(expected, far.state()), *litter(far.folder)]
        wrong += [f"commit {at} {'heard' if heard else 'not heard'}: {line}" for line in found]

    print(f"{CUTS} cuts at {commits} commits, {len(wrong)} wrong")  # noqa: T201 -- seen with -s
    assert not wrong, "\n".join(wrong)
