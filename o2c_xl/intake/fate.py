"""What becomes of a dropped file."""

from __future__ import annotations

__all__ = ["Fate"]


class Fate:
    """What becomes of a file, in the words of the sheet Files."""

    DONE = "Done"
    ASIDE = "Set aside"
    REPEAT = "Repeat"
    WAITING = "Waiting"
    MENDED = "Mended"  # refused, and taken since in a mended version
    WITHDRAWN = "Withdrawn"  # a bank statement of it was withdrawn: the same bytes are taken anew
