"""What proofs of a new version share: the one sentence they fail with, and when two pieces of XML say the same."""

from __future__ import annotations

from typing import NoReturn
from xml.etree.ElementTree import Element

from o2c_xl.workbook.errors import WriteFault

__all__ = ["fail", "require", "same"]


def fail(fault: str) -> NoReturn:
    """Raise `WriteFault` with `fault`, such as `its cell S!A1 changed`."""
    raise WriteFault(f"The new version is not what was meant: {fault}. The workbook was left as it is.")


def require(holds: bool, fault: str) -> None:  # noqa: FBT001 - an assertion with a sentence
    """Raise `WriteFault` with `fault` unless it holds."""
    if not holds:
        fail(fault)


def same(a: Element | None, b: Element | None) -> bool:
    """Whether two elements say the same; white space between elements says nothing."""
    if a is None or b is None:
        return a is b
    if a.tag != b.tag or a.attrib != b.attrib or len(a) != len(b):
        return False
    if (a.text or "") != (b.text or "") and not (len(a) and not f"{a.text or ''}{b.text or ''}".strip()):
        return False
    return all(same(one, other) for one, other in zip(a, b, strict=True))
