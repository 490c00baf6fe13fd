"""Who has a workbook open: the lock files that Excel and LibreOffice put beside it.

Excel's owner file `~$Orders.xlsx` starts with the length and the bytes of the user's name and repeats it in UTF-16 at
byte 55; LibreOffice's `.~lock.Orders.xlsx#` is one line `name,account,machine,date,profile;`.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["lock_holder"]

_UTF16_AT = 55
_LIBREOFFICE_FIELDS = 3


def lock_holder(path: Path) -> str | None:
    """The person who has the workbook open, as well as the lock files tell; None when nobody has."""
    for name, who in ((f"~${path.name}", _excel), (f".~lock.{path.name}#", _libreoffice)):
        lock = path.with_name(name)
        try:
            if lock.exists():
                return who(lock.read_bytes())
        except OSError:
            # Excel on Windows may keep even readers out; the file's presence is all that counts.
            return "somebody"
    return None


def _excel(data: bytes) -> str:
    name = ""
    if len(data) > _UTF16_AT:
        start = _UTF16_AT + 2  # the length takes two bytes
        name = data[start : start + 2 * data[_UTF16_AT]].decode("utf-16-le", "replace").strip("\0 ")
    if not name and data:
        name = data[1 : 1 + data[0]].decode("cp1252", "replace").strip("\0 ")
    return f"{name or 'somebody'} (Excel)"


def _libreoffice(data: bytes) -> str:
    fields = [field.strip() for field in data.decode("utf-8", "replace").split(",")]
    name = fields[0] or (fields[1] if len(fields) > 1 else "")
    machine = fields[2] if len(fields) >= _LIBREOFFICE_FIELDS else ""
    return f"{name or 'somebody'}{f' on {machine}' if machine else ''} (LibreOffice)"
