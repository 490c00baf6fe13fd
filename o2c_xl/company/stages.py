"""The stages of a pass, in the order of the work: each a step, the books it needs, and what it is called.

Where a person has decided all there is to decide, the books carry it out without a step.

Goods and money that came in are posted first, so that they count for the orders that wait; what goes out comes last.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from o2c_xl.domain.issue import CannotRun
from o2c_xl.domain.policy import Policy
from o2c_xl.ledger.buying.bills import BillingBooks
from o2c_xl.ledger.buying.proposals import ProposalBooks
from o2c_xl.ledger.buying.sending import SendingBooks
from o2c_xl.ledger.cash.applying import ApplyingBooks
from o2c_xl.ledger.cash.bank_lines import BankLineBooks
from o2c_xl.ledger.cash.payments import PaymentBooks
from o2c_xl.ledger.cash.strangers import StrangerBooks
from o2c_xl.ledger.credit.check import CreditBooks
from o2c_xl.ledger.credit.limits import CreditLimitBooks
from o2c_xl.ledger.goods.allocation import AllocationBooks
from o2c_xl.ledger.goods.counting import CountingBooks
from o2c_xl.ledger.goods.picking import PickingBooks
from o2c_xl.ledger.goods.quarantine import QuarantineBooks
from o2c_xl.ledger.goods.receiving import ReceivingBooks
from o2c_xl.ledger.goods.returns import ReturnBooks
from o2c_xl.ledger.goods.shipping import ShippingBooks
from o2c_xl.ledger.goods.valuation import ValuationBooks
from o2c_xl.ledger.invoices.closing import ClosingBooks
from o2c_xl.ledger.invoices.invoicing import InvoicingBooks
from o2c_xl.ledger.invoices.opening import OpeningBooks
from o2c_xl.ledger.messages.asked import AskedBooks
from o2c_xl.ledger.ordering.actions import ActionBooks
from o2c_xl.ledger.ordering.pricing import PricingBooks
from o2c_xl.ledger.ordering.taxing import TaxingBooks
from o2c_xl.ledger.receivables.account_statements import StatementBooks
from o2c_xl.ledger.receivables.invoice_actions import InvoiceActionBooks
from o2c_xl.ledger.receivables.penalties import PenaltyBooks
from o2c_xl.ledger.receivables.reminders import ReminderBooks
from o2c_xl.ledger.receivables.withdrawing import WithdrawingBooks
from o2c_xl.ledger.receivables.writeoffs import WriteOffBooks
from o2c_xl.ledger.store import Ledger
from o2c_xl.steps.act_on_invoices import act_on_invoices
from o2c_xl.steps.act_on_orders import act_on_orders
from o2c_xl.steps.allocate import allocate
from o2c_xl.steps.apply_payments import apply_payments
from o2c_xl.steps.check_credit import check_credit
from o2c_xl.steps.close_orders import close_orders
from o2c_xl.steps.count_stock import count_stock, is_later, is_opening
from o2c_xl.steps.decide_quarantine import decide_quarantine
from o2c_xl.steps.guess_payers import guess_payers
from o2c_xl.steps.invoice import invoice
from o2c_xl.steps.pick import pick
from o2c_xl.steps.post_bank_lines import post_bank_lines
from o2c_xl.steps.post_bills import post_bills
from o2c_xl.steps.post_returns import post_returns
from o2c_xl.steps.price_orders import price_orders
from o2c_xl.steps.propose_purchases import propose_purchases
from o2c_xl.steps.receive_goods import receive_goods
from o2c_xl.steps.receive_payments import receive_payments
from o2c_xl.steps.remind import remind
from o2c_xl.steps.send_purchases import send_purchases
from o2c_xl.steps.ship import send_parcels, ship
from o2c_xl.steps.state_accounts import state_accounts
from o2c_xl.steps.take_opening_items import take_opening_items
from o2c_xl.steps.tax_orders import tax_orders
from o2c_xl.steps.value_stock import value_stock
from o2c_xl.steps.widen_credit import widen_credit
from o2c_xl.steps.withdraw_reminders import withdraw_reminders
from o2c_xl.steps.write_off import write_off

__all__ = ["STAGES", "Stage", "stages_named"]

Runner = Callable[[Ledger, Policy, dt.date], int]


# Signs beyond Latin, Greek, Cyrillic and punctuation, which typst's own fonts have.
_SELDOM = re.compile("[^\\x00-\u024f\u0384-\u045f\u1e00-\u1eff\u2010-\u203f\u20a0-\u20bf]")


def _unset(text: str) -> str:
    """The signs that no font has; nearly every text has none that is worth to start the typesetter for."""
    if not _SELDOM.search(text):
        return ""
    from o2c_xl.documents.pdf import unset_signs  # noqa: PLC0415 -- typst takes a tenth of a second

    return unset_signs(text)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name in counts, what is told while it runs, and the work; it returns how many it did.

    Work that is done in two parts of the run has one name.
    """

    name: str
    telling: str
    run: Runner


STAGES: tuple[Stage, ...] = (
    Stage("stock valuation", "Looking how stock is valued", lambda b, p, d: value_stock(ValuationBooks(b, d), p).count),
    Stage("shipments", "Sending what left", lambda b, p, d: send_parcels(ShippingBooks(b, d, p), p)),
    Stage("actions", "Acting on what was asked of orders", lambda b, _p, d: act_on_orders(ActionBooks(b, d))),
    Stage(
        "opening items",
        "Taking opening items",
        lambda b, p, d: take_opening_items(OpeningBooks(b, d, p.currency)).count,
    ),
    Stage(
        "counts",
        "Taking opening stock",
        lambda b, p, d: count_stock(CountingBooks(b, d, p, is_opening), p).count,
    ),
    Stage("receipts", "Receiving goods", lambda b, p, d: receive_goods(ReceivingBooks(b, d, p), p).count),
    Stage(
        "quarantine", "Deciding on quarantined goods", lambda b, p, d: decide_quarantine(QuarantineBooks(b, d, p)).count
    ),
    Stage("returns", "Taking returns back", lambda b, p, d: post_returns(ReturnBooks(b, d, p), p)),
    # what people say of a day came and left before they counted at its end
    Stage("counts", "Posting stock counts", lambda b, p, d: count_stock(CountingBooks(b, d, p, is_later), p).count),
    Stage("bills", "Posting suppliers' bills", lambda b, p, d: post_bills(BillingBooks(b, d, p), d).count),
    Stage(
        "invoice actions",
        "Acting on what was asked of invoices",
        lambda b, p, d: act_on_invoices(InvoiceActionBooks(b, d, p.values)),
    ),
    Stage("bank lines", "Reading bank lines", lambda b, _p, d: post_bank_lines(BankLineBooks(b, d)).count),
    Stage("payments", "Posting payments", lambda b, p, d: receive_payments(PaymentBooks(b, d, p.currency)).count),
    Stage("applied", "Applying payments", lambda b, p, d: apply_payments(ApplyingBooks(b, d), p).count),
    Stage("guessed", "Looking who unknown payers may be", lambda b, _p, d: guess_payers(StrangerBooks(b, d))),
    Stage("priced", "Completing and pricing orders", lambda b, p, d: price_orders(PricingBooks(b, d, p), p)),
    Stage("taxed anew", "Looking at tax rates", lambda b, p, d: tax_orders(TaxingBooks(b, d, p), p)),
    Stage("credit limits", "Taking over approved credit", lambda b, _p, d: widen_credit(CreditLimitBooks(b, d))),
    Stage("credit", "Checking credit", lambda b, p, d: check_credit(CreditBooks(b, d, p), p, d)),
    Stage("allocated", "Allocating stock", lambda b, p, d: allocate(AllocationBooks(b, d, p), p, d).count),
    Stage(
        "purchases proposed",
        "Proposing purchases",
        lambda b, p, d: propose_purchases(ProposalBooks(b, d, p), p, d).count,
    ),
    Stage("purchases sent", "Sending purchase orders", lambda b, p, d: send_purchases(SendingBooks(b, d, p), p).count),
    Stage("picked", "Picking", lambda b, p, d: pick(PickingBooks(b, d), p, d)),
    Stage("shipments", "Packing and shipping", lambda b, p, d: ship(ShippingBooks(b, d, p), p)),
    Stage("invoiced", "Invoicing", lambda b, p, d: invoice(InvoicingBooks(b, d), p, _unset)),
    Stage("written off", "Writing off", lambda b, p, d: write_off(WriteOffBooks(b, d), p).count),
    Stage("settled", "Applying prepayments", lambda b, p, d: apply_payments(ApplyingBooks(b, d), p).count),
    Stage(
        "statements of account",
        "Making statements of account",
        lambda b, p, d: state_accounts(StatementBooks(b, d), d, monthly=p.statements_monthly),
    ),
    Stage("messages decided", "Taking decisions on messages", lambda b, _p, d: AskedBooks(b, d).work_off()),
    Stage("penalties", "Charging penalties", lambda b, _p, d: PenaltyBooks(b, d).work_off()),
    Stage(
        "reminders withdrawn",
        "Looking at reminders that wait",
        lambda b, p, d: withdraw_reminders(WithdrawingBooks(b, d, p.reminders), p.reminders),
    ),
    Stage(
        "reminded",
        "Reminding of what is past due",
        lambda b, p, d: remind(ReminderBooks(b, d, p.reminders), p.reminders, d),
    ),
    Stage("closed", "Closing orders", lambda b, _p, d: close_orders(ClosingBooks(b, d))),
)


def stages_named(names: Sequence[str]) -> list[Stage]:
    """The stages of these names, in the order of the work; raises CannotRun naming those there are."""
    known = list(dict.fromkeys(stage.name for stage in STAGES))
    wrong = next((name for name in names if name not in known), None)
    if wrong is not None:
        raise CannotRun(f"There is no stage {wrong}. The stages are: {', '.join(known)}.")
    return [stage for stage in STAGES if stage.name in names]
