"""${message}."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from o2c_xl.domain.issue import CannotRun

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Refuse: a ledger never goes back."""
    raise CannotRun("A ledger never goes back. Restore the copy that was made before the update.")
