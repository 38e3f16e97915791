"""How long to wait before something is tried again, and how often."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

import structlog
from sqlalchemy.exc import SQLAlchemyError

from db.session import is_unreachable

log = structlog.get_logger()
_T = TypeVar("_T")

MAX_CRASHES = 2
"""A document that crashed its child twice will do so again."""
_WAITS_S = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0, 8.0)


def backoff_s(attempts: int, first_s: float) -> float:
    """The wait after so many attempts: 1, 2, 4, 8 times the first, no longer."""
    return first_s * float(2 ** min(max(attempts - 1, 0), 3))


def patiently(transaction: Callable[[], _T]) -> _T:
    """Runs a whole transaction; if the connection to the database is lost, runs it again, for up to 24 s.

    Only for transactions that are harmless to repeat: ours are fenced, so that a commit whose answer was lost makes
    the repetition a `StaleFence`.
    """
    for wait_s in _WAITS_S:
        try:
            return transaction()
        except SQLAlchemyError as error:
            if not is_unreachable(error):
                raise
            log.warning("database_away", wait_s=wait_s)
            time.sleep(wait_s)
    return transaction()
