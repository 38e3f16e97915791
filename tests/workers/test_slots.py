"""The places for calls, counted over two real processes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import pytest
from redis import Redis

from db.embedded import EmbeddedRedis
from pipeline.errors import LlmBusy
from tests.workers.peer import MOST_SLOTS, SLOT_HELD_S, Peer, peers, ready, together
from workers.slots import Slots


@pytest.fixture(scope="module")
def processes(redis_server: EmbeddedRedis) -> Iterator[Sequence[Peer]]:
    with peers(redis_server.url) as two:
        yield two


@pytest.fixture
def pair(redis_url: str, processes: Sequence[Peer]) -> Sequence[Peer]:
    return ready(processes)


def most_at_once(spans: Sequence[Sequence[float]]) -> int:
    return max(sum(start <= moment < end for start, end in spans) for moment, _ in spans)


def test_never_more_at_once_than_there_are_places(pair: Sequence[Peer]) -> None:
    spans = together(pair, "hold_at", 6, 0.1, 10.0)
    assert len(spans) == 12
    assert all(spans)
    assert most_at_once(spans) == MOST_SLOTS


def test_all_places_are_free_in_the_end(pair: Sequence[Peer], redis_url: str) -> None:
    together(pair, "hold_at", 6, 0.01, 10.0)
    with Redis.from_url(redis_url) as connection:
        assert connection.keys("fuse:llm:slots*") == []


def test_who_waits_too_long_is_told_that_it_is_busy(pair: Sequence[Peer]) -> None:
    spans = together(pair, "hold_at", 4, 0.6, 0.2)
    assert [bool(span) for span in spans].count(True) == MOST_SLOTS
    assert most_at_once([span for span in spans if span]) == MOST_SLOTS


def test_an_error_inside_gives_the_place_back(redis_url: str) -> None:
    with Redis.from_url(redis_url) as connection:
        slots = Slots(connection, 1, 60.0)
        for _ in range(3):
            with pytest.raises(ZeroDivisionError), slots.one(0.0):
                raise ZeroDivisionError
        with slots.one(0.0), pytest.raises(LlmBusy), slots.one(0.1):
            pass


def test_the_place_of_a_killed_worker_comes_free(pair: Sequence[Peer], redis_url: str) -> None:
    with Redis.from_url(redis_url) as connection:
        taken = time.monotonic()
        pair[0].begin("hold_at", time.time(), MOST_SLOTS, 30.0, 1.0)
        while connection.zcard("fuse:llm:slots") < MOST_SLOTS:
            assert time.monotonic() - taken < 5
            taken = time.monotonic()
        pair[0].kill()
    assert pair[1].do("hold", 0.0, 0.1) == []
    assert pair[1].do("hold", 0.0, SLOT_HELD_S + 1)
    assert SLOT_HELD_S - 0.2 < time.monotonic() - taken < SLOT_HELD_S + 1


def test_without_redis_everybody_calls(pair: Sequence[Peer], redis_server: EmbeddedRedis) -> None:
    redis_server.kill()
    started = time.monotonic()
    spans = together(pair, "hold_at", 4, 0.2, 5.0)
    assert all(spans)
    assert most_at_once(spans) > MOST_SLOTS
    assert time.monotonic() - started < 10
    redis_server.start()
    assert most_at_once(together(pair, "hold_at", 4, 0.1, 10.0)) == MOST_SLOTS


def test_redis_lost_while_a_place_is_held_or_waited_for_is_no_failure(
    pair: Sequence[Peer], redis_server: EmbeddedRedis
) -> None:
    for peer in pair:
        peer.begin("hold_at", time.time(), 4, 0.5, 20.0)
    time.sleep(0.3)
    redis_server.kill()
    assert all(span for peer in pair for span in peer.result())
    redis_server.start()
