"""A VBA project that holds source only: the streams of vbaProject.bin, MS-OVBA 2.2 and 2.3.

No compiled code is written. A version of 0xFFFF in `_VBA_PROJECT` (2.3.4.1) makes Office read the source, as it does
with the add-ins that xlwings ships.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from o2c_xl.addin.compound import compound_file
from o2c_xl.addin.compression import compress
from o2c_xl.addin.obfuscation import conceal

__all__ = ["PROJECT_ID", "Kind", "Module", "document_source", "vba_project"]

PROJECT_ID = "{5C2A1E4B-3D0F-4B6A-9E71-0A2C0C5A11E7}"
PROJECT_NAME = "OrderToCash"
_SEED = 0x4F
_CODEPAGE = "cp1252"
_NO_CACHE = bytes.fromhex("cc61ffff000100")  # 2.3.4.1: Reserved1, Version 0xFFFF, Reserved2, Reserved3
_STDOLE = r"*\G{00020430-0000-0000-C000-000000000046}#2.0#0#C:\Windows\System32\stdole2.tlb#OLE Automation"
_OFFICE = (
    r"*\G{2DF8D04C-5BFA-101B-BDE5-00AA0044DE52}#2.0#0#C:\Program Files\Common Files\Microsoft Shared\OFFICE16"
    r"\MSO.DLL#Microsoft Office 16.0 Object Library"
)
_REFERENCES = {"stdole": _STDOLE, "Office": _OFFICE}


class Kind(Enum):
    """What a module is, by the word that the PROJECT stream has for it, 2.3.1."""

    STANDARD = "Module"
    CLASS = "Class"
    DOCUMENT = "Document"


@dataclass(frozen=True, slots=True)
class Module:
    """A module; `source` begins with its `Attribute VB_Name` line, in lines ended by CRLF."""

    name: str
    source: str
    kind: Kind = Kind.STANDARD


def document_source(name: str, base: str) -> str:
    """The module that a workbook or sheet must have; `base` is its class, `name` the codeName of its part."""
    return _attributes(VB_Name=f'"{name}"', VB_Base=f'"0{{{base}}}"', VB_PredeclaredId="True", VB_Customizable="True")


def _attributes(**changed: str) -> str:
    usual = {
        "VB_Name": "",
        "VB_Base": "",
        "VB_GlobalNameSpace": "False",
        "VB_Creatable": "False",
        "VB_PredeclaredId": "False",
        "VB_Exposed": "True",
        "VB_TemplateDerived": "False",
        "VB_Customizable": "False",
    }
    return "".join(f"Attribute {name} = {value}\r\n" for name, value in (usual | changed).items())


def vba_project(modules: Sequence[Module]) -> bytes:
    """The bytes of vbaProject.bin; raises UnicodeEncodeError where a source is not in the code page."""
    streams = {module.name: compress(module.source.encode(_CODEPAGE)) for module in modules}
    return compound_file(
        {
            "PROJECT": _project_text(modules).encode(_CODEPAGE),
            "PROJECTwm": _names(modules),
            "VBA": {"dir": compress(b"".join(_dir(modules))), "_VBA_PROJECT": _NO_CACHE, **streams},
        }
    )


def _project_text(modules: Sequence[Module]) -> str:
    """The PROJECT stream, 2.3.1: modules, name, protection (none, visible), and the editor's windows (closed)."""
    lines = [f'ID="{PROJECT_ID}"']
    for module in modules:
        tail = "/&H00000000" if module.kind is Kind.DOCUMENT else ""
        lines.append(f"{module.kind.value}={module.name}{tail}")
    lines += [
        f'Name="{PROJECT_NAME}"',
        'HelpContextID="0"',
        'VersionCompatible32="393222000"',
        f'CMG="{conceal(bytes(4), PROJECT_ID, _SEED)}"',  # 2.3.1.15: protected from nobody
        f'DPB="{conceal(bytes(1), PROJECT_ID, _SEED)}"',  # 2.3.1.16: no password
        f'GC="{conceal(bytes((0xFF,)), PROJECT_ID, _SEED)}"',  # 2.3.1.17: visible
        "",
        "[Host Extender Info]",
        "&H00000001={3832D640-CF90-11CF-8E43-00A0C911005A};VBE;&H00000000",
        "",
        "[Workspace]",
        *(f"{module.name}=0, 0, 0, 0, C" for module in modules),
    ]
    return "".join(f"{line}\r\n" for line in lines)


def _names(modules: Sequence[Module]) -> bytes:
    """The PROJECTwm stream, 2.3.3: each name in the code page and in UTF-16, both ended by a zero."""
    pairs = (m.name.encode(_CODEPAGE) + b"\0" + m.name.encode("utf-16-le") + b"\0\0" for m in modules)
    return b"".join(pairs) + b"\0\0"


# --- the dir stream, 2.3.4.2 -----------------------------------------------------------------------------------


def _record(number: int, data: bytes = b"") -> bytes:
    return struct.pack("<HI", number, len(data)) + data


def _both(number: int, wide: int, text: str) -> bytes:
    """A text in the code page and in UTF-16, two records."""
    return _record(number, text.encode(_CODEPAGE)) + _record(wide, text.encode("utf-16-le"))


def _long(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<I", value))


def _short(number: int, value: int) -> bytes:
    return _record(number, struct.pack("<H", value))


def _dir(modules: Sequence[Module]) -> Iterator[bytes]:
    yield from _information()
    for name, library in _REFERENCES.items():
        yield _reference(name, library)
    yield _short(0x000F, len(modules))  # 2.3.4.2.3 PROJECTMODULES
    yield _short(0x0013, 0xFFFF)  # PROJECTCOOKIE
    for module in modules:
        yield _module(module)
    yield _record(0x0010)


def _information() -> Iterator[bytes]:
    """2.3.4.2.1 PROJECTINFORMATION."""
    yield _long(0x0001, 1)  # SysKind: 32-bit Windows, as xlwings' own add-ins say on every system
    yield _long(0x0002, 0x0409) + _long(0x0014, 0x0409)  # English, for names and for calls
    yield _short(0x0003, 1252)
    yield _record(0x0004, PROJECT_NAME.encode(_CODEPAGE))
    yield _both(0x0005, 0x0040, "")  # what it is about
    yield _both(0x0006, 0x003D, "")  # help file
    yield _long(0x0007, 0) + _long(0x0008, 0)
    yield struct.pack("<HIIH", 0x0009, 4, 1, 1)  # version 1.1; its size counts the major part alone
    yield _both(0x000C, 0x003C, "")  # constants


def _reference(name: str, library: str) -> bytes:
    """2.3.4.2.2.5 REFERENCEREGISTERED with its name."""
    libid = library.encode(_CODEPAGE)
    return _both(0x0016, 0x003E, name) + _record(0x000D, struct.pack("<I", len(libid)) + libid + bytes(6))


def _module(module: Module) -> bytes:
    """2.3.4.2.3.2 MODULE: the source begins at the start of its stream."""
    parts = (
        _both(0x0019, 0x0047, module.name),
        _both(0x001A, 0x0032, module.name),
        _both(0x001C, 0x0048, ""),
        _long(0x0031, 0),  # MODULEOFFSET
        _long(0x001E, 0),
        _short(0x002C, 0xFFFF),
        _record(0x0021 if module.kind is Kind.STANDARD else 0x0022),
        _record(0x002B),
    )
    return b"".join(parts)
