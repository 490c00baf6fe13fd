"""Who runs this process: the operating system's own account, never an environment variable."""

from __future__ import annotations

import os
import sys

__all__ = ["process_account"]


def process_account() -> str:
    """The account's name; approvals and the journal rely on it, so nothing a user can set is asked."""
    if sys.platform == "win32":
        return _windows_account()
    import pwd  # noqa: PLC0415 -- POSIX only

    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"


def _windows_account() -> str:
    import ctypes  # noqa: PLC0415 -- used on Windows only

    size = ctypes.c_ulong(257)
    name = ctypes.create_unicode_buffer(size.value)
    advapi = ctypes.WinDLL("advapi32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    if not advapi.GetUserNameW(name, ctypes.byref(size)):
        raise OSError("Windows does not say whose process this is")
    return name.value
