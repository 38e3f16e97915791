from __future__ import annotations

import io
import json
import logging
import timeit
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from typing import Any
from uuid import uuid4

import pytest
import structlog

from app.telemetry import redact_event, set_up_logs

PLAIN = {
    "event": "stage_done",
    "doc_id": "47d09446-1b42-4843-bb1b-123456789012",
    "job": "12345678-1234-4234-8234-123456789012",  # a UUID may be of digits only
    "where": "file.py:12",
    "host": "worker-3.internal:6379",
    "address": "192.168.100.200:54321",
    "at": "2024-05-17T10:20:30.123456Z",
    "day": "2024-05-17",
    "code": "below_threshold",
    "sha256": "34fea2683f464b4d317c1d94a1d7ae2e91d59b1e0cd3e1101ac617d421f7fa5b",
    "pages": 12,
    "took_ms": 1234567.25,
    "model": "llama3.2:3b-instruct-q4_K_M",
    "none": None,
}


def redacted(**event: Any) -> dict[str, Any]:
    return dict(redact_event(None, "info", dict(event)))


def test_names_codes_and_times_are_as_they_were() -> None:
    assert redacted(**PLAIN) == PLAIN


def test_uuids_are_never_taken_for_numbers() -> None:
    ids = [str(uuid4()) for _ in range(2000)]
    assert redacted(ids=ids, text=" ".join(ids)) == {"ids": ids, "text": " ".join(ids)}


@pytest.mark.parametrize(
    ("value", "masked"),
    [
        ("no such 123-45-6789", "no such ***-**-6789"),
        (["account number 45698765"], ["account number ****8765"]),
        ({"a": ("4111 1111 1111 1111",)}, {"a": ["**** **** **** 1111"]}),
        (ValueError("bad value '123-45-6789'"), "ValueError(\"bad value '***-**-6789'\")"),
        (f"job {PLAIN['doc_id']}: jo@bank.com", f"job {PLAIN['doc_id']}: **@****.***"),
    ],
)
def test_values_are_masked_wherever_they_are(value: Any, masked: Any) -> None:
    assert redacted(event="x", value=value) == {"event": "x", "value": masked}


@contextmanager
def written_lines() -> Iterator[io.StringIO]:
    """What is written meanwhile; logging is afterwards as it was. No fixture: pytest puts its own handlers in later."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    root.handlers.clear()
    try:
        with redirect_stderr(io.StringIO()) as written:
            yield written
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
        structlog.contextvars.clear_contextvars()


def test_a_line_of_ours() -> None:
    with written_lines() as written:
        set_up_logs(process="worker")
        structlog.get_logger().warning("refused 123-45-6789", doc_id=PLAIN["doc_id"])
    told = json.loads(written.getvalue())
    assert (told["event"], told["doc_id"], told["process"]) == ("refused ***-**-6789", PLAIN["doc_id"], "worker")


def test_a_line_and_a_traceback_of_a_library() -> None:
    with written_lines() as written:
        set_up_logs()
        try:
            raise KeyError("123-45-6789")
        except KeyError:
            logging.getLogger("library").exception("lost 12-3456789")
    assert "lost **-***6789" in written.getvalue()
    assert "KeyError: '***-**-6789'" in written.getvalue()


def test_a_usual_line_costs_little() -> None:
    """Measured: 20 to 30 us. The limit leaves room for a busy machine."""
    runs = 300
    best = min(timeit.repeat(lambda: redact_event(None, "info", dict(PLAIN)), number=runs, repeat=5)) / runs
    assert best < 150e-6
