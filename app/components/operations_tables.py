"""Operations as rows for tables: stages, workers, slow documents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.components.wording import NOT_KNOWN, STAGES, age, milliseconds, stage_label
from app.worker_registry import WorkerProcess
from db.workload import Held, Slow, StageLoad

_STATES = {"busy": "Working", "idle": "Ready", "started": "Starting", "suspended": "Paused"}
_LOST = "No sign of life in Redis"
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400


def wait(seconds: float | None) -> str:
    """A length of time in its two largest units; a dash when there is none."""
    if seconds is None:
        return NOT_KNOWN
    whole = max(0, round(seconds))
    if whole < _MINUTE_S:
        return f"{whole} s"
    for length, unit, smaller, smaller_unit in (
        (_DAY_S, "d", _HOUR_S, "h"),
        (_HOUR_S, "h", _MINUTE_S, "min"),
        (_MINUTE_S, "min", 1, "s"),
    ):
        if whole >= length:
            rest = whole % length // smaller
            return f"{whole // length} {unit} {rest} {smaller_unit}" if rest else f"{whole // length} {unit}"
    return f"{whole} s"


def stage_rows(loads: Sequence[StageLoad], with_model: bool) -> list[dict[str, Any]]:
    """Rows of stage, waiting, running, waiting for a retry, dead, oldest wait.

    Args:
        loads: of all stages.
        with_model: whether a language model is set; without, reading again is only shown where something is left of it.
    """
    return [
        {
            "Stage": stage_label(load.stage),
            "Waiting": load.waiting,
            "Running": load.running,
            "Retry later": load.later,
            "Dead": load.dead,
            "Oldest wait": wait(load.oldest_wait_s),
        }
        for load in loads
        if load.stage in STAGES or with_model or load.waiting or load.running or load.later
    ]


def worker_rows(
    processes: Sequence[WorkerProcess] | None, held: Sequence[Held], now: datetime | None = None
) -> list[dict[str, Any]]:
    """Rows of worker, stages, state, what it holds, when it started, what it has done.

    Args:
        processes: as Redis knows them; None when Redis is away: then only those are known that hold something.
        held: as the database knows it.
        now: for tests.
    """
    by_worker: dict[str, list[Held]] = {}
    for job in held:
        by_worker.setdefault(job.worker, []).append(job)
    rows = [_worker_row(process, by_worker.pop(process.name, []), now) for process in processes or ()]
    return [*rows, *(_held_only(name, jobs, processes is not None) for name, jobs in sorted(by_worker.items()))]


def _worker_row(process: WorkerProcess, jobs: Sequence[Held], now: datetime | None) -> dict[str, Any]:
    return {
        "Worker": process.name,
        "Takes": _stages(process.stages),
        "State": "Working" if jobs else _STATES.get(process.state, process.state.capitalize()),
        "Holds": _holds(jobs),
        "Lease": _lease(jobs),
        "Started": NOT_KNOWN if process.started_at is None else age(process.started_at, now),
        "Done": process.done,
    }


def _held_only(name: str, jobs: Sequence[Held], redis_answers: bool) -> dict[str, Any]:
    return {
        "Worker": name,
        "Takes": _stages(sorted({job.stage for job in jobs})),
        "State": _LOST if redis_answers else "Working",
        "Holds": _holds(jobs),
        "Lease": _lease(jobs),
        "Started": NOT_KNOWN,
        "Done": None,
    }


def _stages(names: Sequence[str]) -> str:
    return ", ".join(stage_label(name) for name in names if name in STAGES or len(names) == 1)


def _holds(jobs: Sequence[Held]) -> str:
    if not jobs:
        return NOT_KNOWN
    first = jobs[0]
    name = first.filename or "another tenant's document"
    again = "" if first.attempts <= 1 else f", try {first.attempts}"
    more = f" and {len(jobs) - 1} more" if len(jobs) > 1 else ""
    return f"{stage_label(first.stage)} of {name}{again}{more}"


def _lease(jobs: Sequence[Held]) -> str:
    return wait(min(job.lease_left_s for job in jobs)) if jobs else NOT_KNOWN


def slow_rows(listed: Sequence[Slow]) -> list[dict[str, Any]]:
    """Rows of file, pages, the time of each stage, and all together."""
    return [
        {
            "File": each.filename,
            "Pages": each.pages,
            **{label: milliseconds(each.stage_ms.get(stage)) for stage, label in STAGES.items()},
            "Together": milliseconds(each.total_ms),
        }
        for each in listed
    ]
