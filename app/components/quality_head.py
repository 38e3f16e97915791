"""The figures that a manager looks at first, each beside what it was in the period before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import streamlit as st

from app.components.definitions import DEFINITIONS, THIN
from app.components.quality_numbers import (
    NO_CHANGE,
    days_text,
    few,
    seconds_text,
    share_change,
    share_text,
    signed,
)
from app.components.wording import counted
from pipeline.metrics.quality import Share
from pipeline.metrics.report import Report

_IN_A_ROW = 6
_MOST_NAMED = 5
_WIDTHS = (1, 1, 1.3, 1, 1.05, 1.05)
"""The third column holds the longest name."""
Better = Literal["higher", "lower", "neither"]
_COLOURS: dict[Better, Literal["normal", "inverse", "off"]] = {"higher": "normal", "lower": "inverse", "neither": "off"}


@dataclass(frozen=True, slots=True)
class Card:
    """A figure as it is shown.

    Attributes:
        label: its name.
        value: its text.
        help: what it means, and its counts.
        change: against the period before, e.g. "+2.1 points" or `NO_CHANGE`; None: not known.
        better: which way is good.
        n: cases it was measured by; None: it is a plain count.
    """

    label: str
    value: str
    help: str
    change: str | None
    better: Better
    n: int | None


def cards(report: Report, before: Report) -> list[Card]:
    """The figures of a period, in the order they are shown."""
    confidence, was = report.calibration, before.calibration
    return [
        _count("documents", report.documents, before.documents if before.documents else None),
        _share("straight_through_rate", report.straight_through, before.straight_through, "higher"),
        _share("straight_through_precision", report.checked, before.checked, "higher"),
        _share("review_rate", report.review, before.review, "lower"),
        _share("error_rate", report.errors, before.errors, "lower"),
        _count("reviewed", report.reviewed, before.reviewed if before.documents else None),
        _share("type_accuracy", report.confusion.accuracy, before.confusion.accuracy, "higher"),
        _number("macro_f1", report.macro_f1, before.macro_f1, "higher", report.reviewed, "document"),
        _share("field_accuracy", report.values.present, before.values.present, "higher"),
        _number("calibration", confidence.error, was.error, "lower", confidence.n, "value"),
        _time("median", report, report.review_time.p50_s, before.review_time.p50_s),
        _time("p90", report, report.review_time.p90_s, before.review_time.p90_s),
    ]  # fmt: skip


def headline(report: Report, before: Report) -> None:
    """Draws them, and says which of them stand on few cases."""
    shown = cards(report, before)
    for first in range(0, len(shown), _IN_A_ROW):
        row = shown[first : first + _IN_A_ROW]
        for column, card in zip(st.columns(_WIDTHS, gap="small"), row, strict=True):
            column.metric(
                card.label,
                card.value,
                card.change,
                delta_color="off" if card.change == NO_CHANGE else _COLOURS[card.better],
                delta_arrow="off" if card.change == NO_CHANGE else "auto",
                help=card.help,
                border=True,
                height="stretch",
            )
    st.caption(f"{_compared(report, before)} {_checked(report)}")
    told = thin(shown)
    if told:
        st.caption(f":material/info: {told}")


def thin(shown: Sequence[Card]) -> str:
    """Says which figures stand on few cases; "" for none."""
    named = [f"{card.label} ({card.n})" for card in shown if card.n is not None and few(card.n)]
    if not named:
        return ""
    if len(named) > _MOST_NAMED:
        return (
            f"Most figures are measured by fewer than {THIN} cases, so they may still move much; the question mark "
            "beside each tells by how many."
        )
    return f"Measured by fewer than {THIN} cases, so they may still move much: {', '.join(named)}."


def _compared(report: Report, before: Report) -> str:
    days = days_text(report.days)
    if not before.documents:
        return f"Nothing was uploaded in the {days} before, so there is nothing to compare with."
    return (
        f"Documents uploaded in the last {days}. Changes are against the {days} before "
        f"({counted(before.documents, 'document')}); green is better."
    )


def _checked(report: Report) -> str:
    interval = report.straight_through_interval
    if interval is None:
        return (
            "Nobody has checked a document that passes without a person, so the straight-through precision is not "
            "known: approve some of them, or let Settings draw some at random."
        )
    return (
        f"Straight-through precision: of {counted(report.checked.n, 'checked document')}; 95 % interval "
        f"{share_text(interval.low)} to {share_text(interval.high)}."
    )


def _count(figure: str, now: int, before: int | None) -> Card:
    change = None if before is None else signed(now - before)
    return Card(DEFINITIONS[figure].name, f"{now:,}", DEFINITIONS[figure].help, change, "neither", None)


def _share(figure: str, now: Share, before: Share, better: Better) -> Card:
    counts = f"{now.right:,} of {now.n:,}." if now.n else "Nothing to measure it by yet."
    if now.interval is not None:
        counts += f" 95 % interval: {share_text(now.interval.low)} to {share_text(now.interval.high)}."
    return Card(
        DEFINITIONS[figure].name,
        share_text(now.rate),
        f"{DEFINITIONS[figure].help}\n\n{counts}",
        share_change(now.rate, before.rate),
        better,
        now.n,
    )


def _number(figure: str, now: float | None, before: float | None, better: Better, n: int, unit: str) -> Card:
    counts = f"Measured by {counted(n, unit)}." if n else "Nothing to measure it by yet."
    return Card(
        DEFINITIONS[figure].name,
        share_text(now),
        f"{DEFINITIONS[figure].help}\n\n{counts}",
        share_change(now, before),
        better,
        n,
    )


def _time(which: str, report: Report, now: float | None, before: float | None) -> Card:
    known = report.review_time.n
    counts = f"Known of {counted(known, 'document')}." if known else "Not known of any document yet."
    change = None if now is None or before is None else signed(now - before, " s")
    return Card(
        f"{DEFINITIONS['review_time'].name}, {which}",
        seconds_text(now),
        f"{DEFINITIONS['review_time'].help}\n\n{counts}",
        change,
        "lower",
        known,
    )
