"""What people at work need: locks, drafts, comments, saved views; priority, assignee and time per document.

Revision: 0004, after 0003
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def uuid(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.UUID(as_uuid=False), nullable=nullable)


def key() -> sa.Column[str]:
    return sa.Column("id", sa.UUID(as_uuid=False), server_default=sa.text("gen_random_uuid()"), nullable=False)


def at(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def refers(table: str, column: str, to: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{to}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def upgrade() -> None:
    op.add_column(
        "docs",
        sa.Column("review_seconds", sa.Float(), comment="how long the person who decided it had it open"),
    )
    op.add_column("docs", sa.Column("assignee_id", sa.UUID(as_uuid=False), comment="whose work it is; none: anybody's"))
    op.create_foreign_key(op.f("fk_docs_assignee_id"), "docs", "users", ["assignee_id"], ["id"])
    op.add_column(
        "docs",
        sa.Column("priority", sa.Integer(), server_default="0", nullable=False, comment="-1 low, 0 normal, 1 high"),
    )
    op.create_check_constraint(op.f("ck_docs_priority"), "docs", "priority BETWEEN -1 AND 1")
    op.create_index(
        "ix_docs_waiting_age",
        "docs",
        ["tenant_id", "created_at"],
        postgresql_where=sa.text("processing_status IN ('needs_review', 'error')"),
    )
    op.create_table(
        "comments",
        key(),
        uuid("tenant_id"),
        uuid("doc_id"),
        uuid("user_id"),
        sa.Column("body", sa.Text(), nullable=False),
        at("created_at"),
        refers("comments", "tenant_id", "tenants"),
        refers("comments", "doc_id", "docs", "CASCADE"),
        refers("comments", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
    )
    op.create_index("ix_comments_doc_id", "comments", ["doc_id"])
    op.create_table(
        "review_locks",
        uuid("doc_id"),
        uuid("tenant_id"),
        uuid("user_id"),
        sa.Column("session", sa.Text(), nullable=False, comment="of the browser tab: one person may have two"),
        at("taken_at"),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted_by", sa.UUID(), comment="who else has looked at it last"),
        sa.Column("wanted_at", sa.DateTime(timezone=True)),
        refers("review_locks", "doc_id", "docs", "CASCADE"),
        refers("review_locks", "tenant_id", "tenants"),
        refers("review_locks", "user_id", "users"),
        refers("review_locks", "wanted_by", "users"),
        sa.PrimaryKeyConstraint("doc_id", name=op.f("pk_review_locks")),
    )
    op.create_table(
        "drafts",
        uuid("doc_id"),
        uuid("user_id"),
        uuid("tenant_id"),
        sa.Column("doc_version", sa.Integer(), nullable=False, comment="the version that was typed over"),
        sa.Column("entries", JSONB, nullable=False, comment="field -> what was typed"),
        at("updated_at"),
        refers("drafts", "doc_id", "docs", "CASCADE"),
        refers("drafts", "user_id", "users"),
        refers("drafts", "tenant_id", "tenants"),
        sa.PrimaryKeyConstraint("doc_id", "user_id", name=op.f("pk_drafts")),
    )
    op.create_table(
        "saved_views",
        key(),
        uuid("tenant_id"),
        uuid("user_id"),
        sa.Column("screen", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("params", JSONB, nullable=False, comment="the address's parameters: name -> list of values"),
        at("created_at"),
        refers("saved_views", "tenant_id", "tenants"),
        refers("saved_views", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("user_id", "screen", "name", name=op.f("uq_saved_views_user_id_screen_name")),
    )


def downgrade() -> None:
    for table in ("saved_views", "drafts", "review_locks", "comments"):
        op.drop_table(table)
    op.drop_index("ix_docs_waiting_age", "docs")
    op.drop_constraint(op.f("ck_docs_priority"), "docs")
    for column in ("priority", "assignee_id", "review_seconds"):
        op.drop_column("docs", column)
