from __future__ import annotations

from datetime import UTC, datetime

import pytest

from app.components.operations_chart import throughput_bars
from app.components.operations_tables import stage_rows, wait, worker_rows
from app.worker_registry import WorkerProcess
from db.workload import Held, Hour, StageLoad

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
STARTED = datetime(2026, 3, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, "–"),
        (0.2, "0 s"),
        (59.4, "59 s"),
        (60, "1 min"),
        (125, "2 min 5 s"),
        (3600, "1 h"),
        (7260, "2 h 1 min"),
        (90_000, "1 d 1 h"),
        (-3, "0 s"),
    ],
)
def test_a_wait_is_told_in_two_units(seconds: float | None, text: str) -> None:
    assert wait(seconds) == text


def test_reading_again_is_a_stage_where_there_is_a_model_or_something_left_of_one() -> None:
    idle, left = StageLoad("reread", 0, 0, 0, 0, None), StageLoad("reread", 0, 0, 4, 0, None)
    assert stage_rows([idle], with_model=False) == []
    assert len(stage_rows([idle], with_model=True)) == 1
    assert stage_rows([left], with_model=False)[0]["Retry later"] == 4


def process(pid: int, state: str = "idle") -> WorkerProcess:
    return WorkerProcess(f"alder:{pid}", ("classification", "extraction", "reread"), state, STARTED, NOW, 9)


def held(worker: str, filename: str | None = "a.pdf", attempts: int = 1) -> Held:
    return Held(worker, "ocr", attempts, 42.0, filename and "id", filename)


def test_what_a_worker_holds_stands_beside_it() -> None:
    rows = worker_rows([process(1), process(2)], [held("alder:1"), held("alder:1"), held("alder:1")], NOW)
    assert [row["State"] for row in rows] == ["Working", "Ready"]
    assert rows[0]["Holds"] == "Reading of a.pdf and 2 more"
    assert (rows[0]["Takes"], rows[0]["Lease"], rows[0]["Started"], rows[0]["Done"]) == (
        "Classification, Extraction", "42 s", "2 h ago", 9,
    )  # fmt: skip
    assert (rows[1]["Holds"], rows[1]["Lease"]) == ("–", "–")


def test_another_tenants_document_is_not_named() -> None:
    assert worker_rows([process(1)], [held("alder:1", None, 3)])[0]["Holds"] == (
        "Reading of another tenant's document, try 3"
    )


def test_a_worker_that_holds_something_and_has_not_signed_on_is_told_as_lost_only_if_redis_answers() -> None:
    assert worker_rows([], [held("alder:7")])[0]["State"] == "No sign of life in Redis"
    assert worker_rows(None, [held("alder:7")])[0]["State"] == "Working"


@pytest.mark.parametrize(("most", "step"), [(0, 1), (3, 1), (60, None)])
def test_the_chart_has_no_half_documents(most: int, step: int | None) -> None:
    figure = throughput_bars([Hour(NOW, most, most)])
    assert figure.layout.yaxis.dtick == step
    assert figure.layout.yaxis.range[1] >= 1
