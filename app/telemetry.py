"""Logs: one JSON object per line, names and codes only. Values from documents are never logged."""

from __future__ import annotations

import logging
import sys

import structlog

_PLAIN = "%(levelname)s %(name)s %(message)s"


def set_up_logs(level: str = "INFO", process: str = "") -> None:
    """Makes structlog and the standard library write JSON lines to standard error."""
    number = logging.getLevelNamesMapping().get(level.upper(), logging.INFO)
    logging.basicConfig(
        level=max(number, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
    structlog.contextvars.bind_contextvars(process=process)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
