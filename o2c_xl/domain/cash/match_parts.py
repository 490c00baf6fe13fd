"""Several payments of one batch for one invoice: what one of them lacks, another may bring.

So none of them takes the early-payment discount or the tolerance by itself; what all of them together lack is settled
by the last. Tolerance is for a customer who paid too little (`docs/algorithms/matching.md`), and nobody has while the
rest of the money lies beside: nor where all together are more than is open, or one of them pays other items too.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from o2c_xl.domain.cash.match_case import CONFIDENCE, Case, Match, MatchRule, matched
from o2c_xl.domain.cash.settling import MatchPolicy, OpenItems, Parts
from o2c_xl.domain.money import ZERO

__all__ = ["note_parts", "paid_by_others", "settled_by_the_last"]

_REST = "The payment names it and brings what another lacks."


def note_parts(cases: Iterable[Case], openings: OpenItems) -> None:
    """Note on each case the one invoice that it names, where others name it too and all together do not overpay it."""
    naming: defaultdict[str, list[Case]] = defaultdict(list)
    for case in cases:
        names = _names(case)
        if len(names) == 1 and case.left > 0:
            naming[names[0]].append(case)
    for invoice, several in naming.items():
        if len(several) > 1 and sum((case.left for case in several), ZERO) <= openings.open[invoice]:
            for case in several:
                case.part_of = invoice


def settled_by_the_last(
    matches: list[Match], cases: Iterable[Case], openings: OpenItems, policy: MatchPolicy
) -> list[Match]:
    """The matches, the last certain one of such an invoice with the discount and tolerance that all together leave."""
    parts = {case.payment.payment: case for case in cases if case.part_of}
    last = {
        one.invoice: at
        for at, one in enumerate(matches)
        if one.certain and one.payment in parts and parts[one.payment].part_of == one.invoice
    }
    for invoice, at in last.items():
        less = _lacking(invoice, parts[matches[at].payment].payment.paid_on, openings, policy)
        if less is not None:
            openings.settle(less, parts[matches[at].payment].payment.paid_on)
            matches[at] = matches[at]._replace(discount=less.discount, write_off=less.write_off)
    return matches


def _lacking(invoice: str, paid_on: date, openings: OpenItems, policy: MatchPolicy) -> Parts | None:
    """What is still open, as discount and within tolerance; None where it is more than these."""
    item, still_open = openings.items[invoice], openings.open[invoice]
    discount = min(still_open, openings.discount(item, paid_on))
    rest = still_open - discount
    settles = still_open > ZERO and rest <= policy.tolerance(item.open, item.currency)
    return Parts(item, ZERO, discount, rest) if settles else None


def paid_by_others(matches: list[Match], cases: Iterable[Case], openings: OpenItems) -> list[Match]:
    """The matches, with differences not written off but paid by what other payments naming the item have left over.

    One that is no less than what the item was paid with is a second payment of it, and no rest.
    """
    lacking = {one.invoice: at for at, one in enumerate(matches) if one.certain and one.write_off}
    found = list(matches)
    for case in cases if lacking else ():
        for invoice in _names(case):
            at = lacking.get(invoice)
            if at is None or case.guessed or case.payment.guessed or not _rest_of(case, found[at]):
                continue
            used = min(case.left, found[at].write_off)
            found[at] = found[at]._replace(write_off=found[at].write_off - used)
            rule = MatchRule.REFERENCE if case.numbers else MatchRule.ORDER
            paid = matched(case, Parts(openings.items[invoice], used), rule, CONFIDENCE[rule], _REST)
            found.append(paid._replace(certain=True))
            case.left -= used
    return found


def _rest_of(case: Case, one: Match) -> bool:
    """Whether a payment has what the one of this match lacks."""
    same = case.customer == one.customer and case.payment.payment != one.payment
    return same and ZERO < case.left < one.amount and one.write_off > ZERO


def _names(case: Case) -> list[str]:
    return case.numbers or [item.invoice for item in case.ordered]
