"""Write what follows from macros/ribbon.toml: `python macros/make.py`.

The VBA module, the tab's XML and the guide's picture of the tab; all three are committed, and a test compares them.
"""

# ruff: noqa: INP001 - a script beside what it makes

from __future__ import annotations

from pathlib import Path

from o2c_xl.addin.picture import tab_picture
from o2c_xl.addin.ribbon import ribbon_from
from o2c_xl.addin.tab_xml import tab_xml
from o2c_xl.addin.vba import ribbon_module

HERE = Path(__file__).resolve().parent
PICTURE = HERE.parent / "docs" / "images" / "ribbon.svg"


def made() -> dict[Path, bytes]:
    """Every file that follows from the spec."""
    ribbon = ribbon_from((HERE / "ribbon.toml").read_text(encoding="utf-8"))
    texts = {
        HERE / "RibbonO2C.bas": ribbon_module(ribbon),
        HERE / "customUI14.xml": tab_xml(ribbon),
        PICTURE: tab_picture(ribbon),
    }
    return {path: text.encode("ascii") for path, text in texts.items()}


if __name__ == "__main__":
    for path, data in made().items():
        path.write_bytes(data)
