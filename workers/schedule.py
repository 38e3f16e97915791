"""The scheduler: one leader per installation sends the outbox, sweeps lost work, and takes metric snapshots."""

from __future__ import annotations

import time

import structlog
from redis import Redis, RedisError
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from app import wiring
from app.settings import Settings
from db import jobs, snapshots
from workers.breaker import Breaker
from workers.shutdown import DRAIN
from workers.sweeper import dispatch, sweep, wake_rereads

log = structlog.get_logger()

_LEADER_LOCK = 727_002
_HOUR_S = 3600.0


def run(settings: Settings) -> None:
    """Works until the process is asked to stop. A server that is away is waited for."""
    store = wiring.database(settings)
    while not DRAIN.begun:
        try:
            with store.connect() as lock, wiring.redis(settings, answer_within_s=5.0) as connection:
                if _lead(lock):
                    _loop(settings, store, lock, connection)
        except DBAPIError as error:
            log.warning("database_away", error=type(error).__name__)
        time.sleep(settings.sweep_s)


def _lead(lock: Connection) -> bool:
    """Whether this process is the leader; it stays so while this connection lives."""
    leads = bool(lock.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": _LEADER_LOCK}).scalar_one())
    lock.commit()
    return leads


def _loop(settings: Settings, store: Engine, lock: Connection, connection: Redis) -> None:
    log.info("leading")
    next_snapshot = time.monotonic()
    next_cleaning = time.monotonic() + _HOUR_S
    while not DRAIN.begun:
        lock.execute(text("SELECT 1"))  # a lost connection is a lost lock
        lock.commit()
        try:
            dispatch(store, connection)
            sweep(store, connection, settings.rewake_s)
            if settings.llm != "off":
                breaker = Breaker(connection, wiring.llm_server(settings), open_s=settings.llm_breaker_s)
                wake_rereads(store, connection, breaker.look(), settings.rewake_s)
        except RedisError as error:
            log.warning("redis_away", error=type(error).__name__)
        if time.monotonic() >= next_snapshot:
            next_snapshot = time.monotonic() + settings.snapshot_s
            with store.begin() as transaction:
                snapshots.take(transaction)
        if time.monotonic() >= next_cleaning:
            next_cleaning = time.monotonic() + _HOUR_S
            with store.begin() as transaction:
                jobs.forget_sent(transaction)
                snapshots.thin(transaction)
        time.sleep(settings.sweep_s)
