"""How many calls of the language model run at once, counted over all workers in Redis.

A loaded model's queue has no end of its own (Ollama), so the limit is ours. A slot is a lease: one that a killed worker
held is free again when its call would have been over. Without Redis everybody calls.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex

import structlog
from redis import Redis, RedisError

from pipeline.errors import LlmBusy

log = structlog.get_logger()

_KEY = "fuse:llm:slots"
_POLL_S = 0.01
_TAKE = """
local now = redis.call('TIME')
local seconds = now[1] + now[2] / 1e6
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', seconds)
if redis.call('ZCARD', KEYS[1]) >= tonumber(ARGV[1]) then return 0 end
redis.call('ZADD', KEYS[1], seconds + ARGV[3], ARGV[2])
redis.call('EXPIRE', KEYS[1], 3600)
return 1
"""


class Slots:
    """The places for calls of one model.

    Args:
        connection: to the Redis that all workers share.
        most: calls at once.
        held_s: how long a slot is held at the most.
    """

    def __init__(self, connection: Redis, most: int, held_s: float) -> None:
        self._redis = connection
        self._most, self._held_s = most, held_s
        self._take = connection.register_script(_TAKE)

    @contextmanager
    def one(self, wait_s: float) -> Iterator[None]:
        """Waits for a slot and holds it.

        Args:
            wait_s: how long to wait.

        Raises:
            LlmBusy: there was none in time.
        """
        token = token_hex(8)
        end = time.monotonic() + wait_s
        try:
            while not self._take(keys=[_KEY], args=[self._most, token, self._held_s]):
                if time.monotonic() > end:
                    raise LlmBusy
                time.sleep(_POLL_S * (1 + random.random()))
        except RedisError as error:
            log.warning("slots_away", error=type(error).__name__)
        try:
            yield
        finally:
            try:
                self._redis.zrem(_KEY, token)
            except RedisError as error:
                log.warning("slots_away", error=type(error).__name__)
