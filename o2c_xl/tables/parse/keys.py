"""What is told of a key that is nearly another."""

from __future__ import annotations

from o2c_xl.tables.parse.fault import Fault

__all__ = ["other_case"]


def other_case(key: object, known: str) -> Fault:
    """What is told of a key that differs from a known one only in case; the same words wherever that is found."""
    return Fault(f"'{key}' differs from {known} only in case.", f"Write {known}, or use another key.")
