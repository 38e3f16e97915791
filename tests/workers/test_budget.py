"""What a tenant may spend: limits as a table, and the record that they are held against."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from sqlalchemy import Connection, text

from app.settings import Settings
from db import usage
from db.session import engine
from db.usage import Spent
from pipeline.errors import LlmOverBudget
from tests.db.store import LOCAL_TENANT, add_tenant
from workers.budget import Budget, budget_of

HOUR = Budget()
TOKENS = Budget(day_tokens=1_000)
MONEY = Budget(day_usd=2.0)
NO_LIMIT = Budget(hour_calls=0, day_tokens=0, day_usd=0.0, document_usd=0.0)
LONG_AGO = 1e9


@pytest.mark.parametrize(
    ("budget", "spent", "passes"),
    [
        (HOUR, Spent(0, LONG_AGO, 0, 0.0), True),
        (HOUR, Spent(9_999, 0.0, 0, 0.0), True),
        (HOUR, Spent(10_000, 0.0, 0, 0.0), False),
        (HOUR, Spent(10_000, 3.59, 0, 0.0), False),  # 3,600 s / 1,000 calls
        (HOUR, Spent(10_000, 3.6, 0, 0.0), True),
        (HOUR, Spent(50_000, 3.6, 0, 0.0), True),
        (HOUR, Spent(50_000, -1.0, 0, 0.0), False),  # another worker's transaction began later than ours
        (TOKENS, Spent(1, 0.0, 999, 0.0), True),
        (TOKENS, Spent(1, 0.0, 1_000, 0.0), False),
        (TOKENS, Spent(1, LONG_AGO, 5_000, 0.0), False),  # waiting an hour does not help
        (Budget(hour_tokens=100), Spent(1, 0.0, 5_000, 0.0, 99), True),
        (Budget(hour_tokens=100), Spent(1, 0.0, 5_000, 0.0, 100), False),
        (Budget(hour_usd=0.5), Spent(1, 0.0, 0, 9.0, 0, 0.49), True),
        (Budget(hour_usd=0.5), Spent(1, 0.0, 0, 9.0, 0, 0.5), False),
        (MONEY, Spent(1, 0.0, 0, 1.99), True),
        (MONEY, Spent(1, 0.0, 0, 2.0), False),
        (NO_LIMIT, Spent(10**9, 0.0, 10**12, 1e9), True),
    ],
)
def test_who_may_call(budget: Budget, spent: Spent, passes: bool) -> None:
    if passes:
        budget.check(spent)
        return
    with pytest.raises(LlmOverBudget):
        budget.check(spent)


def test_after_the_hours_calls_so_many_are_let_through_and_evenly() -> None:
    """An hour of a tenant that wants to call ten times a second."""
    let_through: list[float] = []
    for tenth in range(36_000):
        now = tenth / 10
        idle_s = now - (let_through[-1] if let_through else 0.0)
        try:
            HOUR.check(Spent(10_000 + len(let_through), idle_s, 0, 0.0))
        except LlmOverBudget:
            continue
        let_through.append(now)
    assert 950 <= len(let_through) <= 1_000
    gaps = [after - before for before, after in pairwise(let_through)]
    assert max(gaps) - min(gaps) < 0.2


@pytest.mark.parametrize(
    ("prompt", "answer", "usd"),
    [(1_000_000, 0, 3.0), (0, 1_000_000, 15.0), (1000, 100, 0.0045), (None, 100, 0.0015), (None, None, 0.0)],
)
def test_what_a_call_costs(prompt: int | None, answer: int | None, usd: float) -> None:
    budget = Budget(usd_per_prompt_token=3e-6, usd_per_answer_token=15e-6)
    assert budget.cost(prompt, answer) == pytest.approx(usd)


@pytest.mark.parametrize(
    ("budget", "tokens", "usd", "told"),
    [(HOUR, 10**9, 0.0, ""), (HOUR, 0, 1.0, ""), (HOUR, 0, 1.01, "cost 1.01 USD"), (NO_LIMIT, 10**9, 1e6, ""),
     (Budget(document_usd=0.01), 0, 0.02, "cost 0.02 USD"), (Budget(document_tokens=5_000), 5_000, 0.0, ""),
     (Budget(document_tokens=5_000), 5_001, 0.0, "took 5,001 tokens")],
)  # fmt: skip
def test_which_document_is_dear(budget: Budget, tokens: int, usd: float, told: str) -> None:
    finding = budget.finding(tokens, usd)
    assert (finding is not None) == bool(told)
    if finding:
        assert finding.code == "llm_cost"
        assert told in finding.sentence


def test_prices_are_set_by_the_million() -> None:
    budget = budget_of(Settings(llm_usd_per_million_prompt=3.0, llm_usd_per_million_answer=15.0, llm_day_tokens=7))
    assert (budget.usd_per_prompt_token, budget.usd_per_answer_token) == pytest.approx((3e-6, 15e-6))
    assert (budget.hour_calls, budget.slow_calls, budget.day_tokens) == (10_000, 1_000, 7)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with engine(database_url).connect() as connection:
        yield connection


def in_the_past(connection: Connection, tenant_id: str, ago: str, calls: int, tokens: int, usd: float) -> None:
    connection.execute(
        text(
            "INSERT INTO usage (tenant_id, hour, calls, prompt_tokens, answer_tokens, usd, last_call_at) VALUES "
            "(:tenant, date_trunc('hour', now() - CAST(:ago AS interval)), :calls, :tokens, 0, :usd, "
            "now() - CAST(:ago AS interval))"
        ),
        {"tenant": tenant_id, "ago": ago, "calls": calls, "tokens": tokens, "usd": usd},
    )


def test_nothing_spent_is_no_row(connection: Connection) -> None:
    assert usage.spent(connection, LOCAL_TENANT) == Spent(0, 1e9, 0, 0.0)


def test_calls_add_up_and_each_tenant_has_its_own(connection: Connection) -> None:
    other = add_tenant(connection, "Another")
    usage.record(connection, LOCAL_TENANT, 100, 20, 0.5)
    usage.record(connection, LOCAL_TENANT, 10, 2, 0.25)
    usage.record(connection, other, 7, 0, 9.0)
    ours, theirs = usage.spent(connection, LOCAL_TENANT), usage.spent(connection, other)
    assert (ours.calls_this_hour, ours.tokens_today, ours.usd_today) == (2, 132, 0.75)
    assert (ours.tokens_this_hour, ours.usd_this_hour) == (132, 0.75)
    assert (theirs.calls_this_hour, theirs.tokens_today, theirs.usd_today) == (1, 7, 9.0)
    assert ours.idle_s == 0.0  # one transaction has one time


@pytest.mark.parametrize(
    ("ago", "this_hour", "today"),
    [("1 hour", False, True), ("22 hours", False, True), ("25 hours", False, False), ("40 days", False, False)],
)
def test_hours_and_days_end(connection: Connection, ago: str, this_hour: bool, today: bool) -> None:
    in_the_past(connection, LOCAL_TENANT, ago, calls=10_000, tokens=500, usd=1.5)
    spent = usage.spent(connection, LOCAL_TENANT)
    assert (spent.calls_this_hour > 0, spent.tokens_today > 0, spent.usd_today > 0) == (this_hour, today, today)
    usage.record(connection, LOCAL_TENANT, 1, 1, 0.0)
    after = usage.spent(connection, LOCAL_TENANT)
    assert (after.calls_this_hour, after.tokens_today) == (1, 502 if today else 2)


def test_a_call_in_the_last_second_of_an_hour_belongs_to_it(connection: Connection) -> None:
    connection.execute(
        text(
            "INSERT INTO usage (tenant_id, hour, calls, last_call_at) VALUES (:tenant, date_trunc('hour', now()) "
            "- interval '1 hour', 10000, date_trunc('hour', now()) - interval '1 s')"
        ),
        {"tenant": LOCAL_TENANT},
    )
    spent = usage.spent(connection, LOCAL_TENANT)
    assert spent.calls_this_hour == 0
    HOUR.check(spent)


def test_how_long_ago_the_last_call_was(connection: Connection) -> None:
    usage.record(connection, LOCAL_TENANT, 1, 1, 0.0)
    connection.execute(text("UPDATE usage SET last_call_at = now() - interval '3 s'"))
    assert usage.spent(connection, LOCAL_TENANT).idle_s == pytest.approx(3.0)
    usage.record(connection, LOCAL_TENANT, 1, 1, 0.0)
    assert usage.spent(connection, LOCAL_TENANT).idle_s == 0.0


def test_days_are_listed_newest_first(connection: Connection) -> None:
    in_the_past(connection, LOCAL_TENANT, "25 hours", 3, 30, 0.3)
    in_the_past(connection, LOCAL_TENANT, "9 days", 9, 90, 0.9)
    usage.record(connection, LOCAL_TENANT, 5, 2, 0.1)
    days = usage.by_day(connection, LOCAL_TENANT, 7)
    assert [day["calls"] for day in days] == [1, 3]
    assert [day["day"] for day in days] == sorted((day["day"] for day in days), reverse=True)
    assert (days[0]["prompt_tokens"], days[0]["answer_tokens"], days[1]["usd"]) == (5, 2, pytest.approx(0.3))


def test_no_call_is_lost_where_several_are_counted_at_once(database_url: str) -> None:
    store = engine(database_url)

    def call(_: int) -> None:
        with store.begin() as connection:
            usage.record(connection, LOCAL_TENANT, 2, 1, 0.5)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(80)))
    with store.connect() as connection:
        days = usage.by_day(connection, LOCAL_TENANT, 2)  # the hour may have ended in between
    assert sum(day["calls"] for day in days) == 80
    assert sum(day["prompt_tokens"] for day in days) == 160
