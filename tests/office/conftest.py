"""LibreOffice as a real person's spreadsheet program, headless, with a profile of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

DRIVER = Path(__file__).with_name("driver.py")
SYSTEM_PYTHON = "/usr/bin/python3"


@dataclass(frozen=True)
class Office:
    """A running LibreOffice; `work` does steps in one workbook, see driver.py."""

    pipe: str

    def work(self, *steps: dict[str, Any]) -> list[Any]:
        done = subprocess.run(
            [SYSTEM_PYTHON, str(DRIVER), self.pipe],
            input=json.dumps(steps),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return list(json.loads(done.stdout))

    def faults(self, path: Path) -> list[str]:
        """Error cells after everything was recalculated."""
        answers = self.work({"do": "open", "path": str(path)}, {"do": "recalculate"}, {"do": "errors"})
        return list(answers[-1])


def missing() -> str:
    if shutil.which("soffice") is None:
        return "LibreOffice is not installed"
    uno = subprocess.run([SYSTEM_PYTHON, "-c", "import uno"], capture_output=True, check=False)
    return "" if uno.returncode == 0 else "LibreOffice's Python bridge (python3-uno) is not installed"


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """LibreOffice; where it is not installed a skip, in CI a failure."""
    lack = missing()
    if lack and os.environ.get("O2C_REQUIRE_OFFICE"):
        pytest.fail(lack)
    if lack:
        pytest.skip(lack)
    profile = tmp_path_factory.mktemp("office-profile")
    pipe = f"o2c-{os.getpid()}"
    words = ["--headless", "--invisible", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard"]
    where = [f"-env:UserInstallation={profile.as_uri()}", f"--accept=pipe,name={pipe};urp;"]
    # a process group of its own: `soffice` is a script whose child does the work
    running = subprocess.Popen(
        ["soffice", *words, *where], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        yield Office(pipe)
    finally:
        os.killpg(running.pid, 15)
        running.wait(timeout=60)
