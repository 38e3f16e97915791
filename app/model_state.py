"""The language model as the workers see it: its breaker, and what of the budget is used up."""

from __future__ import annotations

from dataclasses import dataclass

from redis import Redis
from sqlalchemy import Connection

from app import wiring
from app.settings import Settings
from db import usage
from pipeline.errors import LlmOverBudget
from workers.breaker import Breaker, State
from workers.budget import Budget, budget_of


@dataclass(frozen=True, slots=True)
class ModelState:
    """How it stands with the model.

    Attributes:
        server: where it is.
        model: its name.
        breaker: "closed" (it is asked), "open" (it failed too often; nobody asks) or "half_open" (the next call tries).
        pause_s: how long nobody asks after the failures.
        spent: what the tenant has used up.
        budget: its limits; 0 is none.
        stopped_by: why the budget lets no call pass now; "" while it does.
    """

    server: str
    model: str
    breaker: str
    pause_s: float
    spent: usage.Spent
    budget: Budget
    stopped_by: str


def model_state(connection: Connection, tenant_id: str, settings: Settings) -> ModelState | None:
    """How it stands with the language model; None where none is set.

    Raises:
        redis.RedisError: Redis, which holds the breaker, is away.
    """
    choice = wiring.llm_choice(settings)
    if choice is None:
        return None
    with wiring.redis(settings, answer_within_s=2.0) as redis:
        breaker = _breaker(redis, settings)
    spent, budget = usage.spent(connection, tenant_id), budget_of(settings)
    return ModelState(choice.options.base_url, choice.options.model, breaker.value, settings.llm_breaker_s, spent,
                      budget, _stopped_by(budget, spent))  # fmt: skip


def _breaker(redis: Redis, settings: Settings) -> State:
    redis.ping()  # the breaker itself takes a lost Redis for a closed breaker
    return Breaker(redis, wiring.llm_server(settings), open_s=settings.llm_breaker_s).look()


def _stopped_by(budget: Budget, spent: usage.Spent) -> str:
    try:
        budget.check(spent)
    except LlmOverBudget as over:
        return over.detail or over.sentence
    return ""
