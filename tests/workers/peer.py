"""Another worker process, as far as breaker and slots go: does what it is told, a line of JSON at a time."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from redis import Redis

from app.settings import ROOT
from pipeline.errors import LlmBusy
from workers.breaker import Breaker
from workers.slots import Slots

BREAKER_TIMES = {"open_s": 0.6, "trial_s": 0.9}
MOST_SLOTS, SLOT_HELD_S = 3, 1.0
"""Two processes of six threads each want them."""


class Peer:
    """A process that has a breaker and slots of its own, in a Redis that it shares."""

    def __init__(self, redis_url: str) -> None:
        self._command = [sys.executable, "-m", "tests.workers.peer", redis_url]
        self.start()

    def start(self) -> None:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(self._command, cwd=ROOT, text=True, **pipes)

    def begin(self, what: str, *args: Any) -> None:
        """Tells it to do something."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps([what, *args]) + "\n")
        self.process.stdin.flush()

    def result(self) -> Any:
        """Waits for what came of it."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the peer has died"
        return json.loads(line)

    def do(self, what: str, *args: Any) -> Any:
        self.begin(what, *args)
        return self.result()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            with suppress(BrokenPipeError):
                pipe.close()


@contextmanager
def peers(redis_url: str, count: int = 2) -> Iterator[Sequence[Peer]]:
    """Processes; killed at the end."""
    started = [Peer(redis_url) for _ in range(count)]
    try:
        yield started
    finally:
        for peer in started:
            peer.kill()


def ready(some: Sequence[Peer]) -> Sequence[Peer]:
    """The same processes, with those that a test has killed started again."""
    for peer in some:
        if peer.process.poll() is not None:
            peer.start()
    for peer in some:
        assert peer.do("breaker", "look") == "closed"
    return some


def together(some: Sequence[Peer], what: str, *args: Any, after_s: float = 0.2) -> list[Any]:
    """Lets all of them do the same at the same moment; gives all results in one list."""
    moment = time.time() + after_s
    for peer in some:
        peer.begin(what, moment, *args)
    return [each for peer in some for each in peer.result()]


def _serve(url: str) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))  # results go out on the other
    breaker = Breaker(Redis.from_url(url, socket_timeout=2.0), "ollama here tiny", **BREAKER_TIMES)
    slots = Slots(Redis.from_url(url, socket_timeout=2.0), MOST_SLOTS, SLOT_HELD_S)

    def ask_at(moment: float, threads: int) -> list[str]:
        return _at(moment, threads, lambda _: breaker.ask().value)

    def hold_at(moment: float, threads: int, seconds: float, wait_s: float) -> list[list[float]]:
        return _at(moment, threads, lambda _: _hold(slots, seconds, wait_s))

    work: dict[str, Callable[..., Any]] = {
        "breaker": lambda name: getattr(breaker, name)(),
        "ask_at": ask_at,
        "hold": lambda seconds, wait_s: _hold(slots, seconds, wait_s),
        "hold_at": hold_at,
    }
    for line in sys.stdin:
        what, *args = json.loads(line)
        print(json.dumps(work[what](*args)), flush=True)


def _at(moment: float, threads: int, work: Callable[[int], Any]) -> list[Any]:
    def wait_and_work(number: int) -> Any:
        time.sleep(max(moment - time.time(), 0))
        return work(number)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(wait_and_work, range(threads)))


def _hold(slots: Slots, seconds: float, wait_s: float) -> list[float]:
    """From when to when a slot was held; nothing where there was none in time."""
    try:
        with slots.one(wait_s):
            start = time.time()
            time.sleep(seconds)
            return [start, time.time()]
    except LlmBusy:
        return []


if __name__ == "__main__":
    _serve(sys.argv[1])
