"""Quality: how often the machine is right, how much it does alone, and how fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from app import navigation, wiring
from app.auth import Role, require
from app.components.definitions import show_definitions
from app.components.first_run import first_run
from app.components.quality_confusion import types
from app.components.quality_fields import fields
from app.components.quality_head import headline
from app.components.quality_trends import trends
from app.components.quality_work import language_model, operations
from db import documents, figures, snapshots, usage
from pipeline.metrics.report import Metrics

_PERIODS = {7: "7 days", 30: "30 days", 90: "90 days", 365: "A year"}


@st.cache_data(ttl=10, max_entries=50, show_spinner=False)
def _metrics(tenant_id: str, days: int) -> Metrics:
    with wiring.database(wiring.settings()).connect() as connection:
        return figures.metrics(connection, tenant_id, days)


@st.cache_data(ttl=10, max_entries=50, show_spinner=False)
def _history(tenant_id: str, days: int) -> Sequence[snapshots.Snapshot]:
    with wiring.database(wiring.settings()).connect() as connection:
        return snapshots.history(connection, tenant_id, days)


@st.cache_data(ttl=10, max_entries=50, show_spinner=False)
def _model_use(tenant_id: str, days: int) -> dict[str, Any]:
    with wiring.database(wiring.settings()).connect() as connection:
        return usage.total(usage.by_day(connection, tenant_id, days))


def _is_empty(tenant_id: str) -> bool:
    with wiring.database(wiring.settings()).connect() as connection:
        return not any(documents.count_by_status(connection, tenant_id).values())


def main() -> None:
    """Draws the screen."""
    user = require(Role.MANAGER)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.header("Quality", width="stretch")
        show_definitions()
        days = st.segmented_control(
            "Documents uploaded in the last", list(_PERIODS), default=30, required=True, key="period",
            format_func=_PERIODS.__getitem__, bind="query-params", label_visibility="collapsed",
        )  # fmt: skip
    days = days or 30
    found = _metrics(user.tenant_id, days)
    used = _model_use(user.tenant_id, days)
    if not found.report.documents:
        if not found.before.documents and _is_empty(user.tenant_id):
            first_run()
            return
        st.markdown(_nothing_uploaded(found, days))
        navigation.link(navigation.UPLOAD, "Upload documents")
        language_model(used)
        return
    headline(found.report, found.before)
    if found.report.reviewed:
        types(user.tenant_id, found.report, found.before)
        fields(found.report, found.before)
    else:
        _nothing_reviewed()
    trends(found.learning, _history(user.tenant_id, days))
    operations(found.report, found.before)
    language_model(used)


def _nothing_uploaded(found: Metrics, days: int) -> str:
    said = f"No document was uploaded in this period ({_PERIODS[days].lower()})."
    if not found.before.documents:
        return said
    return f"{said} In the one before there were {found.before.documents:,}: choose a longer period to see them."


def _nothing_reviewed() -> None:
    st.info(
        "How often the machine is right can be told once people have approved documents: what they approve is the "
        "truth that its answers are held against. Until then these figures stay empty.",
        icon=":material/hourglass_empty:",
    )
    navigation.link(navigation.REVIEW, "Review the first document")


main()
