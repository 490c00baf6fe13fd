"""Python's cycle collector at rest while many rows are made, or many small values weighed against each other.

They are tuples and texts that live until the work is done and hold no cycles; the collector would walk all of them
again and again, at a tenth of the whole time or more, and find nothing.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["collector_at_rest"]


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Switch the collector off inside the block, and on again where it was on."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()
