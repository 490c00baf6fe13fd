"""Run the benchmarks and print ratios: processor time of the work over that of its floor, in the same run."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from benchmarks import (
    aging,
    camt,
    einvoice,
    inbox,
    load_orders,
    malformed,
    matching,
    order_to_cash,
    ribbon,
    sync_book,
    write_back,
)

ALL = {
    "aging": aging.measure,
    "camt": camt.measure,
    "matching": matching.measure,
    "load": load_orders.measure,
    "sync": sync_book.measure,
    "cash": order_to_cash.measure,
    "einvoice": einvoice.measure,
    "inbox": inbox.measure,
    "malformed": malformed.measure,
    "ribbon": ribbon.measure,
    "write-back": write_back.measure,
}


def main() -> None:
    names = sys.argv[1:] or list(ALL)
    for name in names:
        with tempfile.TemporaryDirectory(prefix="o2c-bench-") as folder:
            for line in ALL[name](Path(folder)):
                print(line, flush=True)


if __name__ == "__main__":
    main()
