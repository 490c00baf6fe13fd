"""Saving an openpyxl workbook in memory, with the same bytes for the same contents.

openpyxl itself writes each sheet to the system's temporary folder and stamps the file with the clock; a
document may leave no trace outside the company folder and has the date of its document.
"""

from __future__ import annotations

import io
from datetime import datetime
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

__all__ = ["workbook_bytes"]

_FIRST_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def workbook_bytes(book: Workbook, stamp: datetime) -> bytes:
    """The workbook as an xlsx file whose created and modified times are `stamp`."""
    book.properties.created = book.properties.modified = stamp
    out = io.BytesIO()
    with _TimelessZip(out, "w", ZIP_DEFLATED) as archive:
        _MemoryWriter(book, archive).write_data()
    return out.getvalue()


class _TimelessZip(ZipFile):
    """A zip whose entries all bear the first date that zip knows."""

    def writestr(  # type: ignore[override]
        self, zinfo_or_arcname: str | ZipInfo, data: str | bytes, *_: object, **__: object
    ) -> None:
        """Write a part under its name; its time is always the same."""
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        entry = ZipInfo(name, _FIRST_ZIP_DATE)
        entry.external_attr = 0o600 << 16
        super().writestr(entry, data, ZIP_DEFLATED)


class _MemoryWriter(ExcelWriter):  # type: ignore[misc]
    """openpyxl's writer, its sheets kept in memory."""

    def write_worksheet(self, ws: Worksheet) -> None:
        """Write one sheet part."""
        part = io.BytesIO()
        ws._drawing = SpreadsheetDrawing()  # noqa: SLF001  openpyxl's own write_worksheet does the same
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images  # noqa: SLF001
        writer = WorksheetWriter(ws, part)
        writer.write()
        ws._rels = writer._rels  # noqa: SLF001  the drawings are hung onto these
        self._archive.writestr(ws.path[1:], part.getvalue())
        self.manifest.append(ws)
