"""Looking for cue phrases in what was read: by words, and for long phrases and OCR forgiving misread letters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from pipeline.classify.page_shape import is_running_text
from pipeline.types import Page, PageSource, Word

TOP = 0.33
"""The part of the first page where a document says what it is."""
IN_TOP = 1.5
FURTHER_DOWN = 1.0
IN_RUNNING_TEXT = 0.5
"""What a phrase counts by where it stands: running text names what the document is not."""
_ONLY_IN_TOP = "^"
_FUZZY_FROM_LETTERS = 10
_LIKE_ENOUGH = 88.0
_GRAM = 4
_SHARED_GRAMS = 0.34
"""A phrase misread in one letter of ten still has this share of its four-letter runs."""
_FOLD_FROM_LETTERS = 5
_FOLDED = str.maketrans("0158i", "olsbl")
"""OCR takes 0 for o, 1 and i for l, 5 for s, 8 for b."""
_SPELLED_OUT = str.maketrans({"ß": "ss", "ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe"})
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
_APOSTROPHE_S = re.compile(r"(?<=[a-z])['’`´]s\b")


def plain(text: str) -> str:
    """Lower case, without accents and possessive s's apostrophe; what is no letter or digit becomes one space."""
    bare = unicodedata.normalize("NFKD", _APOSTROPHE_S.sub("s", text.lower().translate(_SPELLED_OUT)))
    return " ".join(_NOT_PLAIN.sub(" ", "".join(c for c in bare if not unicodedata.combining(c))).split())


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase made ready to be looked for.

    Attributes:
        spaced: its words, each with a space on both sides but at a star.
        folded: the same with the letters that OCR confuses made one; "" for a phrase too short for that.
        letters: without spaces; "" for a phrase too short to be found in another spelling.
        grams: the runs of four letters in it.
    """

    spaced: str
    folded: str
    letters: str
    grams: frozenset[str]


@lru_cache(maxsize=8192)
def _phrase(written: str) -> _Phrase:
    bare = plain(written)
    starred = written.removeprefix(_ONLY_IN_TOP)
    spaced = _spaced(bare)
    spaced = spaced[starred.startswith("*") : len(spaced) - starred.endswith("*")]
    letters = bare.replace(" ", "")
    long_enough = len(letters) >= _FUZZY_FROM_LETTERS and "*" not in written
    return _Phrase(
        spaced,
        spaced.translate(_FOLDED) if len(letters) >= _FOLD_FROM_LETTERS else "",
        letters if long_enough else "",
        _grams(letters) if long_enough else frozenset(),
    )


def _spaced(text: str) -> str:
    """Each word with a space of its own on both sides, so that neighbours can be counted separately."""
    return f" {text.replace(' ', '  ')} "


def _grams(letters: str) -> frozenset[str]:
    return frozenset(letters[i : i + _GRAM] for i in range(len(letters) - _GRAM + 1))


class _Text:
    """A text to look for phrases in."""

    def __init__(self, words: Sequence[Word], forgiving: bool) -> None:
        bare = plain(" ".join(word.text for word in words))
        self._spaced = _spaced(bare)
        self._folded = self._spaced.translate(_FOLDED) if forgiving else ""
        self._letters = bare.replace(" ", "")
        self._grams = _grams(self._letters) if forgiving else frozenset()

    def count(self, written: str) -> int:
        """How often a phrase stands in the text; 1 for a long one that is there with a letter misread."""
        phrase = _phrase(written)
        exact = self._spaced.count(phrase.spaced)
        if exact or not self._folded:
            return exact
        if phrase.folded and (folded := self._folded.count(phrase.folded)):
            return folded
        return int(bool(phrase.letters) and self._holds_nearly(phrase))

    def _holds_nearly(self, phrase: _Phrase) -> bool:
        if len(phrase.letters) > len(self._letters):
            return False
        if len(phrase.grams & self._grams) < _SHARED_GRAMS * len(phrase.grams):
            return False
        if phrase.letters in self._letters:
            return True
        return fuzz.partial_ratio(phrase.letters, self._letters, score_cutoff=_LIKE_ENOUGH) > 0


def find_phrases(page: Page, written: Iterable[str]) -> dict[str, float]:
    """Which of the phrases stand on a page, and how much each counts.

    Args:
        page: one with words.
        written: the phrases. A star at an end stands for the rest of a word; "^" before it: only in the page's top.

    Returns:
        phrase -> `IN_TOP`, `FURTHER_DOWN` or `IN_RUNNING_TEXT`. A phrase that stands only inside longer ones of
        `written` is left out.
    """
    sought = frozenset(written)
    forgiving = page.source is not PageSource.TEXT_LAYER
    whole = _by_themselves(_Text(page.words, forgiving), sought, sought)
    if not whole:
        return {}
    outside = [word for line in page.lines if not is_running_text(line) for word in line]
    down = _by_themselves(_Text(outside, forgiving), whole, sought)
    top = _by_themselves(_Text([word for word in outside if word.box.y0 < TOP], forgiving), down, sought)
    found = dict.fromkeys(whole, IN_RUNNING_TEXT) | dict.fromkeys(down, FURTHER_DOWN) | dict.fromkeys(top, IN_TOP)
    return {phrase: strength for phrase, strength in found.items() if strength == IN_TOP or phrase[0] != _ONLY_IN_TOP}


def _by_themselves(text: _Text, candidates: Iterable[str], sought: frozenset[str]) -> list[str]:
    """The candidates that stand in a text, and not only as a part of longer ones."""
    counts = {phrase: count for phrase in candidates if (count := text.count(phrase))}
    longer_ones = _longer_ones(sought)
    return [
        phrase
        for phrase, count in counts.items()
        if count > sum(counts.get(longer, 0) for longer in longer_ones.get(phrase, ()))
    ]


@lru_cache(maxsize=16)
def _longer_ones(sought: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """For each phrase the others that have all its words in a row."""
    longer: dict[str, tuple[str, ...]] = {}
    for phrase in sought:
        inner = _phrase(phrase).spaced
        around = tuple(other for other in sought if inner in (outer := _phrase(other).spaced) and inner != outer)
        if around:
            longer[phrase] = around
    return longer
