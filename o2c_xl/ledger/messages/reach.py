"""By what way a message reaches whom, as the customers and suppliers stand now."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, select

from o2c_xl.domain.telling import NOTICES, Audience, Way, address_of, kind_of
from o2c_xl.ledger import schema
from o2c_xl.ledger.lookups import chunks, rows_by_key

__all__ = ["Reach", "reaches", "told", "without_address"]

_c = schema.outbox.c
_NO_PARTY: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Reach:
    """`way` and `to`, the address where the way is Email; `lack` says what is missing and which cell to fill.

    `party` holds what is known of the customer or supplier: id, name, address, country.
    """

    way: Way
    to: str
    party_id: str
    party: dict[str, str]
    lack: str = ""


def told(row: Any) -> dict[str, Any]:  # noqa: ANN401 -- a row
    """What a message was put in with."""
    data = json.loads(row.data) if row.data else {}
    return data if isinstance(data, dict) else {}


def reaches(conn: Connection, rows: Sequence[Any]) -> dict[str, Reach]:
    """How each message goes, by its number."""
    parties = _parties(conn, rows)
    audience = {row.message: kind_of(row.kind).audience for row in rows}

    def of(who: Audience) -> set[str]:
        return {parties[key] for key, one in audience.items() if one is who}

    customers = _known(conn, schema.customers, "customer_id", of(Audience.CUSTOMER), ("invoice_by",))
    suppliers = _known(conn, schema.suppliers, "supplier_id", of(Audience.SUPPLIER))
    found = {}
    for row in rows:
        key = parties[row.message]
        if audience[row.message] is Audience.CUSTOMER:
            found[row.message] = _customer(row, key, customers.get(key, _NO_PARTY))
        elif audience[row.message] is Audience.SUPPLIER:
            party = suppliers.get(key, _NO_PARTY)
            found[row.message] = _by_email(party.get("email") or row.to, f"Supplier {key}", "Suppliers", key, party)
        else:
            found[row.message] = _by_email(row.to, f"The sender of {row.about}", "the watcher's file", "", _NO_PARTY)
    return found


def _customer(row: Any, key: str, party: dict[str, str]) -> Reach:  # noqa: ANN401 -- a row
    """Notices go by email wherever there is an address; papers as the customer wants them."""
    email, wanted = party.get("email") or row.to, party.get("invoice_by", "")
    notice = row.kind in NOTICES
    way = Way(wanted) if wanted in set(Way) else Way.EMAIL if email else Way.MAIL
    if way is Way.EMAIL or (notice and email and way is Way.MAIL):
        return _by_email(email, f"Customer {key}", "Customers", key, party)
    lack = (
        ""
        if way is Way.PORTAL or party.get("city")
        else (f"Customer {key} has no address to mail letters to. Enter Street and City in Customers, or Email.")
    )
    return Reach(way, "", key, party, lack)


def _by_email(email: str, who: str, sheet: str, key: str, party: dict[str, str]) -> Reach:
    address = address_of(email)
    lack = ""
    if not email:
        lack = f"{who} has no email address. Enter it in {sheet}, column Email."
    elif address is None:
        lack = f"{who}: '{email}' is no email address. Correct it in {sheet}, column Email; one address only."
    return Reach(Way.EMAIL, address or "", key, party, lack)


def _known(
    conn: Connection, table: Table, key: str, keys: set[str], more: tuple[str, ...] = ()
) -> dict[str, dict[str, str]]:
    names = (key, "name", "email", "street", "city", "postal_code", "country", *more)
    columns = [table.c[name] for name in names]
    return {row[0]: {"id": row[0], **row._asdict()} for row in rows_by_key(conn, columns, columns[0], keys - {""})}


def _parties(conn: Connection, rows: Sequence[Any]) -> dict[str, str]:
    """Customer or supplier of each message, by its number; found by what it is about where it does not say."""
    found = {row.message: row.party or str(told(row).get("customer") or "") for row in rows}
    open_ = [row for row in rows if not found[row.message]]
    for kinds, table, key, party in _OWNERS:
        mine = [row for row in open_ if row.kind in kinds]
        columns = (table.c[key], table.c[party])
        owners = {one[0]: one[1] for one in rows_by_key(conn, columns, table.c[key], [row.about for row in mine])}
        found |= {row.message: owners.get(row.about, "") for row in mine}
    shipped = [row for row in open_ if row.kind == "Shipment"]
    s, o = schema.shipments.c, schema.orders.c
    for part in chunks(row.about for row in shipped):
        join = select(s.shipment, o.customer_id).join_from(schema.shipments, schema.orders, s.order == o.order)
        owners = {one.shipment: one.customer_id for one in conn.execute(join.where(s.shipment.in_(part)))}
        found |= {row.message: owners[row.about] for row in shipped if row.about in owners}
    return found


_OWNERS = (
    (("Invoice", "Credit note"), schema.invoices, "invoice", "account"),
    (
        ("Order confirmation", "Missing data", "Alternatives", "Delay", "Order on hold"),
        schema.orders,
        "order",
        "customer_id",
    ),
    (("Purchase order", "Purchase order cancelled"), schema.purchase_orders, "po", "supplier_id"),
)


def without_address(conn: Connection) -> Sequence[Any]:
    """Documents that wait for customers who ask for Email and have no address."""
    k = schema.customers.c
    bad = select(k.customer_id).where(k.invoice_by == "Email", k.email == "")
    kinds = ("Invoice", "Credit note", "Reminder", "Statement of account")
    return conn.execute(
        select(schema.outbox).where(_c.status == "Waiting", _c.kind.in_(kinds), _c.party.in_(bad), _c.to == "")
    ).all()
