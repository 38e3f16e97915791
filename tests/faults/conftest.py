"""One system for all tests of a file: to start its processes takes longer than most of the tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.settings import Settings
from db.embedded import EmbeddedPostgres, EmbeddedRedis
from tests.faults.system import System, own_database, running

PROCESSES = ("web", "scheduler", "ocr1", "ocr2", "llm1")


@pytest.fixture(scope="module")
def shared_system(
    postgres_server: EmbeddedPostgres,
    redis_server: EmbeddedRedis,
    template_database: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[System]:
    """The system of a file's tests; they ask for `system`."""
    home = tmp_path_factory.mktemp("system") / "home"
    with own_database(postgres_server, template_database) as url:
        settings = Settings(home=home, database_url=url, redis_url=redis_server.url, sampling_rate=0.0)
        with running(settings, *PROCESSES) as started:
            yield started


@pytest.fixture
def system(shared_system: System, postgres_server: EmbeddedPostgres, redis_url: str) -> System:
    """The system with all its processes, an empty Redis, and no document."""
    postgres_server.start()
    shared_system.begin_anew()
    return shared_system
