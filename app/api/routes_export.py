"""Exports: the documents that match, or those that were chosen, as a file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse

from app import exporting, wiring
from app.api.answers import ProblemAnswer
from app.api.problems import problem
from app.api.routes_documents import Storable
from app.auth import Role, require
from app.export_text import csv_file, json_file
from app.export_workbook import workbook_file
from app.exporting import MOST_CHOSEN, Export, ExportFormat
from app.sensitive_fields import Hiding, HidingMode, salt_of
from db.filters import Filters

_MADE: dict[ExportFormat, tuple[Callable[[Export], Iterator[bytes]], str]] = {
    "csv": (csv_file, "text/csv; charset=utf-8"),
    "xlsx": (workbook_file, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "json": (json_file, "application/json"),
}
router = APIRouter(tags=["export"])


@router.get(
    "/api/export",
    response_class=StreamingResponse,
    responses={403: {"model": ProblemAnswer}, 404: {"model": ProblemAnswer}, 422: {"model": ProblemAnswer}},
)
def export(
    format: ExportFormat = "xlsx",
    hide: Annotated[HidingMode, Query(description="What becomes of tax, account and document numbers.")] = "mask",
    persons: Annotated[bool, Query(description="Hide persons' names in the same way.")] = False,
    id: Annotated[list[UUID], Query(description="These documents, and no filter.", max_length=MOST_CHOSEN)] = [],  # noqa: B006 - FastAPI copies it
    status: Annotated[list[str], Query(description="Any of these statuses.")] = [],  # noqa: B006
    type: Annotated[list[str], Query(description="Any of these types.")] = [],  # noqa: B006
    q: Annotated[Storable, Query(description='Words in the text; "a phrase", -not.', max_length=500)] = "",
    filename: Annotated[Storable, Query(max_length=200)] = "",
    reason: Annotated[Storable, Query(description="Code of a review reason.", max_length=100)] = "",
    max_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
    uploader: Annotated[UUID | None, Query(description="A person's id.")] = None,
    sec_fetch_site: Annotated[str, Header(include_in_schema=False)] = "",
) -> Response:
    """The documents with their values, newest first: at most 10,000. Numbers that are not hidden need a manager."""
    user = require(Role.MANAGER if hide == "none" else Role.ANALYST)
    if sec_fetch_site == "cross-site":  # it writes into the audit trail, which a foreign page must not make it do
        return problem(403, "foreign_origin", "This request came from another web site. Export from Documents.")
    settings = wiring.settings()
    which = [str(each) for each in id] or Filters(
        statuses=tuple(status), types=tuple(type), query=q, filename=filename, reason=reason,
        max_confidence=max_confidence, uploader=str(uploader or ""),
    )  # fmt: skip
    hiding = Hiding(hide, persons, salt_of(settings, user.tenant_id) if hide == "hash" else b"")
    begun = exporting.begin(which, format, hiding, user, settings)
    if not begun.chosen.ids:
        return problem(404, "nothing_to_export", "No document matches. Take a filter away and export again.")
    make, media_type = _MADE[format]
    name = f"fuse-documents-{begun.at:%Y-%m-%d-%H%M}.{format}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    chunks = make(begun)
    sent = chain([next(chunks)], chunks)  # what fails before the first byte is answered as an error, not as a torn file
    return StreamingResponse(sent, media_type=media_type, headers=headers)
