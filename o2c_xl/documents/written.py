"""Many documents made and put into the outbox folder, on several processors when that is quicker.

A helper process loads this module and what draws documents, nothing of the ledger, so it is ready in a quarter of a
second; it is kept for all that follows.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TypeAlias

from o2c_xl.documents.einvoice.cii import cii_bytes
from o2c_xl.documents.einvoice.ubl import ubl_bytes
from o2c_xl.documents.faces.faces import AnyDocument, language_of
from o2c_xl.documents.names import file_name, safe_name
from o2c_xl.documents.outbox import settle_outbox, write_outbox
from o2c_xl.documents.pdf import draw_pdf
from o2c_xl.domain.einvoice.ours import einvoice_of
from o2c_xl.domain.paper import InvoiceDocument

__all__ = ["Desk", "Job", "Letter", "Made", "desk"]

_WORTH_HELP = 100  # so many documents pay for starting helpers
_AT_ONCE = 4  # documents handed to a helper in one go
_MOST_HELPERS = 8


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that is only text."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Job:
    """A document or letter and the files wanted of it.

    Of an invoice also as data: `factur_x` inside its PDF, `as_ubl` in a file of its own.
    """

    document: AnyDocument | Letter
    as_pdf: bool = True
    as_xlsx: bool = False
    factur_x: bool = False
    as_ubl: bool = False


@dataclass(frozen=True, slots=True)
class Made:
    """The names of a job's files; `unset` are signs of its PDF that no font here has, so that it carries no data."""

    names: Sequence[str]
    unset: str = ""


_Task: TypeAlias = tuple[Path, Path, Job]


@contextmanager
def desk(outbox: Path, layouts: Path) -> Iterator[Desk]:
    """A desk whose files go to the folder `outbox`; a company's own layouts are in `layouts`."""
    at_work = Desk(outbox, layouts)
    try:
        yield at_work
    finally:
        at_work.close()


class Desk:
    """Where documents are made; its helpers, once there, stay until it is closed."""

    def __init__(self, outbox: Path, layouts: Path) -> None:
        self._outbox = outbox
        self._layouts = layouts
        self._helpers: ProcessPoolExecutor | None = None

    def write(self, jobs: Iterable[Job]) -> list[Made]:
        """The files of each job, in the order of the jobs; all of them last through a power cut."""
        tasks = [(self._outbox, self._layouts, job) for job in jobs]
        processors = os.cpu_count() or 1
        if self._helpers is None and len(tasks) >= _WORTH_HELP and processors > 1:
            self._helpers = ProcessPoolExecutor(min(processors, _MOST_HELPERS), mp_context=get_context("spawn"))
        if self._helpers is None:
            made = [_made(task) for task in tasks]
        else:
            made = list(self._helpers.map(_made, tasks, chunksize=_AT_ONCE))
        settle_outbox(self._outbox)
        return made

    def close(self) -> None:
        """Send the helpers home."""
        if self._helpers is not None:
            self._helpers.shutdown(cancel_futures=True)


def _made(task: _Task) -> Made:
    """Make and write one job's files; the folder is settled later, once for all."""
    outbox, layouts, job = task
    document = job.document
    if isinstance(document, Letter):
        content = f"{document.text}\n".encode()
        return Made([write_outbox(outbox, safe_name(document.title, "txt"), content).name])
    names, unset, language = list[str](), "", language_of(document)
    data = einvoice_of(document) if isinstance(document, InvoiceDocument) and (job.factur_x or job.as_ubl) else None
    if job.as_pdf:
        attached = cii_bytes(data) if data is not None and job.factur_x else None
        drawn = draw_pdf(document, attached, language)
        unset = drawn.unset
        names.append(write_outbox(outbox, file_name(document, "pdf"), drawn.pdf).name)
    if data is not None and job.as_ubl:
        names.append(write_outbox(outbox, file_name(document, "xml"), ubl_bytes(data)).name)
    if job.as_xlsx:
        from o2c_xl.documents.xlsx.sheets import layout_name, render_xlsx  # noqa: PLC0415 -- openpyxl, which only xlsx needs

        own = layouts / layout_name(document)
        content = render_xlsx(document, own if own.is_file() else None, language)
        names.append(write_outbox(outbox, file_name(document, "xlsx"), content).name)
    return Made(names, unset)
