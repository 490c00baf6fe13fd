"""`o2c docs`: the field dictionary, the settings, the commands and a page per role, written from the code.

What people must know beyond the tables stands in `guide_text/`, one page per role; all else is taken from the table
definitions, the settings and the command line itself, so that it cannot drift from them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from typer import Typer

from o2c_xl.adapters.guide.commands_page import commands_page
from o2c_xl.adapters.guide.markdown import cell, link, table_of
from o2c_xl.addin.ribbon import load_ribbon
from o2c_xl.domain.settings import SETTINGS
from o2c_xl.tables.define.catalogue import TABLES
from o2c_xl.tables.define.spec import Column, Department, Table
from o2c_xl.workbook.template.make import in_order_of_work
from o2c_xl.workbook.template.start_sheet import TODAY

__all__ = ["differing_pages", "pages", "write_pages"]

_TEXTS = Path(__file__).with_name("guide_text")
_PARTNERS = "Files in a partner's own shape"
_RIBBON = "The ribbon in Excel"
_MADE = "<!-- Written by `o2c docs` from the code; change it there, then write it again. -->"


@dataclass(frozen=True, slots=True)
class _Role:
    """A reader of the guide: the page's name, its title and whose tables it tells of."""

    page: str
    title: str
    department: Department


_ROLES = (
    _Role("sales", "Sales", Department.SALES),
    _Role("warehouse", "Warehouse", Department.WAREHOUSE),
    _Role("purchasing", "Purchasing", Department.PURCHASING),
    _Role("finance", "Finance", Department.FINANCE),
    _Role("managers", "Managers", Department.MANAGEMENT),
    _Role("set-up", "Set-up", Department.SETUP),
)


def pages(commands: Typer) -> dict[str, str]:
    """All pages by file name; `commands` are those of the command line."""
    written = {f"{role.page}.md": _role_page(role) for role in _ROLES}
    return {
        "README.md": _index(),
        **written,
        "partner-files.md": _page(f"# {_PARTNERS}", _told("partner-files")),
        "ribbon.md": _page(f"# {_RIBBON}", _told("ribbon"), "## The buttons", _buttons()),
        "fields.md": _fields_page(),
        "settings.md": _settings_page(),
        "commands.md": f"{_MADE}\n\n{commands_page(commands)}",
    }


def write_pages(out: Path, commands: Typer) -> list[Path]:
    """Write all pages into `out`; returns those written, whether they changed or not."""
    out.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, text in pages(commands).items():
        path = out / name
        path.write_text(text, encoding="utf-8", newline="\n")
        paths.append(path)
    return paths


def differing_pages(out: Path, commands: Typer) -> list[Path]:
    """Pages in `out` that are missing or say something else than the code."""
    return [out / name for name, text in pages(commands).items() if _read(out / name) != text]


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None


# --- pages -----------------------------------------------------------------------------------------------------


def _index() -> str:
    roles = [f"- {link(role.title, f'{role.page}.md')}: {_first_sentence(role)}" for role in _ROLES]
    return _page(
        "# Guide",
        "Find your own page first; each says what to do in the morning, step by step, and what the messages mean.",
        "\n".join(roles),
        f"- {link(_PARTNERS, 'partner-files.md')}: how lists that partners send are read.\n"
        f"- {link(_RIBBON, 'ribbon.md')}: run the process with buttons, on the workbook that is open.",
        "To look things up:",
        "\n".join(
            (
                f"- {link('Field dictionary', 'fields.md')}: every column of every table, whose it is, what goes in.",
                f"- {link('Settings', 'settings.md')}: every setting, its default and what it does.",
                f"- {link('Commands', 'commands.md')}: everything `o2c` can be told.",
            )
        ),
    )


def _first_sentence(role: _Role) -> str:
    return " ".join(_text(role).split("\n\n", 1)[0].split()).split(". ")[0].rstrip(".") + "."


def _role_page(role: _Role) -> str:
    tables = _tables(role.department)
    return _page(
        f"# {role.title}",
        _text(role).strip(),
        "## Your sheets",
        "\n".join(f"- **{table.title}**: {table.about} {link('Columns', _anchor(table))}" for table in tables),
        *_today(role.department),
        *_statuses(tables),
        "## What you fill",
        "Every other column is Python's: what is typed over it is put back at the next sync. Columns and sheets of your"
        " own, beside ours, are never touched.",
        *(part for table in tables for part in _typed(table)),
    )


def _text(role: _Role) -> str:
    return (_TEXTS / f"{role.page}.md").read_text(encoding="utf-8")


def _told(page: str) -> str:
    return (_TEXTS / f"{page}.md").read_text(encoding="utf-8").strip()


def _today(department: Department) -> Iterator[str]:
    tasks = [task for task in TODAY if task.department is department]
    if tasks:
        yield "## What the Start sheet counts for you"
        titles = {table.name: table.title for table in TABLES}
        rows = [(task.text, titles[task.table], task.header, _criteria(task.criteria)) for task in tasks]
        yield table_of(("count", "sheet", "column", "counted when it is"), rows)


def _criteria(criteria: Sequence[str]) -> str:
    words = {"?*": "not empty", ">0": "above 0"}
    return " or ".join(words.get(one, one) for one in criteria)


def _statuses(tables: Sequence[Table]) -> Iterator[str]:
    rows = [
        (table.title, ", ".join(column.choices))
        for table in tables
        for column in table.columns
        if column.header == "Status" and column.choices
    ]
    if rows:
        yield "## Where a row can stand"
        yield table_of(("sheet", "`Status`"), rows)


def _typed(table: Table) -> Iterator[str]:
    if table.typed:
        yield f"### {table.title}"
        yield table_of(
            ("column", "what goes in", "example"), [(_marked(c), _chosen(c, table), c.example) for c in table.typed]
        )


def _buttons() -> str:
    rows = [
        (f"**{button.label}**", group.label, button.tip, f"`{button.twin}`")
        for group in load_ribbon().groups
        for button in group.buttons
    ]
    return table_of(("button", "group", "does", "command that does the same"), rows)


def _fields_page() -> str:
    contents = [
        f"- {department}: " + ", ".join(link(table.title, f"#{_slug(table)}") for table in _tables(department))
        for department in Department
    ]
    return _page(
        "# Field dictionary",
        "Every table that people see. Its Excel table has the name given; the headers are also those of a file that"
        " `o2c load` takes and the keys of `o2c show TABLE --format json`.",
        "**Key** columns name the row. **Whose**: *staff* columns are filled by people or by a file, *Python* columns"
        " come from the ledger and are put back when typed over. **Needed** columns must be filled in every row of a"
        " file; the others may be missing or empty. A number that Python gives in the workbook is your own in a"
        " file, where the row is known by it when it comes again.",
        "\n".join(contents),
        *(part for department in Department for table in _tables(department) for part in _dictionary(table)),
    )


def _dictionary(table: Table) -> Iterator[str]:
    yield f"## {table.title}"
    name = f"Excel table `{table.name}` ({table.department})."
    given = f" An empty key is filled from the series `{table.gives_key}`." if table.gives_key else ""
    yield f"{table.about} {name}{given}"
    rows = [
        (_marked(c), str(c.owner), str(c.kind), _goes_in(c, table), ", ".join(c.choices), c.example)
        for c in table.columns
    ]
    yield table_of(("column", "whose", "kind", "what it is", "choices", "example"), rows)


def _marked(column: Column) -> str:
    name = f"**{cell(column.header)}**" if column.key else cell(column.header)
    return f"{name} (key)" if column.key else f"{name} (needed)" if column.needed else name


def _goes_in(column: Column, table: Table) -> str:
    parts = [column.help]
    if column.feeds:
        source = column.feeds.partition(".")[0]
        if f"from {source}".casefold() not in column.help.casefold():
            parts.append(f"Chosen from {source}.")
    if column.least is not None:
        parts.append(f"{'More than' if column.above else 'At least'} {column.least}.")
    if column.most is not None and column.typed:
        parts.append(f"At most {column.most}.")
    if column.header in table.late:
        parts.append("Marked when it has passed.")
    return " ".join(parts)


def _chosen(column: Column, table: Table) -> str:
    """What goes in, with the choices where there are some."""
    told = _goes_in(column, table)
    return f"{told} One of: {', '.join(column.choices)}." if column.choices else told


_SETTERS = {True: "guarded", False: "anyone"}


def _settings_page() -> str:
    rows = [
        (f"`{s.name}`", s.default or "(empty)", ", ".join(s.choices) or str(s.kind), s.meaning, _SETTERS[s.guarded])
        for s in SETTINGS
    ]
    return _page(
        "# Settings",
        "Type a value into the sheet **Settings**, or into `[settings]` of `o2c.toml`; the sheet wins. Empty means"
        " never. Most gates are off until you turn them on, so that an order runs through as far as it can; credit"
        " is checked and every write-off asks from the start.",
        "What is guarded is changed by an Administrator or a Finance Manager, with a run of `o2c` under their own"
        " account.",
        table_of(("setting", "default", "value", "meaning", "changed by"), rows),
    )


# --- small parts -----------------------------------------------------------------------------------------------


def _tables(department: Department) -> tuple[Table, ...]:
    return in_order_of_work(table for table in TABLES if table.department is department)


def _slug(table: Table) -> str:
    return table.title.lower().replace(" ", "-")


def _anchor(table: Table) -> str:
    return f"fields.md#{_slug(table)}"


def _page(*parts: str) -> str:
    return "\n\n".join((_MADE, *_filled(parts))) + "\n"


def _filled(parts: Iterable[str]) -> Iterator[str]:
    return (part for part in parts if part)
