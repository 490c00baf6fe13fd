"""The structured creditor reference (ISO 11649): a number with `RF` and check digits before it."""

from __future__ import annotations

import re

__all__ = ["creditor_reference"]

_SIGNS = re.compile(r"[^0-9A-Z]")
_LONGEST = 21
_MODULUS, _CHECKED = 97, 98


def creditor_reference(number: str) -> str:
    """`INV-000123` as `RF64INV000123`; empty for a number that has no place in one."""
    plain = _SIGNS.sub("", number.upper())
    if not plain or len(plain) > _LONGEST:
        return ""
    digits = "".join(str(int(sign, 36)) for sign in f"{plain}RF00")
    return f"RF{_CHECKED - int(digits) % _MODULUS:02}{plain}"
