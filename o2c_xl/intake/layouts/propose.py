"""Proposes what a partner's list is and which of its columns are ours; what is not certain stays a proposal."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from o2c_xl.intake.layouts.blocks import BlockFound
from o2c_xl.intake.layouts.grid import DATE, NUMBER, TEXT, TEXT_NUMBER, Grid
from o2c_xl.intake.layouts.labels import labels_around
from o2c_xl.intake.layouts.spec import columns_of
from o2c_xl.intake.layouts.ways import ways_of
from o2c_xl.intake.layouts.words import candidates, header_of, meanings_of
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.tables.parse.cells import NUMBERS
from o2c_xl.tables.parse.headers import header_key

__all__ = ["Line", "Proposal", "propose"]

_LOOKED = 500  # rows whose values are weighed
_PRODUCT = frozenset({"sku", "product_name", "supplier_sku", "barcode"})
_PERSON = frozenset({"customer_id", "customer_name"})
# What speaks for a table beyond what it cannot do without.
_SIGNS: Mapping[str, Mapping[str, float]] = {
    "Orders": {
        "order": 1, "customer_reference": 1, "customer_id": 0.5, "customer_name": 0.5, "order_date": 1,
        "requested_date": 1, "amount": 1, "unit_price": 0.5, "discount": 0.5, "quantity": 0.5,
    },
    "StockCounts": {"stock": 1.5, "counted_on": 0.5, "warehouse": 0.5, "movement": 0.5, "reorder_point": 0.5},
    "Prices": {"unit_price": 1, "minimum_quantity": 1, "price_list": 2, "valid_from": 1, "valid_to": 1},
    "SupplierPrices": {
        "supplier": 2, "supplier_sku": 2, "lead_days": 1, "minimum_quantity": 0.5, "cost": 0.5, "pack": 0.5,
    },
    "Products": {
        "category": 1, "unit": 1, "cost": 0.5, "weight": 1, "reorder_point": 1, "warehouse": 0.5, "barcode": 0.5,
    },
    "Customers": {
        "email": 1, "phone": 1, "street": 1, "postal_code": 1, "city": 0.5, "country": 0.5, "tax_id": 1,
        "payment_terms": 0.5, "credit_limit": 1, "contact": 0.5,
    },
    "Suppliers": {"email": 1, "phone": 1, "street": 1, "lead_days": 1, "supplier_name": 1},
}  # fmt: skip
_LOOKUP = {"SKU": "Products.Name", "Customer ID": "Customers.Name", "Supplier ID": "Suppliers.Name"}
_NAME_OF = {"product_name": "SKU", "customer_name": "Customer ID", "supplier_name": "Supplier ID"}
# What a layout may give where the file does not; a person puts the right value there.
_EXAMPLES = {
    "Order": "{file}", "Customer ID": "ALFKI", "Order date": "2026-11-02",
    "Counted on": "2026-11-02", "Price list": "Standard", "Minimum quantity": "1", "Supplier ID": "ACME", "Unit": "pcs",
}  # fmt: skip
# A file's name comes again with the next order, which would then change the one before.
_OF_ITS_OWN = {
    "Count": "a number of its own for each",
    "Order": "the file's name, where each order has a name of its own; no column or cell gives a number",
}
_ONE_FOR_ALL = frozenset({"Price list", "Supplier ID"})  # keys that a whole list may share
_LONGEST_CODE = 20
_CERTAIN = 2.0  # points from which a list is taken for what it looks like


@dataclass(slots=True)
class Line:
    """One entry of a layout: our header, the source's text and ways; `certain` puts it into effect.

    `comment` says why, or what else it could be.
    """

    ours: str
    text: str
    ways: dict[str, object] = field(default_factory=dict)
    certain: bool = True
    comment: str = ""


@dataclass(slots=True)
class Proposal:
    """How a list could be read: columns, labelled cells and what is lacking."""

    table: str
    others: list[str]
    certain: bool
    columns: list[Line] = field(default_factory=list)
    cells: list[Line] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    constants: list[Line] = field(default_factory=list)
    skip_empty: list[str] = field(default_factory=list)

    @property
    def doubt(self) -> str:
        """Why the list is not to be read before a person has mended the proposal; empty when it is."""
        if not self.certain or not any(line.certain for line in self.columns):
            return "what this list is could not be told"
        given = {line.ours for line in (*self.columns, *self.cells, *self.constants) if line.certain}
        given |= {"Order", "Line"} if self.table == "Orders" else set()
        lacking = [c.header for c in BY_NAME[self.table].keys if c.header not in given and c.header not in _ONE_FOR_ALL]
        if self.table == "Suppliers" and "Supplier ID" not in given:
            lacking.append("Supplier ID")
        if self.table == "Orders" and "SKU" not in given:
            lacking.append("SKU")
        if lacking:
            return f"nothing gives {' and '.join(lacking)}"
        undecided = self._undecided(given)
        return f"which column gives {' and '.join(undecided)} is not decided" if undecided else ""

    def _undecided(self, given: Collection[str]) -> list[str]:
        """Numbers and dates that a column may bring and none is certain to: without one, rows mean something else."""
        known = columns_of(BY_NAME[self.table])
        undecided = (line.ours for line in self.columns if not line.certain and line.ours not in given)
        return list(dict.fromkeys(ours for ours in undecided if known[ours].kind in NUMBERS | {Kind.DATE}))


def propose(grid: Grid, block: BlockFound, lists: Sequence[BlockFound], *, sheets: int = 1) -> Proposal:
    """The proposal for one list of the sheet; `sheets` of the file have lists."""
    means = {c: meanings_of(name) for c, name in block.names.items()}
    ranked = _tables([found for found in means.values() if found])
    best, score = ranked[0] if ranked else ("", 0.0)
    others = [table for table, _ in ranked[1:]]
    certain = score >= _CERTAIN and not _of_another(best, others, means.values())
    proposal = Proposal(best or "Orders", others[:2], certain)
    _columns(proposal, grid, block, means)
    _cells(proposal, grid, lists)
    _constants(proposal, _count(block, lists, sheets))
    if proposal.table == "Orders":
        _unfilled(proposal, grid, block)
    return proposal


def _tables(columns: Sequence[frozenset[str]]) -> list[tuple[str, float]]:
    """Tables the list may be, the likeliest first, with their points."""
    means = frozenset().union(*columns)
    person = any(column <= _PERSON for column in columns)  # then a mere `Name` is a person's
    product = any(column & _PRODUCT and not (person and column & _PERSON) for column in columns)
    price = bool(means & {"unit_price", "cost"})
    able = {
        "Orders": product and "quantity" in means,
        "StockCounts": product and bool(means & {"stock", "quantity"}),
        "Prices": product and price and "quantity" not in means,
        "SupplierPrices": product and price and "quantity" not in means,
        "Products": product and bool(means & {"product_name"}),
        "Customers": bool(means & _PERSON) and not product,
        "Suppliers": bool(means & {"supplier", "supplier_name"}) and not product,
    }
    base = {"Orders": 2.0, "StockCounts": 1.5 if "stock" in means else 0.5, "Prices": 1.5, "Products": 1.0}
    points = {
        table: base.get(table, 1.0) + sum(point for sign, point in _SIGNS[table].items() if sign in means)
        for table, may in able.items()
        if may
    }
    return sorted(points.items(), key=lambda item: -item[1])


def _of_another(table: str, others: Sequence[str], columns: Iterable[frozenset[str]]) -> bool:
    """Whether a column has no place in the table and is what another that it may be is known by: a supplier's price."""
    keys = {(other, column.header) for other in others for column in BY_NAME[other].keys}
    left = [means for means in columns if not any(header_of(table, meaning) for meaning in means)]
    return any((other, header_of(other, meaning)) in keys for means in left for meaning in means for other in others)


def _columns(proposal: Proposal, grid: Grid, block: BlockFound, means: Mapping[int, frozenset[str]]) -> None:
    """Which column is which of ours; a header claimed by several columns is left to the person."""
    known = columns_of(BY_NAME[proposal.table])
    claims: dict[str, list[tuple[int, str]]] = {}
    for c in block.names:
        found = _claims(proposal.table, means[c], _Seen(grid, block, c))
        if not found:
            _uncertain(proposal, block, c, means[c])
        for ours, meaning in found[:1]:
            claims.setdefault(ours, []).append((c, meaning))
    for ours, claimed in claims.items():
        chosen = _chosen(claimed)
        for c, meaning in claimed:
            line = _line(proposal, grid, block, c, known[ours], meaning)
            if chosen is None:
                line.certain = False
                line.comment = "several columns could be this one; choose"
            elif c != chosen:
                proposal.unused.append(block.names[c])
                continue
            proposal.columns.append(line)
    order = {header: i for i, header in enumerate(known)}
    proposal.columns.sort(key=lambda line: order[line.ours])


def _chosen(claimed: Sequence[tuple[int, str]]) -> int | None:
    """The column that a header comes from: a key rather than a name; None where several say the same."""
    keyed = [c for c, meaning in claimed if meaning not in _NAME_OF]
    if len(claimed) == 1:
        return claimed[0][0]
    return keyed[0] if len(keyed) == 1 else None


@dataclass(frozen=True, slots=True)
class _Seen:
    """The values of one column, for weighing what it is."""

    grid: Grid
    block: BlockFound
    col: int

    @property
    def rows(self) -> list[int]:
        return [i for i in self.block.traced.rows[:_LOOKED] if self.grid.kinds[self.col][i]]

    def kinds(self) -> Counter[int]:
        return Counter(self.grid.kinds[self.col][i] for i in self.rows)

    def share(self, *kinds: int) -> float:
        found = self.kinds()
        total = sum(found.values())
        return sum(found[kind] for kind in kinds) / total if total else 1.0

    def texts(self) -> list[str]:
        return [self.grid.text(i, self.col) for i in self.rows]

    def codes(self) -> bool:
        """Whether most values look like identifiers: short, no blank, with a digit or in capitals."""
        texts = self.texts()
        return bool(texts) and sum(map(_is_code, texts)) * 5 >= len(texts) * 4

    def counting(self) -> bool:
        """Whether the values are 1, 2, 3 …"""
        texts = [text.rstrip(".") for text in self.texts()]
        in_turn = sum(text == str(n) for n, text in enumerate(texts, 1))
        return len(texts) > 1 and texts[0] == "1" and in_turn * 2 > len(texts)


def _is_code(text: str) -> bool:
    """Whether a text looks like an identifier rather than a name: short, no blank, with a digit or in capitals."""
    return " " not in text and len(text) <= _LONGEST_CODE and (any(map(str.isdigit, text)) or text.isupper())


def _claims(table: str, means: frozenset[str], seen: _Seen) -> list[tuple[str, str]]:
    """Our headers that the column may be, with the meaning that says so, once its values have been weighed."""
    means = _weighed(table, means, seen)
    found: dict[str, str] = {}
    known = columns_of(BY_NAME[table])
    for meaning in sorted(means):
        ours = header_of(table, meaning) or (_NAME_OF.get(meaning, "") if _NAME_OF.get(meaning) in known else "")
        if ours and _plausible(known[ours], seen, by_name=not header_of(table, meaning)):
            found.setdefault(ours, meaning)
    return list(found.items()) if len(found) == 1 else []


def _weighed(table: str, means: frozenset[str], seen: _Seen) -> frozenset[str]:
    """A word of several meanings narrowed by the values beneath it."""
    left = set(means)
    if len(left) > 1 and "line" in left:
        left = {"line"} if seen.counting() else left - {"line"}
    if {"product_name", "customer_name"} <= left:
        left.discard("product_name" if table in ("Customers", "Suppliers") else "customer_name")
    for key, name in (("sku", "product_name"), ("customer_id", "customer_name")):
        if {key, name} <= left:
            left.discard(name if seen.codes() else key)
    if {"contact", "phone"} <= left:
        digits = [sum(map(str.isdigit, text)) > 4 for text in seen.texts()]  # noqa: PLR2004
        left.discard("contact" if digits and sum(digits) * 2 > len(digits) else "phone")
    if {"sku", "customer_reference"} <= left:
        texts = seen.texts()
        left.discard("customer_reference" if len(set(texts)) * 2 > len(texts) else "sku")
    if "stock" in left and "movement" in left:
        left.discard("movement")
    return frozenset(left)


def _plausible(column: Column, seen: _Seen, *, by_name: bool) -> bool:
    """Whether the values are of the kind that the column holds."""
    if by_name or not seen.rows:
        return not by_name or seen.share(TEXT, TEXT_NUMBER, NUMBER) == 1
    if column.kind in NUMBERS:
        return seen.share(NUMBER, TEXT_NUMBER) >= 0.5  # noqa: PLR2004
    if column.kind is Kind.DATE:
        return seen.share(DATE, TEXT_NUMBER, TEXT) >= 0.5  # noqa: PLR2004
    return column.kind is not Kind.CODE or seen.share(DATE) < 0.5  # noqa: PLR2004


def _line(proposal: Proposal, grid: Grid, block: BlockFound, col: int, column: Column, meaning: str) -> Line:
    ways: dict[str, object] = {}
    name = block.names[col]
    if sum(header_key(other) == header_key(name) for other in block.names.values()) > 1 and block.above.get(col):
        ways["above"] = block.above[col]
    line = Line(column.header, name, ways)
    if meaning in _NAME_OF and not header_of(proposal.table, meaning):
        ways["by"] = _LOOKUP[column.header]
        line.comment = f"by name: looked up in {_LOOKUP[column.header]}"
        return line
    values = [grid.columns[col][i] for i in block.traced.rows]
    if column.kind is Kind.PERCENT and any(grid.percents_in(col)):  # numbers are read as they are shown
        values = [value for value in values if isinstance(value, str)]
    more, comment = ways_of(values, column)
    ways.update(more)
    line.comment = comment
    return line


def _uncertain(proposal: Proposal, block: BlockFound, col: int, means: frozenset[str]) -> None:
    """A column that is not ours for certain: its candidates as a proposal that is not in effect."""
    name = block.names[col]
    able = [header_of(proposal.table, meaning) for meaning in sorted(means)]
    if not means:
        able = [header_of(proposal.table, meaning) for meaning in candidates(name)]
    found = list(dict.fromkeys(filter(None, able)))
    if found:
        others = f"or {', '.join(found[1:])}; " if found[1:] else ""
        proposal.columns.append(Line(found[0], name, certain=False, comment=f"{others}not certain"))
    else:
        proposal.unused.append(name)


def _cells(proposal: Proposal, grid: Grid, lists: Sequence[BlockFound]) -> None:
    """Labels beside the list whose values its rows lack."""
    known = columns_of(BY_NAME[proposal.table])
    taken = {line.ours for line in proposal.columns if line.certain}
    claims: dict[str, list[Line]] = {}
    for label, where, value in labels_around(grid, lists):
        for ours, by in _label_claims(proposal.table, meanings_of(label), value):
            if ours in taken or ours not in known:
                continue
            ways: dict[str, object] = {} if where == "right" else {"at": where}
            if by:
                ways["by"] = by
            else:
                more, comment = ways_of([value], known[ours])
                ways.update(more)
            claims.setdefault(ours, []).append(Line(ours, label, ways, comment="" if by else comment))
            break
    for lines in claims.values():
        lines[0].certain = len(lines) == 1
        if len(lines) > 1:
            lines[0].comment = "or beside " + ", ".join(line.text for line in lines[1:])
        proposal.cells.append(lines[0])


def _label_claims(table: str, means: Iterable[str], value: object) -> list[tuple[str, str]]:
    """Our headers that a labelled value may be, with the column it is looked up by."""
    found: list[tuple[str, str]] = []
    order = ("order", "customer_reference", "customer_id", "customer_name", "order_date")
    for meaning in sorted(means, key=lambda m: order.index(m) if m in order else len(order)):
        ours = header_of(table, meaning)
        if meaning == "customer_id" and isinstance(value, str) and not _is_code(value):
            continue
        if not ours and table == "Orders" and meaning in _NAME_OF:
            found.append((_NAME_OF[meaning], _LOOKUP[_NAME_OF[meaning]]))
        elif ours in ("SKU", "Quantity", "Unit price", "Line", "Discount %", ""):
            continue
        elif not ours.endswith("date") or isinstance(value, dt.date | str):
            found.append((ours, ""))
    return found


def _count(block: BlockFound, lists: Sequence[BlockFound], sheets: int) -> str:
    """A number for each row that no other list of the file gives too."""
    beside = any(
        one is not block and one.header <= block.traced.last and block.header <= one.traced.last for one in lists
    )
    return "-".join(["{file}", *["{sheet}"] * (sheets > 1), *["{column}"] * beside, "{row}"])


def _constants(proposal: Proposal, count: str) -> None:
    """What a row needs and the file does not bring: to be given by the person."""
    given = {line.ours for line in (*proposal.columns, *proposal.cells) if line.certain}
    certain = {"Count", "Minimum quantity"}
    for header, column in columns_of(BY_NAME[proposal.table]).items():
        if not (column.key or column.needed) or header in given or header == "Line":
            continue
        if header == "Order" and "Customer reference" in given:
            continue
        comment = "" if header in certain else "every row needs it"
        comment = _OF_ITS_OWN.get(header, comment)
        example = count if header == "Count" else _EXAMPLES.get(header, column.example or "…")
        proposal.constants.append(Line(header, example, certain=header in certain, comment=comment))


def _unfilled(proposal: Proposal, grid: Grid, block: BlockFound) -> None:
    """An order form lists everything that can be ordered; rows without a quantity are no order lines."""
    for line in proposal.columns:
        if line.ours == "Quantity" and line.certain:
            col = next(c for c, name in block.names.items() if name == line.text)
            rows = block.traced.rows
            filled = sum(bool(grid.kinds[col][i]) for i in rows)
            if rows and filled * 2 < len(rows):
                proposal.skip_empty.append(line.text)
