"""The way back: a value as text for `show`, JSON and csv, and as the value of a cell for write-back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

from o2c_xl.domain.money import places, quantity_places
from o2c_xl.tables.define.spec import Column, Kind
from o2c_xl.tables.parse.fault import seen

__all__ = ["CellValue", "cell_out", "shown"]

CellValue = str | int | Decimal | date | datetime | None


def shown(column: Column, value: object, *, currency: str = "", unit: str = "") -> str | None:
    """The value as text: numbers as decimals with the places of `currency` or `unit`, dates ISO; None = empty.

    Places are only ever added: what the ledger holds is never rounded here. Without a currency or unit a number
    has as many places as it needs.
    """
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return _utc(value).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return _number(Decimal(value), _places(column.kind, currency, unit))
    return seen(value)


def cell_out(column: Column, value: object) -> CellValue:
    """The value as write-back puts it into the column's cell; None = an empty cell.

    Identifiers stay text even where all their characters are digits; moments are UTC without a zone, since Excel
    knows none.
    """
    if value is None or value == "":
        return None
    if column.kind is Kind.MOMENT and isinstance(value, datetime):
        return _utc(value).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal | date):
        return seen(value)
    if isinstance(value, int | Decimal) and column.kind in _TEXTS:
        return seen(value)
    return value


_TEXTS = frozenset({Kind.CODE, Kind.LINE, Kind.TEXT, Kind.LONG_TEXT})


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _places(kind: Kind, currency: str, unit: str) -> int:
    """The least number of places that a number of this kind shows."""
    if kind in (Kind.MONEY, Kind.PRICE) and currency:
        return places(currency)
    if kind is Kind.QUANTITY and unit:
        return quantity_places(unit)
    return 0


def _number(value: Decimal, least: int) -> str:
    text = format(value, "f")
    whole, _, fraction = text.partition(".")
    fraction = fraction.rstrip("0").ljust(least, "0")
    text = f"{whole}.{fraction}" if fraction else whole
    return text if value else text.lstrip("-")
