"""What each tenant's calls of the language model have cost: by the hour, kept when documents are deleted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text


@dataclass(frozen=True, slots=True)
class Spent:
    """What a tenant has used up.

    Attributes:
        calls_this_hour: since the full hour.
        idle_s: seconds since its last call of this hour.
        tokens_today: of prompts and answers in the last 24 hours.
        usd_today: in the last 24 hours.
        tokens_this_hour, usd_this_hour: since the full hour.
    """

    calls_this_hour: int
    idle_s: float
    tokens_today: int
    usd_today: float
    tokens_this_hour: int = 0
    usd_this_hour: float = 0.0


def record(connection: Connection, tenant_id: str, prompt_tokens: int, answer_tokens: int, usd: float) -> None:
    """Counts a call."""
    connection.execute(
        text(
            """
            INSERT INTO usage AS u (tenant_id, hour, calls, prompt_tokens, answer_tokens, usd)
            VALUES (:tenant, date_trunc('hour', now()), 1, :prompt, :answer, :usd)
            ON CONFLICT (tenant_id, hour) DO UPDATE SET
                calls = u.calls + 1, prompt_tokens = u.prompt_tokens + :prompt,
                answer_tokens = u.answer_tokens + :answer, usd = u.usd + :usd, last_call_at = now()
            """
        ),
        {"tenant": tenant_id, "prompt": prompt_tokens, "answer": answer_tokens, "usd": usd},
    )


def spent(connection: Connection, tenant_id: str) -> Spent:
    """What a tenant has used up."""
    row = connection.execute(
        text(
            """
            SELECT coalesce(sum(calls) FILTER (WHERE hour = date_trunc('hour', now())), 0) AS calls,
                   coalesce(extract(epoch FROM now() - max(last_call_at)), 1e9) AS idle_s,
                   coalesce(sum(prompt_tokens + answer_tokens), 0) AS tokens, coalesce(sum(usd), 0) AS usd,
                   coalesce(sum(prompt_tokens + answer_tokens) FILTER (WHERE hour = date_trunc('hour', now())), 0)
                       AS hour_tokens,
                   coalesce(sum(usd) FILTER (WHERE hour = date_trunc('hour', now())), 0) AS hour_usd
            FROM usage WHERE tenant_id = :tenant AND hour > now() - interval '24 hours'
            """
        ),
        {"tenant": tenant_id},
    ).one()
    return Spent(
        int(row.calls), float(row.idle_s), int(row.tokens), float(row.usd), int(row.hour_tokens), float(row.hour_usd)
    )


def by_day(connection: Connection, tenant_id: str, days: int) -> list[dict[str, Any]]:
    """A tenant's use of the last days, newest first: day, calls, prompt_tokens, answer_tokens, usd."""
    rows = connection.execute(
        text(
            """
            SELECT CAST(hour AS date) AS day, sum(calls) AS calls, sum(prompt_tokens) AS prompt_tokens,
                   sum(answer_tokens) AS answer_tokens, sum(usd) AS usd
            FROM usage WHERE tenant_id = :tenant AND hour > now() - make_interval(days => :days)
            GROUP BY 1 ORDER BY 1 DESC
            """
        ),
        {"tenant": tenant_id, "days": days},
    )
    return [
        {
            "day": row.day.isoformat(),
            "calls": int(row.calls),
            "prompt_tokens": int(row.prompt_tokens),
            "answer_tokens": int(row.answer_tokens),
            "usd": float(row.usd),
        }
        for row in rows
    ]


def total(days: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What days have used together: calls, prompt_tokens, answer_tokens, usd."""
    return {name: sum(day[name] for day in days) for name in ("calls", "prompt_tokens", "answer_tokens")} | {
        "usd": math.fsum(day["usd"] for day in days)
    }
