"""Logs: one JSON object per line, names and codes only. Values from documents are never logged.

Should one get into a line after all, by an exception's text say, its sensitive numbers are masked there.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping, MutableMapping
from typing import Any

import structlog

from pipeline.masking.redaction import redact

_PLAIN = "%(levelname)s %(name)s %(message)s"
_NUMBERS = (int, float, type(None))


def set_up_logs(level: str = "INFO", process: str = "") -> None:
    """Makes structlog and the standard library write JSON lines to standard error."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_RedactingFormatter(_PLAIN))
    logging.basicConfig(level=max(number, logging.WARNING), handlers=[handler])
    structlog.contextvars.bind_contextvars(process=process)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            redact_event,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=_to_standard_error,
    )


def _to_standard_error(*_name: Any) -> structlog.PrintLogger:
    """Asks for standard error at each line: whoever exchanged it (a test does) may have closed the one of before."""
    return structlog.PrintLogger(sys.stderr)


def redact_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The structlog processor that masks sensitive numbers in all texts of an event, those of exceptions too."""
    for key, value in event.items():
        if not isinstance(value, _NUMBERS):
            event[key] = _redacted(value)
    return event


class _RedactingFormatter(logging.Formatter):
    """For lines of other people's libraries: message and traceback."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record), "mask")


def _redacted(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value, "mask")
    if isinstance(value, BaseException):
        return redact(repr(value), "mask")
    if isinstance(value, Mapping):
        return {key: _redacted(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_redacted(each) for each in value]
    return value
