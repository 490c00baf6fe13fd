"""Payment terms as a document says them: in the reader's language where there are words for them, else as typed."""

from __future__ import annotations

from decimal import Decimal

from babel import Locale

from o2c_xl.documents.faces.parts import percent_figure
from o2c_xl.documents.formats import text_of
from o2c_xl.documents.labels import words_of_terms
from o2c_xl.domain.terms import Share, parse_terms

__all__ = ["terms_text"]

_HUNDRED = Decimal(100)


def terms_text(text: str, language: str, home: Locale) -> str:
    """`2% 10, Net 30` in the words of `language`, numbers as `home` writes them; what says no terms stays as it is."""
    words = words_of_terms(language)
    try:
        terms = parse_terms(text)
    except ValueError:
        return text
    if not words:
        return text
    if terms.prepaid:
        return words["prepaid"]

    def said(kind: str, share: Share) -> str:
        name = f"{kind}_eom" if share.end_of_month else kind
        percent = text_of(percent_figure(share.fraction * _HUNDRED), home)
        return words[name].format(days=share.days, percent=percent)

    whole = len(terms.instalments) == 1
    parts = [said("discount", terms.discount)] if terms.discount else []
    return ", ".join([*parts, *(said("net" if whole else "share", share) for share in terms.instalments)])
