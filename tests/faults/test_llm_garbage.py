"""The whole system with a model's server of whose answers every one is spoilt, each in another way.

The same spoilings each time; with `--fuzz N` other ones, about N of them. What was sent for what is printed where the
test fails, with the seed.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from threading import Lock
from typing import Any
from zlib import crc32

import httpx
import pytest

from app import reviewing
from app.auth import current_user
from app.settings import Settings
from db import documents
from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import FieldKind
from pipeline.samples import DOC_TYPES_DRAWN, Sample, draw
from tests.conftest import FUZZ_CASES
from tests.db.store import LOCAL_TENANT
from tests.faults.model_system import PROCESSES, alone, check_stands, codes, unfinished, with_model
from tests.faults.spoilt_answers import INVENTED, KINDS, Spoiling, spoilings, spoilt
from tests.faults.system import TERMINAL, System
from tests.pipeline.engines.fake_ollama import LOADING, asks_for_fields, chat, documents_in
from tests.pipeline.engines.scripted_server import Script, says, serving

pytestmark = [pytest.mark.fault, pytest.mark.slow, pytest.mark.timeout(420)]
SEED = 7


def drawn(doc_type: str, number: int) -> Sample:
    """A document with a text layer: quick to read."""
    sample = draw(doc_type, "digital", number)
    return replace(sample, filename=f"{number}-{sample.filename}")


SAMPLES = [drawn(name, number) for number in (301, 302, 303) for name in DOC_TYPES_DRAWN]
LATER = [drawn("receipt", number) for number in (304, 305, 306)]
TAUGHT = [drawn("receipt", number) for number in (307, 308)]
"""Corrected before, so that there are examples to ask for."""

REMOVABLE = {"document_uncertain", "below_threshold"}
"""Doubts that a model removes that says the same; of many an answer most is left as it was."""


class Reader:
    """A model that is right about documents that it knows, and asks for examples."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.results = {sample.filename: alone(sample) for sample in samples}
        assert len(self.results) == len(samples)
        self._lines = {name: set(result.reading.text.splitlines()) for name, result in self.results.items()}

    def turn(self, request: BaseHTTPRequestHandler) -> None:
        says(self.envelope(request.asked))(request)  # type: ignore[attr-defined] # our own handler's

    def envelope(self, asked: dict[str, Any]) -> dict[str, Any]:
        if "tools" in asked:
            call = {"name": "get_gold_examples", "arguments": {"document_type": "receipt", "limit": 2}}
            message = {"role": "assistant", "content": "", "tool_calls": [{"function": call}]}
            return chat("", message=message)
        told = self._fields(asked) if asks_for_fields(asked) else self._types(asked)
        tokens = [{"token": piece, "logprob": -0.1} for piece in json.dumps(told).split(" ")]
        return chat(json.dumps(told), logprobs=tokens)

    def about(self, asked: dict[str, Any]) -> list[str]:
        """The names of the documents that are asked about."""
        shown = documents_in(asked)[-1:] if asks_for_fields(asked) else documents_in(asked)
        return [max(self._lines, key=lambda name: len(self._lines[name] & set(text.splitlines()))) for text in shown]

    def _fields(self, asked: dict[str, Any]) -> dict[str, Any]:
        result = self.results[self.about(asked)[0]]
        specs = {spec.name: spec for spec in DOC_TYPES.fields_of(result.guess.type)}
        told = {
            field.name: str(field.value) if specs[field.name].kind is FieldKind.CHOICE else field.raw
            for field in result.extraction.fields
            if field.value is not None and specs[field.name].kind is not FieldKind.TABLE
        }
        return {name: told.get(name) for name in asked["format"]["properties"]}

    def _types(self, asked: dict[str, Any]) -> dict[str, Any]:
        pairs = zip(self.about(asked), documents_in(asked), strict=True)
        return {
            f"document_{number}": {"document_type": self.results[name].guess.type, "evidence": [text.splitlines()[0]]}
            for number, (name, text) in enumerate(pairs, 1)
        }


class Spoiler:
    """A server that spoils all that a reader says; the same question, asked as often, is answered the same."""

    def __init__(self, reader: Reader, ways: Sequence[Spoiling]) -> None:
        self._reader, self._ways, self._lock = reader, ways, Lock()
        self._times: Counter[str] = Counter()
        self.log: list[tuple[str, Spoiling]] = []

    def turn(self, request: BaseHTTPRequestHandler) -> None:
        asked = request.asked  # type: ignore[attr-defined] # our own handler's
        what = "tools" if "tools" in asked else "fields" if asks_for_fields(asked) else "types"
        question = f"{what} of {self._reader.about(asked)}" if what != "tools" else what
        with self._lock:
            self._times[question] += 1
            question = f"{question}, {self._times[question]}"
            how = self._ways[crc32(question.encode()) % len(self._ways)]
            self.log.append((question, how))
        print(question, how)  # pytest shows it where a test fails
        spoilt(how, self._reader.envelope(asked)).send(request)


def teach(system: System, address: str) -> None:
    """Corrects and approves documents, as the screens do."""
    settings = system.settings.model_copy(update={"llm": "ollama", "llm_url": address})
    for sample in TAUGHT:
        system.upload(sample.data, sample.filename)
    system.wait_until_done(60)
    for doc_id in system.acknowledged:
        with system.store.connect() as connection:
            version = documents.get(connection, LOCAL_TENANT, doc_id).version
        version = reviewing.save(doc_id, version, {"tax": None, "currency": "EUR"}, current_user(), settings)
        reviewing.approve(doc_id, version, current_user(), settings)
    system.acknowledged.clear()


def wait_until_ended(system: System, seconds: float) -> None:
    """Waits until each document is done, or a dead letter; there is none of those."""
    ended = {*TERMINAL, "error"}
    system.wait_for(lambda: set(system.statuses().values()) <= ended, seconds, "all documents have ended")
    assert system.rows("SELECT filename, reasons FROM docs WHERE processing_status = 'error'") == [], "\n".join(
        line for log in system.logs.glob("*.log") for line in log.read_text().splitlines() if '"stage_failed"' in line
    )


SHOWN = """
SELECT type, processing_status, reasons, (
    SELECT coalesce(jsonb_agg(jsonb_build_object('name', name, 'raw', raw, 'found', boxes <> '[]')), '[]')
    FROM fields WHERE doc_id = docs.id AND value IS NOT NULL)
FROM docs WHERE id = :id
"""
"""In one look: documents are read again meanwhile."""


def check_nothing_of_it_counts(system: System, reader: Reader, sent: Mapping[str, Sample]) -> None:
    """What the built-in engine found stands; of what only the model says nothing is accepted, and no place invented."""
    check_stands(system, sent)
    for doc_id, sample in sent.items():
        result = reader.results[sample.filename]
        own = {field.name for field in result.extraction.fields if field.value is not None}
        ((name, status, reasons, fields),) = system.rows(SHOWN, id=doc_id)
        told = {(reason["code"], reason["field"]) for reason in reasons}  # type: ignore[attr-defined]
        assert name == result.guess.type
        assert status == "needs_review" or {reason.code for reason in result.decision.reasons} <= REMOVABLE
        for field in fields:  # type: ignore[attr-defined]
            if field["name"] not in own:
                assert status == "needs_review", field
                assert ("model_only", field["name"]) in told, field
                assert field["found"] or ("not_on_page", field["name"]) in told, field
            assert not (field["raw"] in INVENTED and field["found"]), field


def check_all_is_well(system: System, sent: Mapping[str, Sample], script: Script) -> None:
    """No process has stumbled, each call was counted, everything that was stored can be shown."""
    assert [name for name in PROCESSES if system.processes[name].poll() is not None] == []
    assert system.rows("SELECT id FROM jobs WHERE state = 'dead'") == []
    counted = "SELECT sum(calls) FROM usage"
    system.wait_for(lambda: system.rows(counted) == [(len(script.requests),)], 20, "each call is counted once")
    for log in system.logs.glob("*.log"):
        text = log.read_text()
        assert "Traceback" not in text, text[-3000:]
        events = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
        failed = [event for event in events if event["event"] == "stage_failed"]
        assert [event for event in failed if not event["code"].startswith("llm_")] == []
        assert [event for event in events if event["level"] in ("error", "critical")] == []
    for doc_id in sent:
        for path in ("", "/model-calls"):
            answer = httpx.get(f"{system.url}/api/docs/{doc_id}{path}", timeout=20)
            assert (answer.status_code, bool(answer.json())) == (200, True)


def upload(system: System, samples: Sequence[Sample]) -> dict[str, Sample]:
    return {system.upload(each.data, each.filename).json()["document_id"]: each for each in samples}


def missing(system: System, sent: Mapping[str, Sample]) -> set[str]:
    return {doc_id for doc_id in sent if "model_missing" in codes(system, doc_id)}


def given_up(system: System) -> set[str]:
    """Documents that are not read again any more."""
    return {str(row[0]) for row in system.rows("SELECT doc_id FROM jobs WHERE stage = 'reread' AND state = 'done'")}


@pytest.fixture
def number(request: pytest.FixtureRequest) -> Iterator[int]:
    """The seed; told where a test fails."""
    chosen = SEED if request.config.getoption("--fuzz") == FUZZ_CASES else random.randrange(10**6)
    print(f"seed {chosen}")
    yield chosen


def test_documents_end_as_without_the_model_and_are_read_again_when_it_is_in_its_right_mind(
    settings: Settings, request: pytest.FixtureRequest, number: int
) -> None:
    ways = spoilings(int(request.config.getoption("--fuzz")) // len(KINDS) + 1, number)
    reader = Reader([*TAUGHT, *SAMPLES, *LATER])
    spoiler = Spoiler(reader, ways)
    more = {"FUSE_LLM_CLASSIFY": "all", "FUSE_LLM_EXAMPLES": "tool"}
    with serving(reader.turn) as script, with_model(settings, script.address, **more) as system:
        teach(system, script.address)
        script.turns = [spoiler.turn]
        sent = upload(system, SAMPLES)
        wait_until_ended(system, 180)
        check_nothing_of_it_counts(system, reader, sent)
        check_all_is_well(system, sent, script)
        assert len({how.kind for _, how in spoiler.log}) > len(KINDS) / 2
        assert {"tools", "types", "fields"} == {question.split()[0].strip(",") for question, _ in spoiler.log}

        script.turns = [LOADING]  # so that some are left to be read again, whatever became of the others
        later = upload(system, LATER)
        wait_until_ended(system, 60)
        assert missing(system, later) == set(later)
        script.turns = [reader.turn]
        left_alone = given_up(system)
        system.wait_for(lambda: not unfinished(system), 90, "they are read again")
        assert not left_alone & set(later)
        assert missing(system, sent | later) <= left_alone
        check_nothing_of_it_counts(system, reader, sent | later)
        check_all_is_well(system, sent | later, script)
