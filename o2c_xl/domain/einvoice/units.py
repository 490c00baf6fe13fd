"""Units of quantity as trade messages name them: UN/ECE Recommendation 20, with packages of Recommendation 21."""

from __future__ import annotations

__all__ = ["other_unit", "unit_code"]

_CODES = {
    "pcs": "H87",
    "pc": "H87",
    "piece": "H87",
    "pieces": "H87",
    "each": "EA",
    "ea": "EA",
    "unit": "C62",
    "set": "SET",
    "pair": "PR",
    "dozen": "DZN",
    "box": "XBX",
    "carton": "XCT",
    "pack": "XPK",
    "pallet": "XPX",
    "bottle": "XBO",
    "bag": "XBG",
    "roll": "XRO",
    "g": "GRM",
    "kg": "KGM",
    "t": "TNE",
    "mm": "MMT",
    "cm": "CMT",
    "m": "MTR",
    "km": "KMT",
    "m2": "MTK",
    "m²": "MTK",
    "m3": "MTQ",
    "m³": "MTQ",
    "ml": "MLT",
    "l": "LTR",
    "min": "MIN",
    "h": "HUR",
    "hour": "HUR",
    "day": "DAY",
    "month": "MON",
    "kwh": "KWH",
}
_ONE = "C62"
_PIECES = frozenset({"H87", "EA", _ONE})
_KNOWN = frozenset(_CODES.values())


def unit_code(unit: str) -> str:
    """The code of a unit as it stands in Products; what nobody knows counts as one (C62)."""
    return _CODES.get(unit.strip().casefold(), _ONE)


def other_unit(code: str, unit: str) -> bool:
    """Whether a code of a message is surely another unit than `unit`, as it stands in Products.

    Pieces have several codes, and one that nobody knows says nothing.
    """
    ours, theirs = _CODES.get(unit.strip().casefold()), code.strip().upper()
    if ours is None or theirs not in _KNOWN or _ONE in (ours, theirs):
        return False
    return ours != theirs and not {ours, theirs} <= _PIECES
