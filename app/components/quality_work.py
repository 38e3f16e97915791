"""What the work takes: time per stage, where documents stand, and the use of the language model."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.components.definitions import DEFINITIONS
from app.components.figure_table import figure_table
from app.components.quality_numbers import change_column
from app.components.wording import NOT_KNOWN, STATUSES, dollars, milliseconds, stage_label
from pipeline.metrics.report import Report


def operations(report: Report, before: Report) -> None:
    """Draws the time per stage, and how many documents are in each status."""
    left, right = st.columns([1.6, 1], gap="medium")
    with left:
        st.subheader("Time per stage", help=DEFINITIONS["latency"].help)
        _stages(report, before)
    with right:
        st.subheader("Where documents stand")
        rows = [
            {
                "Status": STATUSES[status],
                "Documents": report.statuses[status],
                "Before": before.statuses.get(status, 0) if before.documents else None,
            }
            for status in STATUSES
            if status in report.statuses
        ]
        figure_table(rows, "Documents per status")


def _stages(report: Report, before: Report) -> None:
    earlier = {each.stage: each for each in before.latencies}
    rows = []
    for each in report.latencies:
        was = earlier.get(each.stage)
        rows.append(
            {
                "Stage": stage_label(each.stage),
                "Half take up to": milliseconds(each.p50_ms),
                "p50 change": _moved(each.p50_ms, was.p50_ms if was else None),
                "95 % take up to": milliseconds(each.p95_ms),
                "p95 change": _moved(each.p95_ms, was.p95_ms if was else None),
                "Runs": each.n,
            }
        )
    if not rows:
        st.caption("No stage has finished yet.")
        return
    figure_table(
        rows,
        "Latency of each stage, p50 and p95",
        {
            "p50 change": change_column("Change, ms", report.days, "milliseconds"),
            "p95 change": change_column("Change, ms ", report.days, "milliseconds"),
        },
    )


def _moved(now: float, before: float | None) -> float | None:
    return None if before is None else round(now - before, 1)


def language_model(used: dict[str, Any]) -> None:
    """Draws what it was used for in the period, also for documents that are deleted by now; nothing where it was not
    used.
    """
    if not used["calls"]:
        return
    st.subheader("Language model")
    figures_shown = (
        ("Calls", f"{used['calls']:,}", "Questions to the model in this period, also those without an answer."),
        ("Tokens read", f"{used['prompt_tokens']:,}", "Length of all prompts, as its server counted."),
        ("Tokens written", f"{used['answer_tokens']:,}", "Length of all answers, as its server counted."),
        ("Cost", dollars(used["usd"]) if used["usd"] else NOT_KNOWN,
         "By the prices of a million tokens in the settings FUSE_LLM_USD_PER_MILLION_PROMPT and _ANSWER; "
         "a dash when none are set."),
    )  # fmt: skip
    for column, (label, value, explained) in zip(st.columns(len(figures_shown)), figures_shown, strict=True):
        column.metric(label, value, help=explained, border=True)
