"""The words of messages: templates that people may edit, filled in a sandbox (Jinja).

A company's own `templates/<language>/<kind>.txt` comes before the one shipped with the program. Its first line is
`Subject: …`, then comes a blank line and the text. `<kind>.html` beside it, where there is one, is the same as HTML.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal
from jinja2 import FileSystemLoader, StrictUndefined, TemplateError, TemplateNotFound, TemplateSyntaxError, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from o2c_xl.documents.formats import clean, spoken_in, writing_of
from o2c_xl.domain.money import places
from o2c_xl.domain.telling import KINDS

__all__ = ["SHIPPED", "FaultyTemplate", "Text", "Words"]

SHIPPED = Path(__file__).parent / "message_templates"
_LETTER = "text"
_FALLBACK = "en"
_HEAD = "Subject:"


class FaultyTemplate(Exception):
    """A template that cannot be filled; `source` is its file below the company folder, `line` where in it."""

    def __init__(self, source: str, line: int, problem: str) -> None:
        super().__init__(f"{source}, line {line}: {problem}")
        self.source, self.line, self.problem = source, line, problem


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words; `html` is empty where no template makes it."""

    subject: str
    body: str
    html: str = ""


class Words:
    """The templates of a company. `own` is its folder of templates, which need not be there."""

    def __init__(self, own: Path) -> None:
        self._own = own
        self._env = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader([own, SHIPPED]),
            undefined=StrictUndefined,
            autoescape=lambda name: bool(name and name.endswith(".html")),
            auto_reload=False,  # a run uses the words that it found
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        self._env.filters |= {"money": _money, "day": _day, "number": _number}
        files = [path.relative_to(root) for root in (own, SHIPPED) for path in root.glob("*/*") if path.is_file()]
        self._names = frozenset(path.as_posix() for path in files)
        self.languages = frozenset(path.parent.name for path in files)

    def language(self, country: str) -> str:
        """The language to write in: the first spoken in that country that there are templates for, else English."""
        return next((one for one in spoken_in(country) if one in self.languages), _FALLBACK)

    def text(self, kind: str, language: str, country: str, facts: Mapping[str, Any]) -> Text:
        """The message; raises FaultyTemplate naming the file and line to mend."""
        name = KINDS[kind.casefold()].template
        known = {**_on_one_line(facts), "locale": writing_of(country, language), "language": language}
        source, filled = self._filled(name, "txt", language, known)
        head, _, body = filled.partition("\n")
        if not head.startswith(_HEAD):
            raise FaultyTemplate(source, 1, f"it does not begin with '{_HEAD}'. Begin it with {_HEAD} and the subject.")
        subject = clean(head.removeprefix(_HEAD))
        if not subject:
            raise FaultyTemplate(source, 1, "the subject is empty. Write one behind Subject:.")
        html = ""
        if f"{language}/{name}.html" in self._names:
            _, html = self._filled(name, "html", language, known)
        return Text(subject, _printable(body.strip("\n")) + "\n", html)

    def _filled(self, kind: str, ending: str, language: str, known: Mapping[str, Any]) -> tuple[str, str]:
        name = f"{language}/{kind}.{ending}"
        if name not in self._names:
            name = f"{_FALLBACK}/{kind}.{ending}"
        source = f"templates/{name}"
        try:
            # one line of a value stays one line of the text: what stands in the first line is the subject
            return source, self._env.get_template(name).render(known)
        except TemplateSyntaxError as fault:
            raise FaultyTemplate(self._named(fault.filename, source), fault.lineno, _plain(fault)) from fault
        except TemplateNotFound as fault:
            raise FaultyTemplate(source, 1, f"it uses {fault.name}, which is not there.") from fault
        except UnicodeDecodeError as fault:
            raise FaultyTemplate(source, 1, "it is not saved as UTF-8. Save it again with that encoding.") from fault
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as fault:
            file, line = self._place(fault.__traceback__)
            raise FaultyTemplate(self._named(file, source), line, _plain(fault)) from fault

    def _place(self, trace: TracebackType | None) -> tuple[str, int]:
        """File and line of the template in which it happened, the innermost."""
        place = ("", 1)
        while trace is not None:
            file = trace.tb_frame.f_code.co_filename
            if file.startswith((str(self._own), str(SHIPPED))):
                place = (file, trace.tb_lineno)
            trace = trace.tb_next
        return place

    def _named(self, file: str | None, otherwise: str) -> str:
        for root in (self._own, SHIPPED):
            if file and Path(file).is_relative_to(root):
                return f"templates/{Path(file).relative_to(root).as_posix()}"
        return otherwise


def _on_one_line(value: Any, name: str = "") -> Any:  # noqa: ANN401 -- facts of every kind
    """The facts with every text on one line, that no name adds lines to a message; only a letter's text has several."""
    if isinstance(value, Mapping):
        return {key: _on_one_line(one, key) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_on_one_line(one) for one in value]
    return clean(value) if isinstance(value, str) and name != _LETTER else value


def _printable(text: str) -> str:
    """The text without control characters, its lines and their indents as they are."""
    lines = text.split("\n")
    return "\n".join(line[: len(line) - len(line.lstrip(" "))] + clean(line) for line in lines)


def _plain(fault: Exception) -> str:
    text = " ".join(str(fault).split()) or type(fault).__name__
    return text if text.endswith(".") else f"{text}."


@pass_context
def _money(context: Context, value: object, currency: str = "") -> str:
    """An amount with its currency: `{{ order.total | money(order.currency) }}`."""
    if value is None or value == "":
        return ""
    number, digits = Decimal(str(value)), places(currency or "EUR")
    text = _formatted(number, "#,##0." + "0" * digits if digits else "#,##0", context["locale"])
    return f"{text} {currency}".strip()


@pass_context
def _day(context: Context, value: object) -> str:
    """A day as it is written in the reader's country; empty for none."""
    if not value:
        return ""
    day = value if isinstance(value, dt.date) else dt.date.fromisoformat(str(value))
    return str(format_date(day, "medium", locale=context["locale"]))


@pass_context
def _number(context: Context, value: object) -> str:
    return "" if value is None else _formatted(Decimal(str(value)), "#,##0.####", context["locale"])


@lru_cache(maxsize=4096)
def _formatted(number: Decimal, pattern: str, locale: Locale) -> str:
    return str(format_decimal(number, pattern, locale=locale))
