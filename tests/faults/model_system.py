"""The whole system with a language model's server, and what must stand whatever the server does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from app.settings import Settings
from pipeline.doctypes import DOC_TYPES
from pipeline.reading import ReadingOptions
from pipeline.run import process
from pipeline.samples import Sample
from pipeline.types import Result, Rules
from tests.faults.system import System, running

BREAKER_S = 0.5
SECONDS = 2.0
"""Of a call; a worker's lease is longer."""
PROCESSES = ("web", "scheduler", "ocr1", "llm1", "llm2")


@contextmanager
def with_model(settings: Settings, url: str, **more: str) -> Iterator[System]:
    """A system that asks a model's server, impatiently; its documents' types are sure, so fields are all it asks."""
    environment = {
        "FUSE_LLM": "ollama", "FUSE_LLM_URL": url, "FUSE_LLM_SECONDS": str(SECONDS), "FUSE_MAX_ATTEMPTS": "2",
        "FUSE_LLM_BREAKER_S": str(BREAKER_S), "FUSE_LLM_CLASSIFY": "off", "FUSE_LLM_EXAMPLES": "off", **more,
    }  # fmt: skip
    with running(settings, *PROCESSES, environment=environment) as system:
        yield system


def unfinished(system: System) -> list[tuple[object, ...]]:
    return system.rows("SELECT doc_id, stage FROM jobs WHERE state IN ('waiting', 'running', 'split')")


def alone(sample: Sample) -> Result:
    """What the built-in engine makes of it."""
    return process(sample.data, ReadingOptions(), Rules(sampling_rate=0.0))


def values(system: System, doc_id: str) -> dict[str, Any]:
    rows = system.rows("SELECT name, value FROM fields WHERE doc_id = :id", id=doc_id)
    return {str(name): value for name, value in rows if value is not None}


def codes(system: System, doc_id: str) -> set[str]:
    ((reasons,),) = system.rows("SELECT reasons FROM docs WHERE id = :id", id=doc_id)
    return {reason["code"] for reason in reasons}  # type: ignore[attr-defined]


def check_stands(system: System, sent: Mapping[str, Sample]) -> None:
    """All documents are there once, done once, with what the built-in engine found."""
    assert sorted(system.statuses()) == sorted(sent)
    query = "SELECT doc_id, stage FROM stage_results WHERE doc_id = ANY(:ids)"
    done = sorted((str(doc), str(stage)) for doc, stage in system.rows(query, ids=list(sent)))
    assert done == sorted((doc, stage) for doc in sent for stage in ("ocr", "classification", "extraction"))
    assert not [row for row in unfinished(system) if row[1] != "reread"]
    for doc_id, sample in sent.items():
        by_itself = alone(sample)
        found = {field.name: field.value for field in by_itself.extraction.fields if field.value is not None}
        assert found or not DOC_TYPES.fields_of(by_itself.guess.type)
        assert {name: value for name, value in values(system, doc_id).items() if name in found} == found
