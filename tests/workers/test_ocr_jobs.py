"""The OCR stage with a real database, Redis and children; most pages are text, which is read quickly."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from redis import Redis
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import Engine, text

from app import wiring
from app.settings import Settings
from db import documents, jobs, reviews
from db.blobs import blob_key, sha256_of
from db.session import engine
from pipeline import child
from pipeline.errors import ChildCrashed, EngineMissing, TimeLimit
from tests.db.store import LOCAL_ADMIN, LOCAL_TENANT
from workers import ocr_jobs, stages
from workers.desk import Desk


@pytest.fixture
def database(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The store, with workers that use the test's settings and split after the first page."""
    child.start_server()
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    monkeypatch.setattr(ocr_jobs, "_FIRST_LOOK_S", 0.0)
    return engine(settings.database_url)


def _pdf(totals: Sequence[str]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, invariant=True)
    for total in totals:
        canvas.drawString(72, 700, "The quick brown fox jumps over the lazy dog")
        canvas.drawString(72, 650, f"Total {total}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _picture() -> bytes:
    picture = Image.new("L", (1275, 900), 255)
    ImageDraw.Draw(picture).text((100, 100), "Statement of account", font=ImageFont.load_default(40), fill=0)
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def _add(database: Engine, settings: Settings, data: bytes, pages: int, kind: str = "pdf") -> documents.Added:
    key = blob_key(LOCAL_TENANT, sha256_of(data))
    wiring.blobs(settings).put(key, data)
    new = documents.NewDocument(
        LOCAL_TENANT, sha256_of(data), key, "a", kind, "application/pdf", len(data), pages, None
    )
    with database.begin() as connection:
        return documents.add(connection, new)


def _work(database: Engine, job_id: str, at_most: int = 20) -> int:
    """Lets a worker take OCR jobs until none is due; gives how many it took."""
    for number in range(at_most):
        if not _rows(database, "SELECT 1 FROM jobs WHERE stage = 'ocr' AND state = 'waiting' AND run_at <= now()"):
            return number
        stages.run_job(job_id)
    return at_most


def _rows(database: Engine, query: str) -> list[tuple[Any, ...]]:
    with database.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


WHYS = "SELECT number, content->>'why' FROM pages WHERE content->>'why' LIKE 'The same%' ORDER BY number"
OCR_STATES = "SELECT first_page, state FROM jobs WHERE stage = 'ocr' ORDER BY first_page"


def test_a_long_document_is_read_in_batches_and_joined(database: Engine, settings: Settings) -> None:
    added = _add(database, settings, _pdf([str(n) for n in range(1, 13)]), 12)
    assert _work(database, added.job_id) == 4, "the whole, and three batches of what it left"
    assert _rows(database, OCR_STATES) == [(0, "done"), (2, "done"), (7, "done"), (12, "done")]
    with database.connect() as connection:
        reading = documents.reading_of(connection, added.document_id)
    assert [page.text.split()[-1] for page in reading.pages] == [str(n) for n in range(1, 13)]
    assert not reading.partial
    assert _rows(database, "SELECT stage, state FROM jobs WHERE stage <> 'ocr'") == [("classification", "waiting")]


def test_pages_that_are_the_same_are_in_no_batch(database: Engine, settings: Settings) -> None:
    """Page 7 is like page 1, which was read before the split; pages 9 and 10 are like page 3."""
    totals = ["1", "2", "3", "4", "5", "6", "1", "8", "3", "3", "11"]
    added = _add(database, settings, _pdf(totals), len(totals))
    _work(database, added.job_id)
    assert _rows(database, "SELECT batch FROM jobs WHERE first_page > 0 ORDER BY first_page") == [
        ([[2], [3, 9, 10], [4], [5], [6]],),
        ([[8], [11]],),
    ]
    assert _rows(database, WHYS) == [(n, f"The same as page {1 if n == 7 else 3}.") for n in (7, 9, 10)]
    with database.connect() as connection:
        reading = documents.reading_of(connection, added.document_id)
    assert [page.text.split()[-1] for page in reading.pages] == totals


def test_a_document_of_the_same_pages_needs_no_batch(database: Engine, settings: Settings) -> None:
    added = _add(database, settings, _pdf(["1"] * 8), 8)
    assert _work(database, added.job_id) == 1
    assert _rows(database, OCR_STATES) == [(0, "done")]
    assert len(_rows(database, WHYS)) == 7


def test_a_short_document_is_one_job(database: Engine, settings: Settings) -> None:
    added = _add(database, settings, _pdf(["1", "2", "1", "4", "5"]), 5)
    assert _work(database, added.job_id) == 1
    assert _rows(database, OCR_STATES) == [(0, "done")]
    assert _rows(database, WHYS) == [(3, "The same as page 1.")]


@pytest.mark.parametrize(
    ("failure", "problem", "claims"), [(TimeLimit(), "time_limit", 1), (ChildCrashed(), "child_crashed", 2)]
)
def test_a_batch_that_fails_costs_its_pages_only(
    database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch, failure: Exception, problem: str, claims: int
) -> None:
    _fail_in_batch_of_page_7(monkeypatch, failure)
    added = _add(database, settings, _pdf([str(n) for n in range(1, 13)]), 12)
    for _ in range(2):
        _work(database, added.job_id)
        with database.begin() as connection:
            connection.execute(text("UPDATE jobs SET run_at = now() WHERE state = 'waiting'"))
    assert _rows(database, "SELECT state, last_error, attempts FROM jobs WHERE first_page = 7") == [
        ("dead", problem, claims)
    ]
    with database.connect() as connection:
        reading = documents.reading_of(connection, added.document_id)
    assert [page.number for page in reading.pages] == [1, 2, 3, 4, 5, 6, 12]
    assert (reading.problem, reading.partial) == (problem, True)


def test_without_an_engine_the_whole_document_is_a_dead_letter(
    database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fail_in_batch_of_page_7(monkeypatch, EngineMissing())
    added = _add(database, settings, _pdf([str(n) for n in range(1, 13)]), 12)
    _work(database, added.job_id)
    assert _rows(database, "SELECT processing_status FROM docs") == [("error",)]
    assert _rows(database, OCR_STATES) == [(0, "dead"), (2, "done"), (7, "dead"), (12, "dead")]
    monkeypatch.undo()
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    with database.begin() as connection:
        job_id, _ = reviews.retry(connection, LOCAL_TENANT, added.document_id, LOCAL_ADMIN, "ocr")
    _work(database, job_id)
    assert _rows(database, "SELECT count(*) FROM pages") == [(12,)]


def test_what_was_read_by_ocr_is_not_read_again(
    database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _picture()
    added = _add(database, settings, data, 1, "png")
    _work(database, added.job_id)
    before = _rows(database, "SELECT content FROM pages")
    assert before[0][0]["source"] == "ocr"
    with database.begin() as connection:
        connection.execute(text("DELETE FROM docs"))
    monkeypatch.setattr(Desk, "in_child", lambda *_, **__: pytest.fail("it was read again"))
    again = _add(database, settings, data, 1, "png")
    _work(database, again.job_id)
    assert _rows(database, "SELECT content FROM pages") == before
    assert _rows(database, "SELECT stage FROM stage_results") == [("ocr",)]


@pytest.mark.parametrize("case", ["switched off", "a text layer", "pages are missing"])
def test_what_is_not_kept(
    database: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch, redis_url: str, case: str
) -> None:
    off = settings.model_copy(update={"ocr_cache_days": 0.0})
    monkeypatch.setattr(wiring, "settings", lambda: off if case == "switched off" else settings)
    data, pages, kind = (_pdf(["1"]), 1, "pdf") if case == "a text layer" else (_picture(), 1, "png")
    added = _add(database, settings, data, pages + (case == "pages are missing"), kind)
    _work(database, added.job_id)
    assert _rows(database, "SELECT count(*) FROM stage_results") == [(1,)]
    with Redis.from_url(redis_url) as connection:
        assert connection.keys("fuse:reading:*") == []


def _fail_in_batch_of_page_7(monkeypatch: pytest.MonkeyPatch, failure: Exception) -> None:
    as_it_is = Desk.in_child

    def in_child(desk: Desk, work: Any, *args: Any, **more: Any) -> Any:
        if desk.held.batch is not None and desk.held.batch[0][0] == 7:
            raise failure
        return as_it_is(desk, work, *args, **more)

    monkeypatch.setattr(Desk, "in_child", in_child)


def test_a_claim_of_a_batch_carries_its_pages(database: Engine, settings: Settings) -> None:
    added = _add(database, settings, _pdf([str(n) for n in range(1, 8)]), 7)
    stages.run_job(added.job_id)
    with database.begin() as connection:
        stored = connection.execute(text("SELECT * FROM jobs WHERE first_page = 2")).mappings().one()
    assert jobs.Claim.from_row(stored).batch == ((2,), (3,), (4,), (5,), (6,))
