"""An invoice that is open again opens its closed order again, until it is settled."""

from __future__ import annotations

from pathlib import Path

from tests.scenarios.commands import Desk
from tests.scenarios.test_chased import buy, open_desk, pay
from tests.scenarios.test_typed_by_clerks import type_into


def ask(desk: Desk, invoice: str, action: str) -> None:
    type_into(desk, "Invoices", invoice, {"Action": action, "Reason": "As the customer says"})
    desk.run(expect=None)


def order_status(desk: Desk) -> str:
    (order,) = desk.show("Orders")
    return str(order["Status"])


def test_an_order_closed_by_a_write_off_is_open_again_with_its_invoice(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Approve write-offs above": ""})
    buy(desk, tmp_path, "1001")
    (invoice,) = desk.show("Invoices")

    ask(desk, invoice["Invoice"], "Write off")
    written_off = order_status(desk)
    ask(desk, invoice["Invoice"], "Reopen")
    reopened = order_status(desk)
    desk.verify()
    pay(desk, tmp_path, invoice)

    assert (written_off, reopened, order_status(desk)) == ("Closed", "Invoiced", "Closed")
    desk.verify()
