"""What `o2c bill` says: for people a sentence for each thing, for programs one JSON document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from o2c_xl.adapters.commands.printing import say_json

if TYPE_CHECKING:
    from o2c_xl.company.supplier_bills import BillTaken

__all__ = ["say_bill"]


def say_bill(taken: BillTaken, *, as_json: bool, dry_run: bool) -> None:
    """Print what was found in a supplier's invoice and what became of it."""
    if as_json:
        say_json(_as_json(taken))
        return
    for difference in taken.differences:
        typer.echo(f"Wrong: {difference}.", err=True)
    for warning in taken.warnings:
        typer.echo(f"{'Wrong' if warning.stops else 'Note'}: {warning}.", err=warning.stops)
    if taken.status:
        _say_fate(taken, dry_run=dry_run)
    elif taken.ok:
        typer.echo("Every sum is right.")
    else:
        wrong = len(taken.differences)
        told = {0: "Every sum is right, but it cannot be posted.", 1: "One sum is wrong."}
        typer.echo(f"{told.get(wrong, f'{wrong} sums are wrong.')} Ask the supplier for a corrected invoice.")


def _say_fate(taken: BillTaken, *, dry_run: bool) -> None:
    whose = " ".join(part for part in (taken.bill, f"of {taken.supplier}" if taken.supplier else "") if part)
    order = f", for {taken.po}" if taken.po else ""
    typer.echo(f"{f'Bill {whose}{order}' if whose else 'The bill'}: {taken.status}.")
    for sentence in (*taken.notes, taken.why):
        if sentence:
            typer.echo(sentence, err=not taken.ok)
    if dry_run:
        typer.echo("Nothing was changed.")
    elif taken.stored:
        typer.echo(f"The file is kept as {taken.stored}.")


def _as_json(taken: BillTaken) -> dict[str, object]:
    found: dict[str, object] = {
        "ok": taken.ok,
        "differences": [
            {
                "rule": one.rule,
                "field": one.field,
                "stated": None if one.stated is None else f"{one.stated:f}",
                "computed": f"{one.computed:f}",
            }
            for one in taken.differences
        ],
        "warnings": [{"rule": one.rule, "field": one.field, "text": one.text} for one in taken.warnings],
    }
    if taken.status:
        found |= {name: getattr(taken, name) for name in ("bill", "supplier", "po", "status", "why", "stored")}
    return found
