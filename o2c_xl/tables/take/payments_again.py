"""Payments that a file brings without a number: which of them the ledger has already.

The sender's own reference serves for that. As several payments may quote the same invoice, the day belongs to it, and
the customer and the payer as far as both sides name them. What agrees in these but not in its amount is never guessed
at: it may be another payment, or the same one put right.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from o2c_xl.domain.keys import fold
from o2c_xl.domain.money import trimmed
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import records
from o2c_xl.ledger.store import Txn
from o2c_xl.tables.parse.batch import Batch

__all__ = ["known_again"]

_p = schema.payments.c
_COLUMNS = (_p.payment, _p.customer_id, _p.payer, _p.paid_on, _p.amount, _p.currency, _p.reference)
_WHOSE = ("customer_id", "payer")
_OWN_NUMBER = "give each a Payment number of its own"


def known_again(txn: Txn, rows: Batch, keyless: Sequence[int]) -> Mapping[int, str]:
    """The numbers of the keyless rows that the ledger knows, by index; a row that leaves it in doubt is at fault.

    Who paid, where the row leaves it empty, is taken over from the ledger: it may have been found out since.
    """
    told = [i for i in keyless if i not in rows.bad and _value(rows, i, "paid_on") and _value(rows, i, "reference")]
    told = _once_each(rows, told)
    known = _known(txn, [_value(rows, i, "paid_on") for i in told])
    at = {key: i for i, key in enumerate(rows.columns["payment"]) if key is not None}
    found: dict[int, str] = {}
    # Those that agree in all first: what is left then is held against payments of which more is known.
    for i in sorted(told, key=lambda i: not _same(rows, i, known)):
        old = _like(rows, i, known.get(_when_and_what(rows, i), ()), at)
        if old is None:
            continue
        if old.payment in at:
            _same_as_row(rows, i, at[old.payment])
        elif _amounts_differ(rows, i, old):
            amount = f"{trimmed(old.amount):f} {old.currency}".rstrip()
            problem = f"it is empty, and {old.payment} of that day has the same Reference, with the Amount {amount}."
            rows.fault(i, "payment", problem, f"If these are two payments, {_OWN_NUMBER}; else put the amount right.")
        else:
            found[i] = old.payment
            at[old.payment] = i
            _take_over(rows, i, old)
    return found


def _value(rows: Batch, index: int, name: str) -> Any:  # noqa: ANN401 -- a cell's value
    return rows.columns[name][index] if name in rows.columns else None


def _when_and_what(rows: Batch, index: int) -> tuple[Any, Any]:
    return _value(rows, index, "paid_on"), fold(_value(rows, index, "reference") or "")


def _once_each(rows: Batch, told: Sequence[int]) -> list[int]:
    """The rows without those that say the same as one before them in the file, which are marked."""
    first: dict[tuple[Any, ...], int] = {}
    kept = []
    for i in told:
        same = (*_when_and_what(rows, i), *(_value(rows, i, name) for name in _WHOSE))
        if first.setdefault(same, i) == i:
            kept.append(i)
        else:
            _same_as_row(rows, i, first[same])
    return kept


def _same_as_row(rows: Batch, index: int, other: int) -> None:
    problem = f"it is empty, and {rows.place(other, index)} has the same day and Reference."
    rows.fault(index, "payment", problem, f"If these are two payments, {_OWN_NUMBER}; else delete one of the two rows.")


def _known(txn: Txn, days: Sequence[Any]) -> dict[tuple[Any, Any], list[Any]]:
    """The ledger's payments from the first to the last of these days, by day and reference without its case."""
    found: dict[tuple[Any, Any], list[Any]] = {}
    if days:
        statement = select(*_COLUMNS).where(_p.paid_on.between(min(days), max(days))).order_by(_p.payment)
        for row in records(txn.conn, statement, _COLUMNS):
            found.setdefault((row.paid_on, fold(row.reference)), []).append(row)
    return found


def _like(rows: Batch, index: int, known: Sequence[Any], at: Mapping[str, int]) -> Any | None:  # noqa: ANN401 -- a row of the ledger
    """The known payment that nothing in the row speaks against; of several one with the same amount that no row is yet.

    One that a row of the file is already, by `at`, has that row's customer and payer.
    """
    given = {name: _value(rows, index, name) for name in _WHOSE}
    fits = [
        row
        for row in known
        if all(
            not value or _whose(rows, at.get(row.payment), name, row) in ("", value) for name, value in given.items()
        )
    ]
    fits.sort(key=lambda row: (_amounts_differ(rows, index, row), row.payment in at))
    return fits[0] if fits else None


def _same(rows: Batch, index: int, known: Mapping[tuple[Any, Any], Sequence[Any]]) -> bool:
    old = _like(rows, index, known.get(_when_and_what(rows, index), ()), {})
    return old is not None and not _amounts_differ(rows, index, old)


def _whose(rows: Batch, taken: int | None, name: str, old: Any) -> str:  # noqa: ANN401 -- a row of the ledger
    told = None if taken is None else _value(rows, taken, name)
    return str(told or getattr(old, name))


def _amounts_differ(rows: Batch, index: int, old: Any) -> bool:  # noqa: ANN401 -- a row of the ledger
    currency = _value(rows, index, "currency")
    other_currency = currency and old.currency and currency != old.currency
    return bool(other_currency) or _value(rows, index, "amount") != old.amount


def _take_over(rows: Batch, index: int, old: Any) -> None:  # noqa: ANN401 -- a row of the ledger
    for name in _WHOSE:
        if name in rows.columns and rows.columns[name][index] is None:
            rows.columns[name][index] = getattr(old, name) or None
