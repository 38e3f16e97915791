"""The work that waits, and what came of each stage."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from db.tables.columns import at_column, doc_column, id_column, metadata, tenant_column

jobs = Table(
    "jobs",
    metadata,
    id_column(),
    tenant_column(),
    doc_column(),
    Column("generation", Integer, nullable=False, server_default="1", comment="grows with each retry by a person"),
    Column("stage", Text, nullable=False),
    Column("first_page", Integer, nullable=False, server_default="0", comment="of a page batch; 0: the whole document"),
    Column(
        "batch",
        JSONB(none_as_null=True),
        comment="of a page batch: the pages to read, each with the later ones that are the same: [[1], [2, 7]]",
    ),
    Column("state", Text, nullable=False, server_default="waiting", comment="split: waits for its page batches"),
    Column(
        "place",
        DateTime(timezone=True),
        nullable=False,
        server_default=text("clock_timestamp()"),
        comment="in the line of its tenant and stage",
    ),
    at_column("run_at"),
    Column("attempts", Integer, nullable=False, server_default="0", comment="claims, also those whose worker died"),
    Column("lease_until", DateTime(timezone=True)),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("worker", Text),
    Column("woken_at", DateTime(timezone=True)),
    Column("traceparent", Text),
    Column("last_error", Text, comment="a code, never a message: messages may quote the document"),
    at_column("created_at"),
    Column("finished_at", DateTime(timezone=True)),
    UniqueConstraint("doc_id", "generation", "stage", "first_page"),
    CheckConstraint("state IN ('waiting', 'running', 'split', 'done', 'dead')", name="state"),
    CheckConstraint("stage IN ('ocr', 'classification', 'extraction', 'reread')", name="stage"),
    Index("ix_jobs_due", "run_at", postgresql_where=text("state IN ('waiting', 'running')")),
    Index("ix_jobs_line", "stage", "tenant_id", "place", postgresql_where=text("state IN ('waiting', 'running')")),
)

turns = Table(
    "turns",
    metadata,
    Column("tenant_id", UUID(as_uuid=False), ForeignKey("tenants.id"), primary_key=True),
    Column("stage", Text, primary_key=True),
    Column("served_at", DateTime(timezone=True), nullable=False, server_default=text("'-infinity'")),
)
"""When a tenant was last served at a stage: whoever waited longest is next."""

stage_results = Table(
    "stage_results",
    metadata,
    id_column(),
    tenant_column(),
    doc_column(),
    Column("stage", Text, nullable=False),
    Column("stage_version", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("result", JSONB, nullable=False),
    Column("wall_ms", Float, nullable=False),
    Column("worker", Text),
    at_column("created_at"),
    UniqueConstraint("doc_id", "stage", "stage_version"),
    Index("ix_stage_results_created", "tenant_id", "created_at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    tenant_column(),
    Column("job_id", UUID(as_uuid=False), ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    at_column("created_at"),
    Column("sent_at", DateTime(timezone=True)),
    Index("ix_outbox_unsent", "id", postgresql_where=text("sent_at IS NULL")),
)
