"""How figures of quality are written: to the tenth of a percent, and beside what they were in the period before."""

from __future__ import annotations

import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from app.components.definitions import DEFINITIONS, THIN
from app.components.wording import NOT_KNOWN

NO_CHANGE = "no change"
_MINUTE = 60


def share_text(share: float | None) -> str:
    """A share of 0..1 in percent; what is not quite nothing or everything is never rounded to it."""
    if share is None:
        return NOT_KNOWN
    if 0 < share < 0.001:
        return "<0.1%"
    if 0.999 < share < 1:
        return ">99.9%"
    return f"{share * 100:.1f}".removesuffix(".0") + "%"


def share_change(now: float | None, before: float | None) -> str | None:
    """How a share moved, in percentage points; None where either is not known."""
    if now is None or before is None:
        return None
    return signed((now - before) * 100, " points", 1)


def signed(change: float, unit: str = "", decimals: int = 0) -> str:
    """A change with its sign; `NO_CHANGE` where it rounds to none."""
    written = f"{change:+,.{decimals}f}"
    return f"{written}{unit}" if float(written.replace(",", "")) else NO_CHANGE


def seconds_text(duration_s: float | None) -> str:
    """A duration that people think of in seconds or minutes; a dash when it is not known."""
    if duration_s is None:
        return NOT_KNOWN
    if round(duration_s) < _MINUTE:
        return f"{duration_s:.0f} s"
    minutes, seconds = divmod(round(duration_s), _MINUTE)
    return f"{minutes:,} min {seconds} s" if seconds else f"{minutes:,} min"


def in_points(share: float | None) -> float | None:
    """A share of 0..1 as percent to the tenth, for a table that sorts by it; None stays None."""
    return None if share is None else round(share * 100, 1)


def moved_points(now: float | None, before: float | None) -> float | None:
    """The change of a share in percentage points to the tenth; None where either is not known."""
    return None if now is None or before is None else round((now - before) * 100, 1)


def days_text(days: int) -> str:
    """A period as people say it after "the"."""
    return "day" if days == 1 else f"{days:,} days"


def few(n: int) -> bool:
    """Whether there are cases, but fewer than what a share can be trusted by."""
    return 0 < n < THIN


def percent_column(label: str, figure: str) -> ColumnConfig:
    """A column of percents that explains its figure."""
    return st.column_config.NumberColumn(label, format="%.1f%%", help=DEFINITIONS[figure].help)


def change_column(label: str, days: int, unit: str = "percentage points") -> ColumnConfig:
    """A column of changes against the period before."""
    return st.column_config.NumberColumn(
        label, format="%+.1f", help=f"Change against the {days_text(days)} before, in {unit}."
    )
