"""Checks of a batch as a whole: what a row needs, keys that repeat, dates and places that must agree in a row."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from types import MappingProxyType
from typing import Any

from o2c_xl.domain.issue import Issue
from o2c_xl.domain.keys import fold
from o2c_xl.domain.money import quantity_places
from o2c_xl.tables.check.needed import check_needed
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.tables.parse.batch import Batch, Needs, Parsed
from o2c_xl.tables.parse.cells import CellFault, Fault, check_money_places, check_quantity_places
from o2c_xl.tables.parse.fault import seen
from o2c_xl.tables.parse.keys import other_case

__all__ = [
    "accepted",
    "check_batch",
    "check_keys",
    "lacking",
    "number_lines",
    "order_of_each",
    "refused_rows",
    "unknown_faults",
    "unknown_values",
]

_DATES_IN_ORDER = (("order_date", "requested_date"), ("valid_from", "valid_to"), ("from", "to"))
_UNITS = ({"Orders", "OrderLines"}, {"PurchaseOrders", "PurchaseOrderLines"})
_MEASURES = frozenset({"kg", "g", "t", "m", "cm", "mm", "km", "m2", "m²", "m3", "m³", "l", "ml", "h"})
_TOLD_UNITS = 5
_MOST_SUGGESTIONS = 50
_SEARCHED = 5000


def check_batch(batch: Batch, parsed: Parsed, needs: Needs) -> None:
    """Turn the cells' faults into issues and add those that only the whole row or file shows."""
    for name, faults in parsed.faults.items():
        for fault in faults:
            batch.mark(batch.table.by_field[name], fault)
    check_needed(batch, parsed, needs)
    if needs is Needs.FILE and batch.table.name == "OrderLines":
        lines = batch.columns["line"]
        batch.unnumbered = frozenset(i for i, line in enumerate(lines) if line is None)
        number_lines(order_of_each(batch), lines)
    _check_places(batch)
    for first, last in _DATES_IN_ORDER:
        if first in batch.columns and last in batch.columns:
            check_dates(batch, batch.columns[first], batch.columns[last], (first, last))
    check_keys(batch)
    _note_units(batch)


def order_of_each(batch: Batch) -> Sequence[Hashable]:
    """What names each row's order: its number, else customer and the customer's reference, else the row alone."""
    orders: Sequence[Hashable] = batch.columns["order"]
    if None not in orders:
        return orders
    references = batch.columns.get("customer_reference", [None] * len(orders))
    customers = batch.columns.get("customer_id", [None] * len(orders))
    found = enumerate(zip(orders, customers, references, strict=True))
    return [order or ((customer, reference) if reference else i) for i, (order, customer, reference) in found]


def number_lines(orders: Sequence[object], lines: list[Any]) -> None:
    """Give lines without a number 1, 2, 3 … within their order, in the file's order and past numbers in use."""
    if None not in lines:
        return
    used = {(order, line) for order, line in zip(orders, lines, strict=True) if line is not None}
    last: dict[object, int] = {}
    for i, order in enumerate(orders):
        if lines[i] is None:
            number = last.get(order, 0) + 1
            while used and (order, str(number)) in used:
                number += 1
            last[order] = number
            lines[i] = str(number)


def check_keys(batch: Batch) -> None:
    """A key that stands in the file twice, or twice but for case, is a fault where it comes again."""
    keys = batch.table.keys
    for column in keys:
        # In a workbook one of another table's is held against that table.
        if column.kind in (Kind.CODE, Kind.TEXT) and not (column.feeds and batch.shared):
            _check_case(batch, column)
    columns = [batch.columns[column.field] for column in keys]
    if len(set(zip(*columns, strict=True))) == len(batch):
        return
    first: dict[tuple[object, ...], int] = {}
    for i, key in enumerate(zip(*columns, strict=True)):
        if None in key:
            continue
        if first.setdefault(key, i) != i:
            problem = f"{batch.key_text(i)} stands in {batch.place(first[key], i)} already."
            fix = f"Give each row its own {keys[-1].header}, or delete one of the two rows.{_how_to(batch)}"
            batch.mark(keys[-1], CellFault(i, seen(columns[-1][i]), Fault(problem, fix)))


def _how_to(batch: Batch) -> str:
    """What to do where people mean two: the price of later days, the bills of two suppliers."""
    if "valid_from" in batch.columns:
        return " There is one price at a time: type the new one over the old on the day from which it counts."
    if batch.table.name == "Bills":
        return " Where two suppliers use one number, put the supplier before it: EXOTIC 2026-001."
    return ""


def _check_case(batch: Batch, column: Column) -> None:
    values = batch.columns[column.field]
    distinct = [value for value in dict.fromkeys(values) if value is not None]
    if len({value.casefold() for value in distinct}) == len(distinct):
        return
    first: dict[str, str] = {}
    twins = {v: first[v.casefold()] for v in distinct if first.setdefault(v.casefold(), v) != v}
    for i, value in enumerate(values):
        if value in twins:
            batch.mark(column, CellFault(i, value, other_case(value, twins[value])))


def check_dates(batch: Batch, firsts: Sequence[Any], lasts: Sequence[Any], names: tuple[str, str]) -> None:
    """A date before the one it must follow is a fault of the later one."""
    earlier = names[0].replace("_", " ")
    column = batch.table.by_field[names[1]]
    for i, (first, last) in enumerate(zip(firsts, lasts, strict=True)):
        if first is not None and last is not None and last < first:
            fault = Fault(f"{last} is before the {earlier} {first}.", f"Enter {first} or later, or mend that date.")
            batch.mark(column, CellFault(i, seen(last), fault))


def _check_places(batch: Batch) -> None:
    """Amounts against the row's own currency, quantities against its own unit."""
    columns = batch.columns
    for name, values in columns.items():
        column = batch.table.by_field[name]
        found: list[CellFault] = []
        if column.kind is Kind.MONEY and "currency" in columns:
            found = check_money_places(values, columns["currency"])
        elif column.kind is Kind.QUANTITY and "unit" in columns:
            found = check_quantity_places(values, columns["unit"])
        for fault in found:
            batch.mark(column, fault)


def _note_units(batch: Batch) -> None:
    """Any unit may be used; but `piece` meant as pcs would let half a piece be sold."""
    if batch.table.name == "Products":
        units = {str(unit): quantity_places(unit) for unit in batch.columns.get("unit", ()) if unit}
        strange = sorted(unit for unit, decimals in units.items() if decimals and unit.casefold() not in _MEASURES)
        if strange:
            names = ", ".join(strange[:_TOLD_UNITS])
            batch.notes.append(
                f"{batch.source}: of the unit {names} parts may be ordered, with three decimal places. Where it is "
                "counted, write pcs, each, box, set, pair or unit."
            )


def unknown_values(
    batch: Batch, name: str, known: Collection[str], faulty: Mapping[str, Fault] = MappingProxyType({})
) -> list[Issue]:
    """Mark the values of a field that `known` does not hold, each with the nearest that it does; returns the marks.

    One that differs only in case names the known one; `faulty` says of which another sentence is told.
    """
    values = batch.columns.get(name)
    if values is None:
        return []
    strange = {value for value in values if value is not None} - set(known)
    if not strange:
        return []
    column = batch.table.by_field[name]
    faults = {**unknown_faults(column, strange - faulty.keys(), known), **faulty}
    before = len(batch.issues)
    for i, value in enumerate(values):
        if value in faults:
            batch.mark(column, CellFault(i, seen(value), faults[value]))
    return batch.issues[before:]


def unknown_faults(column: Column, strange: set[Any], known: Collection[str]) -> dict[Any, Fault]:
    """What is told of values that are none of the `known`: the one that differs in case alone, else the nearest.

    The nearest is looked for as long as that costs little: for the first values, among not too many known ones.
    """
    home = BY_NAME[column.feeds.partition(".")[0]].title if column.feeds else "the list"
    folded = {code.casefold(): code for code in known}
    searched = list(folded) if len(folded) <= _SEARCHED else []
    faults: dict[Any, Fault] = {}
    for value in sorted(strange):
        twin = folded.get(value.casefold())
        if twin:
            faults[value] = Fault(f"{value} differs from {twin} only in case.", f"Write {twin}.")
            continue
        near = get_close_matches(value.casefold(), searched, n=1) if len(faults) < _MOST_SUGGESTIONS else []
        hint = f"; the nearest is {folded[near[0]]}" if near else f" or add it to {home} first"
        faults[value] = Fault(f"{value} is not in {home}.", f"Choose one from the list{hint}.")
    return faults


def lacking(batch: Batch, new: Iterable[int]) -> list[Issue]:
    """Mark new rows for each needed column that the file does not have; rows known already keep their values."""
    before = len(batch.issues)
    key, rows = batch.table.keys[0], list(new) if batch.missing else []
    batch.issues += [batch.near[name] for name in batch.missing if rows and name in batch.near]
    for i in rows:
        for name in batch.missing:
            column = batch.table.by_field[name]
            problem = f"{batch.key_text(i) or 'The row'} is new, and the file has no column {column.header}."
            fix = f"Add the column {column.header}: {column.help}"
            batch.mark(key, CellFault(i, batch.key_text(i), Fault(problem, fix)))
    return batch.issues[before:]


def refused_rows(batches: Sequence[Batch]) -> list[set[int]]:
    """For each batch the indexes of the rows that may not be taken: an order is refused with any of its rows.

    Orders and their lines are joined by the order's number, or in a flat list by the line's order.
    """
    refused = [set(batch.bad) for batch in batches]
    for unit in _UNITS:
        members = [i for i, batch in enumerate(batches) if batch.table.name in unit]
        _refuse_units([(batches[i], refused[i]) for i in members])
    return refused


def accepted(batches: Sequence[Batch]) -> list[Batch]:
    """The batches without the rows that may not be taken, nor their issues."""
    refused = refused_rows(batches)
    kept = [[i for i in range(len(b)) if i not in bad] for b, bad in zip(batches, refused, strict=True)]
    places = {b.table.name: {old: new for new, old in enumerate(k)} for b, k in zip(batches, kept, strict=True)}
    taken: list[Batch] = []
    for batch, wanted in zip(batches, kept, strict=True):
        columns = {name: [values[i] for i in wanted] for name, values in batch.columns.items()}
        parents = [places["Orders"][batch.parents[i]] for i in wanted] if batch.parents is not None else None
        rows = [batch.rows[i] for i in wanted]
        parts = [batch.part_of[i] for i in wanted] if batch.parts else []
        open_ = frozenset(new for new, old in enumerate(wanted) if old in batch.unnumbered)
        kept_batch = replace(batch, columns=columns, rows=rows, issues=[], bad=set(), parents=parents)
        taken.append(replace(kept_batch, part_of=parts, unnumbered=open_))
    return taken


def _refuse_units(members: Sequence[tuple[Batch, set[int]]]) -> None:
    heads = next((member for member in members if len(member[0].table.keys) == 1), None)
    for batch, bad in members:
        if heads and batch.parents is not None:
            heads[1].update(batch.parents[i] for i in bad)
    names = {_unit(batch, i) for batch, bad in members for i in bad} - {None}
    meant = {fold(str(name)) for name in names}
    meant |= {fold(text) for batch, bad in members if bad for text in batch.first_keys_at_fault()}
    for batch, bad in members:
        units = batch.columns[batch.table.keys[0].field]
        if meant:
            bad.update(i for i, unit in enumerate(units) if unit is not None and (unit in names or fold(unit) in meant))
        if heads and batch.parents is not None:
            bad.update(i for i, parent in enumerate(batch.parents) if parent in heads[1])


def _unit(batch: Batch, index: int) -> object:
    return batch.columns[batch.table.keys[0].field][index]
