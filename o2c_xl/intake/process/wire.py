"""What passes between the program and the process that reads files for it: a length, then a pickle.

The child is not trusted: a damaged file may have made it do anything. So the program unpickles its answer by a
list of what an answer can hold, and nothing else is ever made or called. A table travels by its name.
"""

from __future__ import annotations

import datetime as dt
import io
import pickle
import struct
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from o2c_xl.domain.collector import collector_at_rest
from o2c_xl.domain.einvoice.model import EInvoice, InvoiceLine, PaymentMeans, Preceding, StatedTotals, TaxLine
from o2c_xl.domain.invoices.invoicing import Adjustment
from o2c_xl.domain.issue import Issue
from o2c_xl.domain.paper import Party
from o2c_xl.tables.define.catalogue import BY_NAME
from o2c_xl.tables.define.spec import Table
from o2c_xl.tables.parse.batch import Batch, Part

__all__ = ["Answer", "Task", "packed", "receive", "send", "unpacked"]

_LENGTH = struct.Struct("<Q")
_LONGEST = 1 << 31  # bytes; an answer is smaller than its file unpacked


@dataclass(frozen=True, slots=True)
class Task:
    """One file for one job; `path` is where it is, `name` what it is called in sentences."""

    job: str
    path: str
    name: str
    arguments: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a task: its result, or the kind of refusal with its sentence.

    `refusal` is `""`, the name of an exception, or `broken` for what nobody foresaw, with the trace as `text`.
    `spent` says that the process has grown and is better replaced.
    """

    result: object = None
    refusal: str = ""
    text: str = ""
    spent: bool = False


def table_named(name: str) -> Table:
    """The table of that name: there is one of each."""
    return BY_NAME[name]


def _by_name(table: Table) -> tuple[Callable[[str], Table], tuple[str]]:
    return table_named, (table.name,)


_OF_INVOICES = (Adjustment, EInvoice, InvoiceLine, Party, PaymentMeans, Preceding, StatedTotals, TaxLine)
_VALUES = (Issue, Decimal, dt.date, dt.datetime, dt.time, dt.timedelta, dt.timezone)
_MAY_HOLD: dict[tuple[str, str], Any] = {
    (kind.__module__, kind.__qualname__): kind for kind in (Answer, Batch, Part, table_named, *_VALUES, *_OF_INVOICES)
} | {("builtins", "range"): range, ("builtins", "set"): set, ("builtins", "frozenset"): frozenset}


class _Unpickler(pickle.Unpickler):
    """Makes what an answer can hold and refuses the rest."""

    def find_class(self, module: str, name: str) -> Any:  # noqa: ANN401 - as the library has it
        try:
            return _MAY_HOLD[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in an answer") from None


def packed(answer: Answer) -> bytes:
    """The answer as bytes; values that are one object here are one object there."""
    out = io.BytesIO()
    pickler = pickle.Pickler(out, pickle.HIGHEST_PROTOCOL)
    pickler.dispatch_table = {Table: _by_name}
    pickler.dump(answer)
    return out.getvalue()


def unpacked(data: bytes) -> Answer:
    """The answer behind the bytes; raises `pickle.UnpicklingError` where they hold anything else."""
    with collector_at_rest():
        answer = _Unpickler(io.BytesIO(data)).load()
    if not isinstance(answer, Answer):
        raise pickle.UnpicklingError("no answer")
    return answer


def send(pipe: BinaryIO, data: bytes) -> None:
    """Write one message."""
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def receive(pipe: BinaryIO) -> bytes | None:
    """Read one message; None when the other side is gone."""
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > _LONGEST:
        return None
    data = pipe.read(length)
    return data if len(data) == length else None
