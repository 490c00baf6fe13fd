"""An order's story as lines of text for people: what it is, what it waits for, what happened, goods, money, papers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

__all__ = ["story_lines"]

Story = Mapping[str, Any]


def story_lines(story: Story) -> list[str]:
    """The story, headings first, details below them; parts without anything are left out."""
    parts = (
        ("", _head(story)),
        ("Lines", map(_line, story["lines"])),
        ("Credit", _credit(story)),
        ("What happened", map(_event, story["events"])),
        ("On order for it", map(_purchase, story["purchase_orders"])),
        ("Picked", map(_pick, story["picks"])),
        ("Shipped", map(_shipment, story["shipments"])),
        ("Came back", map(_return, story["returns"])),
        ("Invoices and credit notes", _money(story)),
        ("Approvals", map(_approval, story["approvals"])),
        ("Differences", map(_difference, story["discrepancies"])),
        ("Papers and messages", map(_document, story["documents"])),
    )
    lines: list[str] = []
    for heading, told in parts:
        body = list(told)
        if body and heading:
            lines += ["", heading]
        lines += [f"  {line}" for line in body] if heading else body
    return lines


def _head(story: Story) -> Iterator[str]:
    order, customer = story["order"], story["customer"]
    who = " ".join(part for part in (customer["Customer ID"], customer["Name"]) if part)
    reference = f", their reference {order['Customer reference']}" if order["Customer reference"] else ""
    yield f"Order {order['Order']} of {who}{reference}, ordered {order['Order date'] or 'without a date'}"
    if story["waits"]:
        waits = story["waits"]
        since = f" since {waits['since']}" if waits["since"] else ""
        yield f"{order['Status']}{since}: {waits['for']}"
        if waits["who"]:
            yield f"It is up to: {waits['who']}"
    else:
        going = order["Status"] not in _ENDED and not any(_some(line["Backordered"]) for line in story["lines"])
        yield f"{order['Status']}; nothing stops it" if going else str(order["Status"])
    promised = f"; promised for {order['Promise date']}" if order["Promise date"] else ""
    priced = f"Net {order['Net']}, tax {order['Tax']}, total {order['Total']}" if order["Total"] else "Not priced yet"
    yield f"{priced}{promised}"


def _credit(story: Story) -> Iterator[str]:
    """The sum behind the credit decision."""
    told = story["credit"]
    if told is None:
        return
    yield f"{told['decision']}: {told['why']}" if told["why"] else str(told["decision"])
    if "exposure" in told:
        yield (
            f"Open {told['open']} + confirmed {told['confirmed']} + this order {told['this order']} "
            f"- credits {told['credits']} = {told['exposure']}"
        )


_ENDED = {"Closed", "Cancelled"}
_PROGRESS = ("Allocated", "Backordered", "Shipped", "Invoiced", "Returned", "Cancelled")


def _line(line: Story) -> str:
    price = f" at {line['Unit price']}" if line["Unit price"] else ""
    off = f" less {line['Discount %']} %" if _some(line["Discount %"]) else ""
    far = ", ".join(f"{name.lower()} {line[name]}" for name in _PROGRESS if _some(line[name]))
    why = f"; {line['Why']}" if line["Why"] else ""
    head = f"{line['Line']}: {line['Quantity'] or 'no quantity'} × {line['SKU'] or 'no product'}{price}{off}"
    return f"{head} = {line['Net']} ({far or 'nothing yet'}{why})"


def _event(event: Story) -> str:
    about = event["subject"]
    source = f", from {event['source']}" if event["source"] else ""
    return f"{_moment(event)}  {event['event']} {about}  by {event['who']}{source}"


def _moment(event: Story) -> str:
    """The business day, and the clock's time where it was recorded on that day."""
    at = dt.datetime.fromisoformat(event["at"]).astimezone()
    same = at.date().isoformat() == event["day"]
    return f"{event['day']} {at:%H:%M}" if same else f"{event['day']}      "


def _purchase(row: Story) -> str:
    expected = f", expected {row['Expected']}" if row["Expected"] else ""
    came = f", {row['Received']} came" if _some(row["Received"]) else ""
    goods = f"{row['Quantity']} × {row['SKU']} from {row['Supplier ID']}"
    return f"{row['PO']} line {row['Line']}: {goods}{expected}{came} ({row['Status']})"


def _pick(row: Story) -> str:
    picked = row["Picked"] if row["Picked"] is not None else "nothing"
    return f"{row['Pick']}: {picked} of {row['To pick']} × {row['SKU']} for line {row['Line']} ({row['Status']})"


def _shipment(row: Story) -> str:
    goods = ", ".join(f"{line['Quantity']} × {line['SKU']}" for line in row["lines"])
    how = " ".join(part for part in (row["Carrier"], row["Service"]) if part)
    words = (f"on {row['Shipped on']}" if row["Shipped on"] else "", f"by {how}" if how else "")
    tracking = f", tracking {row['Tracking']}" if row["Tracking"] else ""
    told = "".join(f" {word}" for word in words if word)
    return f"{row['Shipment']}{told}{tracking}: {goods or 'nothing yet'} ({row['Status']})"


def _return(row: Story) -> str:
    why = f" because {row['Reason']}" if row["Reason"] else ""
    note = f", credit note {row['Credit note']}" if row["Credit note"] else ""
    return f"{row['Return']} on {row['Returned on']}: {row['Quantity']} × {row['SKU']}{why}{note} ({row['Status']})"


def _money(story: Story) -> Iterator[str]:
    for row in (*story["invoices"], *story["credit_notes"]):
        due = f", due {row['Due date']}" if row["Due date"] else ""
        yield (
            f"{row['Invoice']} ({row['Kind']}) of {row['Invoice date']}{due}: "
            f"{row['Total']} {row['Currency'] or ''}, open {row['Open']} ({row['Status']})"
        )
        for settled in story["settlements"]:
            if settled["invoice"] == row["Invoice"]:
                yield f"    {settled['day']}: {settled['amount']} by {settled['kind']} {settled['by']}".rstrip()
    yield from _prepaid(story["payments"], story["settlements"])


def _prepaid(payments: Sequence[Story], settlements: Iterable[Story]) -> Iterator[str]:
    used = {row["by"] for row in settlements}
    for row in payments:
        if row["Payment"] not in used:
            yield f"{row['Payment']} of {row['Paid on']}: {row['Amount']} paid, not applied yet ({row['Status']})"


def _approval(row: Story) -> str:
    told = f" by {row['Decided by']} on {row['Decided on']}" if row["Decided by"] else ""
    why = f": {row['Reason']}" if row["Reason"] else ""
    return (
        f"{row['Approval']} {row['Step']} of {row['Subject']}, asked of the {row['Role']}: {row['Status']}{told}{why}"
    )


def _difference(row: Story) -> str:
    return f"{row['Discrepancy']} {row['Kind']}: expected {row['Expected']}, found {row['Found']} ({row['Status']})"


def _document(row: Story) -> str:
    where = f", {row['path']}" if row["path"] else ""
    to = f" to {row['To']}" if row["To"] else ""
    return f"{row['Message']} {row['Kind']} about {row['About']}{to}{where} ({row['Status']})"


def _some(text: str | None) -> bool:
    return text is not None and text.strip("0.") != ""
