"""Short ways to write a table of the ledger down, and the metadata all of them belong to."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, Index, Integer, MetaData, Table, Text, text

from o2c_xl.ledger.types import Exact

__all__ = ["amounts", "counters", "dates", "flags", "metadata", "table", "texts", "wholes"]

metadata = MetaData()


def table(name: str, key: str, *columns: Column[Any] | Index) -> Table:
    """A table whose key columns are text; a key column named `x:int` is a whole number."""
    keys: list[Column[Any]] = []
    for part in key.split():
        name_, _, kind = part.partition(":")
        keys.append(Column(name_, {"": Text, "int": Integer, "exact": Exact}[kind], primary_key=True))
    return Table(name, metadata, *keys, *columns)


def texts(names: str) -> list[Column[Any]]:
    """Text columns; empty text stands for an empty cell, so that comparing needs no NULL logic."""
    return [Column(name, Text, nullable=False, server_default="") for name in names.split()]


def amounts(names: str) -> list[Column[Any]]:
    """Exact columns that may be empty (a typed cell left blank)."""
    return [Column(name, Exact) for name in names.split()]


def counters(names: str) -> list[Column[Any]]:
    """Exact columns that start at nothing and are kept by the program."""
    return [Column(name, Exact, nullable=False, server_default="0") for name in names.split()]


def dates(names: str) -> list[Column[Any]]:
    """Date columns that may be empty."""
    return [Column(name, Date) for name in names.split()]


def wholes(names: str) -> list[Column[Any]]:
    """Whole numbers that may be empty."""
    return [Column(name, Integer) for name in names.split()]


def flags(names: str) -> list[Column[Any]]:
    """Yes or no; no until said."""
    return [Column(name, Boolean, nullable=False, server_default=text("false")) for name in names.split()]
