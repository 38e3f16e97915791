"""Calls of a language model in the store, without a model."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from app.auth import LOCAL_TENANT
from db import model_calls
from db.model_calls import Called, Caller

RULES = "You copy fields out of a document into JSON."
QUESTION = 'A document of the type "W-9". Copy these fields:\n- name\n\nJordan Blake 900-00-0001'
ANSWER = '{"name": "Jordan Blake", "ssn": "900-00-0001"}'
EXAMPLES: dict[str, Any] = {"name": "get_gold_examples", "arguments": {"document_type": "w9", "limit": 2}}


def call(**changes: Any) -> Called:
    """A call that was answered."""
    values: dict[str, Any] = {
        "engine": "ollama",
        "model": "llama3.2:3b",
        "template": "extraction",
        "template_version": 2,
        "prompt_hash": "ab" * 32,
        "prompt": [{"role": "system", "content": RULES}, {"role": "user", "content": QUESTION}],
        "answer": ANSWER,
        "tool_calls": [],
        "tokens": [],
        "prompt_tokens": 2140,
        "answer_tokens": 212,
        "latency_ms": 5230.0,
        "usd": 0.0011,
        "outcome": "ok",
    }
    return Called(**values | changes)


def talked_about(connection: Connection, doc_id: str, *calls: Called, generation: int = 1) -> None:
    """Stores these calls; without any, those of a document whose model asked for examples first.

    Args:
        connection: an open one.
        doc_id: whose.
        calls: in their order.
        generation: of which run.
    """
    caller = Caller(LOCAL_TENANT, doc_id, generation, "extraction")
    if not calls:
        offered = call(template="example_request", template_version=1, prompt_hash="cd" * 32, answer="",
                       tool_calls=[EXAMPLES])  # fmt: skip
        _record(connection, caller, offered, 30)
        model_calls.log_tool(connection, caller, "get_gold_examples", EXAMPLES["arguments"], "called", "ok", 2, 0.4)
        connection.execute(text("UPDATE tool_usage_logs SET created_at = now() - interval '20 s'"))
        calls = (call(),)
    for place, each in enumerate(calls):
        _record(connection, caller, each, 10 - place)


def _record(connection: Connection, caller: Caller, called: Called, ago_s: int) -> None:
    """Several calls in one transaction would be of the same moment."""
    model_calls.record(connection, caller, called)
    connection.execute(
        text("UPDATE llm_calls SET created_at = now() - make_interval(secs => :ago) WHERE prompt_hash = :hash"),
        {"ago": ago_s, "hash": called.prompt_hash},
    )
