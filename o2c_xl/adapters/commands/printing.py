"""What commands say: one line per item for people, one JSON document for programs."""

from __future__ import annotations

import csv
import json
import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from o2c_xl.domain.finding import Finding
    from o2c_xl.domain.issue import Issue
    from o2c_xl.domain.outcome import Outcome

__all__ = [
    "issue_json",
    "refusal_json",
    "say_findings",
    "say_json",
    "say_outcome",
    "say_rows",
    "say_status",
    "stop_json",
]

_MANY = 50
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
_HASH = re.compile(r"[0-9a-f]{64}")


def say_json(document: object) -> None:
    """One JSON document on standard output."""
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def issue_json(issue: Issue) -> dict[str, Any]:
    """A fault as the command line's contract names its parts."""
    names = ("source", "sheet", "cell", "column", "row", "value", "problem", "fix")
    return {name: getattr(issue, name) for name in names}


def refusal_json(sentence: str) -> dict[str, Any]:
    """A decision that was refused, in the shape of a fault: the approval's number, what is wrong, and what to do."""
    return stop_json(sentence, "Approvals", "Approval")


def stop_json(sentence: str, sheet: str, column: str = "") -> dict[str, Any]:
    """What stands in the way of a command, in the shape of a fault of a sheet: `BS-000001/1: what. What to do.`"""
    subject, _, told = sentence.partition(": ")
    problem, _, fix = told.rpartition(". ")
    parts = {"source": "", "sheet": sheet, "cell": "", "column": column, "row": 0}
    return {**parts, "value": subject, "problem": f"{problem}.", "fix": fix}


def say_outcome(outcome: Outcome, *, as_json: bool, dry_run: bool = False) -> None:
    """Counts, notes and faults of a command."""
    if as_json:
        seconds = {name: float(spent) for name, spent in outcome.seconds.items()}
        say_json(
            {
                "ok": outcome.ok,
                "counts": outcome.counts,
                "issues": [issue_json(issue) for issue in outcome.issues],
                "notes": outcome.notes,
                "seconds": seconds,
                **({"error": " ".join(map(str, outcome.stops))} if outcome.stops else {}),
            }
        )
        say_stops(outcome)
        return
    for name, number in outcome.counts.items():
        if number:
            typer.echo(f"{_counted(name, number)}{' (would be)' if dry_run else ''}")
    if not outcome.changed:
        # a note may say what could not be done, such as a workbook that is open
        typer.echo("Nothing to do." if outcome.ok and not outcome.notes else "Nothing was changed.")
    for note in outcome.notes:
        typer.echo(f"note: {note}", err=True)
    for issue in outcome.issues[:_MANY]:
        typer.echo(str(issue), err=True)
    if len(outcome.issues) > _MANY:
        typer.echo(f"… and {len(outcome.issues) - _MANY} more faults; all of them stand in Issues.", err=True)
    say_stops(outcome)


def _counted(name: str, number: int) -> str:
    """What was done how often; of a table the rows that were taken, under the name of its sheet."""
    from o2c_xl.tables.define.catalogue import BY_NAME

    if name not in BY_NAME:
        return f"{name}: {number}"
    return f"{BY_NAME[name].title}: {number} {'row' if number == 1 else 'rows'} taken"


def say_stops(outcome: Outcome) -> None:
    """What could not be done while the rest was."""
    for reason in outcome.stops:
        typer.echo(f"o2c: {reason}", err=True)


def say_rows(headers: Sequence[str], rows: Iterable[Mapping[str, str | None]], how: str) -> None:
    """Rows of a table as text, csv or JSON; text that looks like a formula stays text in a csv."""
    if how == "json":
        say_json([dict(row) for row in rows])
    elif how == "csv":
        writer = csv.DictWriter(sys.stdout, fieldnames=list(headers), lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    else:
        _say_table(headers, list(rows))


def _harmless(value: str | None) -> str:
    """A spreadsheet runs a csv's text that begins like a formula; a leading apostrophe keeps it text (OWASP)."""
    if not value:
        return ""
    number = value.lstrip("+-").replace(".", "", 1).isdigit()
    return f"'{value}" if value[0] in "=+-@\t\r" and not number else value


def _brief(text: str) -> str:
    """A moment to the minute and the beginning of a hash, so that a table is narrow; csv and JSON have them whole."""
    if _MOMENT.fullmatch(text):
        return text[:16].replace("T", " ")
    return f"{text[:12]}…" if _HASH.fullmatch(text) else text


def _say_table(headers: Sequence[str], rows: Sequence[Mapping[str, str | None]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    filled = [h for h in headers if not rows or any(row[h] for row in rows)]
    table = Table(*filled, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        table.add_row(*(Text(_brief(row[h] or "")) for h in filled))
    console = Console(width=None if sys.stdout.isatty() else 400)
    console.print(table)
    typer.echo(f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}", err=True)


def say_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """What was looked at on a machine, and how to mend it."""
    if as_json:
        names = ("name", "ok", "found", "mend")
        ok = all(finding.ok for finding in findings)
        say_json({"ok": ok, "checks": [{name: getattr(f, name) for name in names} for f in findings]})
        return
    for finding in findings:
        tail = "" if finding.ok else f" {finding.mend}"
        typer.echo(f"{'ok  ' if finding.ok else 'MEND'} {finding.name}: {finding.found}{tail}")


def say_status(status: dict[str, Any], *, as_json: bool) -> None:
    """Which watchers run, and what lies in the drop folders."""
    if as_json:
        say_json(status)
        return
    from o2c_xl.company.dropped.status import status_lines

    for line in status_lines(status):
        typer.echo(line)
