"""The structure of a sheet part, proved before any reader sees its values, at about a third of a reader's cost.

No spreadsheet library reports repeated or unordered cells, error cells, or formulas whose result nobody stored: they
drop rows or show blanks. Here each row is matched, as bytes, against one pattern that lists the sheet's columns in
order; what the pattern does not take (attributes in another order, rich text, missing `r`) is parsed as a tree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from xml.etree.ElementTree import Element

from o2c_xl.tables.parse.error_values import NEWER_ERRORS
from o2c_xl.workbook.address import MAX_COLUMN, MAX_ROW, address, area, column_letters, column_number
from o2c_xl.workbook.errors import Damaged
from o2c_xl.workbook.opc.markup import TAG, check_well_formed, in_utf8, local_name, plain, tags, tree
from o2c_xl.workbook.opc.places import cell_tags
from o2c_xl.workbook.opc.strings import is_text

__all__ = ["Facts", "probe", "sheet_data"]

Cell = tuple[int, int]
_DATA = re.compile(rb"<((?:[A-Za-z_][\w.-]*:)?)sheetData(?:\s[^<>]*)?/?>")
_REF = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_KINDS = frozenset({None, "n", "s", "b", "e", "str", "inlineStr", "d"})
# What may stand in a cell, in this order (ECMA-376 part 1, 18.3.1.4); calamine loses a value that precedes its formula.
_ORDERS = frozenset({(), ("v",), ("f",), ("f", "v"), ("is",), ("f", "is")})
_NUMBER = re.compile(
    r"\s*(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|nan|[+-]?inf(?:inity)?)\s*", re.ASCII | re.IGNORECASE
)
_TRUTHS = frozenset({"0", "1", "true", "false"})
_INDEX = re.compile(r"\s*[0-9]{1,9}\s*")  # python-calamine counts longer ones round
_ROW = re.compile(r"[1-9][0-9]{0,6}")
_FEW_ROWS = 64  # so many rows are parsed sooner than a pattern for them is compiled
_SMALL = 1 << 18  # bytes in which so few rows are looked for
_MAX_SHAPES = 40  # new sets of columns before every odd row goes the slow way
_LONG_END = 1 << 20  # bytes of rows
_MAX_COLUMNS = 512  # a pattern of more columns takes longer to compile than it saves
# calamine lays out every cell between the first and the last; these bounds keep a stray cell from filling memory.
_FREE_AREA = 2_000_000
_SPREAD = 10

_DIMENSION = re.compile(rb'<(?:[A-Za-z_][\w.-]*:)?dimension(?:\s[^<>]*?)??\sref="([^"<>]*)"[^<>]*>')
_SPACED = re.compile(rb"(<(?:[A-Za-z_][\w.-]*:)?v>)\s*([^<\s]*)\s*(</)")
_MERGED = re.compile(rb'<(?:[A-Za-z_][\w.-]*:)?mergeCell\s[^<>]*?ref="([^"<>]*)"')
_RANGED = re.compile(rb'<(?:[A-Za-z_][\w.-]*:)?f\s[^<>]*?ref="([^"<>]*)"')


@dataclass(slots=True)
class Facts:
    """What the values alone do not tell; rows and columns count from 1.

    `errors` maps a cell to its code (`#N/A`), `uncached` are formulas without a stored result, `formulas` all cells
    with one. `clean` is the part as python-calamine can read it when that is not the part itself. `hidden` says that
    rows or columns are hidden, by a filter or by hand; their values count like the others. `spaced`: some number has
    white space about it, which python-calamine takes for a text.
    """

    errors: dict[Cell, str] = field(default_factory=dict)
    uncached: set[Cell] = field(default_factory=set)
    formulas: set[Cell] = field(default_factory=set)
    last: Cell = (0, 0)
    clean: bytes | None = None
    hidden: bool = False
    spaced: bool = False


def sheet_data(xml: bytes) -> tuple[bytes, int, int] | None:
    """The prefix of the sheet's own elements and where its rows begin and end; None without `sheetData`."""
    found = _DATA.search(xml)
    if found is None:
        return None
    prefix = found[1]
    if found[0].endswith(b"/>"):
        return prefix, found.end(), found.end()
    end = xml.rfind(b"</%ssheetData" % prefix)
    return (prefix, found.end(), end) if end >= found.end() else None


def probe(data: bytes, sheet: str) -> Facts:
    """Prove the sheet part; raises `Damaged` with the sheet's name and, where there is one, the address."""
    name = f"sheet {sheet}"
    xml = _without_end(in_utf8(data, name))
    try:
        facts = _probe(xml, name)
    except _NotPlainError:
        xml = plain(xml, name)
        try:
            facts = _probe(xml, name)
        except _NotPlainError:
            raise Damaged(f"The workbook is damaged: the rows of its {name} are broken.") from None
    facts.hidden = _hidden(xml)
    readable = _readable(xml, facts)
    if readable is not data:
        facts.clean = readable
    return facts


def _without_end(xml: bytes) -> bytes:
    """The part without its last rows where those hold nothing but formats, and are so many that they cost much."""
    found = sheet_data(xml)
    if found is None or found[2] - found[1] < _LONG_END:
        return xml
    prefix, start, end = found
    held = max(xml.rfind(b"<%b%b" % (prefix, tag), start, end) for tag in (b"v", b"is", b"f"))
    close = b"</%brow>" % prefix
    last = start if held < 0 else xml.find(close, held, end) + len(close)
    return xml[:last] + xml[end:] if start <= last < end - _LONG_END else xml


def _hidden(xml: bytes) -> bool:
    return any(xml.find(b' %s="%s"' % pair) >= 0 for pair in product((b"hidden", b"zeroHeight"), (b"1", b"true")))


def _readable(xml: bytes, facts: Facts) -> bytes:
    """The part less what only trips python-calamine: a `dimension` that is none, errors newer than it knows."""
    found = sheet_data(xml)
    head = xml[: found[1]] if found else b""
    told = _DIMENSION.search(head)
    if told is not None and area(told[1].decode("utf-8", "replace")) is None:
        xml = xml[: told.start()] + xml[told.end() :]
    if facts.spaced:
        xml = _SPACED.sub(rb"\1\2\3", xml)
    for code in set(facts.errors.values()) & NEWER_ERRORS:
        xml = re.sub(rb"(<(?:[A-Za-z_][\w.-]*:)?v>)%b(?=<)" % re.escape(code.encode()), rb"\1#N/A", xml)
    return xml


class _NotPlainError(Exception):
    """The rows hold a comment, a CDATA section or a processing instruction."""


def _probe(xml: bytes, name: str) -> Facts:
    found = sheet_data(xml)
    if found is None:
        check_well_formed(xml, name)
        raise Damaged(f"The workbook is damaged: its {name} has no rows part.")
    if xml.find(b"<!", 0, found[1]) >= 0:
        raise _NotPlainError
    try:
        check_well_formed(xml[: found[1]] + xml[found[2] :], name)
    except Damaged:
        if xml.find(b"<!") >= 0:
            raise _NotPlainError from None  # a comment may name the end of the rows
        raise
    if xml.find(b"]]>", found[1], found[2]) >= 0:  # the end of a CDATA section, or text that XML does not allow
        raise _NotPlainError
    _check_place(xml, found, name)
    walk = _Walk(xml, found, name)
    walk.check_ranges(_MERGED, found[2], len(xml))
    return walk.facts()


def _check_place(xml: bytes, place: tuple[bytes, int, int], name: str) -> None:
    """The rows stand right under the root, and nowhere else."""
    depth = 0
    for tag in tags(xml, 0, xml.rfind(b"<", 0, place[1])):
        depth += -1 if tag[0][1:2] == b"/" else 0 if tag[0].endswith(b"/>") else 1
    if depth != 1 or _DATA.search(xml, place[2]):
        raise Damaged(f"The workbook is damaged: the rows of its {name} are not where they belong.")


class _Walk:
    """One pass over the rows of a sheet."""

    def __init__(self, xml: bytes, place: tuple[bytes, int, int], name: str) -> None:
        self.xml = xml
        self.prefix, self.start, self.end = place
        self.name = name
        self.root = next(tags(xml, 0, self.start))[0]
        self.shape: frozenset[str] = frozenset()
        self.shapes = 0
        self.right = 0
        self.values_only = True  # until a row with a formula, an error or the like is met
        self.found = Facts()

    def facts(self) -> Facts:
        self._rows()
        if not self.values_only:
            self._formulas()
            self._errors()
        if self.found.formulas:
            self.check_ranges(_RANGED, self.start, self.end)
        self._spread()
        return self.found

    def check_ranges(self, what: re.Pattern[bytes], start: int, end: int) -> None:
        """Ranges of merged cells and of formulas lie inside of the grid."""
        for found in what.finditer(self.xml, start, end):
            if area(found[1].decode("utf-8", "replace")) is None:
                raise Damaged(self._says(f"a range in it is {found[1].decode('utf-8', 'replace')!r}"))

    def _rows(self) -> None:
        """Every row by the pattern, an odd one as a tree; numbers increase and stay in the grid."""
        xml, end = self.xml, self.end
        if end - self.start < _SMALL and xml.count(b"<%srow" % self.prefix, self.start, end) <= _FEW_ROWS:
            self._few_rows()
            return
        match = self._pattern().match
        position, last = self.start, 0
        bare = _bare_row_pattern(self.prefix).match
        while position < end:
            row = match(xml, position, end)
            if row is not None:
                number = int(row[1])
                position = row.end()
            elif row := bare(xml, position, end):
                number = int(row[1] or last + 1)
                self._note_bare(row[2], number)
                position = row.end()
            elif self.values_only and _row_pattern(self.prefix, self.shape, False).match(xml, position, end):
                self.values_only = False
                match = self._pattern().match
                continue
            else:
                position, number = self._odd_row(position, last)
                match = self._pattern().match
                if not number:
                    break
            last = self._next(number, last)
        self._note_last(last)

    def _note_bare(self, cells: bytes, number: int) -> None:
        """How far right the cells of a row reach that tell no address."""
        width = cells.count(b"<%bc" % self.prefix)
        if width > MAX_COLUMN:
            raise Damaged(self._says(f"row {number} has {width} cells"))
        self.right = max(self.right, width)

    def _few_rows(self) -> None:
        """The same, every row as a tree."""
        position, last = self.start, 0
        while position < self.end:
            position, number = self._odd_row(position, last)
            if number:
                last = self._next(number, last)
        self._note_last(last)

    def _next(self, number: int, last: int) -> int:
        if not last < number <= MAX_ROW:
            raise Damaged(self._says(f"row {number} stands after row {last}"))
        return number

    def _note_last(self, last: int) -> None:
        self.found.last = (last, self.right)

    def _pattern(self) -> re.Pattern[bytes]:
        return _row_pattern(self.prefix, self.shape, self.values_only)

    def _odd_row(self, position: int, last: int) -> tuple[int, int]:
        """One row parsed as XML; its end and its number, which is 0 when only white space was left."""
        tag = TAG.search(self.xml, position, self.end)
        if self.xml[position : tag.start() if tag else self.end].strip():
            raise Damaged(self._says("there is text between its rows"))
        if tag is None:
            return self.end, 0
        if tag[0][1] in b"!?/":
            raise _NotPlainError
        if local_name(tag[0]) != b"row":
            raise Damaged(self._says("there is something other than rows in it"))
        end = tag.end()
        if not tag[0].endswith(b"/>"):
            close = self.xml.find(b"</%srow" % self.prefix, end, self.end)
            end = self.xml.find(b">", close, self.end) + 1 if close >= 0 else 0
        text = self.xml[tag.start() : end]
        if b"<!" in text or b"<?" in text:
            raise _NotPlainError
        self._check_prefixes(text)
        row = tree(text, self.name)
        number = self._number(row, last)
        columns = frozenset(column_letters(column) for column, _ in self._cells(row, number))
        self.right = max(self.right, *map(column_number, columns), 0)
        if not columns <= self.shape and self.shapes < _MAX_SHAPES and len(self.shape | columns) <= _MAX_COLUMNS:
            self.shape |= columns
            self.shapes += 1
        return end, number

    def _check_prefixes(self, row: bytes) -> None:
        """A row's prefixes are declared at the root; few rows have any."""
        if b":" in row.replace(b" xml:", b""):
            name = self.root[1:-1].split(None, 1)[0]
            check_well_formed(self.root + row + b"</" + name + b">", self.name)

    def _number(self, row: Element, last: int) -> int:
        text = row.get("r")
        if text is None:
            return last + 1
        if not _ROW.fullmatch(text):
            raise Damaged(self._says(f"a row is numbered {text!r}"))
        return int(text)

    def _cells(self, row: Element, number: int) -> Iterator[tuple[int, Element]]:
        """The cells with their columns; they increase, once each, and belong to the row."""
        last = 0
        for cell in row:
            if cell.tag == "extLst":
                continue
            if cell.tag != "c":
                raise Damaged(self._says(f"there is something other than cells in row {number}"))
            column = self._column(cell, number, last)
            if not last < column <= MAX_COLUMN:
                raise Damaged(self._says(f"cell {address(number, column)} is repeated or out of order"))
            last = column
            self._note(cell, number, column)
            yield column, cell

    def _column(self, cell: Element, number: int, last: int) -> int:
        text = cell.get("r")
        if text is None:
            return last + 1
        ref = _REF.fullmatch(text)
        if ref is None or int(ref[2]) != number:
            raise Damaged(self._says(f"a cell of row {number} is addressed {text!r}"))
        column = column_number(ref[1])
        if column > MAX_COLUMN:
            raise Damaged(self._says(f"a cell of row {number} is addressed {text!r}"))
        return column

    def _note(self, cell: Element, row: int, column: int) -> None:
        """Error, formula and missing result of a cell that the pattern did not take."""
        inside = tuple(child.tag for child in cell if child.tag != "extLst")
        kind = cell.get("t")
        if inside not in _ORDERS or kind not in _KINDS or ("is" in inside and kind != "inlineStr"):
            raise Damaged(self._says(f"cell {address(row, column)} is not built like one"))
        self._check_inside(cell, address(row, column))
        value = cell.findtext("v")
        if kind == "e":
            self.found.errors[row, column] = value or "#ERROR"
        if "f" in inside:
            self.found.formulas.add((row, column))
            if not value and (kind != "str" or "v" not in inside):
                self.found.uncached.add((row, column))

    def _check_inside(self, cell: Element, where: str) -> None:
        """The value fits the kind of the cell, and a text is one."""
        kind, held = cell.get("t"), cell.find("v")
        text = cell.find("is")
        if text is not None and not is_text(text):
            raise Damaged(self._says(f"the text of cell {where} is not built like one"))
        if held is None:
            return
        value = held.text or ""
        if kind in {None, "n", "s"} and value != value.strip():
            self.found.spaced = True
        if kind == "s" and not _INDEX.fullmatch(value):
            raise Damaged(self._says(f"cell {where} points to no text"))
        if len(held) or kind == "inlineStr" or not self._fits(kind, value):
            raise Damaged(self._says(f"cell {where} holds {value!r}, which is not of the kind it says"))

    def _fits(self, kind: str | None, value: str) -> bool:
        if kind == "b":
            return value in _TRUTHS
        if kind not in {None, "n"} or not value:
            return True
        return _NUMBER.fullmatch(value) is not None

    def _formulas(self) -> None:
        if self.xml.find(b"<%sf" % self.prefix, self.start, self.end) < 0:
            return
        formulas, uncached = self.found.formulas, self.found.uncached
        for cell in _formula_pattern(self.prefix).finditer(self.xml, self.start, self.end):
            letters, row, attrs, value = cell.groups()
            place = (int(row), column_number(letters.decode()))
            formulas.add(place)
            if value is None or (value == b"" and b't="str"' not in attrs):
                uncached.add(place)

    def _errors(self) -> None:
        xml = self.xml
        if xml.find(b' t="e"', self.start, self.end) < 0:
            return
        for cell in _error_pattern(self.prefix).finditer(xml, self.start, self.end):
            letters, row, code = cell.groups()
            self.found.errors[int(row), column_number(letters.decode())] = code.decode() or "#ERROR"

    def _spread(self) -> None:
        """Refuse values so far apart that laying them out would take the memory of a whole machine."""
        rows, columns = self.found.last
        most = max(_FREE_AREA, _SPREAD * self.xml.count(b"</%bc>" % self.prefix, self.start, self.end))
        if rows * columns <= most:
            return
        bottom = right = 0
        for row, column, tag in cell_tags(self.xml, self.prefix, self.start, self.end):
            if not tag.endswith(b"/>"):
                bottom, right = row, max(right, column)
        if bottom * right > most:
            raise Damaged(
                self._says(
                    f"its values lie too far apart, up to {address(bottom, right)}; "
                    "delete what stands far outside of the table and save it again"
                )
            )

    def _says(self, what: str) -> str:
        return f"The workbook's {self.name} cannot be trusted: {what}."


@lru_cache(maxsize=64)
def _row_pattern(prefix: bytes, shape: frozenset[str], values_only: bool) -> re.Pattern[bytes]:  # noqa: FBT001
    """One row whose cells come in the order of `shape`, each at most once and each of the row's own number.

    Every group inside is possessive, so the match takes time in proportion to the row and never backtracks. With
    `values_only` it takes no formula and no error; what it takes needs no second look.
    """
    p = re.escape(prefix)
    rest = rb'\1"(?: s="[0-9]++")?+%b' % (_value_cell(p) if values_only else _any_cell(p))
    cells = b"".join(rb'(?:<%bc r="%b%b)?+' % (p, column.encode(), rest) for column in sorted(shape, key=column_number))
    return re.compile(
        rb'\s*+<%brow r="([1-9][0-9]{0,6})"%b(?: ?/>|>%b</%brow>)' % (p, _others(b"r"), cells, p),
    )


@lru_cache(maxsize=8)
def _bare_row_pattern(prefix: bytes) -> re.Pattern[bytes]:
    """One row whose cells tell no address, as some programs write it, and hold nothing but values."""
    p = re.escape(prefix)
    cells = rb'(?:<%bc(?: s="[0-9]++")?+%b)++' % (p, _value_cell(p))
    return re.compile(rb'\s*+<%brow(?: r="([1-9][0-9]{0,6})")?+%b>(%b)</%brow>' % (p, _others(b"r"), cells, p))


_DIGITS = rb"[-+]?+[0-9]++(?:\.[0-9]++)?+(?:[eE][-+]?+[0-9]{1,3}+)?+"


def _others(*taken: bytes) -> bytes:
    """Any attributes but those that were matched by name."""
    return rb'(?: (?!(?:%b)=)[A-Za-z0-9:]+="[^"<>]*+")*+' % b"|".join(taken)


def _value_cell(p: bytes) -> bytes:
    """The rest of a cell with a number, a shared text, an inline text, a truth, or nothing; most frequent first."""
    number = rb"><%bv>%b</%bv></%bc>" % (p, _DIGITS, p, p)
    said = rb' t="n"><%bv>%b</%bv></%bc>' % (p, _DIGITS, p, p)
    truth = rb' t="b"><%bv>[01]</%bv></%bc>' % (p, p, p)
    text = rb' t="str"><%bv(?: xml:space="preserve")?+>[^<]*+</%bv></%bc>' % (p, p, p)
    return rb"(?:%b|%b| ?/>|%b|%b|%b|%b)" % (number, _shared_cell(p), _inline_cell(p), said, truth, text)


def _any_cell(p: bytes) -> bytes:
    """The rest of any cell but those with rich text; the plain one first, which halves the time of the match."""
    attrs = _others(b"r", b"s", b"t")
    formula = rb'(?:<%bf(?: [A-Za-z0-9:]+="[^"<>]*+")*+(?:/>|>[^<]*+</%bf>))?+' % (p, p)
    usual = rb"><%bv>%b</%bv></%bc>" % (p, _DIGITS, p, p)
    number = rb"(?:<%bv>%b</%bv>|<%bv ?/>|<%bv></%bv>)?+" % (p, _DIGITS, p, p, p, p)
    truth = rb"<%bv>[01]</%bv>" % (p, p)
    words = rb'(?:<%bv(?: xml:space="preserve")?+>[^<]*+</%bv>|<%bv ?/>)?+' % (p, p, p)
    kinds = ((rb'(?: t="n")?+', number), (rb' t="(?:str|e|d)"', words), (rb' t="b"', truth))
    typed = b"|".join(rb"%b%b(?: ?/>|>%b%b</%bc>)" % (kind, attrs, formula, inside, p) for kind, inside in kinds)
    return rb"(?:%b|%b|%b|%b)" % (usual, _shared_cell(p), _inline_cell(p), typed)


def _shared_cell(p: bytes) -> bytes:
    """The rest of a cell that points to a text."""
    return rb' t="s"><%bv>[0-9]{1,9}+</%bv></%bc>' % (p, p, p)


def _inline_cell(p: bytes) -> bytes:
    """The rest of a cell that holds a text without formats."""
    return rb' t="inlineStr"><%bis><%bt(?: xml:space="preserve")?+>[^<]*+</%bt></%bis></%bc>' % (p, p, p, p, p)


def _formula_pattern(prefix: bytes) -> re.Pattern[bytes]:
    p = re.escape(prefix)
    return re.compile(
        rb'<%bc r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>'
        rb"<%bf(?:[^<>]*/>|[^<>]*>[^<]*</%bf>)"
        rb"(?:<%bv[^<>/]*>([^<]*)</%bv>|(?=<))" % (p, p, p, p, p)
    )


def _error_pattern(prefix: bytes) -> re.Pattern[bytes]:
    p = re.escape(prefix)
    return re.compile(
        rb'<%bc r="([A-Z]{1,3})([0-9]{1,7})"[^<>]* t="e"[^<>]*>'
        rb"(?:<%bf(?:[^<>]*/>|[^<>]*>[^<]*</%bf>))?<%bv>([^<]*)</%bv>" % (p, p, p, p, p)
    )
