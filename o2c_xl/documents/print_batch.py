"""Letters to be printed and mailed: all of a batch in one PDF, each once, with a list of them as csv."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import typst

from o2c_xl.documents.formats import clean

__all__ = ["Page", "csv_text", "harmless", "letter_pdf", "merged"]

_LAYOUTS = Path(__file__).parent / "layouts"
_IN_STRING = str.maketrans({"\\": r"\\", '"': r"\""})


@dataclass(frozen=True, slots=True)
class Page:
    """A letter of a batch: what the list says of it, and its PDF."""

    told: Sequence[str]
    pdf: bytes


def letter_pdf(letter: Mapping[str, str | Sequence[str]]) -> bytes:
    """A text as a page: `sender`, `address` (lines), `day`, `subject`, `lines`, `language`."""
    plain = {
        name: [clean(line) for line in value] if not isinstance(value, str) else clean(value)
        for name, value in letter.items()
    }
    data = json.dumps(plain, ensure_ascii=False).translate(_IN_STRING)
    source = f'#import "plain_letter.typ": render\n#render(json(bytes("{data}")))\n'.encode()
    return cast("bytes", _compiler().compile(input=source, format="pdf"))


@cache
def _compiler() -> typst.Compiler:
    """One for all letters: looking for fonts is done once."""
    return typst.Compiler(root=str(_LAYOUTS))


def merged(pages: Sequence[Page]) -> tuple[bytes, list[list[str]]]:
    """All letters in one PDF, and the rows of its list, each with the page it begins on."""
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 -- a tenth of a second that only a batch of letters costs

    writer, rows = PdfWriter(), []
    for page in pages:
        rows.append([str(len(writer.pages) + 1), *page.told])
        for sheet in PdfReader(io.BytesIO(page.pdf)).pages:
            writer.add_page(sheet)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue(), rows


def csv_text(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A csv that a spreadsheet opens without running anything."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return out.getvalue()


def harmless(value: str) -> str:
    """A leading apostrophe keeps text that begins like a formula text (OWASP)."""
    return f"'{value}" if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
