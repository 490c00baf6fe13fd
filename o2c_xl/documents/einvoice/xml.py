"""XML written element by element, in the order a schema wants; an element without a value is not written at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape, quoteattr

from o2c_xl.documents.formats import clean
from o2c_xl.domain.money import minor_unit, plain_number, unit_of

__all__ = ["XmlText", "amount_text", "percent_text"]

_CENTS = unit_of(2)


class XmlText:
    """A document that grows; `text()` is its bytes when the root is closed."""

    def __init__(self, root: str, namespaces: str) -> None:
        self._parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {namespaces}>\n']
        self._root, self._depth = root, 1

    def put(self, tag: str, value: str | Decimal | date | None, /, **attributes: str) -> None:
        """`<tag>value</tag>`; nothing for an empty value, no attribute without one. Dates are ISO, numbers plain."""
        if value is None or value == "":
            return
        text = value if isinstance(value, str) else plain_number(value) if isinstance(value, Decimal) else f"{value}"
        text = escape(clean(text))
        if text:
            more = "".join(f" {name}={quoteattr(said)}" for name, said in attributes.items() if said)
            self._parts.append(f"{'  ' * self._depth}<{tag}{more}>{text}</{tag}>\n")

    @contextmanager
    def within(self, tag: str) -> Iterator[None]:
        """What is written meanwhile stands in `<tag>`; nothing written, no tag."""
        before = len(self._parts)
        self._parts.append(f"{'  ' * self._depth}<{tag}>\n")
        self._depth += 1
        yield
        self._depth -= 1
        if len(self._parts) == before + 1:
            self._parts.pop()
        else:
            self._parts.append(f"{'  ' * self._depth}</{tag}>\n")

    def opened(self, tag: str) -> None:
        """Open an element that stands there even when empty; `closed` ends it."""
        self._parts.append(f"{'  ' * self._depth}<{tag}>\n")
        self._depth += 1

    def closed(self, tag: str) -> None:
        """End what `opened` began."""
        self._depth -= 1
        self._parts.append(f"{'  ' * self._depth}</{tag}>\n")

    def bytes(self) -> bytes:
        """The whole document in UTF-8."""
        return "".join([*self._parts, f"</{self._root}>\n"]).encode()


def amount_text(amount: Decimal | None, currency: str) -> str:
    """An amount with the currency's places, two at most (BR-DEC); empty for None."""
    if amount is None:
        return ""
    step = minor_unit(currency)
    return f"{amount.quantize(max(step, _CENTS)) + 0:f}"  # + 0: no minus before nothing


def percent_text(percent: Decimal | None) -> str:
    """A rate as it is written: 19, 5.5."""
    return "" if percent is None else plain_number(percent)
