"""Page batches, and a fair line.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.add_column(
        "jobs",
        sa.Column(
            "first_page",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="of a page batch; 0: the whole document",
        ),
    )
    op.add_column(
        "jobs",
        sa.Column(
            "batch",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="of a page batch: the pages to read, each with the later ones that are the same: [[1], [2, 7]]",
        ),
    )
    op.alter_column("jobs", "state", comment="split: waits for its page batches")
    op.add_column("jobs", sa.Column("place", sa.DateTime(timezone=True), comment="in the line of its tenant and stage"))
    op.execute("UPDATE jobs SET place = created_at")
    op.alter_column("jobs", "place", nullable=False, server_default=sa.text("clock_timestamp()"))
    op.drop_constraint(op.f("uq_jobs_doc_id_generation_stage"), "jobs")
    op.create_unique_constraint(
        op.f("uq_jobs_doc_id_generation_stage_first_page"), "jobs", ["doc_id", "generation", "stage", "first_page"]
    )
    op.drop_constraint(op.f("ck_jobs_state"), "jobs")
    op.create_check_constraint(
        op.f("ck_jobs_state"), "jobs", "state IN ('waiting', 'running', 'split', 'done', 'dead')"
    )
    op.create_index("ix_jobs_line", "jobs", ["stage", "tenant_id", "place"], unique=False, postgresql_where=OPEN)
    op.create_table(
        "turns",
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("served_at", sa.DateTime(timezone=True), server_default=sa.text("'-infinity'"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_turns_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "stage", name=op.f("pk_turns")),
    )
    op.execute("INSERT INTO turns (tenant_id, stage) SELECT DISTINCT tenant_id, stage FROM jobs")


def downgrade() -> None:
    """Documents that are spread over batches become one job again; the pages that were read are kept."""
    op.drop_table("turns")
    op.drop_index("ix_jobs_line", table_name="jobs", postgresql_where=OPEN)
    op.execute("DELETE FROM jobs WHERE first_page > 0")
    op.execute("UPDATE jobs SET state = 'waiting', run_at = now(), woken_at = NULL WHERE state = 'split'")
    op.drop_constraint(op.f("ck_jobs_state"), "jobs")
    op.create_check_constraint(op.f("ck_jobs_state"), "jobs", "state IN ('waiting', 'running', 'done', 'dead')")
    op.drop_constraint(op.f("uq_jobs_doc_id_generation_stage_first_page"), "jobs")
    op.create_unique_constraint(op.f("uq_jobs_doc_id_generation_stage"), "jobs", ["doc_id", "generation", "stage"])
    op.alter_column("jobs", "state", comment=None)
    op.drop_column("jobs", "place")
    op.drop_column("jobs", "batch")
    op.drop_column("jobs", "first_page")
