"""What whoever can write to Redis may not do (see D53 to D55 of the security cases)."""

from __future__ import annotations

import json
import pickle
import zlib
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from redis import Redis
from rq import SimpleWorker
from rq.serializers import JSONSerializer

from workers import stages
from workers.queues import WakeUp, push, queue


@pytest.fixture
def connection(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url) as client:
        yield client


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    jobs: list[str] = []
    monkeypatch.setattr(stages, "run_job", jobs.append)
    return jobs


def _forge(connection: Redis, payload: bytes, **more: str) -> None:
    job_id = uuid4().hex
    connection.hset(f"rq:job:{job_id}", mapping={"data": payload, "origin": "ocr", "status": "queued",
                                                 "created_at": "2026-01-01T00:00:00.000000Z", **more})  # fmt: skip
    connection.sadd("rq:queues", "rq:queue:ocr")
    connection.rpush("rq:queue:ocr", job_id)


def _work(connection: Redis) -> None:
    worker = SimpleWorker([queue("ocr", connection)], connection=connection, serializer=JSONSerializer,
                          job_class=WakeUp)  # fmt: skip
    worker.work(burst=True, logging_level="CRITICAL")


def call(name: str, *args: object, **kwargs: object) -> bytes:
    return zlib.compress(json.dumps([name, None, list(args), kwargs]).encode())


def test_a_wake_up_reaches_the_stage(connection: Redis, woken: list[str]) -> None:
    job_id = str(uuid4())
    push([(job_id, "ocr")], connection)
    _work(connection)
    assert woken == [job_id]


def test_a_wake_up_tells_redis_nothing_but_an_id(connection: Redis) -> None:
    push([(str(uuid4()), "ocr")], connection)
    [key] = connection.keys("rq:job:*")
    stored = connection.hgetall(key)
    assert stored[b"description"] == b"wake-up"


def test_a_finished_wake_up_leaves_nothing_in_redis(connection: Redis, woken: list[str]) -> None:
    push([(str(uuid4()), "ocr")], connection)
    _work(connection)
    assert connection.keys("rq:job:*") == []


@pytest.mark.parametrize("case", ["pickle", "system", "arguments", "two arguments", "keyword", "junk", "not json",
                                  "wrong shape"])  # fmt: skip
def test_a_forged_wake_up_is_not_run_and_the_worker_goes_on(
    connection: Redis, woken: list[str], tmp_path: Path, case: str
) -> None:
    target = tmp_path / "owned"
    touch = f"touch {target}"

    class Exploit:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            import os

            return os.system, (touch,)

    payload = {
        "pickle": zlib.compress(pickle.dumps(Exploit())),
        "system": call("os.system", touch),
        "arguments": call("workers.stages.run_job", "../../etc/passwd"),
        "two arguments": call("workers.stages.run_job", str(uuid4()), touch),
        "keyword": call("workers.stages.run_job", str(uuid4()), extra=touch),
        "junk": b"\x00junk",
        "not json": zlib.compress(b"not json"),
        "wrong shape": zlib.compress(b"[1]"),
    }[case]
    _forge(connection, payload)
    good = str(uuid4())
    push([(good, "ocr")], connection)
    _work(connection)
    assert woken == [good]
    assert not target.exists()


@pytest.mark.parametrize("name", ["success_callback_name", "failure_callback_name", "stopped_callback_name"])
def test_a_forged_callback_is_dropped(connection: Redis, woken: list[str], tmp_path: Path, name: str) -> None:
    _forge(connection, call("workers.stages.run_job", str(uuid4())), **{name: "os.abort"})
    _work(connection)
    assert len(woken) == 1


def test_a_forged_webhook_is_dropped(connection: Redis, woken: list[str]) -> None:
    hook = json.dumps([{"url": "http://127.0.0.1:9/", "job_status": "finished"}])
    _forge(connection, call("workers.stages.run_job", str(uuid4())), webhooks=hook)
    _work(connection)
    job = WakeUp.create("workers.stages.run_job", connection=connection)
    job.restore({b"data": call("x"), b"webhooks": hook.encode()})
    assert job.webhooks == []
    assert len(woken) == 1
