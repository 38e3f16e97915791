"""The embedded servers: they answer, keep their address over crashes, and never outlive or block their starter."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psutil
import psycopg
import pytest
import redis
from rq import Worker

from app.settings import ROOT
from db import embedded
from db.embedded import (
    DataTooNew,
    EmbeddedPostgres,
    EmbeddedRedis,
    ProgramMissing,
    ServerDidNotStart,
    StopMode,
    redis_program,
    start_postgres,
    start_redis,
)
from db.lifeline import SystemUser, start_program


@pytest.fixture
def own_postgres(server_folder: Path) -> Iterator[EmbeddedPostgres]:
    server = start_postgres(server_folder / uuid4().hex[:8] / "pg", durable=False)
    yield server
    server.stop()


@pytest.fixture
def own_redis(server_folder: Path) -> Iterator[EmbeddedRedis]:
    server = start_redis(server_folder / uuid4().hex[:8] / "redis")
    yield server
    server.stop()


def _connect(server: EmbeddedPostgres) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(server.url.replace("+psycopg", ""), autocommit=True)


def _gone(pid: int, within_s: float = 10.0) -> bool:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        if not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_postgres_keeps_data_and_address_over_a_restart(own_postgres: EmbeddedPostgres, mode: StopMode) -> None:
    address, pid = own_postgres.url, own_postgres.pid
    with _connect(own_postgres) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    own_postgres.restart(mode)
    assert own_postgres.url == address
    assert own_postgres.pid != pid
    with _connect(own_postgres) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_postgres_survives_a_kill(own_postgres: EmbeddedPostgres) -> None:
    with _connect(own_postgres) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    own_postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        _connect(own_postgres)
    own_postgres.start()
    with _connect(own_postgres) as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("1\n", id="a live process that isn't PostgreSQL"),
        pytest.param("999999999\n", id="a process that is gone"),
        pytest.param("", id="an empty file, as after a power failure"),
        pytest.param("not a number\n/somewhere\n", id="garbage"),
    ],
)
def test_an_old_postmaster_file_does_not_prevent_a_start(server_folder: Path, content: str) -> None:
    folder = server_folder / "stale"
    start_postgres(folder, durable=False).stop()
    (folder / "data" / "postmaster.pid").write_text(content)
    server = start_postgres(folder, durable=False)
    try:
        with _connect(server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()


def test_a_server_left_running_is_replaced(own_postgres: EmbeddedPostgres, own_redis: EmbeddedRedis) -> None:
    second_postgres = start_postgres(own_postgres.folder, durable=False)
    second_redis = start_redis(own_redis.folder)
    try:
        assert not own_postgres.running
        assert not own_redis.running
        with _connect(second_postgres) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        second_postgres.stop()
        second_redis.stop()


def test_a_first_start_that_was_interrupted_is_repeated(server_folder: Path) -> None:
    folder = server_folder / "interrupted"
    (folder / "data.new").mkdir(parents=True)
    (folder / "data.new" / "PG_VERSION").write_text("18")
    server = start_postgres(folder, durable=False)
    try:
        with _connect(server) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop()


def test_data_of_an_unknown_version_are_left_alone(server_folder: Path) -> None:
    data = server_folder / "newer" / "data"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("99\n")
    with pytest.raises(DataTooNew, match="PostgreSQL 99"):
        start_postgres(data.parent)
    assert (data / "PG_VERSION").read_text() == "99\n"


def test_a_long_path_is_no_obstacle(server_folder: Path) -> None:
    folder = server_folder / ("a long, long name " + "x" * 100)
    postgres = start_postgres(folder / "pg", durable=False)
    cache = start_redis(folder / "redis")
    try:
        with _connect(postgres) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        assert _ping(cache.url)
        assert len(str(postgres.socket_folder)) < 60
    finally:
        postgres.stop()
        cache.stop()
    assert not postgres.socket_folder.exists()
    assert not cache.socket_folder.exists()


@pytest.mark.parametrize("name", ["a b", "a=b", "a,b"])
def test_a_worker_can_begin_wherever_the_project_lies(server_folder: Path, name: str) -> None:
    """RQ's workers ask Redis who they are, and its client splits the answer, in which the socket's path stands."""
    server = start_redis(server_folder / name)
    client = redis.Redis.from_url(server.url)
    try:
        assert client.client_info()["addr"]
        assert Worker(["any"], connection=client).ip_address != "unknown"
    finally:
        client.close()
        server.stop()


def test_redis_keeps_its_address_but_not_its_content(own_redis: EmbeddedRedis) -> None:
    client = redis.Redis.from_url(own_redis.url)
    for end in (own_redis.kill, lambda: own_redis.stop(for_good=False)):
        client.set("key", "value")
        end()
        with pytest.raises(redis.ConnectionError):
            client.get("key")
        own_redis.start()
        assert client.get("key") is None
    client.close()


def test_redis_refuses_rather_than_forgets(own_redis: EmbeddedRedis) -> None:
    client = redis.Redis.from_url(own_redis.url)
    assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
    client.close()


def test_only_this_user_can_open_the_sockets(own_postgres: EmbeddedPostgres, own_redis: EmbeddedRedis) -> None:
    for folder in (own_postgres.folder, own_redis.folder):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with _connect(own_postgres) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    client = redis.Redis.from_url(own_redis.url)
    assert client.config_get("port") == {"port": "0"}
    client.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's death signal is Linux' own")
def test_servers_end_with_a_starter_that_is_killed(server_folder: Path) -> None:
    folder = server_folder / "orphans"
    script = (
        "import sys, time; from pathlib import Path; from db.embedded import *; folder = Path(sys.argv[1]);"
        "servers = start_postgres(folder / 'pg', durable=False), start_redis(folder / 'redis');"
        "print(*(s.pid for s in servers), flush=True); time.sleep(60)"
    )
    starter = subprocess.Popen([sys.executable, "-c", script, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert starter.stdout is not None
    pids = [int(pid) for pid in starter.stdout.readline().split()]
    starter.stdout.close()
    assert len(pids) == 2
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    assert [_gone(pid) for pid in pids] == [True, True]


def test_a_program_that_fails_tells_its_last_words(server_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = server_folder / "broken-redis"
    broken.write_text("#!/bin/sh\necho 'no room on the disk'\nexit 1\n")
    broken.chmod(0o755)
    monkeypatch.setattr("db.embedded.redis_program", lambda: broken)
    with pytest.raises(ServerDidNotStart, match="no room on the disk"):
        start_redis(server_folder / "broken")


def test_without_a_redis_program_it_says_so(server_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.embedded.redis_program", lambda: None)
    with pytest.raises(ProgramMissing, match="redis-server nor valkey-server"):
        start_redis(server_folder / "none")


def test_the_machines_own_redis_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("valkey-server", "redis-server"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path))
        assert redis_program() == program


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may pass a program to another user")
def test_root_hands_postgres_to_a_user_of_its_own(own_postgres: EmbeddedPostgres) -> None:
    assert psutil.Process(own_postgres.pid).username() == "fuse-postgres"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may pass a program to another user")
def test_starters_at_the_same_time_make_that_user_once(monkeypatch: pytest.MonkeyPatch) -> None:
    known: list[SystemUser] = []

    def add() -> None:
        time.sleep(0.2)  # the others come meanwhile
        known.append(SystemUser(990 - len(known), 990))

    monkeypatch.setattr(embedded, "_find_system_user", lambda: known[-1] if known else None)
    monkeypatch.setattr(embedded, "_add_system_user", add)
    with ThreadPoolExecutor() as starters:
        found = {each.result() for each in [starters.submit(embedded._system_user) for _ in range(4)]}
    assert found == {SystemUser(990, 990)}


def test_a_program_runs_in_a_session_of_its_own(tmp_path: Path) -> None:
    process = start_program(["sh", "-c", "echo here; exec sleep 30"], log=tmp_path / "log", cwd=tmp_path)
    try:
        deadline = time.monotonic() + 10
        while psutil.Process(process.pid).cmdline() != ["sleep", "30"] and time.monotonic() < deadline:
            time.sleep(0.02)
        assert psutil.Process(process.pid).cmdline() == ["sleep", "30"]
        assert os.getsid(process.pid) == process.pid
        assert (tmp_path / "log").read_text().strip() == "here"
    finally:
        process.kill()
        process.wait()


def _ping(url: str) -> bool:
    client = redis.Redis.from_url(url)
    try:
        return bool(client.ping())
    finally:
        client.close()
