"""Uploading, and following what becomes of it."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, UploadFile

from app import uploading, wiring
from app.api.answers import ProblemAnswer, Progress, Uploaded
from app.auth import Role, require
from db import runs
from pipeline.intake import display_name
from pipeline.kinds import MAX_BYTES

_MULTIPART_BYTES = 1_000_000
router = APIRouter(tags=["upload"])


@router.post(
    "/api/upload",
    status_code=202,
    max_body_size=MAX_BYTES + _MULTIPART_BYTES,
    responses={413: {"model": ProblemAnswer}, 415: {"model": ProblemAnswer}, 422: {"model": ProblemAnswer},
               503: {"model": ProblemAnswer}},
)  # fmt: skip
def upload(file: Annotated[UploadFile, "A PDF, PNG, JPEG or TIFF file of at most 50 MB and 100 pages."]) -> Uploaded:
    """Takes a file in and answers at once; the workers do the rest.

    The answer comes after the file is stored and written down: from then on it is not lost. The same bytes again give
    the same document.
    """
    user = require(Role.ANALYST)
    name = file.filename or ""
    added = uploading.submit(file.file.read(), name, user, wiring.settings())
    return Uploaded(
        document_id=added.document_id, job_id=added.job_id, duplicate=added.duplicate, filename=display_name(name)
    )


@router.get("/api/jobs/{job_id}", responses={404: {"model": ProblemAnswer}})
def job(job_id: UUID) -> Progress:
    """Where the run that a job began stands."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).connect() as connection:
        return Progress.of(runs.job_status(connection, user.tenant_id, str(job_id)))
