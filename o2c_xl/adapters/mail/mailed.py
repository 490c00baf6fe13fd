"""Mailbox intake where a company has one; its library is loaded only then."""

from __future__ import annotations

import datetime as dt
from importlib import import_module

from o2c_xl.company.opened import Company
from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.outcome import Outcome

__all__ = ["mailed"]


def mailed(company: Company, day: dt.date) -> Outcome:
    """What known senders mailed, dropped; a mailbox out of reach is a note, since all else can go on."""
    if company.config.mailbox is None:
        return Outcome()
    try:
        outcome: Outcome = import_module("o2c_xl.adapters.mail.mailbox").fetch_mails(company, day)
    except CannotRun as error:
        return Outcome(notes=[str(error)])
    return outcome
