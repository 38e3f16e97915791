"""Microsoft's presidio as a further recogniser, where it is installed (`requirements-pii.txt`). Never on the network.

It is used without its own set-up, which downloads a model and ends the process where it can't; without its recogniser
of e-mail addresses, which fetches a list of domains; and with chosen recognisers only, for the rest takes every
nine-digit number for a secret. A spaCy model of English, where there is one, adds names of persons.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from functools import lru_cache
from importlib.util import find_spec
from typing import Any

from pipeline.masking.person_names import is_company, ordinary_words, words_of
from pipeline.masking.sensitive import Known, Sort

_SORTS = {
    "CREDIT_CARD": Sort.CARD,
    "IBAN_CODE": Sort.IBAN,
    "US_SSN": Sort.SSN,
    "US_ITIN": Sort.SSN,
    "PHONE_NUMBER": Sort.PHONE,
    "PERSON": Sort.NAME,
}
_RECOGNISERS = ("CreditCardRecognizer", "IbanRecognizer", "UsSsnRecognizer", "UsItinRecognizer")
_LEAST_SCORE = 0.4
"""Below it are shapes without a check or a word beside them; telephone numbers have just this."""
_REGIONS = ("US", "GB", "CA", "DE", "FR", "ES", "IT", "NL")


def is_installed() -> bool:
    """Whether presidio can be imported."""
    return find_spec("presidio_analyzer") is not None


def find_by_presidio(text: str) -> Iterator[Known]:
    """What presidio finds in a text; nothing where it is not installed.

    Args:
        text: of a page.
    """
    if not is_installed() or not text.strip():
        return
    for result in _analyzer().analyze(text, language="en", entities=list(_SORTS), score_threshold=_LEAST_SCORE):
        known = Known(text[result.start : result.end], _SORTS[result.entity_type])
        if _is_likely(known):
            yield known


def _is_likely(known: Known) -> bool:
    """Telephone numbers must have a plus, brackets or a dash: without, cheque numbers and dates are among them."""
    if known.sort is Sort.PHONE:
        digits = sum(c.isdigit() for c in known.text)
        return digits >= 9 and (known.text.startswith("+") or "(" in known.text or known.text.count("-") >= 2)
    if known.sort is Sort.NAME:
        words = words_of(known.text)
        return bool(words) and not is_company(known.text) and not any(w.casefold() in ordinary_words() for w in words)
    return True


@lru_cache(maxsize=1)
def _analyzer() -> Any:
    # By name, since neither package has types, nor must be there.
    presidio = importlib.import_module("presidio_analyzer")
    engines = importlib.import_module("presidio_analyzer.nlp_engine")
    known = importlib.import_module("presidio_analyzer.predefined_recognizers")
    spacy = importlib.import_module("spacy")
    model = next((name for name in sorted(spacy.util.get_installed_models()) if name.startswith("en_core_web_")), None)

    class Offline(engines.SpacyNlpEngine):  # type: ignore[name-defined,misc]
        """spaCy with what is on the machine: `load` would download."""

        def load(self) -> None:
            self.nlp = {"en": spacy.load(model) if model is not None else spacy.blank("en")}

    recognisers = [getattr(known, name)() for name in _RECOGNISERS]
    recognisers.append(known.PhoneRecognizer(supported_regions=_REGIONS))
    if model is not None:
        recognisers.append(known.SpacyRecognizer(supported_entities=["PERSON"]))
    engine = Offline(models=[{"lang_code": "en", "model_name": model or "blank"}])
    engine.load()
    registry = presidio.RecognizerRegistry(recognizers=recognisers, supported_languages=["en"])
    return presidio.AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=["en"])
