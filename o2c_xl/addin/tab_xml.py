"""The tab as Excel reads it: customUI of 2009/07, MS-CUSTOMUI2 2.2 (Excel 2010 and later)."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import quoteattr

from o2c_xl.addin.ribbon import Button, Group, Ribbon

__all__ = ["NAMESPACE", "tab_xml"]

NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"


def tab_xml(ribbon: Ribbon) -> str:
    """The text of the part `customUI/customUI14.xml`."""
    return "\n".join(_lines(ribbon)) + "\n"


def _lines(ribbon: Ribbon) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield "<!-- Written by macros/make.py from macros/ribbon.toml; change it there, then write it again. -->"
    yield f"<customUI xmlns={quoteattr(NAMESPACE)}>"
    yield "  <ribbon>"
    yield "    <tabs>"
    yield f"      <tab{_attributes(id=ribbon.id, label=ribbon.label)}>"
    for group in ribbon.groups:
        yield from _group(group)
    yield "      </tab>"
    yield "    </tabs>"
    yield "  </ribbon>"
    yield "</customUI>"


def _group(group: Group) -> Iterator[str]:
    yield f"        <group{_attributes(id=group.control, label=group.label)}>"
    yield from map(_button, group.buttons)
    yield "        </group>"


def _button(button: Button) -> str:
    told = _attributes(
        id=button.control,
        label=button.label,
        screentip=button.label,
        supertip=button.tip,
        imageMso=button.icon,
        size=button.size,
        onAction=button.callback,
    )
    return f"          <button{told}/>"


def _attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())
