"""Calls of a language model: what it saw and said, by document, so that no answer is paid for twice and each is shown.

What stands here went through the mask first: surrogates, never tax or account numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.postgresql import insert

from db.tables import llm_calls, masks, tool_usage_logs

OK = "ok"


@dataclass(frozen=True, slots=True)
class Caller:
    """On whose behalf a model is called: a document in one of its runs."""

    tenant_id: str
    doc_id: str
    generation: int
    stage: str


@dataclass(frozen=True, slots=True)
class Called:
    """One call, or a document's share of one.

    Attributes:
        engine, model: who was asked.
        template, template_version: with which prompt.
        prompt_hash: of all that the answer depends on.
        prompt: the messages, each with role and content.
        answer: as written; None where there is none.
        tool_calls: what the model asked for, each with name and arguments.
        tokens: of the answer, each with its log-probability.
        prompt_tokens, answer_tokens: as the server counted.
        latency_ms: from sending to the last byte.
        usd: what it cost.
        outcome: "ok", or the error's code.
        part_hash: of what this document's part of the answer depends on, whoever else was asked about in the call;
            None: it was about one document by its nature.
    """

    engine: str
    model: str
    template: str
    template_version: int
    prompt_hash: str
    prompt: Sequence[Mapping[str, str]]
    answer: str | None
    tool_calls: Sequence[Mapping[str, Any]]
    tokens: Sequence[Sequence[Any]]
    prompt_tokens: int | None
    answer_tokens: int | None
    latency_ms: float
    usd: float
    outcome: str
    part_hash: str | None = None


@dataclass(frozen=True, slots=True)
class CallShown:
    """A call as people see it; `generation`: of which of the document's runs."""

    id: str
    generation: int
    stage: str
    engine: str
    model: str
    template: str
    template_version: int
    prompt_hash: str
    prompt: list[dict[str, str]]
    answer: str | None
    tool_calls: list[dict[str, Any]]
    prompt_tokens: int | None
    answer_tokens: int | None
    latency_ms: float
    usd: float
    outcome: str
    created_at: datetime


def record(connection: Connection, caller: Caller, called: Called) -> None:
    """Keeps a call. An answer that is there already (two workers asked the same) stays."""
    row = {name: getattr(of, name) for of in (called, caller) for name in of.__dataclass_fields__}
    connection.execute(insert(llm_calls).values(row).on_conflict_do_nothing())


def answered(connection: Connection, caller: Caller, prompt_hash: str) -> Called | None:
    """The answer that a document's run got to this very prompt, before its worker was lost; None: none yet."""
    row = (
        connection.execute(
            select(*(llm_calls.c[name] for name in Called.__dataclass_fields__)).where(
                llm_calls.c.doc_id == caller.doc_id,
                llm_calls.c.generation == caller.generation,
                llm_calls.c.prompt_hash == prompt_hash,
                llm_calls.c.outcome == OK,
            )
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else Called(**row)


def parts_answered(connection: Connection, caller: Caller, part_hash: str) -> list[str]:
    """What a document's run was told about this part, in calls about several documents and about it alone, in order."""
    found = connection.execute(
        select(llm_calls.c.answer)
        .where(
            llm_calls.c.doc_id == caller.doc_id,
            llm_calls.c.generation == caller.generation,
            llm_calls.c.part_hash == part_hash,
            llm_calls.c.outcome == OK,
            llm_calls.c.answer.is_not(None),
        )
        .order_by(llm_calls.c.created_at)
    )
    return list(found.scalars())


def count_of(connection: Connection, tenant_id: str, doc_id: str) -> int:
    """How many calls there are about a document: what a screen asks before it loads their texts."""
    counted = select(func.count()).where(llm_calls.c.tenant_id == tenant_id, llm_calls.c.doc_id == doc_id)
    return int(connection.execute(counted).scalar_one())


def calls_of(connection: Connection, tenant_id: str, doc_id: str) -> list[CallShown]:
    """A document's calls, oldest first."""
    rows = connection.execute(
        select(*(llm_calls.c[name] for name in CallShown.__dataclass_fields__))
        .where(llm_calls.c.tenant_id == tenant_id, llm_calls.c.doc_id == doc_id)
        .order_by(llm_calls.c.created_at)
    )
    return [CallShown(**row) for row in rows.mappings()]


def spent_on(connection: Connection, doc_id: str, generation: int) -> tuple[int, float]:
    """The tokens that a document's run has taken so far, of prompts and answers, and what it has cost in USD."""
    tokens = func.coalesce(llm_calls.c.prompt_tokens, 0) + func.coalesce(llm_calls.c.answer_tokens, 0)
    total = select(func.coalesce(func.sum(tokens), 0), func.coalesce(func.sum(llm_calls.c.usd), 0.0)).where(
        llm_calls.c.doc_id == doc_id, llm_calls.c.generation == generation
    )
    row = connection.execute(total).one()
    return int(row[0]), float(row[1])


def log_tool(
    connection: Connection,
    caller: Caller,
    tool: str,
    arguments: Mapping[str, Any],
    how: str,
    outcome: str,
    results: int,
    wall_ms: float,
) -> None:
    """Keeps a tool's invocation, also one that was refused."""
    connection.execute(
        tool_usage_logs.insert().values(
            tenant_id=caller.tenant_id,
            doc_id=caller.doc_id,
            tool=tool,
            arguments=dict(arguments),
            how=how,
            outcome=outcome,
            results=results,
            wall_ms=wall_ms,
        )
    )


def tools_used(connection: Connection, tenant_id: str, doc_id: str) -> list[dict[str, Any]]:
    """A document's tool invocations, oldest first: tool, arguments, how, outcome, results, wall_ms, created_at."""
    columns = ("tool", "arguments", "how", "outcome", "results", "wall_ms", "created_at")
    rows = connection.execute(
        select(*(tool_usage_logs.c[name] for name in columns))
        .where(tool_usage_logs.c.tenant_id == tenant_id, tool_usage_logs.c.doc_id == doc_id)
        .order_by(tool_usage_logs.c.id)
    )
    return [dict(row) for row in rows.mappings()]


def keep_mask(connection: Connection, caller: Caller, sealed: bytes) -> bytes:
    """Keeps what stands behind a document's surrogates; gives what is kept: the first one stays."""
    kept = {"doc_id": caller.doc_id, "tenant_id": caller.tenant_id, "sealed": sealed}
    connection.execute(insert(masks).values(kept).on_conflict_do_nothing())
    return bytes(connection.execute(select(masks.c.sealed).where(masks.c.doc_id == caller.doc_id)).scalar_one())


def sealed_mask(connection: Connection, doc_id: str) -> bytes | None:
    """What stands behind a document's surrogates, encrypted; None: no prompt about it has gone out."""
    found = connection.execute(select(masks.c.sealed).where(masks.c.doc_id == doc_id)).scalar_one_or_none()
    return None if found is None else bytes(found)


def forget_mask(connection: Connection, doc_id: str) -> None:
    """Drops a document's mask: it is read anew, and its text may be another one then."""
    connection.execute(masks.delete().where(masks.c.doc_id == doc_id))
