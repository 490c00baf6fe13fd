"""What is said beside a row although nothing in it is wrong: a request that has no effect yet, and who may change that.

A remark is no fault: it refuses nothing, and no command ends with 1 for it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Column, Connection, Row, select

from o2c_xl.domain.approvals import ApprovalStatus, Grant, may_decide, who_may
from o2c_xl.domain.buying.purchase_status import DRAFTS, UNDER_WAY
from o2c_xl.domain.einvoice.tax_numbers import vat_problem
from o2c_xl.domain.ibans import iban_problem
from o2c_xl.domain.issue import Issue
from o2c_xl.domain.money import plain_number
from o2c_xl.domain.policy import unreadable
from o2c_xl.domain.settings import BY_NAME as BY_SETTING
from o2c_xl.ledger import schema as s
from o2c_xl.ledger.approvals import approval_of, grants
from o2c_xl.ledger.credit.limits import STEP
from o2c_xl.ledger.goods.short_picks import short_picks
from o2c_xl.ledger.lookups import rows_by_key
from o2c_xl.ledger.schema.partial import ASKED_ORDERS, CREDIT_ASKED, FRACTIONS_OFF, OPEN_ORDERS
from o2c_xl.ledger.settings import settings_told
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.show.deciding import decides_with
from o2c_xl.tables.show.views import Scope

__all__ = ["standing_remarks"]


def standing_remarks(conn: Connection, scope: Scope) -> list[Issue]:
    """Every remark as it stands, by table and key."""
    return [
        *_actions(conn),
        *_fractions_off(conn),
        *_short_picks(conn),
        *_other_suppliers(conn),
        *_wishes(conn, scope),
        *_credit_asked(conn, scope),
        *_clashes(conn),
        *_unreadable_settings(conn, scope),
        *_odd_numbers(conn),
    ]


def _actions(conn: Connection) -> list[Issue]:
    """Requests about orders that have no effect."""
    c = s.orders.c
    without_effect = (ASKED_ORDERS, c.action_problem != "")
    statement = select(c.order, c.action, c.action_problem).where(*without_effect).order_by(c.order)
    return [_remark("Orders", row.order, "Action", row.action, row.action_problem) for row in conn.execute(statement)]


def _fractions_off(conn: Connection) -> list[Issue]:
    """Discounts below 1 % of lines still to be invoiced: almost surely a fraction of one was meant."""
    line, order = s.order_lines.c, s.orders.c
    statement = (
        select(line.order, line.line, line.discount_percent)
        .join(s.orders, order.order == line.order)
        .where(FRACTIONS_OFF, line.quantity > line.invoiced + line.cancelled, OPEN_ORDERS)
        .order_by(line.order, line.line)
    )
    found = []
    for row in conn.execute(statement):
        off, meant = plain_number(row.discount_percent), plain_number(row.discount_percent * 100)
        said = f"Taken as {off} % off. Write {meant} if {meant} % is meant."
        found.append(_remark("OrderLines", f"{row.order}/{row.line}", "Discount %", off, said))
    return found


def _short_picks(conn: Connection) -> list[Issue]:
    """Picks that found too little, and those that were since sent to the same place, until it is counted."""
    short = short_picks(conn)
    found = [_remark("PickList", one.pick, "Picked", "", f"Short: {one.found} found. {one.mend}") for one in short]
    last = {one.sku: one for one in short}
    c = s.picks.c
    todo = rows_by_key(conn, [c.pick, c.sku], c.sku, last, c.status == "To pick") if last else ()
    for row in sorted(todo, key=lambda row: row.pick):
        one = last[row.sku]
        said = f"{one.pick} found {one.found} on {one.since}. Count it first."
        found.append(_remark("PickList", row.pick, "To pick", "", said))
    return found


def _other_suppliers(conn: Connection) -> list[Issue]:
    """Purchase orders that go to another supplier than was proposed, without a word why."""
    c = s.purchase_orders.c
    other = (c.proposed_supplier != "", c.supplier_id != c.proposed_supplier, c.reason == "")
    statement = select(c.po, c.supplier_id, c.proposed_supplier).where(*other, c.status.in_([*DRAFTS, *UNDER_WAY]))
    found = []
    for row in conn.execute(statement.order_by(c.po)):
        said = f"{row.proposed_supplier} was proposed. Say why {row.supplier_id} instead."
        found.append(_remark("PurchaseOrders", row.po, "Reason", "", said))
    return found


def _clashes(conn: Connection) -> list[Issue]:
    """Cells that were changed in a workbook and elsewhere at once."""
    c = s.clashes.c
    rows = conn.execute(select(s.clashes).order_by(c.table, c.key, c.column))
    return [_remark(row.table, row.key, row.column, row.value, row.said) for row in rows]


def _wishes(conn: Connection, scope: Scope) -> list[Issue]:
    """Decisions typed in the sheet: none counts there, so each says who decides, and how."""
    c = s.approvals.c
    rows = conn.execute(
        select(s.approvals).where(c.status == str(ApprovalStatus.WAITING), c.decision != "").order_by(c.approval)
    ).all()
    held = grants(conn) if rows else []
    found = []
    for row in rows:
        asked = approval_of(row)
        problem = may_decide(row.wished_by, asked, held, scope.today) if row.wished_by else ""
        able = who_may(asked, held, scope.today)
        how = f"{_able(able, asked.role)} {decides_with(row.approval, row.decision)}."
        if problem:
            said = f"It did not count for {row.wished_by}: {problem} {how}"
        else:
            said = f"It is noted and does not count yet. {how}"
        found.append(_remark("Approvals", row.approval, "Decision", row.decision, said))
    return found


def _credit_asked(conn: Connection, scope: Scope) -> list[Issue]:
    """More credit that was asked for a customer: who decides, or who rejected it, and what holds."""
    c, a = s.customers.c, s.approvals.c
    statement = select(c.customer_id, c.credit_asked).where(CREDIT_ASKED).order_by(c.customer_id)
    wanted = {row.customer_id: json.loads(row.credit_asked) for row in conn.execute(statement)}
    newest = {row.subject: row for row in rows_by_key(conn, s.approvals, a.subject, wanted, a.step == STEP)}
    held = grants(conn) if newest else []
    found = []
    for customer, asked in newest.items():
        fields = {field: value for field, value in wanted[customer].items() if field != "hash"}
        said = _answer(asked, ", ".join(fields.values()), held, scope)
        if said:
            field, value = next(iter(fields.items()))
            found.append(_remark("Customers", customer, _header(field), value, said))
    return found


def _answer(asked: Row[Any], told: str, held: list[Grant], scope: Scope) -> str:
    """What became of the wish so far; a rejection is told as long as Approvals shows it."""
    if asked.status == ApprovalStatus.WAITING:
        able = _able(who_may(approval_of(asked), held, scope.today), asked.role)
        how = f"{able} {decides_with(asked.approval)}."
        return f"{told} waits for the {asked.role}; until then the old one holds. {how}"
    if asked.status == ApprovalStatus.REJECTED and (scope.since is None or asked.decided_on >= scope.since):
        return f"{told} was rejected by {asked.decided_by}: {asked.reason} The old one holds."
    return ""


def _unreadable_settings(conn: Connection, scope: Scope) -> list[Issue]:
    """Settings that the ledger was told once and that cannot be read any more: what holds instead."""
    told = settings_told(conn)
    found = []
    for name, bad in unreadable(told).items():
        instead = scope.settings.get(name, BY_SETTING[name.casefold()].default) or "nothing"
        said = f"{bad.problem} Until it is mended {instead} holds. {bad.fix}"
        found.append(_remark("Settings", name, "Value", told[name], said))
    return found


def _odd_numbers(conn: Connection) -> list[Issue]:
    """VAT numbers and accounts of others whose check digits do not fit; what has no check digits is let be."""
    c, v = s.customers.c, s.suppliers.c
    found = [
        *_each(conn, "Customers", c.customer_id, c.tax_id, vat_problem),
        *_each(conn, "Suppliers", v.supplier_id, v.tax_id, vat_problem),
        *_each(conn, "Suppliers", v.supplier_id, v.iban, iban_problem),
    ]
    return sorted(found, key=lambda one: (one.table, one.key))


def _each(
    conn: Connection, table: str, key: Column[str], column: Column[str], problem: Callable[[str], str]
) -> Iterator[Issue]:
    header = BY_NAME[table].by_field[column.name].header
    for row in conn.execute(select(key, column).where(column != "")):
        if wrong := problem(row[1]):
            yield _remark(table, row[0], header, row[1], f"{wrong} Check it with them.")


def _header(field: str) -> str:
    """The header of a field of the customers."""
    return BY_NAME["Customers"].by_field[field].header


def _able(users: list[str], role: str) -> str:
    if not users:
        return f"Nobody else may today: an Administrator gives the role {role} in Roles, and that person decides with"
    return f"{' or '.join(users)} may decide with"


def _remark(table: str, key: str, column: str, value: str, said: str) -> Issue:
    return Issue("", "", "", column, 0, value, said, "", table=table, key=key)
