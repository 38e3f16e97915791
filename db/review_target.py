"""How soon a person should have decided a document: the target that its age is held against."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import ColumnElement, Connection, Float, Interval, cast, func, literal, select

from db import audit, tenant_settings
from db.tables import settings

DEFAULT_HOURS = 24.0
MOST_HOURS = 24.0 * 365
_KEY = "review_target_hours"


def get(connection: Connection, tenant_id: str) -> float:
    """The target in hours, counted from the upload."""
    return float(tenant_settings.get(connection, tenant_id).get(_KEY, DEFAULT_HOURS))


def save(connection: Connection, tenant_id: str, user_id: str, hours: float) -> None:
    """Stores the target, and who set it.

    Raises:
        ValueError: the hours are not above 0, or more than a year.
    """
    if not 0 < hours <= MOST_HOURS:
        raise ValueError(f"The target must be above 0 and at most {MOST_HOURS:,.0f} hours (a year).")
    tenant_settings.save(connection, tenant_id, user_id, _KEY, hours)
    audit.record(connection, tenant_id, user_id, "review_target_changed", hours=hours)


def interval(tenant_id: str) -> ColumnElement[timedelta]:
    """The target as SQL, for a condition on the age."""
    stored = select(cast(settings.c.value, Float)).where(settings.c.tenant_id == tenant_id, settings.c.key == _KEY)
    hours = func.coalesce(stored.scalar_subquery(), DEFAULT_HOURS)
    return hours * cast(literal("1 hour"), Interval)
