"""`o2c send`: messages that wait go out; what nobody knows of is decided by a person. `o2c paper`: documents anew."""

from __future__ import annotations

from typing import Annotated

import typer

from o2c_xl.adapters.commands.guard import CANNOT_RUN, DONE, ISSUES, company_of, guarded
from o2c_xl.adapters.commands.options import AsJson, DryRun, On, business_day
from o2c_xl.adapters.commands.printing import say_json, say_outcome, stop_json

__all__ = ["paper", "send"]

Messages = list[str] | None


def send(
    context: typer.Context,
    again: Annotated[
        Messages, typer.Option(metavar="MESSAGE", help="Let this message go out once more; again for several.")
    ] = None,
    sent: Annotated[
        Messages, typer.Option(metavar="MESSAGE", help="Take this message as sent; again for several.")
    ] = None,
    templates: Annotated[
        bool, typer.Option("--templates", help="Put the words of all messages into templates/, to be edited.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Send what waits in the outbox: by email, into a batch to print, into the portal's folders; each once."""
    with guarded(context, as_json=as_json):
        from o2c_xl.company.mailing.dispatch import copy_templates, resolve_messages, send_now
        from o2c_xl.company.mailing.sending import would_send

        company, day = company_of(context), business_day(on)
        if templates:
            made = copy_templates(company, dry_run=dry_run)
            _say_list("templates", made, as_json=as_json, nothing="All templates lie in templates/ already.")
        elif again or sent:
            done = resolve_messages(company, day, again or [], sent or [], dry_run=dry_run)
            _say_list("messages", done, as_json=as_json, nothing="Nothing was changed.")
        elif dry_run:
            _say_planned(would_send(company, day), as_json=as_json)
        else:
            outcome = send_now(company, day)
            say_outcome(outcome, as_json=as_json)
            raise typer.Exit(CANNOT_RUN if outcome.stops else DONE if outcome.ok else ISSUES)


def paper(
    context: typer.Context,
    invoices: Annotated[
        Messages, typer.Argument(metavar="INVOICE...", help="Invoices and credit notes; default all that wait for it.")
    ] = None,
    layouts: Annotated[
        bool, typer.Option("--layouts", help="Put the layouts of xlsx documents into layouts/, to be restyled.")
    ] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    on: On = "",
) -> None:
    """Make invoices that went out without e-invoice data anew, now with it; nothing is sent by it."""
    with guarded(context, as_json=as_json):
        from o2c_xl.company.mailing.dispatch import copy_layouts, make_papers_anew

        if layouts:
            copied = copy_layouts(company_of(context), dry_run=dry_run)
            _say_list("layouts", copied, as_json=as_json, nothing="All layouts lie in layouts/ already.")
            return
        made = make_papers_anew(company_of(context), business_day(on), invoices or [], dry_run=dry_run)
        if as_json:
            files = {key: list(names) for key, names in made.files.items()}
            faults = [stop_json(one, "Invoices") for one in made.refusals]
            say_json({"ok": not made.refusals, "invoices": files, "issues": faults})
        else:
            for key, names in made.files.items():
                typer.echo(f"{key}: {'would be made anew' if dry_run else ', '.join(names)}")
            for refusal in made.refusals:
                typer.echo(refusal, err=True)
            if not made.files and not made.refusals:
                typer.echo("No invoice waits for its e-invoice data.")
        raise typer.Exit(ISSUES if made.refusals else DONE)


def _say_list(name: str, items: list[str], *, as_json: bool, nothing: str) -> None:
    if as_json:
        say_json({"ok": True, name: items})
        return
    for item in items or [nothing]:
        typer.echo(item)


def _say_planned(found: list[dict[str, object]], *, as_json: bool) -> None:
    if as_json:
        say_json({"ok": True, "counts": {"messages": len(found)}, "messages": found})
        return
    for one in found:
        stop = f" -- waits: {one['waits for']}" if one["waits for"] else ""
        typer.echo(f"{one['message']}  {one['way']}  {one['to']}  {one['subject']}{stop}")
    waits = sum(1 for one in found if one["waits for"])
    goes = len(found) - waits
    more = f"; {waits} {'waits' if waits == 1 else 'wait'}" if waits else ""
    typer.echo(f"{goes} {'message' if goes == 1 else 'messages'} would be sent{more}.", err=True)
