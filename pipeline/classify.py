"""What type a document is: cue phrases with weights, a few features of the layout, and a softmax over the sums.

Each point of a type's score can be named, so the answer explains itself. The first page counts; a phrase in its upper
third counts half as much again, because forms name other forms further down.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping, Sequence

from rapidfuzz import fuzz

from pipeline.doctypes.definition import DocType
from pipeline.types import UNKNOWN_TYPE, Page, TypeGuess

_FLOOR = 0.40
"""Below this probability the answer is "unknown"."""
_TEMPERATURE = 2.2
_MIN_LETTERS = 25
_TOP = 0.33
_TOP_BONUS = 1.5
_FUZZY_FROM_LETTERS = 10
_LIKE_ENOUGH = 88.0
_OTHER = "other"
_OTHER_START = 4.5
"""What a readable document has for "other" before any cue speaks: about one strong cue of a type outweighs it."""
_SLIP_RATIO = 1.9
_CARD_WORDS = 130


def classify(pages: Sequence[Page], doc_types: Mapping[str, DocType]) -> TypeGuess:
    """Says which type the pages are of.

    Args:
        pages: as read; the first one that has words decides.
        doc_types: the known types with their cues.
    """
    page = next((p for p in pages if p.words), None)
    if page is None or sum(map(str.isalnum, page.text)) < _MIN_LETTERS:
        return TypeGuess(UNKNOWN_TYPE, 0.0)
    evidence = {name: _evidence(page, doc_type) for name, doc_type in doc_types.items()}
    scores = {name: sum(found.values()) for name, found in evidence.items()}
    if _OTHER in scores:
        scores[_OTHER] += _OTHER_START
    best, second = sorted(_softmax(scores).items(), key=lambda item: -item[1])[:2]
    strongest = sorted((item for item in evidence[best[0]].items() if item[1] > 0), key=lambda item: -item[1])
    return TypeGuess(
        type=best[0] if best[1] >= _FLOOR else UNKNOWN_TYPE,
        score=best[1],
        runner_up=second[0],
        runner_up_score=second[1],
        evidence=tuple(name for name, _ in strongest[:6]),
    )


def _evidence(page: Page, doc_type: DocType) -> dict[str, float]:
    """What speaks for a type, with its weight."""
    top = _Text(" ".join(w.text for w in page.words if w.box.y0 < _TOP))
    whole = _Text(" ".join(w.text for w in page.words))
    found: dict[str, float] = {}
    for phrase, weight in doc_type.cues.items():
        if top.holds(phrase):
            found[phrase] = weight * _TOP_BONUS
        elif whole.holds(phrase):
            found[phrase] = weight
    for name, weight in _layout_features(page).get(doc_type.name, {}).items():
        found[name] = weight
    return found


class _Text:
    """A text to look for phrases in: by words, and for long phrases forgiving misread letters."""

    def __init__(self, text: str) -> None:
        self._words = f" {_plain(text)} "
        self._letters = self._words.replace(" ", "")

    def holds(self, phrase: str) -> bool:
        """Whether the phrase stands in the text."""
        plain = _plain(phrase)
        if f" {plain} " in self._words:
            return True
        letters = plain.replace(" ", "")
        if not _FUZZY_FROM_LETTERS <= len(letters) <= len(self._letters):
            return False
        return letters in self._letters or fuzz.partial_ratio(letters, self._letters) >= _LIKE_ENOUGH


def _plain(text: str) -> str:
    """Lower case, without accents, everything that is not a letter or digit as one space."""
    bare = unicodedata.normalize("NFKD", text.lower())
    return " ".join(re.sub(r"[^a-z0-9]+", " ", "".join(c for c in bare if not unicodedata.combining(c))).split())


def _layout_features(page: Page) -> dict[str, dict[str, float]]:
    """What the shape of the page says: type -> {feature: weight}."""
    features: dict[str, dict[str, float]] = {}
    if page.height_pt > _SLIP_RATIO * page.width_pt:
        features["receipt"] = {"a long, narrow slip": 3.0}
    if any(_is_zone_line(line_text) for line_text in page.text.splitlines()):
        features["government_id"] = {"a machine-readable zone": 7.0}
    elif page.width_pt > 1.2 * page.height_pt and len(page.words) < _CARD_WORDS:
        features["government_id"] = {"the shape of a card, with few words": 1.5}
    return features


def _is_zone_line(text: str) -> bool:
    squeezed = text.replace(" ", "")
    return len(squeezed) >= 28 and squeezed.count("<") >= 4 and squeezed.upper() == squeezed


def _softmax(scores: Mapping[str, float]) -> dict[str, float]:
    highest = max(scores.values())
    powers = {name: math.exp((score - highest) / _TEMPERATURE) for name, score in scores.items()}
    total = sum(powers.values())
    return {name: power / total for name, power in powers.items()}
