"""The tables of the store of record. Every table that holds a tenant's data has `tenant_id`.

All times are Postgres' own `now()`.
"""

from db.tables.columns import metadata
from db.tables.document_tables import STATUSES, TERMINAL_STATUSES, docs, fields, pages
from db.tables.history_tables import audit_events, metrics_history
from db.tables.model_tables import llm_calls, masks, tool_usage_logs, usage
from db.tables.people_tables import saved_views, settings, tenants, users
from db.tables.reviewing_tables import comments, corrections, drafts, review_locks, unsent_words
from db.tables.work_tables import jobs, outbox, stage_results, turns

__all__ = [
    "STATUSES",
    "TERMINAL_STATUSES",
    "audit_events",
    "comments",
    "corrections",
    "docs",
    "drafts",
    "fields",
    "jobs",
    "llm_calls",
    "masks",
    "metadata",
    "metrics_history",
    "outbox",
    "pages",
    "review_locks",
    "saved_views",
    "settings",
    "stage_results",
    "tenants",
    "tool_usage_logs",
    "turns",
    "unsent_words",
    "usage",
    "users",
]
