"""Write a schema revision from what schema.py says now: `python -m o2c_xl.ledger.migrations.make "Add x to y"`.

`--first` throws all revisions away and writes revision 0001 anew; only as long as nothing is released.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from alembic import command

from o2c_xl.ledger.engine import open_engine
from o2c_xl.ledger.migrate import config, revisions, upgrade

__all__ = ["make"]

_VERSIONS = Path(__file__).parent / "versions"


def make(message: str) -> Path:
    """Compare the schema with what the revisions make of an empty database; returns the new revision's file."""
    number = f"{len(revisions()) + 1:04d}"
    with open_engine(":memory:").connect() as conn, conn.begin():
        if revisions():
            upgrade(conn)
        command.revision(config(conn), message, rev_id=number, autogenerate=True)
    return next(_VERSIONS.glob(f"{number}_*.py"))


def main(arguments: list[str]) -> None:
    """Make the revision and format it."""
    if "--first" in arguments:
        arguments.remove("--first")
        for old in _VERSIONS.glob("[0-9]*.py"):
            old.unlink()
    path = make(" ".join(arguments) or "The ledger")
    for task in (["format"], ["check", "--fix"]):
        subprocess.run([sys.executable, "-m", "ruff", *task, "--quiet", str(path)], check=False)  # noqa: S603
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
