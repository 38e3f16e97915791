"""Calls of a language model, what they cost, what their surrogates stand for, and documents to be read again with it.

Revision: 0003, after 0002
"""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(astext_type=sa.Text())


def tenant(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id")),
    )


def doc(table: str) -> tuple[sa.Column[str], sa.ForeignKeyConstraint]:
    return (
        sa.Column("doc_id", sa.UUID(as_uuid=False), nullable=False),
        sa.ForeignKeyConstraint(["doc_id"], ["docs.id"], name=op.f(f"fk_{table}_doc_id"), ondelete="CASCADE"),
    )


def at(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def upgrade() -> None:
    op.drop_constraint(op.f("ck_jobs_stage"), "jobs")
    op.create_check_constraint(
        op.f("ck_jobs_stage"), "jobs", "stage IN ('ocr', 'classification', 'extraction', 'reread')"
    )
    op.create_table(
        "llm_calls",
        sa.Column("id", sa.UUID(as_uuid=False), server_default=sa.text("gen_random_uuid()"), nullable=False),
        *tenant("llm_calls"),
        *doc("llm_calls"),
        sa.Column(
            "generation",
            sa.Integer(),
            nullable=False,
            comment="of the run; an answer is used again within its run only",
        ),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("engine", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("template_version", sa.Integer(), nullable=False),
        sa.Column("prompt_hash", sa.Text(), nullable=False),
        sa.Column(
            "prompt", JSONB, nullable=False, comment="what the model saw: surrogates stand for what is sensitive"
        ),
        sa.Column("answer", sa.Text(), comment="as the model wrote it; none where it gave none"),
        sa.Column("tool_calls", JSONB, server_default="[]", nullable=False),
        sa.Column(
            "tokens", JSONB, server_default="[]", nullable=False, comment="of the answer, with their log-probabilities"
        ),
        sa.Column("prompt_tokens", sa.Integer()),
        sa.Column("answer_tokens", sa.Integer()),
        sa.Column("latency_ms", sa.Float(), nullable=False),
        sa.Column("usd", sa.Float(), server_default="0", nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False, comment="ok, or the error's code"),
        at("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_llm_calls")),
    )
    op.create_index("ix_llm_calls_doc", "llm_calls", ["doc_id", "created_at"])
    op.create_index(
        "uq_llm_calls_answer",
        "llm_calls",
        ["doc_id", "generation", "prompt_hash"],
        unique=True,
        postgresql_where=sa.text("outcome = 'ok'"),
    )
    op.create_table(
        "usage",
        *tenant("usage"),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("calls", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("prompt_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("answer_tokens", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("usd", sa.Float(), server_default="0", nullable=False),
        at("last_call_at"),
        sa.PrimaryKeyConstraint("tenant_id", "hour", name=op.f("pk_usage")),
    )
    op.create_table(
        "masks",
        *doc("masks"),
        *tenant("masks"),
        sa.Column(
            "sealed", sa.LargeBinary(), nullable=False, comment="what stands behind a document's surrogates, encrypted"
        ),
        at("created_at"),
        sa.PrimaryKeyConstraint("doc_id", name=op.f("pk_masks")),
    )
    op.create_table(
        "tool_usage_logs",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        *tenant("tool_usage_logs"),
        *doc("tool_usage_logs"),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("arguments", JSONB, nullable=False),
        sa.Column("how", sa.Text(), nullable=False, comment="called, written, cached, plain"),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("results", sa.Integer(), nullable=False),
        sa.Column("wall_ms", sa.Float(), nullable=False),
        at("created_at"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tool_usage_logs")),
    )
    op.create_index("ix_tool_usage_logs_doc", "tool_usage_logs", ["doc_id"])


def downgrade() -> None:
    """What waits to be read again keeps the built-in result; the record of calls is given up."""
    for table in ("tool_usage_logs", "masks", "usage", "llm_calls"):
        op.drop_table(table)
    op.execute("DELETE FROM turns WHERE stage = 'reread'")
    op.execute("DELETE FROM jobs WHERE stage = 'reread'")
    op.drop_constraint(op.f("ck_jobs_stage"), "jobs")
    op.create_check_constraint(op.f("ck_jobs_stage"), "jobs", "stage IN ('ocr', 'classification', 'extraction')")
