"""Everything CI checks, in one command: `python check.py`.

`--fix` lets the formatters mend what they can; `--no-tests` leaves the tests out.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
PLACES = ("o2c_xl", "tests", "benchmarks", "check.py")


def commands(*, fix: bool) -> list[tuple[str, list[str]]]:
    """Name and arguments of each check, quickest first."""
    python = sys.executable
    return [
        ("format", [python, "-m", "ruff", "format", *([] if fix else ["--check"]), *PLACES]),
        ("lint", [python, "-m", "ruff", "check", *(["--fix"] if fix else []), *PLACES]),
        ("imports point inward", [python, "-c", "from importlinter.cli import lint_imports_command as c; c()"]),
        ("types", [python, "-m", "mypy"]),
        ("tests", [python, "-m", "pytest"]),
    ]


def main() -> int:
    """Run all checks, say which failed, and fail if one did."""
    failed = []
    for name, words in commands(fix="--fix" in sys.argv):
        if name == "tests" and "--no-tests" in sys.argv:
            continue
        print(f"== {name}", flush=True)  # noqa: T201 -- this is what the command says
        if subprocess.run(words, cwd=ROOT, check=False).returncode:  # noqa: S603 -- our own arguments
            failed.append(name)
    print("all checks passed" if not failed else f"failed: {', '.join(failed)}")  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
