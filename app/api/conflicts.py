"""Whoever acts on a state of a document that is past learns of it by a code, a sentence and the newer state."""

from __future__ import annotations

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from app import wiring
from app.api.problems import database_problem, problem
from app.api.routes_documents import detail_of
from app.auth import Role, require
from db.reviews import VersionConflict


def answer_conflicts(api: FastAPI) -> None:
    """Makes the API answer `VersionConflict` wherever a document stands in the address."""
    api.add_exception_handler(VersionConflict, _overtaken)


def _overtaken(request: Request, error: Exception) -> JSONResponse:
    user = require(Role.ANALYST)
    try:
        with wiring.database(wiring.settings()).connect() as connection:
            current = detail_of(connection, user, request.path_params["doc_id"])
    except SQLAlchemyError as away:  # no other handler sees what is raised in one
        return database_problem(away)
    return problem(409, VersionConflict.code, str(error), current=current.model_dump(mode="json"))
