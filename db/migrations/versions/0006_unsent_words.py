"""A reason to reject and a comment that are typed and not sent yet: a reload loses neither.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def uuid(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.UUID(as_uuid=False), nullable=False)


def words(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), server_default="", nullable=False)


def refers(column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_unsent_words_{column}"), ondelete=ondelete)


def upgrade() -> None:
    op.create_table(
        "unsent_words",
        uuid("doc_id"),
        uuid("user_id"),
        uuid("tenant_id"),
        words("reason"),
        words("comment"),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        refers("doc_id", "docs", "CASCADE"),
        refers("user_id", "users"),
        refers("tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("doc_id", "user_id", name=op.f("pk_unsent_words")),
    )


def downgrade() -> None:
    op.drop_table("unsent_words")
