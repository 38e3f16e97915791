"""Drawn documents as they are after reading, for tests of what comes then."""

from __future__ import annotations

from pathlib import Path

from pipeline.evaluate.extraction_ways import Document
from pipeline.evaluate.manifest import Labelled
from pipeline.intake import inspect
from pipeline.reading import ReadingOptions, read_pages
from pipeline.samples import Sample
from pipeline.types import Reading


def read(sample: Sample) -> Document:
    """A born-digital sample with its pages."""
    kind = inspect(sample.data).kind
    pages = tuple(read_pages(sample.data, kind, ReadingOptions()))
    labelled = Labelled(sample.filename, sample.filename, Path(sample.filename), sample.doc_type, sample.truth)
    return Document(labelled, Reading(pages, len(pages)))
