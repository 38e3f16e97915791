"""Documents through the pipeline in real children: how each may end, and what is kept of it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import child
from pipeline.child import Limits
from pipeline.errors import Corrupt
from pipeline.evaluate import KeptReadings, Setup, evaluate
from pipeline.evaluate.manifest import Labelled
from pipeline.evaluate.prediction import predict
from pipeline.evaluate.scoring import Case
from pipeline.intake import Intake
from pipeline.kinds import FileKind
from pipeline.reading import ReadingOptions
from pipeline.samples import draw
from pipeline.types import Page, PageSource, Result, Rules

SETUP = Setup(ReadingOptions(), Rules(), intake_limits=Limits(wall_s=20.0), stage_limits=Limits(wall_s=30.0))
IMPATIENT = Setup(ReadingOptions(), Rules(), intake_limits=Limits(wall_s=20.0), stage_limits=Limits(wall_s=2.0))
PAGE = Page(1, 612, 792, PageSource.NONE, "The page is blank.", ())


@pytest.fixture(scope="module")
def w9(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("w9") / "w9.pdf"
    path.write_bytes(draw("w9", "digital", 1).data)
    return path


def _two_pages(*_: Any) -> Intake:
    return Intake(FileKind.PDF, "application/pdf", 2)


def _one_page_then_burns(*_: Any) -> Iterator[Page]:
    yield PAGE
    while True:
        pass


def _one_page_then_sleeps(*_: Any) -> Iterator[Page]:
    yield PAGE
    time.sleep(60)


def _one_page_then_dies(*_: Any) -> Iterator[Page]:
    yield PAGE
    os.kill(os.getpid(), signal.SIGSEGV)


def _one_page_then_is_broken(*_: Any) -> Iterator[Page]:
    yield PAGE
    raise Corrupt


def _takes_all_memory(*_: Any) -> Iterator[Page]:
    yield PAGE
    raise MemoryError


def _decides_wrongly(*_: Any) -> Result:
    raise ValueError("the SSN is 123-45-6789")


def _hangs(*_: Any) -> None:
    time.sleep(60)


def test_pages_that_were_kept_are_not_read_again(w9: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = replace(SETUP, readings=KeptReadings(tmp_path / "readings", SETUP.options))
    first = predict(w9, kept)
    monkeypatch.setattr("pipeline.evaluate.prediction.read_pages", _one_page_then_dies)
    second = predict(w9, kept)
    assert {n: f.value for n, f in second.fields.items()} == {n: f.value for n, f in first.fields.items()}
    assert (second.pages, second.pages_read) == (first.pages, first.pages_read)
    other_way = replace(SETUP, readings=KeptReadings(tmp_path / "readings", ReadingOptions(profile="fast")))
    assert predict(w9, other_way).reasons != second.reasons


def test_a_reading_that_was_cut_short_is_not_kept(w9: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.evaluate.prediction.read_pages", _one_page_then_dies)
    predict(w9, replace(SETUP, readings=KeptReadings(tmp_path / "readings", SETUP.options)))
    assert not (tmp_path / "readings").exists()


def test_a_document_read_to_its_end(w9: Path) -> None:
    started = time.monotonic()
    prediction = predict(w9, SETUP)
    assert prediction.error is None
    assert prediction.decision in ("accept", "review")
    assert prediction.type == "w9"
    assert prediction.type_confidence is not None
    assert prediction.pages == prediction.pages_read
    assert prediction.fields["name"].value
    assert 0 < prediction.wall_s <= time.monotonic() - started
    assert prediction.cpu_s > 0


@pytest.mark.parametrize(
    ("content", "decision", "code"),
    [
        (b"", "rejected", "empty_file"),
        (b"%PDF-1.7", "rejected", "corrupt"),
        (b"no document", "rejected", "unsupported_type"),
        (None, "failed", "missing_file"),
    ],
)
def test_a_file_that_is_not_taken(tmp_path: Path, content: bytes | None, decision: str, code: str) -> None:
    path = tmp_path / "x.pdf"
    if content is not None:
        path.write_bytes(content)
    prediction = predict(path, SETUP)
    assert prediction.decision == decision
    assert prediction.error is not None
    assert prediction.error.code == code
    assert prediction.error.message.endswith(".")
    assert prediction.pages is None


@pytest.mark.parametrize(
    ("reading", "code"),
    [
        (_one_page_then_burns, "time_limit"),
        (_one_page_then_dies, "child_crashed"),
        (_takes_all_memory, "memory_limit"),
    ],
)
def test_pages_read_before_it_stopped_are_kept(
    w9: Path, monkeypatch: pytest.MonkeyPatch, reading: Any, code: str
) -> None:
    monkeypatch.setattr("pipeline.evaluate.prediction.inspect", _two_pages)
    monkeypatch.setattr("pipeline.evaluate.prediction.read_pages", reading)
    prediction = predict(w9, IMPATIENT)
    assert prediction.decision == "review"
    assert code in prediction.reasons
    assert prediction.error is None
    assert prediction.pages_read == 1
    assert prediction.pages == 2


def test_the_cpu_seconds_of_a_killed_child_are_known(w9: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a busy machine it gets less of the two seconds, but much more than one that sleeps."""
    monkeypatch.setattr("pipeline.evaluate.prediction.read_pages", _one_page_then_sleeps)
    asleep = predict(w9, IMPATIENT).cpu_s
    monkeypatch.setattr("pipeline.evaluate.prediction.read_pages", _one_page_then_burns)
    assert predict(w9, IMPATIENT).cpu_s > asleep + 0.2


@pytest.mark.parametrize(
    ("stage", "work", "decision", "code"),
    [
        ("inspect", _hangs, "rejected", "too_complex"),  # as an upload is refused
        ("read_pages", _one_page_then_is_broken, "failed", "corrupt"),  # too late to refuse it
        ("decide_on", _decides_wrongly, "failed", "child_crashed"),
        ("decide_on", _hangs, "failed", "time_limit"),
    ],
)
def test_a_stage_that_fails(
    w9: Path, monkeypatch: pytest.MonkeyPatch, stage: str, work: Any, decision: str, code: str
) -> None:
    monkeypatch.setattr(f"pipeline.evaluate.prediction.{stage}", work)
    hurry = Setup(ReadingOptions(), Rules(), intake_limits=Limits(wall_s=2.0), stage_limits=Limits(wall_s=2.0))
    prediction = predict(w9, hurry if work is _hangs else SETUP)
    assert prediction.decision == decision
    assert prediction.error is not None
    assert prediction.error.code == code
    assert "123" not in prediction.error.message


def test_no_child_to_be_had_is_a_failure_with_a_reason(w9: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none_left(*_: Any, **__: Any) -> None:
        raise BlockingIOError

    monkeypatch.setattr(child, "run", none_left)
    prediction = predict(w9, SETUP)
    assert prediction.decision == "failed"
    assert prediction.error is not None
    assert prediction.error.code == "child_not_started"


def test_what_a_tick_raises_ends_the_run(w9: Path) -> None:
    def stop() -> None:
        raise child.Interrupted

    with pytest.raises(child.Interrupted):
        predict(w9, SETUP, tick=stop)


def test_each_document_is_scored_and_none_is_skipped(w9: Path, tmp_path: Path) -> None:
    documents = [
        Labelled("lost", "lost.pdf", tmp_path / "lost.pdf", "w9", {"name": "Ann"}),
        Labelled("there", "w9.pdf", w9, "w9", {}),
        Labelled("text", "text.pdf", Path(__file__), None, {}, expected="reject"),
    ]
    done: list[str] = []
    result = evaluate(documents, SETUP, workers=3, on_done=lambda case: done.append(case.labelled.id))
    assert [case.labelled.id for case in result.cases] == ["lost", "there", "text"]
    assert sorted(done) == ["lost", "text", "there"]
    assert [case.prediction.decision for case in result.cases][::2] == ["failed", "rejected"]
    assert [ended.id for ended in result.summary.failures] == ["lost"]
    assert result.summary.types["w9"].fields["name"].quality.exact.n == 1
    assert result.summary.speed.workers == 3


def test_stopping_it_ends_the_documents_in_hand(w9: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.evaluate.prediction.read_pages", _one_page_then_burns)
    documents = [
        Labelled("lost", "lost.pdf", tmp_path / "lost.pdf", "w9", {}),
        *(Labelled(str(i), "w9.pdf", w9, "w9", {}) for i in range(4)),
    ]

    def stop(_: Case) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        evaluate(documents, SETUP, workers=2, on_done=stop)
    assert time.monotonic() - started < 15  # the documents would burn for 30 s each
