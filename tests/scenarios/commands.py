"""Run `o2c` in this process as a user would: arguments in, exit code and output out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from typer import testing
from typer.main import get_command
from typer.testing import CliRunner

from o2c_xl.adapters.cli import app
from tests.scenarios.kept_reader import kept_reader

testing._get_command = cache(get_command)  # typer would read the signatures of all commands anew at each call


@dataclass(frozen=True)
class Answer:
    """What a command said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Desk:
    """A company folder and a person who types commands in it, on a business day."""

    folder: Path
    day: str

    def o2c(self, *words: object, expect: int | None = 0) -> Answer:
        with kept_reader():
            result = CliRunner().invoke(app, ["-C", str(self.folder), *map(str, words)])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        answer = Answer(result.exit_code, result.stdout, result.stderr)
        if expect is not None:
            assert answer.code == expect, f"o2c {' '.join(map(str, words))}\n{answer.out}\n{answer.err}"
        return answer

    def load(self, *files: Path, expect: int = 0) -> Any:
        return self.o2c("load", *files, "--json", "--on", self.day, expect=expect).json

    def run(self, expect: int | None = 0) -> Any:
        return self.o2c("run", "--json", "--on", self.day, expect=expect).json

    def show(self, table: str, *where: str) -> list[dict[str, Any]]:
        filters = [word for condition in where for word in ("--where", condition)]
        return list(self.o2c("show", table, "--format", "json", *filters).json)

    def verify(self) -> None:
        answer = self.o2c("verify", "--json", expect=None).json
        assert answer["ok"], [check for check in answer["checks"] if not check["ok"]]
