"""What a person reads when something fails: a sentence that says what to do, never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

import streamlit as st
import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from app.auth import NotAllowed
from app.wiring import NotConfigured
from db.documents import DocumentNotFound

log = structlog.get_logger()
_P = ParamSpec("_P")

DATABASE_AWAY = "The database does not answer. Nothing is lost: wait a moment and reload this page."
UNEXPECTED = (
    "Something went wrong on this page. Nothing was changed. Reload it; if it happens again, "
    "tell your administrator the time: the log has the details."
)


@contextmanager
def told() -> Iterator[None]:
    """Shows what fails inside as a sentence."""
    try:
        yield
    except Exception as error:
        st.error(_sentence(error), icon=":material/error:")


def guarded(callback: Callable[_P, None]) -> Callable[_P, None]:
    """A widget's callback whose failure is shown as a sentence too; callbacks run before the page does."""

    @wraps(callback)
    def safe(*args: _P.args, **kwargs: _P.kwargs) -> None:
        with told():
            callback(*args, **kwargs)

    return safe


def _sentence(error: Exception) -> str:
    if isinstance(error, OperationalError | InterfaceError):
        log.warning("database_away", screen=True)
        return DATABASE_AWAY
    if isinstance(error, DocumentNotFound):
        return "There is no such document. It may have been deleted; open it from the queue or the list of documents."
    if isinstance(error, NotAllowed | NotConfigured):
        return str(type(error).__doc__)
    # Its message may hold what a document says, so only the kind of error and the place are logged.
    place = error.__traceback__
    while place is not None and place.tb_next is not None:
        place = place.tb_next
    where = f"{place.tb_frame.f_code.co_filename}:{place.tb_lineno}" if place else ""
    log.error("screen_failed", kind=type(error).__name__, where=where)
    return UNEXPECTED
