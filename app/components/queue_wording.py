"""The words for the queue's choices, and how a document's age stands against the target."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from app.components.queue_walk import ME
from app.components.wording import NOT_KNOWN, STATUSES, reason_label, type_label
from db.filters import NOBODY
from db.queue_counts import ON_TIME, OVERDUE, UNKNOWN

PRIORITIES = {1: "High", 0: "Normal", -1: "Low"}
_AGES = {
    OVERDUE: "Overdue",
    ON_TIME: "Within the target",
    "1h": "Older than 1 hour",
    "1d": "Older than 1 day",
    "3d": "Older than 3 days",
    "7d": "Older than 7 days",
}
_CONFIDENCES = {
    "0-50": "Below 50%",
    "50-75": "50% to 75%",
    "75-90": "75% to 90%",
    "90-100": "90% and more",
    UNKNOWN: "Not known",
}
_UNITS = ((timedelta(days=1), "d"), (timedelta(hours=1), "h"), (timedelta(minutes=1), "min"))


def choice_label(name: str, option: str, people: Mapping[str, str]) -> str:
    """What people call a choice of a filter."""
    if name == "type":
        return option if type_label(option) == NOT_KNOWN else type_label(option)
    if name == "reason":
        return reason_label(option)
    if name in ("uploader", "assignee"):
        return {ME: "Me", NOBODY: "Nobody"}.get(option) or people.get(option, "Somebody unknown")
    words: dict[str, Mapping[str, str]] = {
        "status": STATUSES,
        "confidence": _CONFIDENCES,
        "age": _AGES,
        "priority": {str(number): word for number, word in PRIORITIES.items()},
    }
    return words[name].get(option, option.replace("-", "% to ") + "%" if name == "confidence" else option)


def choices_in_order(name: str, counted: Mapping[str, int]) -> list[str]:
    """A filter's choices: in their own order where they have one, else the most frequent first."""
    own = {"confidence": list(_CONFIDENCES), "age": list(_AGES), "priority": list(map(str, PRIORITIES))}.get(name)
    if own:
        return [option for option in own if option in counted]
    return sorted(counted, key=lambda option: (option not in (ME, NOBODY), -counted[option], option))


def hours_text(hours: float) -> str:
    """A target in hours, or in days where it is whole ones."""
    if hours > 24 and hours % 24 == 0:
        return f"{hours / 24:g} days"
    return "1 hour" if hours == 1 else f"{hours:g} hours"


def due_text(uploaded: datetime, target_h: float, now: datetime | None = None) -> str:
    """How long is left until the target, or how long it is past."""
    left = uploaded + timedelta(hours=target_h) - (now or datetime.now(UTC))
    return f"⚠ {_length(-left)} overdue" if left < timedelta() else f"{_length(left)} left"


def _length(duration: timedelta) -> str:
    for unit, word in _UNITS:
        if duration >= unit:
            return f"{duration // unit} {word}"
    return "under 1 min"
