"""Alembic's entry: runs the revisions on the connection that `o2c_xl.ledger.migrate` brings, in its transaction."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from o2c_xl.ledger.schema import metadata
from o2c_xl.ledger.types import Exact


def _render(kind: str, item: object, _context: AutogenContext) -> str | Literal[False]:
    # a revision says what lies in the database, so that it stays true when our own type changes
    return "sa.BigInteger()" if kind == "type" and isinstance(item, Exact) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=_render,
)
context.run_migrations()
