"""The settings that the ledger was told."""

from __future__ import annotations

from sqlalchemy import Connection, select

from o2c_xl.ledger import schema

__all__ = ["settings_told"]


def settings_told(conn: Connection) -> dict[str, str]:
    """The value of each setting that was typed or loaded, as it was told."""
    return {row.setting: row.value for row in conn.execute(select(schema.settings))}
