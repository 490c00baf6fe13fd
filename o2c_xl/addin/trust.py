"""Excel's trust settings on Windows, as the registry holds them: the user's own, and IT's policies, which win."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from o2c_xl.addin.install import install_command, installed
from o2c_xl.addin.machine import Machine, Value
from o2c_xl.domain.finding import Finding

__all__ = ["trust_findings"]

_EXCEL = r"Microsoft\Office\16.0\Excel\Security"
_SIGNED_ONLY, _NONE = 3, 4  # VBAWarnings: 1 all macros, 2 ask, 3 signed ones, 4 none
_ASK_IT = "Ask IT to trust the folder, or to sign the add-in in Excel after each build."


def trust_findings(machine: Machine, folder: Path | None) -> list[Finding]:
    """What Excel would say to the add-in, in `folder` where it was put elsewhere; nothing but on Windows."""
    if machine.platform != "win32":
        return []
    faults = list(_faults(machine, folder))
    place = f"{folder}, if it is one of its Trusted Locations" if folder else "its own start folder"
    return faults or [Finding("Trust settings", ok=True, found=f"Excel may run the add-in from {place}")]


def _faults(machine: Machine, folder: Path | None) -> Iterator[Finding]:
    name = "Trust settings"
    if _setting(machine, "DisableAllAddins") == 1:
        mend = "Excel, File, Options, Trust Center, Add-ins: clear 'Disable all Application Add-ins', or ask IT."
        yield Finding(name, ok=False, found="All add-ins are disabled.", mend=mend)
    if _setting(machine, "RequireAddinSig") == 1:
        yield Finding(name, ok=False, found="Only add-ins signed by a trusted publisher are run.", mend=_ASK_IT)
    warnings = _setting(machine, "VBAWarnings")
    if _setting(machine, "AllLocationsDisabled", "Trusted Locations") == 1 and warnings in {_SIGNED_ONLY, _NONE}:
        allowed = "signed macros" if warnings == _SIGNED_ONLY else "no macros"
        found = f"Trusted folders are switched off, and Excel runs {allowed} elsewhere."
        yield Finding(name, ok=False, found=found, mend=_ASK_IT)
    addin = installed(machine, folder)
    if addin is not None and _came_from_elsewhere(addin):
        mend = f"Build it on this computer ({install_command(folder)}), or tick Unblock in the file's properties."
        yield Finding("Mark of the Web", ok=False, found=f"{addin} was downloaded, so Excel blocks it.", mend=mend)


def _setting(machine: Machine, name: str, below: str = "") -> Value:
    """IT's word where there is one, else the user's."""
    tail = f"{_EXCEL}\\{below}" if below else _EXCEL
    policy = machine.registry(rf"Software\Policies\{tail}", name)
    return machine.registry(rf"Software\{tail}", name) if policy is None else policy


def _came_from_elsewhere(path: Path) -> bool:
    """Whether Windows keeps a note beside the file's content that it came from the internet."""
    try:
        note = Path(f"{path}:Zone.Identifier").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return "ZoneId=3" in note or "ZoneId=4" in note
