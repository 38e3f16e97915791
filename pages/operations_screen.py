"""Operations: what waits at each stage, who works, how fast, what failed, and what was slow."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from redis import RedisError

from app import wiring
from app.auth import Role, User, require
from app.charts import NO_TOOLBAR
from app.components.failures import told
from app.components.figure_table import figure_table
from app.components.first_run import first_run
from app.components.operations_chart import throughput_bars
from app.components.operations_dead_letters import dead_letters
from app.components.operations_model import language_model
from app.components.operations_slowest import slowest
from app.components.operations_tables import stage_rows, wait, worker_rows
from app.components.wording import NOT_KNOWN, counted
from app.wiring import NotConfigured
from app.worker_registry import WorkerProcess, registered
from db import documents, workload
from db.workload import Held, Hour, Slow, StageLoad

_LIVE_S, _SLOWER_S = 2.0, 10.0
_MINUTES = 10
_MOST_ROWS = 8
_REDIS_AWAY = (
    "Redis does not answer, so it is not known which workers are ready. No document is lost: what waits stands in the "
    "database and goes on when Redis is back. `./fuse doctor` tells what is missing."
)
_NOBODY_WORKS = (
    "No worker has signed on, so nothing will be read. `./fuse up` starts them; elsewhere, start the processes "
    "worker-ocr and worker-llm of the Procfile."
)


@st.cache_data(ttl=_SLOWER_S, max_entries=50, show_spinner=False)
def _finished(tenant_id: str) -> list[Hour]:
    with wiring.database(wiring.settings()).connect() as connection:
        return workload.finished_by_hour(connection, tenant_id)


@st.cache_data(ttl=_SLOWER_S, max_entries=50, show_spinner=False)
def _slowest(tenant_id: str) -> list[Slow]:
    with wiring.database(wiring.settings()).connect() as connection:
        return workload.slowest(connection, tenant_id)


def main() -> None:
    """Draws the screen."""
    user = require(Role.MANAGER)
    st.header("Operations")
    with wiring.database(wiring.settings()).connect() as connection:
        any_document = any(documents.count_by_status(connection, user.tenant_id).values())
    if not any_document:
        first_run()
        return
    _now(user)
    _lately(user)
    _failed(user)
    with told():
        language_model(user)


@st.fragment(run_every=_LIVE_S)
def _now(user: User) -> None:
    """The figures, the stages and the workers, as they are."""
    with told():
        with wiring.database(wiring.settings()).connect() as connection:
            loads = workload.stages(connection, user.tenant_id)
            held = workload.held(connection, user.tenant_id)
            pages = workload.pages_read(connection, user.tenant_id, _MINUTES)
        processes = _processes()
        _headline(loads, pages, processes, held)
        left, right = st.columns([1, 1.35], gap="medium")
        with left:
            _stages(loads)
        with right:
            _workers(processes, held)


@st.cache_data(ttl=_LIVE_S, show_spinner=False)
def _processes() -> list[WorkerProcess] | None:
    """The workers that have signed on; None when Redis can't say."""
    try:
        return registered(wiring.settings())
    except (RedisError, NotConfigured):
        return None


def _headline(
    loads: Sequence[StageLoad], pages: int, processes: Sequence[WorkerProcess] | None, held: Sequence[Held]
) -> None:
    waits = [load.oldest_wait_s for load in loads if load.oldest_wait_s is not None and load.stage != "reread"]
    workers = NOT_KNOWN if processes is None else f"{len(processes):,}"
    figures_shown = (
        ("Waiting", f"{sum(load.waiting for load in loads if load.stage != 'reread'):,}",
         "Documents that wait for a worker at a stage, without those that are only to be read again with the model."),
        ("Oldest wait", wait(max(waits, default=None)), "How long the first of them has been waiting."),
        ("Running", f"{sum(load.running for load in loads):,}", "Documents in a worker's hands."),
        ("Pages a minute", f"{pages / _MINUTES:,.1f}", f"Read in the last {_MINUTES} minutes."),
        ("Workers", workers,
         f"Processes that have signed on; {len({job.worker for job in held})} of them hold something now."),
        ("Dead letters", f"{sum(load.dead for load in loads):,}", "Documents that could not be processed; see below."),
    )  # fmt: skip
    for column, (label, value, explained) in zip(st.columns(len(figures_shown)), figures_shown, strict=True):
        column.metric(label, value, help=explained, border=True)


def _stages(loads: Sequence[StageLoad]) -> None:
    st.subheader("Stages")
    rows = stage_rows(loads, with_model=wiring.settings().llm != "off")
    figure_table(rows, "Documents at each stage", most_rows=_MOST_ROWS)


def _workers(processes: Sequence[WorkerProcess] | None, held: Sequence[Held]) -> None:
    st.subheader("Workers")
    if processes is None:
        st.warning(_REDIS_AWAY, icon=":material/cloud_off:")
    elif not processes:
        st.warning(_NOBODY_WORKS, icon=":material/warning:")
    rows = worker_rows(processes, held)
    if rows:
        holds = {"Holds": st.column_config.TextColumn(width="medium")}
        figure_table(rows, "Worker processes and what they hold", holds, _MOST_ROWS)


@st.fragment(run_every=_SLOWER_S)
def _lately(user: User) -> None:
    """Throughput, and the slowest documents."""
    with told():
        left, right = st.columns([1, 1.35], gap="medium")
        with left:
            hours = _finished(user.tenant_id)
            documents_done, pages_done = sum(hour.documents for hour in hours), sum(hour.pages for hour in hours)
            st.subheader("Finished in 24 hours")
            st.plotly_chart(throughput_bars(hours), key="throughput", config=NO_TOOLBAR,
                            alt="Documents finished in each of the last 24 hours")  # fmt: skip
            st.caption(f"{counted(documents_done, 'document')} with {counted(pages_done, 'page')}; hours in UTC.")
        with right:
            slowest(lambda: _slowest(user.tenant_id))


@st.fragment(run_every=_SLOWER_S)
def _failed(user: User) -> None:
    with told():
        with wiring.database(wiring.settings()).connect() as connection:
            counts = documents.count_by_status(connection, user.tenant_id)
        dead_letters(user, counts.get("error", 0))


main()
