"""The shapes of the API's answers, with the examples that OpenAPI shows."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from db.documents import Document, StoredField
from db.model_calls import CallShown
from db.runs import JobStatus
from db.tables import TERMINAL_STATUSES

_ID = "6f1c9a2e-3b0d-4c1f-9a57-2f6f1f0b7c11"


class Answer(BaseModel):
    """Base of the answers."""

    model_config = ConfigDict(extra="forbid")


class Uploaded(Answer):
    """A file that was taken in."""

    document_id: str = Field(examples=[_ID])
    job_id: str = Field(examples=["0b0c3f7e-1c55-4d3b-8a0a-51f0f7f0c0aa"])
    duplicate: bool = Field(description="The same bytes were known: this is the document they belong to.")
    filename: str = Field(examples=["w9-jordan-blake.pdf"])


class Progress(Answer):
    """Where a run stands."""

    job_id: str
    document_id: str
    filename: str
    status: str = Field(examples=["extracting"], description="The document's processing_status.")
    stage: str = Field(examples=["extraction"])
    state: str = Field(examples=["running"], description="waiting | running | done | dead")
    attempts: int = Field(examples=[1])
    pages_read: int = Field(examples=[3])
    page_count: int = Field(examples=[3])
    finished: bool = Field(description="The machine's work has ended.")

    @classmethod
    def of(cls, job: JobStatus) -> Progress:
        """From the store's row."""
        return cls(
            job_id=job.job_id,
            document_id=job.document_id,
            filename=job.filename,
            status=job.status,
            stage=job.stage,
            state=job.state,
            attempts=job.attempts,
            pages_read=job.pages_read,
            page_count=job.page_count,
            finished=job.status in TERMINAL_STATUSES,
        )


class ReasonAnswer(Answer):
    """Why a person should look."""

    code: str = Field(examples=["below_threshold"])
    sentence: str = Field(examples=["Name (line 1): confidence 62%, 75% is needed."])
    field: str | None = Field(default=None, examples=["name"])


class DocumentAnswer(Answer):
    """A document in a list."""

    id: str = Field(examples=[_ID])
    filename: str = Field(examples=["w9-jordan-blake.pdf"])
    content_type: str = Field(examples=["application/pdf"])
    size_bytes: int = Field(examples=[127855])
    page_count: int = Field(examples=[1])
    type: str | None = Field(examples=["w9"])
    type_confidence: float | None = Field(examples=[0.98])
    confidence: float | None = Field(examples=[0.81], description="Of the least certain part, 0..1.")
    processing_status: str = Field(examples=["needs_review"])
    reasons: list[ReasonAnswer]
    partial: bool = Field(description="Not all pages could be read.")
    version: int = Field(examples=[4])
    reject_reason: str | None = None
    created_at: datetime
    updated_at: datetime
    reviewed_at: datetime | None = None

    @classmethod
    def of(cls, document: Document) -> DocumentAnswer:
        """From the store's row."""
        return cls(**_common(document))


def _common(document: Document) -> dict[str, Any]:
    names = DocumentAnswer.model_fields
    return {name: getattr(document, name) for name in names if name != "reasons"} | {
        "reasons": [ReasonAnswer(**reason) for reason in document.reasons]
    }


class DocumentList(Answer):
    """A page of documents."""

    documents: list[DocumentAnswer]
    snippets: dict[str, str] = Field(
        description="Document id -> text around the hits, which stand in ‹ ›; sensitive numbers in it are masked."
    )
    next_cursor: str | None = Field(description="Give it as `cursor` to get the next page; null at the end.")


class FieldAnswer(Answer):
    """A field with its place and the parts of its confidence."""

    name: str = Field(examples=["name"])
    value: Any = Field(examples=["Jordan Blake"])
    raw: str | None = Field(examples=["Jordan Blake"])
    boxes: list[list[float]] = Field(
        examples=[[[1, 0.11, 0.14, 0.27, 0.155]]],
        description="[page, x0, y0, x1, y1]; pages count from 1, coordinates are fractions of the displayed page.",
    )
    confidence: float | None = Field(examples=[0.93])
    parts: dict[str, float] | None = Field(examples=[{"engine": 0.95, "validation": 1.0, "clarity": 0.98}])
    findings: list[str] = Field(examples=[[]])
    source: str = Field(examples=["machine"], description="machine | human")

    @classmethod
    def of(cls, stored: StoredField) -> FieldAnswer:
        """From the store's row."""
        return cls(**{name: getattr(stored, name) for name in cls.model_fields})


class PageAnswer(Answer):
    """A page as it was read."""

    number: int = Field(examples=[1])
    width_pt: float = Field(examples=[612.0])
    height_pt: float = Field(examples=[792.0])
    source: str = Field(examples=["text_layer"])
    why: str = Field(examples=["Read as text: its text layer has 4858 characters."])


class CorrectionAnswer(Answer):
    """What a person changed."""

    created_at: datetime
    user: str = Field(examples=["Local admin"])
    field: str = Field(examples=["name"])
    before: Any
    after: Any
    doc_version: int


class DocumentDetail(DocumentAnswer):
    """Everything about a document."""

    fields: list[FieldAnswer]
    pages: list[PageAnswer]
    corrections: list[CorrectionAnswer]


class MessageAnswer(Answer):
    """A message of a prompt."""

    role: str = Field(examples=["user"], description="system | user | assistant")
    content: str = Field(examples=['A document of the type "W-9". Copy these fields: ...'])


class ModelCallAnswer(Answer):
    """A call of the language model about a document. What is sensitive stands in it as surrogates."""

    id: str = Field(examples=[_ID])
    generation: int = Field(examples=[1], description="Of which of the document's runs.")
    stage: str = Field(examples=["extraction"], description="classification | extraction | reread")
    engine: str = Field(examples=["ollama"])
    model: str = Field(examples=["llama3.2:3b-instruct-q4_K_M"])
    template: str = Field(examples=["extraction"])
    template_version: int = Field(examples=[2])
    prompt_hash: str = Field(examples=["9f2c61d0a7e4b3380c5d1f6e7a8b9c0d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b"])
    prompt: list[MessageAnswer]
    answer: str | None = Field(
        examples=['{"name": "Jordan Blake", "ssn": "900-00-0001"}'],
        description="As the model wrote it; null: it gave none.",
    )
    tool_calls: list[dict[str, Any]] = Field(
        examples=[[{"name": "get_gold_examples", "arguments": {"document_type": "w9", "limit": 2}}]]
    )
    prompt_tokens: int | None = Field(examples=[2140])
    answer_tokens: int | None = Field(examples=[212])
    latency_ms: float = Field(examples=[5230.4])
    usd: float = Field(examples=[0.0011])
    outcome: str = Field(examples=["ok"], description="ok, or the error's code: llm_away, llm_slow, ...")
    created_at: datetime

    @classmethod
    def of(cls, call: CallShown) -> ModelCallAnswer:
        """From the store's row."""
        return cls(**asdict(call))


class ToolUseAnswer(Answer):
    """A tool's invocation while a document was asked about, also one that was refused."""

    tool: str = Field(examples=["get_gold_examples"])
    arguments: dict[str, Any] = Field(examples=[{"document_type": "w9", "limit": 2}])
    how: str = Field(examples=["called"], description="called | written (as text) | cached | plain (unasked)")
    outcome: str = Field(examples=["ok"], description="ok | unknown_tool | bad_arguments")
    results: int = Field(examples=[2])
    wall_ms: float = Field(examples=[0.4])
    created_at: datetime


class ModelCalls(Answer):
    """What the language model saw and said about a document, oldest first."""

    calls: list[ModelCallAnswer]
    tools: list[ToolUseAnswer]


class UsedAnswer(Answer):
    """A use of the language model."""

    calls: int = Field(examples=[412])
    prompt_tokens: int = Field(examples=[903112])
    answer_tokens: int = Field(examples=[88140])
    usd: float = Field(examples=[1.27])


class UsedOnDay(UsedAnswer):
    """A day's use; days are those of UTC."""

    day: date = Field(examples=["2024-03-15"])


class UsageAnswer(Answer):
    """What the calls of the language model have cost."""

    days: int = Field(examples=[30])
    total: UsedAnswer
    by_day: list[UsedOnDay] = Field(description="Newest first; days without a call are left out.")


class Changed(Answer):
    """A change that was stored."""

    version: int = Field(examples=[5])


class Retried(Answer):
    """A run that was begun."""

    job_id: str


class Problem(Answer):
    """What went wrong, in the field `error` of every answer that is not 2xx."""

    code: str = Field(examples=["unsupported_type"])
    message: str = Field(examples=["This is not a PDF, PNG, JPEG or TIFF file. Save it in one of these formats."])
    fields: dict[str, str] | None = Field(default=None, description="Field -> what is wrong with its value.")


class ProblemAnswer(Answer):
    """An error."""

    error: Problem
    current: DocumentDetail | None = Field(default=None, description="After a version conflict: the newer state.")
