"""Documents as PDF/A, set by typst from one template per kind of document; nothing but memory is used.

Data goes in as JSON: text that looks like markup stays text. The JSON stands in a string of the few lines that call
the template and not in `sys.inputs`, for typst forgets all it knows of the templates when those change. The file's
time stamp is the document's own date, so the same document gives the same bytes.
"""

from __future__ import annotations

import json
import re
import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import cast

import typst
from babel import Locale

from o2c_xl.documents.einvoice.facturx import ATTACHED, mark_as_factur_x
from o2c_xl.documents.faces.faces import AnyDocument, Face, face_of, home_of, issued_on, kind_of
from o2c_xl.documents.formats import Scalar, clean, text_of
from o2c_xl.documents.labels import words_for
from o2c_xl.documents.qr import qr_svg

__all__ = ["Drawn", "UnsetError", "archival", "draw_pdf", "render_pdf", "source_of", "unset_signs"]

_LAYOUTS = Path(__file__).parent / "layouts"
_ARCHIVAL: list[typst.PDFStandard] = ["a-3b"]
# A word that may be longer than its place breaks at zero-width spaces, behind its signs where it has any. What is
# copied out of the PDF bears them too: an address or a number that fits is left whole.
_LONG_IN_ROWS, _LONG = re.compile(r"\S{25,}"), re.compile(r"\S{61,}")
_PIECE = re.compile(r"\S{1,11}[@./_,;:=-]|\S{1,12}")
_MISSING_GLYPH = re.compile(r'text `"(.*?)"` could not be displayed', re.DOTALL)
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_ANY_DAY = date(2000, 1, 1)
_FONT = "Libertinus Serif"  # that of layouts/letter.typ
# The data say the same as the pages: an alternative of the whole document (Factur-X 1.0, chapter 6.2.4).
_ATTACH = (
    '#pdf.attach("{}", bytes("{}"), relationship: "alternative", mime-type: "text/xml",'
    ' description: "The invoice as data (EN 16931)")\n'
)
_compilers = threading.local()


class UnsetError(Exception):
    """No font of this machine has these signs."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A document as PDF; `unset` are signs that no font here has: it shows boxes then, is no PDF/A, bears no data."""

    pdf: bytes
    unset: str = ""


def draw_pdf(document: AnyDocument, einvoice: bytes | None = None, language: str = "en") -> Drawn:
    """The document as PDF/A-3b; with `einvoice` (CII) attached it is a Factur-X invoice.

    typst's own fonts (Latin, Greek, Cyrillic) give the same bytes on every machine. A name in another script
    is set with the machine's fonts; where these lack it too, the PDF is an ordinary one with empty boxes.
    """
    try:
        pdf = archival(document, source_of(document, einvoice, language))
    except UnsetError as signs:
        plain = source_of(document, None, language)
        return Drawn(_compile(issued_on(document), plain, system_fonts=True, standards=[]), str(signs))
    return Drawn(pdf if einvoice is None else mark_as_factur_x(pdf))


def render_pdf(document: AnyDocument, einvoice: bytes | None = None, language: str = "en") -> bytes:
    """The PDF alone, as `draw_pdf` makes it."""
    return draw_pdf(document, einvoice, language).pdf


def unset_signs(text: str) -> str:
    """The signs of a text that no font here has."""
    return "".join(sign for sign in dict.fromkeys(clean(text)) if not (sign.isascii() or _has(sign)))


@lru_cache(maxsize=1 << 14)
def _has(sign: str) -> bool:
    try:
        _archival(_ANY_DAY, f'#set text(font: "{_FONT}")\n#("{sign}")\n'.encode())
    except UnsetError:
        return False
    return True


def archival(document: AnyDocument, source: bytes) -> bytes:
    """The PDF of a document whose source is made already: what typst alone costs. Raises UnsetError."""
    return _archival(issued_on(document), source)


def _archival(day: date, source: bytes) -> bytes:
    unset = ""
    for system_fonts in (False, True):
        try:
            return _compile(day, source, system_fonts=system_fonts, standards=_ARCHIVAL)
        except typst.TypstError as fault:
            found = _MISSING_GLYPH.search(fault.message)
            if found is None:
                raise
            unset = _ESCAPED.sub(lambda sign: chr(int(sign[1], 16)), found[1])
    raise UnsetError(unset)


def _compile(day: date, source: bytes, *, system_fonts: bool, standards: list[typst.PDFStandard]) -> bytes:
    stamp = datetime.combine(day, time(), UTC)
    pdf = _compiler(system_fonts=system_fonts).compile(
        input=source,
        format="pdf",
        pdf_standards=standards,
        timestamp=stamp,
    )
    return cast("bytes", pdf)


def source_of(document: AnyDocument, einvoice: bytes | None = None, language: str = "en") -> bytes:
    """The few lines that typst compiles: the template and its data, and what is attached."""
    data = json.dumps(_printed(document, language), ensure_ascii=False)
    template, text = f"{kind_of(document)}.typ", _in_string(data)
    attached = "" if einvoice is None else _ATTACH.format(ATTACHED, _in_string(einvoice.decode()))
    return f'#import "{template}": render\n{attached}#render(json(bytes("{text}")))\n'.encode()


def _in_string(text: str) -> str:
    """As it stands in a string of typst, where only these two signs mean anything."""
    return text.replace("\\", "\\\\").replace('"', '\\"')


def _compiler(*, system_fonts: bool) -> typst.Compiler:
    """One compiler per thread and set of fonts: looking for fonts and reading templates is done once."""
    name = "with_system_fonts" if system_fonts else "own_fonts"
    compiler: typst.Compiler | None = getattr(_compilers, name, None)
    if compiler is None:
        fonts = typst.Fonts(include_system_fonts=system_fonts)
        compiler = typst.Compiler(root=str(_LAYOUTS), font_paths=fonts, ignore_system_fonts=not system_fonts)
        setattr(_compilers, name, compiler)
    return compiler


def _printed(document: AnyDocument, language: str) -> dict[str, object]:
    face = face_of(document, language)
    qr = face.pop("payment_qr", "")
    more = {"words": dict(words_for(language)), "language": language}
    return _texts(face, home_of(document, language)) | more | {"qr": qr_svg(qr) if isinstance(qr, str) and qr else ""}


def _texts(face: Face, locale: Locale, long: re.Pattern[str] = _LONG) -> dict[str, object]:
    return {name: _text(value, locale, long) for name, value in face.items()}


def _text(value: Scalar | Face | list[Face], locale: Locale, long: re.Pattern[str]) -> object:
    if isinstance(value, dict):
        return _texts(value, locale, long)
    if isinstance(value, list):
        return [_texts(row, locale, _LONG_IN_ROWS) for row in value]
    return long.sub(lambda word: "\u200b".join(_PIECE.findall(word[0])), text_of(value, locale))
