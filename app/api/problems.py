"""Errors as the API answers them: a stable code and a sentence, never a trace."""

from __future__ import annotations

import traceback
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from redis import RedisError
from sqlalchemy.exc import DataError, SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.auth import NotAllowed
from app.reviewing import EmptyComment, InvalidValues, UnknownType
from db.blobs import BlobError, BlobUnavailable
from db.documents import DocumentNotFound
from db.reviews import NotReviewable
from db.session import is_unreachable
from pipeline.errors import FileTooLarge, PipelineError, Rejected, UnsupportedType

log = structlog.get_logger()

_HTTP_CODES = {404: "not_found", 405: "method_not_allowed", 413: "file_too_large", 400: "bad_request"}
_HTTP_SENTENCES = {
    404: "There is nothing at this address.",
    405: "This address does not take that method.",
    413: "The request is too large: a file may have 50 MB.",
    400: "The request could not be understood.",
}


_UNEXPECTED = "Something went wrong on our side. Try again; if it stays, tell an administrator."


def problem(status: int, code: str, message: str, headers: dict[str, str] | None = None, **more: Any) -> JSONResponse:
    """An error answer."""
    error = {"code": code, "message": message} | {k: v for k, v in more.items() if k == "fields"}
    body = {"error": error} | {k: v for k, v in more.items() if k != "fields"}
    return JSONResponse(body, status_code=status, headers=headers)


class WithoutDetails:
    """Logs what nobody expected by its kind and place only: the message of an error may quote a document, and the
    server, which would get it next, would log it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        try:
            await self._app(scope, receive, send)
        except Exception as error:
            frame = traceback.extract_tb(error.__traceback__)[-1]
            where = f"{Path(frame.filename).name}:{frame.lineno}"
            log.error("unexpected", error=type(error).__name__, where=where)


class TooLargeAsProblem:
    """The framework refuses a too large body with plain text; here it becomes an error like all others."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request."""
        refused = False

        async def send_as_problem(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] == 413:
                refused = dict(message["headers"]).get(b"content-type") != b"application/json"
                if refused:
                    answer = problem(413, _HTTP_CODES[413], _HTTP_SENTENCES[413], {"Connection": "close"})
                    await answer(scope, receive, send)
            if not refused:
                await send(message)

        await self._app(scope, receive, send_as_problem)


def answer_errors(api: FastAPI) -> None:
    """Makes the API answer each known error with its code and sentence, and unknown ones with none of their detail."""
    api.add_exception_handler(Rejected, _rejected)
    api.add_exception_handler(PipelineError, _failed)
    api.add_exception_handler(DocumentNotFound, _not_found)
    api.add_exception_handler(BlobError, _blob)
    api.add_exception_handler(NotReviewable, _conflict)
    api.add_exception_handler(InvalidValues, _invalid_values)
    api.add_exception_handler(UnknownType, _invalid)
    api.add_exception_handler(EmptyComment, _invalid)
    api.add_exception_handler(NotAllowed, _not_allowed)
    api.add_exception_handler(RequestValidationError, _request_invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(SQLAlchemyError, _database)
    api.add_exception_handler(RedisError, _unavailable)
    api.add_exception_handler(Exception, _unexpected)


async def _rejected(_: Request, error: Any) -> JSONResponse:
    status = {FileTooLarge: 413, UnsupportedType: 415}.get(type(error), 422)
    return problem(status, error.code, error.sentence)


async def _failed(_: Request, error: Any) -> JSONResponse:
    return problem(422, error.code, error.sentence)


async def _not_found(_: Request, __: Any) -> JSONResponse:
    return problem(404, "not_found", "There is no such document.")


def database_problem(error: SQLAlchemyError) -> JSONResponse:
    """What the database said, as an answer; what nobody expected of it is raised again."""
    if is_unreachable(error):
        return unavailable(error)
    if isinstance(error, DataError):
        return problem(422, "invalid_request", "The request holds characters or numbers that can't be stored.")
    raise error


def unavailable(error: Exception) -> JSONResponse:
    """A store does not answer for the moment."""
    log.warning("store_unavailable", error=type(error).__name__)
    sentence = "The database can't be reached right now. Nothing was stored; try again in a few seconds."
    return problem(503, "unavailable", sentence, headers={"Retry-After": "5"})


async def _database(_: Request, error: Any) -> JSONResponse:
    return database_problem(error)


async def _blob(_: Request, error: Any) -> JSONResponse:
    if isinstance(error, BlobUnavailable):
        return problem(503, error.code, str(type(error).__doc__), headers={"Retry-After": "60"})
    return problem(500, error.code, str(type(error).__doc__))


async def _conflict(_: Request, error: Any) -> JSONResponse:
    return problem(409, error.code, str(error))


async def _invalid(_: Request, error: Any) -> JSONResponse:
    return problem(422, error.code, str(error))


async def _invalid_values(_: Request, error: Any) -> JSONResponse:
    return problem(422, error.code, str(error), fields=error.sentences)


async def _not_allowed(_: Request, error: Any) -> JSONResponse:
    return problem(403, error.code, str(type(error).__doc__))


async def _request_invalid(_: Request, error: Any) -> JSONResponse:
    places = {".".join(str(part) for part in item["loc"]): item["msg"] for item in error.errors()}
    return problem(422, "invalid_request", "The request is not valid.", fields=places)


async def _http(_: Request, error: Any) -> JSONResponse:
    status = error.status_code
    code = _HTTP_CODES.get(status, "error")
    return problem(status, code, _HTTP_SENTENCES.get(status, "The request could not be answered."))


async def _unavailable(_: Request, error: Any) -> JSONResponse:
    return unavailable(error)


async def _unexpected(_: Request, __: Any) -> JSONResponse:
    return problem(500, "unexpected", _UNEXPECTED)
