"""The one flag that a write-back sets in workbook.xml: compute all formulas when Excel opens the file.

Cached results stay as they are, for previews and other readers; Excel replaces them at opening.
"""

from __future__ import annotations

from o2c_xl.workbook.errors import Refused
from o2c_xl.workbook.opc.markup import in_utf8, local_name, tags, with_attribute

__all__ = ["recalculating"]

# CT_Workbook is a sequence (ECMA-376 part 1, 18.2.27); calcPr follows the last of these.
_BEFORE = frozenset({b"sheets", b"functionGroups", b"externalReferences", b"definedNames"})


def recalculating(data: bytes, name: str) -> bytes:
    """workbook.xml with `fullCalcOnLoad="1"`; the very same bytes when it is set already."""
    xml = in_utf8(data, name)
    after, prefix, depth = -1, b"", 0
    for tag in tags(xml, 0, len(xml)):
        text, kind = tag[0], local_name(tag[0])
        closing = text.startswith(b"</")
        depth -= closing
        if depth == 1 and kind == b"calcPr" and not closing:
            new = with_attribute(text, b"fullCalcOnLoad", b"1")
            return data if new == text else xml[: tag.start()] + new + xml[tag.end() :]
        if depth == 1 and kind in _BEFORE and (closing or text.endswith(b"/>")):
            after, prefix = tag.end(), text.strip(b"</").partition(kind)[0]
        depth += not closing and not text.endswith(b"/>")
    if after < 0:
        raise Refused("The workbook names no sheets where Excel does; it is not written.")
    return xml[:after] + b'<%scalcPr fullCalcOnLoad="1"/>' % prefix + xml[after:]
