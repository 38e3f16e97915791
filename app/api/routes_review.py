"""What the review screen's browser part asks for: words of a page, drafts, locks; and comments, and taking back."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from app import reviewing, wiring
from app.api.answers import Changed, ProblemAnswer
from app.api.problems import problem
from app.api.routes_documents import Seen, Storable
from app.auth import Role, require
from app.date_order import date_order
from app.understood import Understood, understood_entries
from db import comments, documents, drafts, page_words, review_locks, unsent
from db.documents import StoredField
from db.drafts import Typed
from db.reviews import VersionConflict
from pipeline.cell_clarity import as_read, cell_clarities
from pipeline.doctypes import DOC_TYPES, FieldKind
from pipeline.types import Box

_PROBLEMS: dict[int | str, dict[str, Any]] = {404: {"model": ProblemAnswer}, 409: {"model": ProblemAnswer}}
_MOST_ROWS = 5000
_Share = Annotated[float, Field(ge=0, le=1)]
_Place = tuple[Annotated[int, Field(ge=1)], _Share, _Share, _Share, _Share]
_Cell = Storable | float | None
Session = Annotated[Storable, Field(min_length=8, max_length=64, description="Of the browser tab.")]

router = APIRouter(tags=["review"])


class Entry(BaseModel):
    """What was typed into a field, and where a person marked it on the page, as (page, x0, y0, x1, y1)."""

    model_config = ConfigDict(extra="forbid")
    entry: Annotated[Storable, Field(max_length=2000)] | list[dict[str, _Cell]] = Field(examples=["Jordan Blake"])
    boxes: list[_Place] = Field(default=[], max_length=20)


class DraftRequest(Seen):
    """All that was typed over a version and is not stored."""

    entries: dict[str, Entry] = Field(max_length=200)
    even_if_changed: bool = Field(
        default=False, description="Keep it also if the document has moved on: Review offers it then."
    )


class DraftAnswer(BaseModel):
    """What each entry means: field -> as it would be stored, or what is wrong with it."""

    understood: dict[str, Understood]


class UnsentRequest(BaseModel):
    """What was typed and not sent; what is left out stays as it was."""

    model_config = ConfigDict(extra="forbid")
    reason: Annotated[Storable, Field(max_length=2000)] | None = None
    comment: Annotated[Storable, Field(max_length=2000)] | None = None


class CellsAnswer(BaseModel):
    """How clearly each cell of a table was read, row by row: column -> 0..1; none for one that could not be told. And
    what the machine read there, which is not what is stored where a person corrected it.
    """

    version: int
    rows: list[dict[str, float]]
    read: list[dict[str, Any]]


class SessionRequest(BaseModel):
    """Which browser tab asks."""

    model_config = ConfigDict(extra="forbid")
    session: Session


class LeaveRequest(SessionRequest):
    """Which browser tab lets the document go, and whether the tab itself goes away."""

    leaving: bool = False


class LockAnswer(BaseModel):
    """Whether the document is this tab's now, and whose it is else; if it is, who else has it on the screen."""

    mine: bool
    holder: str | None = None
    since: datetime | None = None
    wanted_by: str | None = None


class CommentRequest(BaseModel):
    """What a person says about the document."""

    model_config = ConfigDict(extra="forbid")
    body: Annotated[Storable, Field(min_length=1, max_length=2000)]


class CommentAnswer(BaseModel):
    """A comment."""

    name: str
    created_at: datetime
    body: str


class WordsAnswer(BaseModel):
    """A page's words in reading order: [text, x0, y0, x1, y1, confidence, line], the edges in shares of the page."""

    words: list[list[Any]]


@router.get("/api/docs/{doc_id}/pages/{number}/words", responses={404: {"model": ProblemAnswer}})
def get_words(doc_id: UUID, number: int, response: Response) -> WordsAnswer:
    """The words that were read on a page; none for a page that was not read."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).connect() as connection:
        documents.get(connection, user.tenant_id, str(doc_id))
        words = page_words.words_of(connection, str(doc_id), number)
    response.headers["Cache-Control"] = "no-store"
    return WordsAnswer(words=words)


@router.get("/api/docs/{doc_id}/tables/{name}/cells", responses={404: {"model": ProblemAnswer}})
def get_cells(doc_id: UUID, name: str, response: Response) -> CellsAnswer:
    """How clearly the cells of a table were read; no rows where the document has no such table."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).connect() as connection:
        document = documents.get(connection, user.tenant_id, str(doc_id))
        spec = next((each for each in DOC_TYPES.fields_of(document.type) if each.name == name), None)
        stored = next((each for each in documents.fields_of(connection, str(doc_id)) if each.name == name), None)
        is_table = spec is not None and spec.kind is FieldKind.TABLE and stored is not None
        pages = documents.pages_of(connection, str(doc_id)) if is_table else ()
    response.headers["Cache-Control"] = "no-store"
    if spec is None or stored is None or not pages:
        return CellsAnswer(version=document.version, rows=[], read=[])
    boxes = [Box.from_json(box) for box in stored.boxes]
    rows = stored.value or []
    read = as_read(rows, _machine_rows(stored)) if stored.source == "human" else rows
    return CellsAnswer(
        version=document.version, rows=cell_clarities(spec, read, boxes, pages), read=[dict(row) for row in read]
    )


def _machine_rows(stored: StoredField) -> list[Any]:
    return stored.machine_value if isinstance(stored.machine_value, list) else []


@router.put("/api/docs/{doc_id}/draft", responses=_PROBLEMS, response_model=DraftAnswer)
def put_draft(doc_id: UUID, request: DraftRequest) -> DraftAnswer | Response:
    """Keeps what was typed over a version until it is stored, in place of what was kept before; says what it means."""
    user = require(Role.ANALYST)
    if any(isinstance(each.entry, list) and len(each.entry) > _MOST_ROWS for each in request.entries.values()):
        return problem(422, "too_many_rows", f"A table may have {_MOST_ROWS:,} rows.")
    entries = {name: Typed(each.entry, tuple(each.boxes)) for name, each in request.entries.items()}
    with wiring.database(wiring.settings()).begin() as connection:
        document = documents.get(connection, user.tenant_id, str(doc_id))
        order = date_order(connection, document.id)
        kept = drafts.save(
            connection, user.tenant_id, str(doc_id), user.id, request.version, entries, request.even_if_changed
        )
    if not kept:
        raise VersionConflict(document.version)
    return DraftAnswer(understood=understood_entries(DOC_TYPES.fields_of(document.type), entries, order))


@router.put("/api/docs/{doc_id}/unsent", status_code=204, responses={404: {"model": ProblemAnswer}})
def put_unsent(doc_id: UUID, request: UnsentRequest) -> None:
    """Keeps a reason to reject and a comment until they are sent, or the document is decided."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).begin() as connection:
        documents.get(connection, user.tenant_id, str(doc_id))
        unsent.keep(connection, user.tenant_id, str(doc_id), user.id, request.reason, request.comment)


@router.post("/api/docs/{doc_id}/lock", responses={404: {"model": ProblemAnswer}})
def keep_lock(doc_id: UUID, request: SessionRequest) -> LockAnswer:
    """Keeps the document for this tab, or says who has it."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).begin() as connection:
        documents.get(connection, user.tenant_id, str(doc_id))
        holder = review_locks.take(connection, user.tenant_id, str(doc_id), user.id, request.session)
        if holder is not None:
            review_locks.want(connection, user.tenant_id, str(doc_id), user.id)
        wanted_by = review_locks.wanted_by(connection, str(doc_id), request.session)
    if holder is None:
        return LockAnswer(mine=True, wanted_by=wanted_by)
    return LockAnswer(mine=False, holder=holder.name, since=holder.taken_at)


@router.post("/api/docs/{doc_id}/unlock", status_code=204)
def release_lock(doc_id: UUID, request: LeaveRequest) -> None:
    """Gives the document free; a tab that goes away gives free whatever it holds."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).begin() as connection:
        held = None if request.leaving else str(doc_id)
        review_locks.release(connection, user.tenant_id, held, request.session)


@router.post("/api/docs/{doc_id}/reopen", responses=_PROBLEMS)
def reopen(doc_id: UUID, request: Seen) -> Changed:
    """Takes an approval or a rejection back; the document waits for review again."""
    user = require(Role.ANALYST)
    return Changed(version=reviewing.reopen(str(doc_id), request.version, user, wiring.settings()))


@router.get("/api/docs/{doc_id}/comments", responses={404: {"model": ProblemAnswer}})
def get_comments(doc_id: UUID) -> list[CommentAnswer]:
    """What people said about the document, oldest first."""
    user = require(Role.ANALYST)
    with wiring.database(wiring.settings()).connect() as connection:
        documents.get(connection, user.tenant_id, str(doc_id))
        said = comments.of_document(connection, user.tenant_id, str(doc_id))
    return [CommentAnswer(name=each.name, created_at=each.created_at, body=each.body) for each in said]


@router.post("/api/docs/{doc_id}/comments", status_code=201, responses={404: {"model": ProblemAnswer}})
def post_comment(doc_id: UUID, request: CommentRequest) -> Response:
    """Says something about the document to those who see it next."""
    reviewing.comment(str(doc_id), request.body, require(Role.ANALYST), wiring.settings())
    return Response(status_code=201)
