"""The breaker that all workers share through Redis: two real processes, killed and flushed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from redis import Redis

from db.embedded import EmbeddedRedis
from tests.workers.peer import BREAKER_TIMES, Peer, peers, ready, together
from workers.breaker import FAILURES, Breaker, State

OPEN_S, TRIAL_S = BREAKER_TIMES["open_s"], BREAKER_TIMES["trial_s"]


@pytest.fixture(scope="module")
def processes(redis_server: EmbeddedRedis) -> Iterator[Sequence[Peer]]:
    with peers(redis_server.url) as two:
        yield two


@pytest.fixture
def pair(redis_url: str, processes: Sequence[Peer]) -> Sequence[Peer]:
    return ready(processes)


def fail(pair: Sequence[Peer], times: int) -> None:
    for number in range(times):
        pair[number % 2].do("breaker", "failed")


def ask(pair: Sequence[Peer], threads: int = 4) -> Counter[str]:
    return Counter(together(pair, "ask_at", threads))


def wait_for_half_open(peer: Peer) -> None:
    deadline = time.monotonic() + 5
    while peer.do("breaker", "look") != "half_open":
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_failures_in_a_row_are_counted_over_both_processes(pair: Sequence[Peer]) -> None:
    fail(pair, FAILURES - 1)
    assert ask(pair) == {"closed": 8}
    pair[1].do("breaker", "failed")
    assert ask(pair) == {"open": 8}


def test_a_success_of_either_begins_the_count_anew(pair: Sequence[Peer]) -> None:
    fail(pair, FAILURES - 1)
    pair[1].do("breaker", "succeeded")
    fail(pair, FAILURES - 1)
    assert ask(pair) == {"closed": 8}


def test_what_says_nothing_about_the_server_neither_counts_nor_begins_anew(pair: Sequence[Peer]) -> None:
    fail(pair, FAILURES - 1)
    for _ in range(FAILURES):
        pair[0].do("breaker", "not_judged")
    assert ask(pair) == {"closed": 8}
    fail(pair, 1)
    assert ask(pair) == {"open": 8}


def test_exactly_one_of_all_who_ask_makes_the_trial(pair: Sequence[Peer]) -> None:
    fail(pair, FAILURES)
    wait_for_half_open(pair[0])
    assert ask(pair, 8) == {"half_open": 1, "open": 15}


def test_looking_does_not_take_the_trial(pair: Sequence[Peer]) -> None:
    fail(pair, FAILURES)
    wait_for_half_open(pair[0])
    assert [peer.do("breaker", "look") for peer in pair] == ["half_open", "half_open"]
    assert ask(pair, 1) == {"half_open": 1, "open": 1}


def test_a_trial_that_succeeds_closes_it(pair: Sequence[Peer]) -> None:
    fail(pair, FAILURES)
    wait_for_half_open(pair[0])
    assert pair[0].do("breaker", "ask") == "half_open"
    pair[0].do("breaker", "succeeded")
    assert ask(pair) == {"closed": 8}
    fail(pair, FAILURES - 1)
    assert ask(pair) == {"closed": 8}


def test_a_trial_that_fails_opens_it_again_for_as_long(pair: Sequence[Peer]) -> None:
    fail(pair, FAILURES)
    wait_for_half_open(pair[0])
    assert pair[0].do("breaker", "ask") == "half_open"
    pair[0].do("breaker", "failed")
    failed = time.monotonic()
    assert ask(pair) == {"open": 8}
    wait_for_half_open(pair[1])
    assert OPEN_S - 0.05 < time.monotonic() - failed < OPEN_S + 2
    assert ask(pair) == {"half_open": 1, "open": 7}


def test_a_trial_that_ends_without_a_verdict_is_made_by_another_at_once(pair: Sequence[Peer]) -> None:
    fail(pair, FAILURES)
    wait_for_half_open(pair[0])
    assert pair[0].do("breaker", "ask") == "half_open"
    pair[0].do("breaker", "not_judged")
    assert ask(pair) == {"half_open": 1, "open": 7}


def test_a_trial_whose_worker_was_killed_is_made_by_another(pair: Sequence[Peer]) -> None:
    fail(pair, FAILURES)
    wait_for_half_open(pair[0])
    assert pair[0].do("breaker", "ask") == "half_open"
    taken = time.monotonic()
    pair[0].kill()
    assert pair[1].do("breaker", "ask") == "open"
    while pair[1].do("breaker", "ask") == "open":
        assert time.monotonic() - taken < TRIAL_S + 2
        time.sleep(0.01)
    assert time.monotonic() - taken > TRIAL_S - 0.05


def test_a_lost_redis_is_a_closed_breaker(pair: Sequence[Peer], redis_server: EmbeddedRedis) -> None:
    fail(pair, FAILURES)
    assert ask(pair) == {"open": 8}
    redis_server.kill()
    started = time.monotonic()
    assert ask(pair) == {"closed": 8}
    for name in ("failed", "succeeded", "not_judged"):
        assert pair[0].do("breaker", name) is None
    assert pair[0].do("breaker", "look") == "closed"
    assert time.monotonic() - started < 10
    redis_server.start()
    assert ask(pair) == {"closed": 8}
    fail(pair, FAILURES)
    assert ask(pair) == {"open": 8}


def test_a_flushed_redis_is_a_closed_breaker(pair: Sequence[Peer], redis_url: str) -> None:
    fail(pair, FAILURES)
    with Redis.from_url(redis_url) as connection:
        connection.flushall()
        connection.script_flush()
    assert ask(pair) == {"closed": 8}
    fail(pair, FAILURES)
    assert ask(pair) == {"open": 8}


def test_each_server_and_model_has_a_breaker_of_its_own(pair: Sequence[Peer], redis_url: str) -> None:
    fail(pair, FAILURES)
    with Redis.from_url(redis_url) as connection:
        assert Breaker(connection, "ollama here another").ask() is State.CLOSED
        assert Breaker(connection, "ollama here tiny").ask() is State.OPEN
