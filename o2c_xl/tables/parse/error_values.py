"""What a cell shows in the place of a result that could not be had."""

from __future__ import annotations

__all__ = ["ERROR_VALUES", "NEWER_ERRORS"]

# ECMA-376 part 1, 18.17.3 knows these; readers of files and of open workbooks know no more.
_STANDARD = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})

NEWER_ERRORS = frozenset(
    "#GETTING_DATA #SPILL! #CONNECT! #BLOCKED! #UNKNOWN! #FIELD! #CALC! #BUSY! #PYTHON! #EXTERNAL! #TIMEOUT!".split()
)
"""Errors that Excel has got since."""

ERROR_VALUES = _STANDARD | NEWER_ERRORS
