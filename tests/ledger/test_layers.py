"""Cost layers in every kind of database: they follow the movements, through any change of the valuation."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import event, select, text

from o2c_xl.domain.accounts import count_legs, receipt_legs, receipt_return_legs, shipment_legs
from o2c_xl.domain.goods.layers import Layer, NotTheLayersCost, Valuation
from o2c_xl.domain.goods.stock import CannotCount, Move, NotEnoughStock, count, issue, leave_quarantine, receive
from o2c_xl.domain.policy import policy_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.goods.valuation import ValuationBooks
from o2c_xl.ledger.proof.verify import verify
from o2c_xl.ledger.store import Ledger, Txn
from o2c_xl.steps.value_stock import value_stock
from tests.ledgers import DAY, open_ledger

D = Decimal
Event = tuple[str, str, Decimal, Decimal]
quantities = st.integers(1, 40).map(Decimal)
values = st.integers(0, 10_000).map(lambda cents: D(cents).scaleb(-2))
kinds = st.sampled_from(["receipt", "return", "quarantine", "shipment", "shipment", "leave", "count"])
batches = st.lists(st.tuples(kinds, st.sampled_from("AB"), quantities, values), max_size=8)
stories = st.lists(st.one_of(batches, st.sampled_from(list(Valuation))), max_size=8)


def _value_by(ledger: Ledger, method: Valuation) -> int:
    return value_stock(ValuationBooks(ledger, DAY), policy_of({"Stock valuation": str(method)})).count


def _record(ledger: Ledger, *events: Event) -> None:
    with ledger.transaction(DAY) as txn:
        for one in events:
            _happen(txn, *one)


def _happen(txn: Txn, kind: str, sku: str, quantity: Decimal, value: Decimal) -> None:
    at = txn.positions([sku])[sku]
    move: Move | None
    if kind == "shipment":
        _, move = issue(at, quantity, "EUR")
        legs = shipment_legs(-move.value, "EUR")
    elif kind == "leave":
        _, move = leave_quarantine(at, quantity, "EUR", value)
        legs = receipt_return_legs(-move.value, value, "EUR", "S-1")
    elif kind == "count":
        _, move = count(at, quantity, "EUR", D("1.25"))
        legs = count_legs(move.value if move else D(0), "EUR")
    else:
        _, move = receive(at, quantity, value, kind, quantity if kind == "quarantine" else D(0))
        legs = receipt_legs(value, "EUR", "S-1")
    txn.record("goods moved", sku, legs=legs, moves=[move] if move else [])


def _layers(ledger: Ledger, sku: str = "A") -> list[Layer]:
    table = schema.layers
    statement = select(table.c.quantity, table.c.value).where(table.c.sku == sku).order_by(table.c.layer)
    with ledger.reading() as conn:
        return [Layer(*row) for row in conn.execute(statement)]


def _broken(ledger: Ledger) -> list[str]:
    # the movements here belong to no receipt or shipment: only what verify says of stock and layers counts
    return [str(check) for check in verify(ledger) if not check.ok and _is_of_stock(check.name)]


def _is_of_stock(name: str) -> bool:
    return "layer" in name or "valued" in name or "movements" in name or "stock" in name.casefold()


def test_goods_leave_at_the_cost_of_the_oldest(ledger: Ledger) -> None:
    _value_by(ledger, Valuation.FIFO)
    _record(ledger, ("receipt", "A", D(10), D("10.00")), ("receipt", "A", D(5), D("7.00")))

    _record(ledger, ("shipment", "A", D(12), D(0)))

    with ledger.reading() as conn:
        cost = conn.execute(select(schema.movements.c.value).where(schema.movements.c.quantity < D(0))).scalar_one()
    assert cost == D("-12.80")
    assert _layers(ledger) == [Layer(D(3), D("4.20"))]
    assert _broken(ledger) == []


def test_layers_of_one_transaction_and_of_many_are_the_same(ledger: Ledger) -> None:
    story: list[Event] = [
        ("receipt", "A", D(3), D("10.00")),
        ("shipment", "A", D(1), D(0)),
        ("receipt", "B", D(2), D("5.00")),
        ("receipt", "A", D(2), D("8.00")),
        ("shipment", "A", D(3), D(0)),
        ("return", "A", D(1), D("3.33")),
        ("shipment", "B", D(2), D(0)),
        ("receipt", "B", D(4), D("4.00")),
    ]
    _value_by(ledger, Valuation.FIFO)

    _record(ledger, *story)
    at_once = _layers(ledger), _layers(ledger, "B")
    _record(ledger, ("shipment", "A", D(2), D(0)), ("shipment", "B", D(4), D(0)))
    for one in story:
        _record(ledger, one)

    assert (_layers(ledger), _layers(ledger, "B")) == at_once
    assert at_once == ([Layer(D(1), D("4.00")), Layer(D(1), D("3.33"))], [Layer(D(4), D("4.00"))])
    assert _broken(ledger) == []


def test_a_change_makes_one_layer_of_what_is_there_and_posts_nothing(ledger: Ledger) -> None:
    _record(ledger, ("receipt", "A", D(3), D("10.00")), ("receipt", "A", D(1), D("2.00")))
    _record(ledger, ("receipt", "B", D(1), D("2.00")), ("shipment", "B", D(1), D(0)))

    changed = [_value_by(ledger, Valuation.FIFO), _value_by(ledger, Valuation.FIFO)]

    assert changed == [1, 0]
    assert (_layers(ledger), _layers(ledger, "B")) == ([Layer(D(4), D("12.00"))], [])
    with ledger.reading() as conn:
        last = conn.execute(select(schema.journal).order_by(schema.journal.c.seq.desc())).first()
    assert last is not None
    assert (last.event, last.subject, last.digest) == ("stock valuation changed", "FIFO", "")
    assert _broken(ledger) == []


def test_back_on_the_average_there_are_no_layers_and_stock_keeps_its_value(ledger: Ledger) -> None:
    _value_by(ledger, Valuation.FIFO)
    _record(ledger, ("receipt", "A", D(3), D("3.00")), ("receipt", "A", D(1), D("5.00")))

    _value_by(ledger, Valuation.MOVING_AVERAGE)
    _record(ledger, ("shipment", "A", D(1), D(0)))

    with ledger.reading() as conn:
        assert conn.execute(select(schema.stock.c.value)).scalar_one() == D("6.00")
    assert _layers(ledger) == []
    assert _broken(ledger) == []


def test_a_cost_that_the_oldest_layers_do_not_have_stops_the_transaction(ledger: Ledger) -> None:
    _value_by(ledger, Valuation.FIFO)
    _record(ledger, ("receipt", "A", D(3), D("3.00")), ("receipt", "A", D(1), D("5.00")))
    head = ledger.head()

    with pytest.raises(NotTheLayersCost), ledger.transaction(DAY) as txn:
        txn.record("goods moved", "A", legs=shipment_legs(D("2.50"), "EUR"), moves=[Move("A", D(-1), D("-2.50"), "")])

    assert ledger.head() == head
    assert _broken(ledger) == []


@given(stories)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_whatever_happens_in_whatever_order_layers_are_the_stock(story: Sequence[list[Event] | Valuation]) -> None:
    ledger = open_ledger()

    for chapter in story:
        if isinstance(chapter, Valuation):
            _value_by(ledger, chapter)
            continue
        with ledger.transaction(DAY) as txn:
            for one in chapter:
                try:
                    _happen(txn, *one)
                except (NotEnoughStock, CannotCount):
                    continue

    assert _broken(ledger) == []
    with ledger.reading() as conn:
        moved = conn.execute(select(schema.movements.c.quantity, schema.movements.c.value)).all()
        left = sum(conn.execute(select(schema.stock.c.value)).scalars(), D(0))
    received = sum((row.value for row in moved if row.quantity > 0), D(0))
    assert received + sum((row.value for row in moved if row.quantity < 0), D(0)) == left
    ledger.engine.dispose()


@pytest.mark.parametrize(
    ("sql", "name"),
    [
        ("UPDATE layers SET quantity = quantity + 10000 WHERE layer = 2", "Cost layers add up to what is on hand"),
        ("UPDATE layers SET value = value - 1 WHERE layer = 2", "Cost layers add up to the stock value"),
        ("UPDATE layers SET value = 20000 + 30000 * (2 - layer)", "Cost layers are what the movements made"),
        ("UPDATE layers SET entry = entry + 1 WHERE layer = 1", "Cost layers are what the movements made"),
        ("DELETE FROM layers", "Cost layers add up to what is on hand"),
        ("DELETE FROM valuations", "Each change of how stock is valued"),
        ("UPDATE valuations SET method = 'Moving average'", "Each change of how stock is valued"),
        ("UPDATE valuations SET method = 'LIFO'", "Cost layers add up to what is on hand"),
    ],
)
def test_whoever_changes_layers_by_hand_is_found(ledger: Ledger, sql: str, name: str) -> None:
    _value_by(ledger, Valuation.FIFO)
    _record(ledger, ("receipt", "A", D(1), D("2.00")))
    _record(ledger, ("receipt", "A", D(1), D("5.00")))

    with ledger.engine.connect().execution_options(o2c_write=True) as conn, conn.begin():
        assert conn.execute(text(sql)).rowcount

    assert any(name in line for line in _broken(ledger))


def test_a_cost_posted_by_hand_is_found_at_its_movement(memory_ledger: Ledger) -> None:
    _value_by(memory_ledger, Valuation.FIFO)
    _record(memory_ledger, ("receipt", "A", D(2), D("2.00")), ("receipt", "A", D(2), D("5.00")))
    _record(memory_ledger, ("shipment", "A", D(2), D(0)))

    with memory_ledger.engine.connect().execution_options(o2c_write=True) as conn, conn.begin():
        conn.execute(text("UPDATE movements SET value = value - 10000 WHERE quantity < 0"))

    assert any("expected the cost of the oldest layers" in line for line in _broken(memory_ledger))


def test_reading_and_writing_layers_takes_as_many_statements_for_many_movements_as_for_few(
    memory_ledger: Ledger,
) -> None:
    _value_by(memory_ledger, Valuation.FIFO)
    told: list[str] = []
    event.listen(memory_ledger.engine, "before_cursor_execute", lambda _c, _k, sql, *_rest: told.append(sql))

    def statements(size: int, offset: int) -> int:
        told.clear()
        with memory_ledger.transaction(DAY) as txn:
            skus = [f"P{offset + n}" for n in range(size)]
            for sku, at in sorted(txn.positions(skus).items()):
                _, move = receive(at, D(2), D("5.00"))
                txn.record("goods moved", sku, legs=receipt_legs(D("5.00"), "EUR", "S-1"), moves=[move])
        return len(told)

    assert statements(3, 0) == statements(300, 1000)
