"""Health: is the process alive, can it serve, and what is missing."""

from __future__ import annotations

from typing import Literal

import structlog
from fastapi import APIRouter, Response
from redis import RedisError
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app import wiring
from app.api.answers import Answer

log = structlog.get_logger()
router = APIRouter(tags=["health"])


class Health(Answer):
    """`ok`: all there. `degraded`: uploads are taken, work waits for Redis. `down`: no database, nothing is taken."""

    status: Literal["ok", "degraded", "down"]
    database: bool
    redis: bool


@router.get("/health/live")
def live() -> dict[str, str]:
    """The process answers; says nothing about its servers."""
    return {"status": "ok"}


@router.get("/health/ready", responses={503: {"model": Health}})
def ready(response: Response) -> Health:
    """Whether requests can be served: 200 with the database there, 503 without."""
    return _checked(response)


@router.get("/health", responses={503: {"model": Health}})
def health(response: Response) -> Health:
    """The same as ready."""
    return _checked(response)


def _checked(response: Response) -> Health:
    database, redis = _database_answers(), _redis_answers()
    if not database:
        response.status_code = 503
        return Health(status="down", database=False, redis=redis)
    return Health(status="ok" if redis else "degraded", database=True, redis=redis)


def _database_answers() -> bool:
    try:
        with wiring.database(wiring.settings()).connect() as connection:
            connection.execute(text("SELECT 1"))
    except (DBAPIError, PoolTimeout, wiring.NotConfigured) as error:
        log.warning("database_away", error=type(error).__name__)
        return False
    return True


def _redis_answers() -> bool:
    try:
        with wiring.redis(wiring.settings(), answer_within_s=2.0) as connection:
            connection.ping()
    except (RedisError, wiring.NotConfigured) as error:
        log.warning("redis_away", error=type(error).__name__)
        return False
    return True
