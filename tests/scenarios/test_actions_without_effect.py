"""An action that comes too late, or has nothing to act on, is answered beside its cell and never swallowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenarios.commands import Desk
from tests.scenarios.test_chased import buy, open_desk, pay
from tests.scenarios.test_typed_by_clerks import row, type_into


def asked(desk: Desk, table: str, key: str, action: str, reason: str | None = None) -> str:
    """What stands in Check once a person typed this action and a sync took it."""
    type_into(desk, table, key, {"Action": action} | ({"Reason": reason} if reason else {}))
    desk.o2c("sync", "--on", desk.day, expect=None)
    return str(row(desk, table, key)["Check"])


def test_an_invoice_says_what_its_action_finds_nothing_to_do_for(tmp_path: Path) -> None:
    desk = open_desk(tmp_path)
    buy(desk, tmp_path, "1001")
    (invoice,) = desk.show("Invoices")
    number = invoice["Invoice"]

    sent, resolved, reopened = (asked(desk, "Invoices", number, action) for action in ("Send", "Resolve", "Reopen"))
    (issue,) = desk.show("Issues")
    again = desk.run(expect=1)
    type_into(desk, "Invoices", number, {"Action": None})
    pay(desk, tmp_path, invoice)
    given_up = asked(desk, "Invoices", number, "Write off", "Lost")
    asked(desk, "Invoices", number, "Credit", "Goods were broken")
    desk.run()
    type_into(desk, "Invoices", number, {"Action": None})
    desk.o2c("sync", "--on", desk.day)
    credited = asked(desk, "Invoices", number, "Credit", "Again")

    assert sent == "Action: it is sent already. Empty the cell."
    assert resolved == "Action: it is not disputed. Empty the cell."
    assert reopened == "Action: nothing of it was written off. Empty the cell."
    assert (issue["Sheet"], issue["Value"], issue["How to mend"]) == ("Invoices", "Reopen", "Empty the cell.")
    assert not any(again["counts"].values())
    assert given_up.startswith("Action: nothing of it is open. Empty the cell.")
    assert credited.startswith("Action: all of it is credited already. Empty the cell.")
    assert [one["Kind"] for one in desk.show("Invoices")].count("Credit note") == 1
    desk.verify()


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("Confirm", "Confirm has nothing to do, the order is confirmed and stands at Invoiced. Empty the cell."),
        ("Release", "Release has nothing to do, the order passed the credit check and stands at Invoiced."),
        ("Cancel", "Cancel is too late, everything has shipped. Enter a return for what comes back."),
    ],
)
def test_an_order_says_what_its_action_finds_nothing_to_do_for(tmp_path: Path, action: str, said: str) -> None:
    desk = open_desk(tmp_path)
    buy(desk, tmp_path, "1001")

    assert asked(desk, "Orders", "1001", action).startswith(f"Action: {said}")


def test_hold_is_taken_back_before_any_run_has_seen_it(tmp_path: Path) -> None:
    desk = open_desk(tmp_path, **{"Pick by hand": "Yes"})
    buy(desk, tmp_path, "1001")

    checks = [asked(desk, "Orders", "1001", action) for action in ("Hold", "Release")]
    desk.run(expect=None)

    assert checks == ["None", "None"]
    assert [order["Status"] for order in desk.show("Orders")] == ["To pick"]
