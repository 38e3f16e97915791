"""The OCR stage as the workers run it: from the cache, as one job, or spread over page batches.

A short document is one job. A longer one is begun the same way; what is left after a moment (a scan: nearly all of it)
is split into batches that all OCR workers share. Each page is stored as soon as it is read, so that whoever goes on
after a crash leaves out what is there.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict
from functools import partial

import structlog
from sqlalchemy import Connection

from app import wiring
from db import batches, cache, documents, jobs
from db.documents import Document
from pipeline.errors import ChildCrashed, MemoryLimit, StageFailed, TimeLimit
from pipeline.kinds import FileKind
from pipeline.reading import ReadingOptions, read_for, read_pages
from pipeline.reading.same_pages import copy_of, same_pages
from pipeline.run import STAGE_VERSIONS
from pipeline.types import Page, PageSource, Reading
from workers import retry
from workers.desk import Desk

log = structlog.get_logger()

_FIRST_LOOK_S = 1.5
"""Enough for a hundred pages with a good text layer: to spread them would cost more than to read them."""

Woken = list[tuple[str, str]]
"""Jobs that became due by what was done, as (job id, stage)."""


def read(desk: Desk) -> Woken:
    """Does an OCR job: a whole document's, or a page batch's."""
    return _read_document(desk) if desk.held.batch is None else _read_batch(desk)


def give_up(desk: Desk, problem: str) -> Woken:
    """Ends an OCR job with the pages that were read so far."""
    return _end_document(desk, problem, 0.0) if desk.held.batch is None else _end_batch(desk, problem)


def _read_document(desk: Desk) -> Woken:
    document, done = _look_up(desk)
    start = time.monotonic()
    kept = None if done else _from_cache(desk, document)
    if kept is not None:
        desk.save(lambda connection: jobs.save_pages(connection, desk.held, kept))
        return _end_document(desk, None, _ms_since(start))
    data = wiring.blobs(desk.settings).get(document.blob_key)
    what = (data, FileKind(document.kind), _options(desk), done)
    store = partial(_store, desk, {})
    if document.page_count <= batches.BATCH_PAGES:
        problem = _problem(desk, partial(desk.in_child, read_pages, *what, on_item=store))
        return _end_document(desk, problem, _ms_since(start))
    try:
        desk.in_child(read_for, *what, _FIRST_LOOK_S, on_item=store)
    except (TimeLimit, MemoryLimit, ChildCrashed) as failure:  # the page that did it meets its own batch
        log.warning("first_look_failed", code=failure.code)
    return _spread(desk, document, data) or _end_document(desk, None, _ms_since(start))


def _spread(desk: Desk, document: Document, data: bytes) -> Woken:
    """Splits what is not read yet into batches; gives them, or nothing when all is read."""
    with desk.store.connect() as connection:
        stored = {page.number: page for page in documents.pages_of(connection, document.id)}
    left = [number for number in range(1, document.page_count + 1) if number not in stored]
    if not left:
        return []
    try:
        same = desk.in_child(same_pages, data, FileKind(document.kind), _options(desk).dpi)
    except StageFailed as failure:
        log.warning("same_pages_failed", code=failure.code)
        same = {}
    copies = [copy_of(stored[same[number]], number) for number in left if same.get(number) in stored]
    plan: dict[int, list[int]] = defaultdict(list)
    for number in left:
        if same.get(number) not in stored:
            plan[same.get(number, number)].append(number)
    to_read = list(plan.values())
    cuts = range(0, len(to_read), batches.BATCH_PAGES)

    def write(connection: Connection) -> list[str]:
        if copies:
            jobs.save_pages(connection, desk.held, copies)
        parts = [to_read[cut : cut + batches.BATCH_PAGES] for cut in cuts]
        return batches.split(connection, desk.held, parts) if parts else []

    return [(job_id, desk.held.stage) for job_id in desk.save(write)]


def _read_batch(desk: Desk) -> Woken:
    document, done = _look_up(desk)
    copies = {numbers[0]: numbers[1:] for numbers in desk.held.batch or ()}
    data = wiring.blobs(desk.settings).get(document.blob_key)
    work = partial(desk.in_child, read_pages, data, FileKind(document.kind), _options(desk), done, tuple(copies))
    return _end_batch(desk, _problem(desk, partial(work, on_item=partial(_store, desk, copies))))


def _problem(desk: Desk, read: Callable[[], None]) -> str | None:
    """Reads; gives why it could not be finished, unless another try may help.

    Raises:
        ChildCrashed: it crashed for the first time.
    """
    try:
        read()
    except (TimeLimit, MemoryLimit) as limit:
        return limit.code
    except ChildCrashed as crash:
        if desk.held.attempts < retry.MAX_CRASHES:
            raise
        return crash.code
    return None


def _store(desk: Desk, copies: dict[int, tuple[int, ...]], page: Page) -> None:
    """Stores a page, and with it those that are the same."""
    pages = [page, *(copy_of(page, number) for number in copies.get(page.number, ()))]
    desk.save(lambda connection: jobs.save_pages(connection, desk.held, pages))


def _end_batch(desk: Desk, problem: str | None) -> Woken:
    """Ends a batch; the last one ends the document's reading in the same transaction."""

    def write(connection: Connection) -> tuple[str, Reading] | None:
        joined = batches.finish(connection, desk.held, problem)
        if joined is None:
            return None
        reading = documents.reading_so_far(connection, joined.held.doc_id, joined.problem)
        version = STAGE_VERSIONS["ocr"]
        return jobs.finish_reading(connection, joined.held, reading, version, joined.wall_ms), reading

    finished = desk.save(write)
    return [] if finished is None else _finished(desk, *finished)


def _end_document(desk: Desk, problem: str | None, wall_ms: float) -> Woken:
    def write(connection: Connection) -> tuple[str, Reading]:
        reading = documents.reading_so_far(connection, desk.held.doc_id, problem)
        return jobs.finish_reading(connection, desk.held, reading, STAGE_VERSIONS["ocr"], wall_ms), reading

    return _finished(desk, *desk.save(write))


def _finished(desk: Desk, next_job: str, reading: Reading) -> Woken:
    """After the commit: keeps the reading for the next time these bytes come."""
    by_ocr = any(page.source is PageSource.OCR for page in reading.pages)
    if desk.settings.ocr_cache_days and by_ocr and not reading.partial:
        document, _ = _look_up(desk)
        with wiring.redis(desk.settings, answer_within_s=2.0) as connection:
            cache.keep_reading(connection, _key(desk, document), reading.pages, desk.settings.ocr_cache_days)
    return [(next_job, "classification")]


def _from_cache(desk: Desk, document: Document) -> tuple[Page, ...] | None:
    if not desk.settings.ocr_cache_days:
        return None
    with wiring.redis(desk.settings, answer_within_s=2.0) as connection:
        pages = cache.load_reading(connection, _key(desk, document))
    return pages if pages is not None and len(pages) == document.page_count else None


def _key(desk: Desk, document: Document) -> str:
    return cache.reading_key(document.tenant_id, document.sha256, STAGE_VERSIONS["ocr"], asdict(_options(desk)))


def _options(desk: Desk) -> ReadingOptions:
    return wiring.reading_options(desk.settings)


def _look_up(desk: Desk) -> tuple[Document, tuple[int, ...]]:
    """The document, and the numbers of its pages that are stored."""
    with desk.store.connect() as connection:
        document = documents.get(connection, desk.held.tenant_id, desk.held.doc_id)
        return document, tuple(documents.page_numbers_of(connection, document.id))


def _ms_since(start: float) -> float:
    return (time.monotonic() - start) * 1000
