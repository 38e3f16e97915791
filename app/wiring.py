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
from db.session import engine
from pipeline.child import Limits
from pipeline.doctypes import DOC_TYPES
from pipeline.engines.protocol import EngineOptions, LlmEngine
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


def llm_engine(of: Settings) -> LlmEngine | None:
    """The language model beside the built-in engine; None where none is set. The caller closes it."""
    if of.llm == "off":
        return None
    options = EngineOptions(
        base_url=of.llm_url or _LLM_ADDRESSES[of.llm],
        model=of.llm_model,
        api_key=of.llm_key.get_secret_value(),
        context_tokens=of.llm_context_tokens,
        seconds=of.llm_seconds,
    )
    if of.llm == "ollama":
        from pipeline.engines.ollama import OllamaEngine  # the clients are loaded where one is wanted

        return OllamaEngine(options)
    from pipeline.engines.openai_like import OpenAiLikeEngine

    return OpenAiLikeEngine(options)


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
