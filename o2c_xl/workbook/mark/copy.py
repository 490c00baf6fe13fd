"""A workbook's copy in the making: parts in place of old ones, parts that are new, formats that are added."""

from __future__ import annotations

from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.mark.again import earlier_list
from o2c_xl.workbook.mark.comments import last_block
from o2c_xl.workbook.mark.styles import Styles
from o2c_xl.workbook.mark.xml import Part, free_name, with_content_types, with_new_parts
from o2c_xl.workbook.opc.deflate import Packed, deflate
from o2c_xl.workbook.opc.package import Package, Pieces
from o2c_xl.workbook.opc.parts import Parts, book_parts

__all__ = ["Copy"]

# The namespaces of relations and of sheets in the two dialects.
_TRANSITIONAL = (
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
)
_STRICT = (b"http://purl.oclc.org/ooxml/officeDocument/relationships", b"http://purl.oclc.org/ooxml/spreadsheetml/main")
_KIND = b"application/vnd.openxmlformats-officedocument."
_KINDS = {
    "sheet": _KIND + b"spreadsheetml.worksheet+xml",
    "comments": _KIND + b"spreadsheetml.comments+xml",
    "styles": _KIND + b"spreadsheetml.styles+xml",
}
_VML = {b"vml": _KIND + b"vmlDrawing", b"rels": b"application/vnd.openxmlformats-package.relationships+xml"}


class Copy:
    """One copy: what is put into it takes effect in `made`.

    `base` and `main` are the namespaces of the workbook's dialect, `earlier` the list of faults of an earlier marked
    copy, `block` the next free block of numbers for shapes. Raises `Refused` when no sheet can be added.
    """

    def __init__(self, package: Package) -> None:
        self.package = package
        self.parts: Parts = book_parts(package)
        if self.parts.revisions:
            raise Refused("The workbook is shared in the old way, with a log of revisions; no sheet is added to it.")
        self.book = Part(package.read(self.parts.workbook), self.parts.workbook)
        self.base, self.main = _STRICT if _STRICT[1] in self.book.tag else _TRANSITIONAL
        self.styles = Styles(package.read(self.parts.styles) if self.parts.styles else b"", self.parts.styles)
        self.earlier = earlier_list(package, self.parts)
        drawings = [name for name in package.names if name.casefold().endswith(".vml")]
        self.block = 1 + max([0, *(last_block(package.read(name)) for name in drawings)])
        self._replaced: dict[str, Packed] = {}
        self._new: dict[str, Packed] = {}
        self._kinds: dict[str, bytes] = {}

    def made(self) -> bytes:
        """The copy's bytes, its list of content types with all new parts."""
        name = self.package.find("[Content_Types].xml")
        if name is None:
            raise Refused("The workbook does not say what its parts are; no sheet is added to it.")
        self.put(name, [with_content_types(self.package.read(name), name, self._kinds, _VML)])
        return with_new_parts(self.package.replaced(self._replaced), self._new)

    def put(self, name: str, pieces: Pieces, kind: str = "") -> None:
        """A part as it shall be, new or in place of the old one."""
        if self.package.find(name) is not None:
            self._replaced[name] = deflate(pieces)
        else:
            self._new[name] = deflate(pieces)
            if kind:
                self._kinds[name] = _KINDS[kind]

    def marked(self, style: bytes | None) -> bytes:
        """The red twin of a format, or of the one that an earlier copy made it of."""
        return self.styles.marked(self.styles.originals.get(style or b"0", style) if self.earlier else style)

    def free(self, pattern: str) -> str:
        """A part name that nothing has."""
        return free_name(lambda name: self.package.find(name) or name in self._new, pattern)
