"""The circuit breaker of the language model's server, shared by all workers through Redis.

Closed: calls go through, failures in a row are counted. Open: nobody calls. Half open, after a while: one worker tries
one call; it closes the breaker, or opens it again. (M. Nygard, "Release It!", 2007.) A lost Redis means a closed
breaker: each worker then finds out by itself.
"""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import Any

import structlog
from redis import Redis, RedisError

log = structlog.get_logger()

FAILURES = 5
"""In a row, of all workers together."""
OPEN_S = 30.0
_FORGET_S = 86_400
_ALLOW = """
local opened = redis.call('GET', KEYS[1])
if not opened then return 'closed' end
local now = redis.call('TIME')
if now[1] + now[2] / 1e6 - opened < tonumber(ARGV[1]) then return 'open' end
if redis.call('SET', KEYS[3], '1', 'NX', 'PX', ARGV[2]) then return 'half_open' end
return 'open'
"""
_FAIL = """
local failures = redis.call('INCR', KEYS[2])
redis.call('EXPIRE', KEYS[2], ARGV[2])
if failures >= tonumber(ARGV[1]) or redis.call('EXISTS', KEYS[1]) == 1 then
    local now = redis.call('TIME')
    redis.call('SET', KEYS[1], now[1] + now[2] / 1e6, 'EX', ARGV[2])
    redis.call('DEL', KEYS[3])
    return 1
end
return 0
"""


class State(StrEnum):
    """What a breaker says to somebody who wants to call."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"
    """Whoever is told this makes the one trial call."""


class Breaker:
    """The breaker of one server and model.

    Args:
        connection: to the Redis that all workers share.
        server: names the server and the model; workers with other settings have a breaker of their own.
        failures: so many in a row open it.
        open_s: how long nobody calls then.
        trial_s: how long a trial call may take before another worker may try.
    """

    def __init__(
        self,
        connection: Redis,
        server: str,
        failures: int = FAILURES,
        open_s: float = OPEN_S,
        trial_s: float = 120.0,
    ) -> None:
        self._redis = connection
        name = hashlib.sha256(server.encode()).hexdigest()[:16]
        self._keys = [f"fuse:llm:{name}:{part}" for part in ("opened", "failures", "trial")]
        self._failures, self._open_s, self._trial_ms = failures, open_s, int(trial_s * 1000)
        self._allow = connection.register_script(_ALLOW)
        self._fail = connection.register_script(_FAIL)

    def ask(self) -> State:
        """Whether a call may be made now."""
        return State(self._run(self._allow, [self._open_s, self._trial_ms], State.CLOSED))

    def look(self) -> State:
        """As `ask`, without taking the trial call."""
        try:
            opened = self._redis.get(self._keys[0])
            if opened is None:
                return State.CLOSED
            seconds, microseconds = self._redis.time()
        except RedisError as error:
            log.warning("breaker_away", error=type(error).__name__)
            return State.CLOSED
        waited = seconds + microseconds / 1e6 - float(opened)
        return State.OPEN if waited < self._open_s else State.HALF_OPEN

    def succeeded(self) -> None:
        """Notes that the server answered: closes the breaker."""
        try:
            self._redis.delete(*self._keys)
        except RedisError as error:
            log.warning("breaker_away", error=type(error).__name__)

    def failed(self) -> None:
        """Notes a failure that speaks against the server."""
        if self._run(self._fail, [self._failures, _FORGET_S], b"0") in (1, b"1"):
            log.warning("breaker_open", seconds=self._open_s)

    def not_judged(self) -> None:
        """Notes that a call ended in a way that says nothing about the server: another worker may make the trial."""
        try:
            self._redis.delete(self._keys[2])
        except RedisError as error:
            log.warning("breaker_away", error=type(error).__name__)

    def _run(self, script: Any, arguments: list[Any], without_redis: Any) -> Any:
        try:
            answer = script(keys=self._keys, args=arguments)
        except RedisError as error:
            log.warning("breaker_away", error=type(error).__name__)
            return without_redis
        return answer.decode() if isinstance(answer, bytes) else answer
