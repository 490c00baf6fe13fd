"""What forbids writing: signatures, the old way of sharing, sheet protection."""

from __future__ import annotations

from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.opc.markup import attributes, local_name, tags, tree
from o2c_xl.workbook.opc.package import Package
from o2c_xl.workbook.opc.parts import Parts

__all__ = ["check_writable", "is_protected", "unlocked_styles"]

_TRUE = frozenset({b"1", b"true"})


def check_writable(parts: Parts) -> None:
    """Raise `Refused` when any change at all would break the workbook's promise to its owner."""
    if parts.signed:
        raise Refused("The workbook is digitally signed; writing would break the signature. Remove it first.")
    if parts.revisions:
        raise Refused(
            "The workbook is shared in the old way, with a revision log. Switch sharing off (Review, Unshare Workbook)."
        )


def is_protected(xml: bytes, start: int) -> bool:
    """Whether the sheet's cells are protected; `start` is where its rows end."""
    for tag in tags(xml, start, len(xml)):
        if local_name(tag[0]) == b"sheetProtection" and not tag[0].startswith(b"</"):
            return attributes(tag[0]).get(b"sheet") in _TRUE
    return False


def unlocked_styles(book: Package, parts: Parts) -> frozenset[bytes]:
    """The cell formats whose cells stay writable on a protected sheet."""
    if not parts.styles:
        return frozenset()
    formats = tree(book.read(parts.styles), parts.styles).findall("cellXfs/xf")
    open_ones = set()
    for index, entry in enumerate(formats):
        protection = entry.find("protection")
        if protection is not None and protection.get("locked") in {"0", "false"}:
            open_ones.add(b"%d" % index)
    return frozenset(open_ones)
