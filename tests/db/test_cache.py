from __future__ import annotations

from collections.abc import Iterator

import pytest
from redis import Redis
from redis.client import Pipeline

from db import cache
from db.embedded import EmbeddedRedis
from tests.db import store

KEY = cache.reading_key("t", "ab", "v1", {"engine": "auto"})
PAGES = (store.page(1), store.page(2, "Two words"))


@pytest.fixture
def connection(redis_url: str) -> Iterator[Redis]:
    with Redis.from_url(redis_url, socket_timeout=2) as client:
        yield client


def test_a_reading_comes_back_as_it_was(connection: Redis) -> None:
    assert cache.load_reading(connection, KEY) is None
    assert cache.keep_reading(connection, KEY, PAGES, days=7)
    assert cache.load_reading(connection, KEY) == PAGES
    assert 7 * 86_400 - 5 <= connection.ttl(KEY) <= 7 * 86_400


@pytest.mark.parametrize(
    "other",
    [("u", "ab", "v1", {"engine": "auto"}), ("t", "ac", "v1", {"engine": "auto"}),
     ("t", "ab", "v2", {"engine": "auto"}), ("t", "ab", "v1", {"engine": "tesserocr"})],
    ids=["tenant", "bytes", "version", "options"],
)  # fmt: skip
def test_whatever_changes_a_reading_changes_its_key(other: tuple[str, str, str, dict[str, str]]) -> None:
    assert cache.reading_key(*other) != KEY


@pytest.mark.parametrize("entry", [b"", b"junk", b"x\x9cK\xce", "list", "page", "order"])
def test_a_damaged_entry_is_a_miss(connection: Redis, entry: bytes | str) -> None:
    import json
    import zlib

    shapes = {"list": {"a": 1}, "page": [{"number": 1}], "order": [PAGES[1].to_json(), PAGES[0].to_json()]}
    connection.set(KEY, entry if isinstance(entry, bytes) else zlib.compress(json.dumps(shapes[entry]).encode()))
    assert cache.load_reading(connection, KEY) is None


def test_what_is_too_large_is_not_kept(connection: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_ENTRY_BYTES", 100)
    assert not cache.keep_reading(connection, KEY, PAGES, days=7)
    assert connection.keys("fuse:*") == []


def test_the_cache_leaves_room_for_the_wake_ups(connection: Redis) -> None:
    """A Redis that is full refuses wake-ups: readings take no more than half of it."""
    used = connection.info("memory")["used_memory"]
    connection.config_set("maxmemory", used * 2)
    try:
        assert not cache.keep_reading(connection, KEY, PAGES, days=7)
    finally:
        connection.config_set("maxmemory", 0)
    assert cache.keep_reading(connection, KEY, PAGES, days=7)


def test_without_redis_there_is_no_cache_and_no_failure(connection: Redis, redis_server: EmbeddedRedis) -> None:
    redis_server.kill()
    assert not cache.keep_reading(connection, KEY, PAGES, days=7)
    assert cache.load_reading(connection, KEY) is None


def test_what_was_dropped_while_it_was_made_is_not_kept(connection: Redis) -> None:
    key = cache.examples_key("t", "receipt")
    mark = cache.begin(connection, key, 300)
    cache.keep_begun(connection, key, mark, {"examples": [1]}, 300)
    assert cache.load(connection, key) == {"examples": [1]}

    mark = cache.begin(connection, key, 300)
    cache.drop(connection, key)
    cache.keep_begun(connection, key, mark, {"examples": [1]}, 300)
    assert cache.load(connection, key) is None

    mark = cache.begin(connection, key, 300)
    another = cache.begin(connection, key, 300)
    cache.keep_begun(connection, key, mark, {"examples": [1]}, 300)
    cache.keep_begun(connection, key, another, {"examples": [2]}, 300)
    assert cache.load(connection, key) == {"examples": [2]}


def test_what_is_dropped_at_the_last_moment_is_not_kept(connection: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    key = cache.examples_key("t", "receipt")
    mark = cache.begin(connection, key, 300)
    multi = Pipeline.multi

    def dropping(pipe: Pipeline) -> None:
        cache.drop(connection, key)
        multi(pipe)

    monkeypatch.setattr(Pipeline, "multi", dropping)
    cache.keep_begun(connection, key, mark, {"examples": [1]}, 300)
    assert cache.load(connection, key) is None
