"""Of a call about several documents, what each one's part of the answer depends on: so that it is used again.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "llm_calls",
        sa.Column(
            "part_hash", sa.Text(), comment="of what this document's part depends on, where a call may be about several"
        ),
    )


def downgrade() -> None:
    op.drop_column("llm_calls", "part_hash")
