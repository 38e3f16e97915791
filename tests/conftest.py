"""Real servers for the tests: one PostgreSQL and one Redis per run, a fresh database per test.

A database is a copy of a template that was migrated once, which takes some 30 ms.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
import redis
from fastapi.testclient import TestClient

from app.settings import Settings
from db.embedded import EmbeddedPostgres, EmbeddedRedis, start_postgres, start_redis
from db.session import engine, migrate
from pipeline import child

FUZZ_CASES = 120


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--fuzz N`: how many broken files are tried. `--slow`: the long tests too."""
    text = f"how many broken files to try; by default the same {FUZZ_CASES} each time, else others each time"
    parser.addoption("--fuzz", type=int, default=FUZZ_CASES, metavar="N", help=text)
    parser.addoption("--slow", action="store_true", help="run the tests that take half a minute or more, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leaves out what is marked slow, and says so, unless it is asked for."""
    if not config.getoption("--slow"):
        for item in items:
            if item.get_closest_marker("slow"):
                item.add_marker(pytest.mark.skip(reason="takes half a minute or more: ./fuse test --slow"))


@pytest.fixture(scope="session")
def server_folder() -> Iterator[Path]:
    """A short folder outside pytest's own, which PostgreSQL's user could not enter."""
    folder = Path(tempfile.mkdtemp(prefix="fuse-test-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server(server_folder: Path) -> Iterator[EmbeddedPostgres]:
    """The run's PostgreSQL. A test that stops it starts it again."""
    server = start_postgres(server_folder / "postgres", durable=False)
    yield server
    server.stop()


@pytest.fixture(scope="session")
def redis_server(server_folder: Path) -> Iterator[EmbeddedRedis]:
    """The run's Redis. A test that stops it starts it again."""
    server = start_redis(server_folder / "redis")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def template_database(postgres_server: EmbeddedPostgres) -> str:
    """The name of a migrated database that nobody is connected to."""
    name = "template_fuse"
    _administer(postgres_server, f"CREATE DATABASE {name}")
    url = postgres_server.database_url(name)
    migrate(url)
    engine(url).dispose()
    return name


@pytest.fixture
def database_url(postgres_server: EmbeddedPostgres, template_database: str) -> Iterator[str]:
    """The address of a migrated, empty database of this test's own."""
    postgres_server.start()
    name = f"test_{uuid4().hex[:12]}"
    _administer(postgres_server, f"CREATE DATABASE {name} TEMPLATE {template_database}")
    url = postgres_server.database_url(name)
    yield url
    engine(url).dispose()
    postgres_server.start()
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def redis_url(redis_server: EmbeddedRedis) -> Iterator[str]:
    """The address of an empty Redis."""
    redis_server.start()
    client = redis.Redis.from_url(redis_server.url)
    client.flushall()
    client.close()
    yield redis_server.url
    redis_server.start()


@pytest.fixture
def settings(tmp_path: Path, database_url: str, redis_url: str) -> Settings:
    """Settings with a home, a database and a Redis of this test's own; chance sends no document to a person."""
    return Settings(home=tmp_path / "home", database_url=database_url, redis_url=redis_url, sampling_rate=0.0)


@pytest.fixture
def api(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """The API as it is served, without a server."""
    from app import wiring  # heavy, and of no use to most tests
    from app.api.problems import TooLargeAsProblem, WithoutDetails
    from app.server import make_api

    monkeypatch.setattr(wiring, "settings", lambda: settings)
    with TestClient(TooLargeAsProblem(WithoutDetails(make_api()))) as client:
        yield client


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This process's own folder for temporary files; the fork server keeps its socket elsewhere."""
    child.start_server()
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def _administer(server: EmbeddedPostgres, statement: str) -> None:
    url = server.database_url("postgres").replace("+psycopg", "")
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
