"""What may be typed into Settings: values that can be read, and what guards money only by who may decide on money."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from difflib import get_close_matches

import stdnum.bic
from sqlalchemy import select

from o2c_xl.domain.approvals import Role, holders, holds, is_administered
from o2c_xl.domain.einvoice.codes import address_problem, register_problem
from o2c_xl.domain.ibans import iban_problem
from o2c_xl.domain.policy import Policy
from o2c_xl.domain.setting import BadSetting, read_value
from o2c_xl.domain.settings import BY_NAME
from o2c_xl.ledger import schema
from o2c_xl.ledger.approvals import grants
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.parse.rowset import RowSet

__all__ = ["check_settings"]

_ALL = Decimal(100)
_SETTERS = (Role.ADMINISTRATOR, Role.FINANCE_MANAGER)

_WITH_SCHEME = {"Company e-invoice address": address_problem, "Company registration": register_problem}


def check_settings(txn: Txn, rows: RowSet, policy: Policy) -> None:
    """Names and values, the company's currency, and who changes what money depends on."""
    _check_values(rows)
    if "value" not in rows.columns:
        return
    _check_account(rows)
    _check_codes(rows)
    _check_percents(rows)
    _check_closing(txn, rows, policy)
    _check_currency(txn, rows, policy)
    _check_guarded(txn, rows, policy)


def _check_values(rows: RowSet) -> None:
    names = rows.columns["setting"]
    values = rows.columns.get("value", [None] * len(rows))
    for i, name in enumerate(names):
        setting = BY_NAME.get(str(name).strip().casefold())
        if setting is None:
            close = get_close_matches(str(name), [known.name for known in BY_NAME.values()], n=1)
            mend = f"The nearest is {close[0]}." if close else "See the Settings sheet for their names."
            rows.fault(i, "setting", f"{name} is not a setting.", mend)
            continue
        if name != setting.name:
            fix = f"Write {setting.name}."
            rows.fault(i, "setting", f"{name} differs from {setting.name} only in case.", fix)
            continue
        try:
            values[i] = read_value(setting, str(values[i] if values[i] is not None else ""))
        except BadSetting as bad:
            rows.fault(i, "value", bad.problem, bad.fix)


def _check_account(rows: RowSet) -> None:
    """An account that begins as an IBAN is a right one, and a BIC has its form; accounts elsewhere have other forms."""
    for i, (name, value) in enumerate(zip(rows.columns["setting"], rows.columns["value"], strict=True)):
        told = str(value or "").replace(" ", "").upper()
        if name == "Company IBAN" and (problem := iban_problem(str(value or ""))):
            rows.fault(i, "value", problem, "Copy it from a statement of the bank.")
        if name == "Company BIC" and told and not stdnum.bic.is_valid(told):
            problem = f"'{value}' is no BIC, which has 8 or 11 characters, such as COBADEFFXXX."
            rows.fault(i, "value", problem, "Copy it from a statement of the bank, or leave it empty.")


def _check_codes(rows: RowSet) -> None:
    """What e-invoices bear with a scheme before it."""
    for i, name in enumerate(rows.columns["setting"]):
        if name in _WITH_SCHEME and (value := str(rows.columns["value"][i] or "").strip()):
            problem, fix = _WITH_SCHEME[name](value)
            if problem:
                rows.fault(i, "value", problem, fix)


def _check_percents(rows: RowSet) -> None:
    """A share is at most all of it; a rule for each level or age is a list of them."""
    bad = {issue.row for issue in rows.issues}
    for i, name in enumerate(rows.columns["setting"]):
        if rows.rows[i] in bad or not name.endswith("%"):
            continue
        parts = [part.strip() for part in str(rows.columns["value"][i] or "").split(",")]
        if above := next((part for part in parts if part and Decimal(part) > _ALL), ""):
            rows.fault(i, "value", f"{above} is more than 100.", "Enter 5 for 5 %.")


def _check_closing(txn: Txn, rows: RowSet, policy: Policy) -> None:
    """Books are closed up to a day that is over: one ahead, such as a wrong year, would stop all work till then."""
    held = {"Books closed until": policy.closed_until, "Books closing until": policy.closing_until}
    bad = {issue.row for issue in rows.issues}
    for i, name in enumerate(rows.columns["setting"]):
        if name not in held or rows.rows[i] in bad or not rows.columns["value"][i]:
            continue
        day = dt.date.fromisoformat(rows.columns["value"][i])
        if day > txn.day and day != held[name]:
            problem = f"{day} is after {txn.day}, so nothing could be posted today."
            rows.fault(i, "value", problem, "Check the year, and enter a day that is over.")


def _check_currency(txn: Txn, rows: RowSet, policy: Policy) -> None:
    """The company's currency is fixed once something is posted in it."""
    for i, name in enumerate(rows.columns["setting"]):
        if name != "Company currency" or rows.columns["value"][i] == policy.currency or i in rows.bad:
            continue
        if txn.conn.execute(select(schema.postings.c.posting).limit(1)).first():
            rows.fault(i, "value", "the books are kept in another currency already.", f"Write {policy.currency}.")


def _check_guarded(txn: Txn, rows: RowSet, policy: Policy) -> None:
    """A sheet cell is a request, never an authority: bank details and what asks for approval are not anybody's."""
    typed = [(i, name) for i, name in enumerate(rows.columns["setting"]) if i not in rows.bad]
    changed = [
        (i, name)
        for i, name in typed
        if BY_NAME[name.casefold()].guarded and rows.columns["value"][i] != policy.values[name]
    ]
    given = grants(txn.conn) if changed else []
    if not is_administered(given) or holds(txn.who, _SETTERS, given, txn.today):
        return
    able = " or ".join(holders(_SETTERS, given, txn.today)) or "Nobody today, only an Administrator"
    for i, name in changed:
        fix = f"{able} may, with a run of o2c under their own account."
        rows.fault(i, "value", f"{txn.who} may not change {name}.", fix)
