from __future__ import annotations

import pytest
from redis import Redis, RedisError
from sqlalchemy import text

from app import wiring
from app.auth import LOCAL_TENANT
from app.model_state import ModelState, model_state
from app.settings import Settings
from db.session import engine
from workers.breaker import FAILURES, Breaker


def state_of(settings: Settings) -> ModelState | None:
    with engine(settings.database).connect() as connection:
        return model_state(connection, LOCAL_TENANT, settings)


def test_none_where_no_model_is_set(settings: Settings) -> None:
    assert state_of(settings) is None


def test_the_breaker_is_the_workers_own(settings: Settings) -> None:
    settings = settings.model_copy(update={"llm": "ollama", "llm_model": "small", "llm_breaker_s": 60.0})
    state = state_of(settings)
    assert state is not None
    assert (state.model, state.breaker, state.stopped_by) == ("small", "closed", "")
    with Redis.from_url(settings.redis_url) as redis:
        breaker = Breaker(redis, wiring.llm_server(settings), open_s=60.0)
        for _ in range(FAILURES):
            breaker.failed()
        state = state_of(settings)
        assert state is not None
        assert (state.breaker, state.pause_s) == ("open", 60.0)
        assert state_of(settings.model_copy(update={"llm_breaker_s": 1e-6})).breaker == "half_open"  # type: ignore[union-attr]
        assert breaker.look() == "open", "looking takes no trial call"


def test_a_used_up_budget_says_which(settings: Settings) -> None:
    settings = settings.model_copy(update={"llm": "openai", "llm_day_usd": 1.0})
    with engine(settings.database).begin() as connection:
        connection.execute(
            text("INSERT INTO usage (tenant_id, hour, calls, usd) VALUES (:id, date_trunc('hour', now()), 3, 1.5)"),
            {"id": LOCAL_TENANT},
        )
    state = state_of(settings)
    assert state is not None
    assert (state.spent.calls_this_hour, state.stopped_by) == (3, "The day's money is used up.")


def test_without_redis_it_is_not_known(settings: Settings) -> None:
    with pytest.raises(RedisError):
        state_of(settings.model_copy(update={"llm": "ollama", "redis_url": "redis://127.0.0.1:1/0"}))
