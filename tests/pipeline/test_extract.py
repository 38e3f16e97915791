"""The built-in engine on drawn documents, held against their truth; the shared real ones where they are."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import pytest

from pipeline.compare import compare
from pipeline.doctypes import DOC_TYPES
from pipeline.intake import inspect
from pipeline.reading import ReadingOptions, read_pages
from pipeline.run import extract_fields
from pipeline.samples import Sample, draw
from pipeline.types import Extraction, JsonValue, Page

DEV = Path(__file__).parents[3] / "shared/documents/dev"


def pages_of(data: bytes) -> tuple[Page, ...]:
    return tuple(read_pages(data, inspect(data).kind, ReadingOptions()))


@lru_cache
def extracted(doc_type: str, variant: str, seed: int) -> tuple[Sample, tuple[Page, ...], Extraction]:
    sample = draw(doc_type, variant, seed)
    pages = pages_of(sample.data)
    return sample, pages, extract_fields(pages, DOC_TYPES[doc_type])


def wrong(doc_type: str, truth: dict[str, JsonValue], extraction: Extraction) -> list[str]:
    fields = extraction.by_name()
    return [
        name
        for name, true in truth.items()
        if name in fields and not compare(fields[name].value, true, doc_type, name).score.right
    ]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("doc_type", "allowed"), [("w9", 0), ("bank_statement", 1), ("government_id", 1)])
def test_a_born_digital_document_is_read_right(doc_type: str, allowed: int, seed: int) -> None:
    sample, _, extraction = extracted(doc_type, "digital", seed)
    mistakes = wrong(doc_type, sample.truth, extraction)
    assert len(mistakes) <= allowed, (sample.filename, mistakes)


@pytest.mark.parametrize(
    ("doc_type", "share"),
    [pytest.param("w9", 0.6, marks=pytest.mark.slow), ("bank_statement", 0.5), ("government_id", 0.5)],
)
def test_most_of_a_scan_is_read_right(doc_type: str, share: float) -> None:
    right = total = 0
    for seed in range(2):
        sample, _, extraction = extracted(doc_type, "scan", seed)
        total += len(sample.truth)
        right += len(sample.truth) - len(wrong(doc_type, sample.truth, extraction))
    assert right / total >= share


@pytest.mark.parametrize("doc_type", ["w9", "bank_statement", "government_id"])
def test_every_value_has_a_place_raw_text_and_parts(doc_type: str) -> None:
    _, pages, extraction = extracted(doc_type, "digital", 0)
    assert [value.name for value in extraction.fields] == [spec.name for spec in DOC_TYPES[doc_type].fields]
    words = {word.text for page in pages for word in page.words}
    for value in extraction.fields:
        if value.value is None:
            assert (value.confidence, value.parts, value.boxes) == (None, None, ())
            continue
        assert value.boxes, value.name
        assert value.raw
        assert set(value.raw.split()) <= words, value.name
        assert value.parts is not None
        assert value.confidence == pytest.approx(value.parts.product)
        assert all(0 <= b.x0 < b.x1 <= 1 and 0 <= b.y0 < b.y1 <= 1 for b in value.boxes), value.name


@pytest.mark.slow
def test_a_faint_scan_is_less_sure_than_the_same_document_digital() -> None:
    digital = extracted("w9", "digital", 0)[2].by_name()["name"].confidence
    fax = extracted("w9", "fax", 0)[2].by_name()["name"].confidence
    assert digital is not None
    assert fax is None or fax < digital


@pytest.mark.parametrize("doc_type", ["w9", "bank_statement", "government_id", "invoice"])
def test_pages_without_a_word_have_every_field_and_no_value(doc_type: str) -> None:
    extraction = extract_fields((), DOC_TYPES[doc_type])
    assert [value.value for value in extraction.fields] == [None] * len(DOC_TYPES[doc_type].fields)


@pytest.mark.skipif(not DEV.exists(), reason="the shared documents are not here")
@pytest.mark.parametrize(("doc_type", "share"), [("w9", 0.97), ("bank_statement", 0.9)])
def test_real_born_digital_documents(doc_type: str, share: float) -> None:
    right = total = 0
    for line in (DEV / "manifest.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row["doc_type"] != doc_type or not row["born_digital"] or not row["truth"]:
            continue
        extraction = extract_fields(pages_of((DEV / row["file"]).read_bytes()), DOC_TYPES[doc_type])
        total += len(row["truth"])
        right += len(row["truth"]) - len(wrong(doc_type, row["truth"], extraction))
    assert right / total >= share
