from __future__ import annotations

import re

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.extract import extract
from pipeline.masking import Sort, known_of
from pipeline.masking.person_names import is_company, ordinary_words, words_of
from pipeline.masking.sensitive import sort_of
from pipeline.samples import draw
from pipeline.types import JsonValue
from tests.pipeline.drawn_documents import read
from tests.pipeline.masking.masks import bare, mask_of


def stands(value: JsonValue, text: str) -> bool:
    return re.search(rf"(?<![0-9a-z]){r'[^0-9a-z]{0,3}'.join(bare(str(value)))}(?![0-9a-z])", text.lower()) is not None


def amounts(text: str) -> list[str]:
    return re.findall(r"(?<![\d.,])\d{1,3}(?:,\d{3})*\.\d\d(?!\d)", text)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("doc_type", ["w9", "bank_statement", "government_id", "invoice"])
def test_nothing_sensitive_is_left_on_a_drawn_document_and_the_rest_is(doc_type: str, seed: int) -> None:
    sample = draw(doc_type, seed=seed)
    pages = read(sample).reading.pages
    mask = mask_of(
        *(page.text for page in pages), known=known_of(extract(pages, DOC_TYPES[doc_type]), DOC_TYPES[doc_type])
    )
    shown = "\n".join(page.text for page in pages)
    hidden = "\n".join(mask.hide(page.text) for page in pages)
    secrets = 0
    for spec in DOC_TYPES[doc_type].fields:
        value = sample.truth.get(spec.name)
        if value is None or isinstance(value, list):
            continue
        if sort_of(spec) is Sort.NAME and not is_company(str(value)):
            secrets += 1
            left = [w for w in words_of(str(value)) if w.casefold() not in ordinary_words() and stands(w, hidden)]
            assert left == []
        elif sort_of(spec) not in (None, Sort.NAME):
            secrets += 1
            assert not stands(value, hidden), spec.name
        else:
            assert stands(value, hidden) == stands(value, shown), spec.name
    assert secrets or doc_type == "invoice"
    assert amounts(hidden) == amounts(shown)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("doc_type", ["pay_stub", "w2", "form_1099"])
def test_types_without_fields_are_masked_by_the_recognisers(doc_type: str, seed: int) -> None:
    shown = "\n".join(page.text for page in read(draw(doc_type, seed=seed)).reading.pages)
    mask = mask_of(shown)
    assert mask.sorts[Sort.NAME] == 1
    assert not re.search(r"(?<!9)\b(?!9)\d{3}-\d{2}-\d{4}\b|\b(?!00)\d{2}-\d{7}\b", mask.hide(shown))
    assert amounts(mask.hide(shown)) == amounts(shown)
