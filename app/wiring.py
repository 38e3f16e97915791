"""Builds what a process needs from its settings."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.util import find_spec
from threading import BoundedSemaphore

from redis import Redis
from sqlalchemy import Engine

from app.settings import Settings
from db.blobs import BlobStore, DiskBlobs
from db.seal import Seal, own_key
from db.session import engine
from pipeline.child import Limits
from pipeline.doctypes import DOC_TYPES
from pipeline.engines.choice import EngineChoice, Kind
from pipeline.engines.protocol import EngineOptions, LlmEngine
from pipeline.opinion.questions import Ways
from pipeline.reading.options import ReadingOptions


class NotConfigured(Exception):
    """No database is set. Run `./fuse up`, or set DATABASE_URL and REDIS_URL."""


@lru_cache(maxsize=1)
def settings() -> Settings:
    """This process's settings, read once; own document types are known from then on."""
    read = Settings()
    DOC_TYPES.watch(read.doc_types_folder)
    return read


def database(of: Settings) -> Engine:
    """The store of record.

    Raises:
        NotConfigured: no address is set and no system runs here.
    """
    if not of.database:
        raise NotConfigured(NotConfigured.__doc__)
    return engine(of.database)


def blobs(of: Settings) -> BlobStore:
    """Where uploaded bytes are kept."""
    return DiskBlobs(of.blob_folder)


def redis(of: Settings, answer_within_s: float | None = None) -> Redis:
    """The wake-ups' server. `answer_within_s`: None for workers, that wait for work as long as it takes."""
    if not of.redis:
        raise NotConfigured(NotConfigured.__doc__)
    return Redis.from_url(of.redis, socket_connect_timeout=5, socket_timeout=answer_within_s, health_check_interval=30)


_LLM_ADDRESSES = {"ollama": "http://127.0.0.1:11434", "openai": "http://127.0.0.1:8080/v1"}


def llm_choice(of: Settings, kind: Kind | None = None) -> EngineChoice | None:
    """The language model beside the built-in engine; None where none is set.

    Args:
        of: the settings.
        kind: a kind of server to take instead of the one that is set.
    """
    chosen = kind or of.llm
    if chosen == "off":
        return None
    options = EngineOptions(
        base_url=of.llm_url or _LLM_ADDRESSES[chosen],
        model=of.llm_model,
        api_key=of.llm_key.get_secret_value(),
        context_tokens=of.llm_context_tokens,
        seconds=of.llm_seconds,
        temperature=of.llm_temperature,
        seed=of.llm_seed,
    )
    return EngineChoice(chosen, options)


def llm_engine(of: Settings) -> LlmEngine | None:
    """The engine that is set, made; None where none is. The caller closes it."""
    choice = llm_choice(of)
    return None if choice is None else choice.open()


def llm_server(of: Settings) -> str:
    """Names the model's server and the model: settings that differ in these have nothing to do with each other."""
    return f"{of.llm} {of.llm_url or _LLM_ADDRESSES.get(of.llm, '')} {of.llm_model}"


def llm_ways(of: Settings) -> Ways:
    """How the model is asked about a document."""
    return Ways(of.llm_context_tokens, most_parts=of.llm_most_parts, masked=of.llm_mask, keep_back=of.llm_keep_back)


def seal(of: Settings) -> Seal:
    """What encrypts masks: the key that is set, or this machine's own, made on first use."""
    return Seal(of.secret_key.get_secret_value() or own_key(of.secret_key_file))


AT_ONCE = BoundedSemaphore(max(2, os.cpu_count() or 2))
"""How many children the web process runs at once: more would only make each of them miss its time limit."""


def intake_limits() -> Limits:
    """What looking at an upload may cost."""
    return Limits(wall_s=20.0, memory_bytes=1_000_000_000)


def stage_limits(of: Settings) -> Limits:
    """What a stage of one document may cost."""
    as_program = of.ocr == "pytesseract" or not any(find_spec(library) for library in ("openvino", "tesserocr"))
    return Limits(
        wall_s=of.document_time_limit_s,
        memory_bytes=of.stage_memory_bytes,
        network=of.ocr_second == "textract",
        programs=as_program,
    )


def reading_options(of: Settings) -> ReadingOptions:
    """How documents are read."""
    return ReadingOptions(
        engine=of.ocr,
        second=of.ocr_second,
        profile=of.ocr_profile,
        textract_region=of.textract_region,
        textract_endpoint=of.textract_endpoint or None,
    )
