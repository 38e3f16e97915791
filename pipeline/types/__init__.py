"""The values that travel between the stages of the pipeline. All frozen.

Coordinates are fractions of the *displayed* page (after its rotation and crop box): x from left to right, y from top
to bottom, each 0..1. Page numbers count from 1, as people and the review screen count them.
"""

from pipeline.types.page_types import Box, Code, FormValue, Mark, Page, PageSource, Reading, Word
from pipeline.types.result_types import (
    UNKNOWN_TYPE,
    ConfidenceParts,
    Decision,
    Extraction,
    FieldValue,
    Finding,
    GoldDocument,
    JsonValue,
    ModelUse,
    Reason,
    Result,
    Rules,
    TypedDocument,
    TypeGuess,
)

__all__ = [
    "UNKNOWN_TYPE",
    "Box",
    "Code",
    "ConfidenceParts",
    "Decision",
    "Extraction",
    "FieldValue",
    "Finding",
    "FormValue",
    "GoldDocument",
    "JsonValue",
    "Mark",
    "ModelUse",
    "Page",
    "PageSource",
    "Reading",
    "Reason",
    "Result",
    "Rules",
    "TypeGuess",
    "TypedDocument",
    "Word",
]
