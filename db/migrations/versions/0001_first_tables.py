"""First tables, with the local tenant and its admin.

Revision: 0001, after none
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tenants",
        sa.Column("id", sa.UUID(as_uuid=False), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
        sa.UniqueConstraint("name", name=op.f("uq_tenants_name")),
    )
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False, comment="a user's id, or 'system'"),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column(
            "doc_id", sa.UUID(as_uuid=False), nullable=True, comment="no foreign key: the trail outlives the document"
        ),
        sa.Column(
            "details",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="{}",
            nullable=False,
            comment="names and codes, never values",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_audit_events_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    op.create_index("ix_audit_events_doc", "audit_events", ["doc_id"], unique=False)
    op.create_table(
        "metrics_history",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("metrics", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_metrics_history_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_metrics_history")),
    )
    op.create_index("ix_metrics_history_at", "metrics_history", ["tenant_id", "at"], unique=False)
    op.create_table(
        "users",
        sa.Column("id", sa.UUID(as_uuid=False), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('analyst', 'manager', 'admin')", name=op.f("ck_users_role")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_users_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("tenant_id", "email", name=op.f("uq_users_tenant_id_email")),
    )
    op.create_table(
        "docs",
        sa.Column("id", sa.UUID(as_uuid=False), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("blob_key", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("page_count", sa.Integer(), nullable=False),
        sa.Column("uploaded_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("type", sa.Text(), nullable=True),
        sa.Column("type_confidence", sa.Float(), nullable=True),
        sa.Column(
            "machine_type",
            sa.Text(),
            nullable=True,
            comment="what the classifier said, kept when a person changes the type",
        ),
        sa.Column("type_evidence", postgresql.JSONB(astext_type=sa.Text()), server_default="{}", nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True, comment="of its least certain part"),
        sa.Column("processing_status", sa.Text(), server_default="received", nullable=False),
        sa.Column(
            "reasons",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default="[]",
            nullable=False,
            comment="why review: code, sentence, field",
        ),
        sa.Column("machine_reasons", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("partial", sa.Boolean(), server_default="false", nullable=False),
        sa.Column(
            "sample_draw", sa.Float(), nullable=True, comment="0..1, drawn once; below the sampling rate means review"
        ),
        sa.Column("ocr_text", sa.Text(), server_default="", nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("reviewed_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reject_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "processing_status IN ('received', 'ocr', 'classifying', 'extracting', 'needs_review', 'auto_approved', 'approved', 'rejected', 'error')",
            name=op.f("ck_docs_status"),
        ),
        sa.ForeignKeyConstraint(["reviewed_by"], ["users.id"], name=op.f("fk_docs_reviewed_by")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_docs_tenant_id")),
        sa.ForeignKeyConstraint(["uploaded_by"], ["users.id"], name=op.f("fk_docs_uploaded_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_docs")),
        sa.UniqueConstraint("tenant_id", "sha256", name=op.f("uq_docs_tenant_id_sha256")),
    )
    op.create_index(
        "ix_docs_ocr_text",
        "docs",
        [sa.literal_column("to_tsvector('english', ocr_text)")],
        unique=False,
        postgresql_using="gin",
    )
    op.create_index(
        "ix_docs_tenant_created",
        "docs",
        ["tenant_id", sa.literal_column("created_at DESC"), sa.literal_column("id DESC")],
        unique=False,
    )
    op.create_index("ix_docs_type_confidence", "docs", ["type", "confidence"], unique=False)
    op.create_index(
        "ix_docs_waiting",
        "docs",
        ["tenant_id", "confidence"],
        unique=False,
        postgresql_where=sa.text("processing_status IN ('needs_review', 'error')"),
    )
    op.create_table(
        "settings",
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("updated_by", sa.UUID(as_uuid=False), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_settings_tenant_id")),
        sa.ForeignKeyConstraint(["updated_by"], ["users.id"], name=op.f("fk_settings_updated_by")),
        sa.PrimaryKeyConstraint("tenant_id", "key", name=op.f("pk_settings")),
    )
    op.create_table(
        "corrections",
        sa.Column("id", sa.UUID(as_uuid=False), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("doc_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("field", sa.Text(), nullable=False, comment="a field's name, or 'type'"),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("user_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("doc_version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["doc_id"], ["docs.id"], name=op.f("fk_corrections_doc_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_corrections_tenant_id")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_corrections_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
    )
    op.create_index("ix_corrections_created_at", "corrections", [sa.literal_column("created_at DESC")], unique=False)
    op.create_index("ix_corrections_doc_id", "corrections", ["doc_id"], unique=False)
    op.create_table(
        "fields",
        sa.Column("doc_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("raw", sa.Text(), nullable=True),
        sa.Column("boxes", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("parts", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("findings", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("source", sa.Text(), server_default="machine", nullable=False),
        sa.Column(
            "machine_value",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="what the machine said, kept when a person corrects it",
        ),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("source IN ('machine', 'human')", name=op.f("ck_fields_source")),
        sa.ForeignKeyConstraint(["doc_id"], ["docs.id"], name=op.f("fk_fields_doc_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_fields_tenant_id")),
        sa.PrimaryKeyConstraint("doc_id", "name", name=op.f("pk_fields")),
    )
    op.create_index("ix_fields_value", "fields", ["value"], unique=False, postgresql_using="gin")
    op.create_table(
        "jobs",
        sa.Column("id", sa.UUID(as_uuid=False), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("doc_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column(
            "generation", sa.Integer(), server_default="1", nullable=False, comment="grows with each retry by a person"
        ),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), server_default="waiting", nullable=False),
        sa.Column("run_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "attempts", sa.Integer(), server_default="0", nullable=False, comment="claims, also those whose worker died"
        ),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("woken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column(
            "last_error", sa.Text(), nullable=True, comment="a code, never a message: messages may quote the document"
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("stage IN ('ocr', 'classification', 'extraction')", name=op.f("ck_jobs_stage")),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'dead')", name=op.f("ck_jobs_state")),
        sa.ForeignKeyConstraint(["doc_id"], ["docs.id"], name=op.f("fk_jobs_doc_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_jobs_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("doc_id", "generation", "stage", name=op.f("uq_jobs_doc_id_generation_stage")),
    )
    op.create_index(
        "ix_jobs_due", "jobs", ["run_at"], unique=False, postgresql_where=sa.text("state IN ('waiting', 'running')")
    )
    op.create_table(
        "pages",
        sa.Column("doc_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column(
            "content",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=False,
            comment="the page as pipeline.types.Page.to_json gives it",
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["doc_id"], ["docs.id"], name=op.f("fk_pages_doc_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_pages_tenant_id")),
        sa.PrimaryKeyConstraint("doc_id", "number", name=op.f("pk_pages")),
    )
    op.create_table(
        "stage_results",
        sa.Column("id", sa.UUID(as_uuid=False), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("doc_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("stage_version", sa.Text(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("result", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("wall_ms", sa.Float(), nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["doc_id"], ["docs.id"], name=op.f("fk_stage_results_doc_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_stage_results_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stage_results")),
        sa.UniqueConstraint(
            "doc_id", "stage", "stage_version", name=op.f("uq_stage_results_doc_id_stage_stage_version")
        ),
    )
    op.create_index("ix_stage_results_created", "stage_results", ["tenant_id", "created_at"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("tenant_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("job_id", sa.UUID(as_uuid=False), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_outbox_job_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_outbox_tenant_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_unsent", "outbox", ["id"], unique=False, postgresql_where=sa.text("sent_at IS NULL"))
    op.execute("INSERT INTO tenants (id, name) VALUES ('00000000-0000-4000-8000-000000000001', 'local')")
    op.execute(
        "INSERT INTO users (id, tenant_id, email, name, role) VALUES ('00000000-0000-4000-8000-000000000002', "
        "'00000000-0000-4000-8000-000000000001', 'admin@localhost', 'Local admin', 'admin')"
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_unsent", table_name="outbox", postgresql_where=sa.text("sent_at IS NULL"))
    op.drop_table("outbox")
    op.drop_index("ix_stage_results_created", table_name="stage_results")
    op.drop_table("stage_results")
    op.drop_table("pages")
    op.drop_index("ix_jobs_due", table_name="jobs", postgresql_where=sa.text("state IN ('waiting', 'running')"))
    op.drop_table("jobs")
    op.drop_index("ix_fields_value", table_name="fields", postgresql_using="gin")
    op.drop_table("fields")
    op.drop_index("ix_corrections_doc_id", table_name="corrections")
    op.drop_index("ix_corrections_created_at", table_name="corrections")
    op.drop_table("corrections")
    op.drop_table("settings")
    op.drop_index(
        "ix_docs_waiting", table_name="docs", postgresql_where=sa.text("processing_status IN ('needs_review', 'error')")
    )
    op.drop_index("ix_docs_type_confidence", table_name="docs")
    op.drop_index("ix_docs_tenant_created", table_name="docs")
    op.drop_index("ix_docs_ocr_text", table_name="docs", postgresql_using="gin")
    op.drop_table("docs")
    op.drop_table("users")
    op.drop_index("ix_metrics_history_at", table_name="metrics_history")
    op.drop_table("metrics_history")
    op.drop_index("ix_audit_events_doc", table_name="audit_events")
    op.drop_table("audit_events")
    op.drop_table("tenants")
