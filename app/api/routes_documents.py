"""Documents: lists, one in detail, its pages as pictures, and what people do to it."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy import Connection

from app import page_images, reviewing, wiring
from app.api.answers import (
    Changed,
    CorrectionAnswer,
    DocumentAnswer,
    DocumentDetail,
    DocumentList,
    FieldAnswer,
    ModelCallAnswer,
    ModelCalls,
    PageAnswer,
    ProblemAnswer,
    Retried,
    ToolUseAnswer,
)
from app.auth import Role, User, require
from app.found_text import with_numbers_hidden
from db import documents, model_calls
from pipeline.kinds import FileKind

_CONFLICT: dict[int | str, dict[str, Any]] = {
    404: {"model": ProblemAnswer},
    409: {"model": ProblemAnswer, "description": "Somebody was faster; `current` holds the newer state."},
    422: {"model": ProblemAnswer},
}
_ENDINGS = {
    FileKind.PDF: (".pdf",),
    FileKind.PNG: (".png",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.TIFF: (".tif", ".tiff"),
}
router = APIRouter(tags=["documents"])


def _storable(text: str) -> str:
    """Postgres stores no NUL, and UTF-8 has no lone surrogates."""
    if "\0" in text or any("\ud800" <= c <= "\udfff" for c in text):
        raise ValueError("holds characters that can't be stored")
    return text


Storable = Annotated[str, AfterValidator(_storable)]


class Corrections(BaseModel):
    """Values that a person saw on the document."""

    model_config = ConfigDict(extra="forbid")
    version: int = Field(examples=[4], description="The version of the document that the person saw.")
    values: dict[str, Any] = Field(
        examples=[{"name": "Jordan Blake", "signature_date": "03/15/2024"}],
        description="Field -> text as a person would type it (rows for a table); null: not on the document.",
    )


class Seen(BaseModel):
    """The version of the document that the person saw."""

    model_config = ConfigDict(extra="forbid")
    version: int = Field(examples=[4])


class Rejection(Seen):
    """Why the document is refused."""

    reason: Storable = Field(examples=["Not signed."], min_length=1, max_length=2000)


class OtherType(Seen):
    """Which type the document is of."""

    type: Storable = Field(examples=["invoice"], description="The key of a document type.")


class Retry(BaseModel):
    """From which stage on the document is run again."""

    model_config = ConfigDict(extra="forbid")
    stage: Literal["ocr", "classification", "extraction"] = "ocr"


@router.get("/api/docs")
def list_documents(
    status: Annotated[list[str], Query(description="Any of these statuses.")] = [],  # noqa: B006 - FastAPI copies it
    type: Annotated[list[str], Query(description="Any of these types.")] = [],  # noqa: B006
    q: Annotated[Storable, Query(description='Words in the text; "a phrase", -not.', max_length=500)] = "",
    filename: Annotated[Storable, Query(max_length=200)] = "",
    reason: Annotated[Storable, Query(description="Code of a review reason.", max_length=100)] = "",
    max_confidence: Annotated[float | None, Query(ge=0, le=1)] = None,
    order: Literal["newest", "doubtful"] = "newest",
    cursor: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DocumentList:
    """Documents that match, page by page."""
    user = require(Role.ANALYST)
    filters = documents.Filters(tuple(status), tuple(type), q, filename, reason, max_confidence)
    with wiring.database(wiring.settings()).connect() as connection:
        listed = documents.listing(connection, user.tenant_id, filters, order, cursor, limit)
        listed = with_numbers_hidden(connection, user.tenant_id, listed)
    return DocumentList(
        documents=[DocumentAnswer.of(document) for document in listed.documents],
        snippets=listed.snippets,
        next_cursor=listed.next_cursor,
    )


@router.get("/api/docs/{doc_id}", responses={404: {"model": ProblemAnswer}})
def get_document(doc_id: UUID) -> DocumentDetail:
    """One document with its fields, pages and corrections."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).connect() as connection:
        return detail_of(connection, user, str(doc_id))


@router.get("/api/docs/{doc_id}/model-calls", responses={404: {"model": ProblemAnswer}})
def get_model_calls(doc_id: UUID) -> ModelCalls:
    """What the language model saw and said about a document; surrogates stand for what is sensitive."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).connect() as connection:
        document = documents.get(connection, user.tenant_id, str(doc_id))
        calls = model_calls.calls_of(connection, user.tenant_id, document.id)
        tools = model_calls.tools_used(connection, user.tenant_id, document.id)
    return ModelCalls(
        calls=[ModelCallAnswer.of(call) for call in calls],
        tools=[ToolUseAnswer(**used) for used in tools],
    )


@router.post("/api/docs/{doc_id}/corrections", responses=_CONFLICT)
def correct(doc_id: UUID, corrections: Corrections) -> Changed:
    """Stores a person's values. All or none: one invalid value and nothing is stored."""
    user = require(Role.ANALYST)
    version = reviewing.save(str(doc_id), corrections.version, corrections.values, user, wiring.settings())
    return Changed(version=version)


@router.post("/api/docs/{doc_id}/approve", responses=_CONFLICT)
def approve(doc_id: UUID, seen: Seen) -> Changed:
    """Accepts the document as it stands."""
    user = require(Role.ANALYST)
    return Changed(version=reviewing.approve(str(doc_id), seen.version, user, wiring.settings()))


@router.post("/api/docs/{doc_id}/reject", responses=_CONFLICT)
def reject(doc_id: UUID, rejection: Rejection) -> Changed:
    """Refuses the document, saying why."""
    user = require(Role.ANALYST)
    version = reviewing.reject(str(doc_id), rejection.version, rejection.reason, user, wiring.settings())
    return Changed(version=version)


@router.post("/api/docs/{doc_id}/type", status_code=202, responses=_CONFLICT)
def change_type(doc_id: UUID, other: OtherType) -> Changed:
    """Sets another type; the document's fields are then looked for anew."""
    user = require(Role.ANALYST)
    return Changed(version=reviewing.change_type(str(doc_id), other.version, other.type, user, wiring.settings()))


@router.post("/api/docs/{doc_id}/retry", status_code=202, responses=_CONFLICT)
def retry(doc_id: UUID, request: Retry) -> Retried:
    """Runs the document again from a stage on."""
    user = require(Role.ANALYST)
    return Retried(job_id=reviewing.retry(str(doc_id), request.stage, user, wiring.settings()))


@router.get("/api/docs/{doc_id}/pages/{number}.jpg", response_class=Response, responses={404: {"model": ProblemAnswer}})
def page_image(doc_id: UUID, number: int, w: Annotated[int, Query(ge=50, le=3000)] = 1200) -> Response:
    """A page as a JPEG picture, upright, about `w` pixels wide."""
    user = require(Role.ANALYST)
    settings = wiring.settings()
    with wiring.database(settings).connect() as connection:
        document = documents.get(connection, user.tenant_id, str(doc_id))
        turn = documents.turn_of(connection, document.id, number)
    if not 1 <= number <= document.page_count:
        raise documents.DocumentNotFound(str(doc_id))
    jpeg = page_images.jpeg(document, number, turn, w, settings)
    return Response(jpeg, media_type="image/jpeg", headers={"Cache-Control": "private, max-age=3600"})


@router.get("/api/docs/{doc_id}/original", response_class=Response, responses={404: {"model": ProblemAnswer}})
def original(doc_id: UUID) -> Response:
    """The file as it was uploaded, always as a download."""
    user = require(Role.ANALYST)
    settings = wiring.settings()
    with wiring.database(settings).connect() as connection:
        document = documents.get(connection, user.tenant_id, str(doc_id))
    plain = document.filename.encode("ascii", "replace").decode().replace("?", "_")
    if not plain.lower().endswith(_ENDINGS[FileKind(document.kind)]):  # its sender may have called it .exe
        plain += _ENDINGS[FileKind(document.kind)][0]
    return Response(
        wiring.blobs(settings).get(document.blob_key),
        media_type="application/octet-stream",
        headers={"Content-Disposition": f'attachment; filename="{plain}"', "Cache-Control": "no-store"},
    )


def detail_of(connection: Connection, user: User, doc_id: str) -> DocumentDetail:
    """A document with all that is known of it."""
    document = documents.get(connection, user.tenant_id, doc_id)
    return DocumentDetail(
        **DocumentAnswer.of(document).model_dump(),
        fields=[FieldAnswer.of(stored) for stored in documents.fields_of(connection, doc_id)],
        pages=[
            PageAnswer(number=p.number, width_pt=p.width_pt, height_pt=p.height_pt, source=p.source, why=p.why)
            for p in documents.pages_of(connection, doc_id)
        ],
        corrections=[CorrectionAnswer(**row) for row in documents.corrections_of(connection, user.tenant_id, doc_id)],
    )
