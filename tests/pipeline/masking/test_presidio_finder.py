from __future__ import annotations

import sys
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

from pipeline.masking import Known, Mask, Sort, presidio_finder


def test_presidio_is_asked_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The packages are replaced: with the real ones it was tried by hand (docs/dependencies.md)."""
    text = "Call +81 3 1234 5678, cheque 369492, Kim Oduya of Opening Balance"
    results = [
        ("+81 3 1234 5678", "PHONE_NUMBER"),
        ("369492", "PHONE_NUMBER"),
        ("Kim Oduya", "PERSON"),
        ("Opening Balance", "PERSON"),
    ]
    asked: dict[str, Any] = {}

    class Engine:
        def __init__(self, **settings: Any) -> None:
            asked.update(settings)

        def analyze(self, text: str, **ways: Any) -> list[SimpleNamespace]:
            asked.update(ways)
            return [
                SimpleNamespace(start=text.index(part), end=text.index(part) + len(part), entity_type=entity)
                for part, entity in results
            ]

    def module(name: str, **members: Any) -> None:
        made = ModuleType(name)
        made.__dict__.update(members)
        monkeypatch.setitem(sys.modules, name, made)

    names = ("CreditCardRecognizer", "IbanRecognizer", "UsSsnRecognizer", "UsItinRecognizer", "PhoneRecognizer")
    module("presidio_analyzer", AnalyzerEngine=Engine, RecognizerRegistry=SimpleNamespace)
    module("presidio_analyzer.nlp_engine", SpacyNlpEngine=SimpleNamespace)
    module("presidio_analyzer.predefined_recognizers", **dict.fromkeys(names, SimpleNamespace))
    module("spacy", blank=str, util=SimpleNamespace(get_installed_models=list))
    monkeypatch.setattr(presidio_finder, "is_installed", lambda: True)
    presidio_finder._analyzer.cache_clear()
    try:
        found = list(presidio_finder.find_by_presidio(text))
        assert Mask.of([text], ()).sorts[Sort.PHONE] == 1
    finally:
        presidio_finder._analyzer.cache_clear()
    assert found == [Known("+81 3 1234 5678", Sort.PHONE), Known("Kim Oduya", Sort.NAME)]
    assert asked["nlp_engine"].nlp == {"en": "en"}


def test_presidio_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presidio_finder, "is_installed", lambda: False)
    assert list(presidio_finder.find_by_presidio("4111 1111 1111 1111")) == []


@pytest.mark.skipif(
    not presidio_finder.is_installed(), reason="presidio-analyzer is not installed (requirements-pii.txt)"
)
def test_presidio_itself_works_without_a_network() -> None:
    assert Known("4111 1111 1111 1111", Sort.CARD) in presidio_finder.find_by_presidio("Card 4111 1111 1111 1111")
