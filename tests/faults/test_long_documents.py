"""Documents that are spread over page batches, with real processes and their deaths."""

from __future__ import annotations

import time

import httpx
import pytest

from tests.faults.system import System, long_scan, picture

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]

BATCHES = "SELECT count(*) FROM jobs WHERE first_page > 0"


@pytest.mark.slow
def test_kill_of_a_worker_in_the_middle_of_a_batch(system: System) -> None:
    document = system.upload(long_scan(1, 12)).json()["document_id"]
    system.kill(_worker_in_batch(system))
    system.wait_until_done()
    system.check_promises()
    _check_whole(system, document, 12)
    lost_once = "SELECT attempts, count(*) FROM jobs WHERE first_page > 0 GROUP BY attempts ORDER BY attempts"
    assert [row[0] for row in system.rows(lost_once)] == [1, 2]
    states = system.rows("SELECT DISTINCT state FROM jobs")
    assert states == [("done",)]


def test_kill_of_the_child_in_the_middle_of_a_batch(system: System) -> None:
    document = system.upload(long_scan(2, 12)).json()["document_id"]
    for child in system.children(_worker_in_batch(system)):
        child.kill()
    system.wait_until_done()
    system.check_promises()
    _check_whole(system, document, 12)


@pytest.mark.slow
def test_kill_of_the_only_worker_between_split_and_first_batch(system: System) -> None:
    """Its wake-ups lie in Redis or in the outbox; whoever comes next finds the batches."""
    system.kill("ocr2")
    document = system.upload(long_scan(3, 8)).json()["document_id"]
    system.wait_for(lambda: system.rows("SELECT 1 FROM jobs WHERE state = 'split'"), 60, "the document is split")
    system.kill("ocr1")
    system.start("ocr2")
    system.wait_until_done()
    system.check_promises()
    _check_whole(system, document, 8)


@pytest.mark.slow
def test_a_batch_that_loses_its_worker_each_time_costs_its_pages_only(system: System) -> None:
    system.kill("ocr2")
    document = system.upload(long_scan(4, 11)).json()["document_id"]
    poison = "SELECT id FROM jobs WHERE first_page > 0 ORDER BY first_page LIMIT 1"
    system.wait_for(lambda: system.rows(poison), 60, "the document is split")
    [(batch,)] = system.rows(poison)
    killed = 0
    while system.statuses()[document] not in ("needs_review", "error"):
        holds = system.rows(
            "SELECT 1 FROM jobs WHERE id = :id AND state = 'running' AND attempts <= 3 AND worker LIKE :worker",
            id=batch,
            worker=f"%:{system.processes['ocr1'].pid}",
        )
        if holds:
            system.kill("ocr1")
            killed += 1
            system.start("ocr1")
        time.sleep(0.02)
    system.wait_until_done()
    system.check_promises()
    assert killed == 3
    [(partial, reasons)] = system.rows("SELECT partial, reasons FROM docs")
    assert partial
    assert "worker_lost" in [reason["code"] for reason in reasons]  # type: ignore[attr-defined]
    [(pages_of_batch,)] = system.rows("SELECT batch FROM jobs WHERE id = :id", id=batch)
    lost = {number for group in pages_of_batch for number in group}  # type: ignore[attr-defined]
    read = {number for (number,) in system.rows("SELECT number FROM pages")}
    assert set(range(1, 12)) - lost <= read, "every page that stands outside of that batch was read"


@pytest.mark.slow
def test_one_page_is_not_stuck_behind_a_long_document(system: System) -> None:
    """With one worker: the batch in hand ends, then comes the page, then the rest."""
    system.kill("ocr2")
    long = system.upload(long_scan(5, 22)).json()["document_id"]
    _worker_in_batch(system, ("ocr1",))
    short = system.upload(picture(1)).json()["document_id"]
    [(open_before,)] = system.rows(f"{BATCHES} AND state IN ('waiting', 'running')")
    read = "SELECT 1 FROM stage_results WHERE doc_id = :doc AND stage = 'ocr'"
    system.wait_for(lambda: system.rows(read, doc=short), 60, "the page is read")
    [(open_after,)] = system.rows(f"{BATCHES} AND state IN ('waiting', 'running')")
    assert int(str(open_before)) - int(str(open_after)) <= 1
    assert int(str(open_after)) >= 3
    assert system.statuses()[long] == "ocr"
    system.wait_until_done(150)
    system.check_promises()
    _check_whole(system, long, 22)


@pytest.mark.slow
def test_reading_again_is_answered_by_the_cache(system: System) -> None:
    document = system.upload(long_scan(6, 7)).json()["document_id"]
    system.wait_until_done()
    [(read_ms,)] = system.rows("SELECT wall_ms FROM stage_results WHERE stage = 'ocr'")
    answer = httpx.post(f"{system.url}/api/docs/{document}/retry", json={"stage": "ocr"}, timeout=30)
    assert answer.status_code in (200, 202), answer.text
    system.wait_until_done()
    _check_whole(system, document, 7)
    [(again_ms,)] = system.rows("SELECT wall_ms FROM stage_results WHERE stage = 'ocr'")
    assert float(str(again_ms)) < float(str(read_ms)) / 5
    assert system.rows(f"{BATCHES} AND generation = 2") == [(0,)]


def _check_whole(system: System, document: str, pages: int) -> None:
    """All pages once, in order, nothing missing; one classification."""
    numbers = system.rows("SELECT number FROM pages WHERE doc_id = :doc ORDER BY number", doc=document)
    errors = system.rows("SELECT first_page, attempts, state, last_error FROM jobs WHERE last_error IS NOT NULL")
    assert numbers == [(number,) for number in range(1, pages + 1)], f"{errors}\n{system.last_words()}"
    assert system.rows("SELECT partial FROM docs WHERE id = :doc", doc=document) == [(False,)]
    [(text,)] = system.rows("SELECT ocr_text FROM docs WHERE id = :doc", doc=document)
    assert str(text).count("\f") == pages - 1
    counted = "SELECT max(n) FROM (SELECT count(*) AS n FROM jobs WHERE doc_id = :doc AND stage = 'classification' " \
              "GROUP BY generation) AS runs"  # fmt: skip
    assert system.rows(counted, doc=document) == [(1,)]


def _worker_in_batch(system: System, names: tuple[str, ...] = ("ocr1", "ocr2")) -> str:
    """The OCR worker that holds a batch of which a page is stored."""
    held: list[str] = []

    def found() -> bool:
        for name in names:
            rows = system.rows(
                "SELECT 1 FROM jobs JOIN pages ON pages.doc_id = jobs.doc_id AND pages.number = jobs.first_page "
                "WHERE jobs.state = 'running' AND jobs.worker LIKE :worker",
                worker=f"%:{system.processes[name].pid}",
            )
            if rows:
                held.append(name)
                return True
        return False

    system.wait_for(found, 60, "a worker has read a page of a batch")
    return held[0]
