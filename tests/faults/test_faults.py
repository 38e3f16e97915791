"""Each with real processes: a kill, a flush, a restart; afterwards every promise is checked in the database."""

from __future__ import annotations

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread

import httpx
import pytest
from redis import Redis

from app.settings import Settings
from db.embedded import EmbeddedPostgres, EmbeddedRedis
from tests.faults.system import LEASE_S, System, long_scan, picture, running

pytestmark = [pytest.mark.fault, pytest.mark.timeout(240)]


def test_kill_of_the_ocr_child_costs_an_attempt_and_nothing_else(system: System) -> None:
    document = system.upload(long_scan(1, 3)).json()["document_id"]
    worker = _worker_in_ocr(system)
    for child in system.children(worker):
        child.kill()
    system.wait_until_done()
    system.check_promises()
    [(attempts,)] = system.rows("SELECT attempts FROM jobs WHERE stage = 'ocr'")
    assert attempts == 2
    assert system.rows("SELECT count(*) FROM pages WHERE doc_id = :doc", doc=document) == [(3,)]


def test_kill_of_the_worker_in_the_middle_of_ocr(system: System) -> None:
    """Node loss: worker and children gone at once. The lease runs out, the sweeper wakes another worker."""
    system.upload(long_scan(1, 4))
    worker = _worker_in_ocr(system)
    children = system.children(worker)
    system.kill(worker)
    died = time.monotonic()
    other = {"ocr1": "ocr2", "ocr2": "ocr1"}[worker]
    system.wait_for_ocr(other)
    assert time.monotonic() - died < LEASE_S + 5
    assert not any(child.is_running() and child.status() != "zombie" for child in children)
    system.wait_until_done()
    system.check_promises()


def test_a_worker_that_slept_past_its_lease_can_write_nothing(system: System) -> None:
    system.upload(long_scan(1, 4))
    worker = _worker_in_ocr(system)
    [(fence,)] = system.rows("SELECT fence FROM jobs WHERE stage = 'ocr'")
    os.kill(system.processes[worker].pid, signal.SIGSTOP)
    other = {"ocr1": "ocr2", "ocr2": "ocr1"}[worker]
    system.wait_for_ocr(other)
    os.kill(system.processes[worker].pid, signal.SIGCONT)
    system.wait_until_done()
    system.check_promises()
    [(written,)] = system.rows("SELECT fence FROM stage_results WHERE stage = 'ocr'")
    assert written > fence
    assert "stale_fence" in (system.logs / f"{worker}.log").read_text()


def test_flushall_with_documents_waiting(system: System, redis_url: str) -> None:
    for name in ("ocr1", "ocr2", "llm1"):
        system.kill(name)
    for number in range(12):
        assert system.upload(picture(number)).status_code == 202
    with Redis.from_url(redis_url) as client:
        assert client.llen("rq:queue:ocr") >= 12
        client.flushall()
    system.start("ocr1", "ocr2", "llm1")
    system.wait_until_done(150)
    system.check_promises()


def test_redis_down_while_uploading(system: System, redis_server: EmbeddedRedis) -> None:
    """The crash between commit and enqueue: the row is there, the wake-up is not."""
    redis_server.kill()
    answers = [system.upload(picture(number)) for number in range(5)]
    assert [answer.status_code for answer in answers] == [202] * 5
    assert httpx.get(f"{system.url}/health/ready").json()["status"] == "degraded"
    redis_server.start()
    system.wait_until_done()
    system.check_promises()


def test_kill_of_the_web_process_between_commit_and_enqueue(system: System, redis_server: EmbeddedRedis) -> None:
    """Redis hangs, so that the upload is committed and its wake-up waits; then the web process is killed there."""
    os.kill(redis_server.pid, signal.SIGSTOP)
    try:
        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(system.upload, picture(1))
            system.wait_for(lambda: system.rows("SELECT 1 FROM docs"), 20, "the upload is committed")
            assert system.rows("SELECT 1 FROM outbox WHERE sent_at IS NULL") == [(1,)]
            system.kill("web")
            assert isinstance(answer.exception(), httpx.HTTPError)
    finally:
        os.kill(redis_server.pid, signal.SIGCONT)
    system.acknowledged = [str(row[0]) for row in system.rows("SELECT id FROM docs")]
    system.wait_until_done()
    system.check_promises()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgres_restarted_under_load(system: System, postgres_server: EmbeddedPostgres, mode: str) -> None:
    """What was acknowledged is done; what could not be stored was refused with 503, never with 500 or silence."""
    over = Event()
    answers: list[int] = []

    def upload_on_and_on() -> None:
        number = 0
        while not over.is_set():
            answers.append(system.upload(picture(number)).status_code)
            number += 1

    load = Thread(target=upload_on_and_on)
    load.start()
    system.wait_for(lambda: len(answers) >= 4, 60, "some uploads")
    for _ in range(2):
        postgres_server.restart(mode)  # type: ignore[arg-type]
        after = len(answers)
        system.wait_for(lambda after=after: len(answers) > after + 2, 60, "uploads after the restart")
    over.set()
    load.join()
    assert set(answers) <= {202, 503}, answers
    system.wait_until_done(150)
    system.check_promises()


def test_a_document_that_kills_its_worker_each_time_goes_to_a_person(system: System) -> None:
    """The poison: whoever claims it dies with everything it has. Other documents are not held up."""
    system.kill("ocr2")
    poison = system.upload(long_scan(1, 5)).json()["document_id"]
    killed = 0
    while system.statuses()[poison] not in ("needs_review", "error"):
        worker = "ocr1"
        holds = system.rows(
            "SELECT 1 FROM jobs WHERE doc_id = :doc AND state = 'running' AND attempts <= 3 AND worker LIKE :worker",
            doc=poison,
            worker=f"%:{system.processes[worker].pid}",
        )
        if holds:
            system.kill(worker)
            killed += 1
            system.start(worker)
            assert killed <= 3
        time.sleep(0.02)
    good = system.upload(picture(7)).json()["document_id"]
    system.wait_until_done()
    system.check_promises()
    assert killed == 3
    [(status, partial, reasons)] = system.rows(
        "SELECT processing_status, partial, reasons FROM docs WHERE id = :id", id=poison
    )
    assert (status, partial) == ("needs_review", True)
    assert "worker_lost" in [reason["code"] for reason in reasons]  # type: ignore[attr-defined]
    assert system.statuses()[good] in ("needs_review", "auto_approved")


@pytest.mark.slow
def test_a_document_over_its_time_keeps_the_pages_it_has(shared_system: System, settings: Settings) -> None:
    shared_system.stop()  # its workers would take what is meant for those with other times
    short = {"FUSE_DOCUMENT_TIME_LIMIT_S": "5"}
    with running(settings, "web", "scheduler", "ocr1", "llm1", environment=short) as system:
        system.upload(long_scan(1, 11, lines=45))
        system.wait_until_done()
        system.check_promises()
        [(status, partial, reasons)] = system.rows("SELECT processing_status, partial, reasons FROM docs")
        [(pages,)] = system.rows("SELECT count(*) FROM pages")
        assert (status, partial) == ("needs_review", True)
        assert "time_limit" in [reason["code"] for reason in reasons]  # type: ignore[attr-defined]
        assert 1 <= int(str(pages)) < 11


def test_twenty_uploads_of_the_same_bytes_at_once(system: System) -> None:
    data = picture(1)
    with ThreadPoolExecutor(20) as pool:
        answers = [answer.json() for answer in pool.map(lambda _: system.upload(data), range(20))]
    assert len({answer["document_id"] for answer in answers}) == 1
    assert len({answer["job_id"] for answer in answers}) == 1
    assert [answer["duplicate"] for answer in answers].count(False) == 1
    system.wait_until_done()
    system.check_promises()


def test_a_worker_that_is_stopped_gives_its_document_back(system: System) -> None:
    """Deploys: within its drain time the worker exits; the other goes on at the next page, no attempt is lost."""
    system.upload(long_scan(1, 8))
    worker = _worker_in_ocr(system)
    stopped = time.monotonic()
    system.processes[worker].terminate()
    system.processes[worker].wait(30)
    assert time.monotonic() - stopped < 10
    system.wait_until_done()
    system.check_promises()
    assert system.rows("SELECT DISTINCT attempts FROM jobs WHERE stage = 'ocr'") == [(1,)]


def _worker_in_ocr(system: System) -> str:
    """The OCR worker that holds a document, with at least one page done."""
    held: list[str] = []

    def found() -> bool:
        for name in ("ocr1", "ocr2"):
            rows = system.rows(
                "SELECT 1 FROM jobs JOIN pages USING (doc_id) WHERE stage = 'ocr' AND state = 'running' "
                "AND worker LIKE :worker",
                worker=f"%:{system.processes[name].pid}",
            )
            if rows:
                held.append(name)
                return True
        return False

    system.wait_for(found, 60, "a worker has read a page")
    return held[0]
