"""Where Excel on this machine looks for add-ins, and what its trust settings say."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = ["Machine", "Value", "read_registry"]

Value = str | int | None


def read_registry(key: str, name: str) -> Value:
    """A value below HKEY_CURRENT_USER; None where there is none, and on systems without a registry."""
    if sys.platform != "win32":
        return None
    import winreg  # noqa: PLC0415  # pragma: no cover - only Windows has it

    try:  # pragma: no cover
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
            value: Value = winreg.QueryValueEx(opened, name)[0]
            return value
    except OSError:  # pragma: no cover
        return None


@dataclass(frozen=True, slots=True)
class Machine:
    """What is asked of the system, apart so that a test can describe another one."""

    platform: str = sys.platform
    home: Path = field(default_factory=Path.home)
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    registry: Callable[[str, str], Value] = read_registry

    @property
    def has_excel(self) -> bool:
        """Whether Excel with macros exists for this system."""
        return self.platform in {"win32", "darwin"}

    def startup_folder(self) -> Path | None:
        """The folder whose add-ins Excel opens at its start, trusted unless IT says otherwise; None without Excel."""
        if self.platform == "win32":
            roaming = self.environ.get("APPDATA")
            return (Path(roaming) if roaming else self.home / "AppData" / "Roaming") / "Microsoft" / "Excel" / "XLSTART"
        if self.platform == "darwin":
            office = self.home / "Library" / "Group Containers" / "UBF8T346G9.Office"
            return office / "User Content.localized" / "Startup.localized" / "Excel"
        return None

    def script_folder(self) -> Path | None:
        """Where macOS keeps the scripts that Excel may start; None elsewhere."""
        if self.platform != "darwin":
            return None
        return self.home / "Library" / "Application Scripts" / "com.microsoft.Excel"
