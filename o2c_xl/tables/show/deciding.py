"""How a manager decides, said alike wherever something waits for one."""

from __future__ import annotations

__all__ = ["decides_with"]


def decides_with(approval: str, decision: str = "Approve") -> str:
    """What to run, or to press in Excel, for that decision on an approval."""
    verb = "Reject" if decision == "Reject" else "Approve"
    reason = ' --reason "…"' if verb == "Reject" else ""
    return f"o2c {verb.lower()} {approval}{reason}, or with the button {verb} selected on its row in Approvals"
