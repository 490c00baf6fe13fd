"""What becomes of a dropped file, and how the journal tells of it."""

from __future__ import annotations

__all__ = ["FILE_REFUSED", "FILE_TAKEN", "Fate"]

FILE_TAKEN, FILE_REFUSED = "file taken", "file set aside"


class Fate:
    """What becomes of a file, in the words of the sheet Files."""

    DONE = "Done"
    ASIDE = "Set aside"
    REPEAT = "Repeat"
    WAITING = "Waiting"
    MENDED = "Mended"  # refused, and taken since in a mended version
    WITHDRAWN = "Withdrawn"  # a bank statement of it was withdrawn: the same bytes are taken anew
