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
_MOST_LETTERS = 40_000
"""No page that a person reads has more: it bounds the time."""
_GLUED_FROM_LETTERS = 10
_FUZZY_FROM_LETTERS = 12
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
    small = _APOSTROPHE_S.sub("s", text.lower())
    if not small.isascii():
        apart = unicodedata.normalize("NFKD", small.translate(_SPELLED_OUT))
        small = "".join(c for c in apart if not unicodedata.combining(c))
    return _NOT_PLAIN.sub(" ", small).strip()


@dataclass(frozen=True, slots=True)
class _Phrase:
    """A phrase made ready to be looked for.

    Attributes:
        spaced: its words, each with a space on both sides but at a star.
        folded: the same with the letters that OCR confuses made one; "" for a phrase too short for that.
        key: its longest whole word, in look-alike letters: without it there is no need to look further; "" when none.
        letters: without spaces; "" for a phrase too short to be found in another spelling.
        grams: the runs of four letters in it.
    """

    spaced: str
    folded: str
    key: str
    letters: str
    grams: frozenset[str]


@lru_cache(maxsize=8192)
def _phrase(written: str) -> _Phrase:
    bare = plain(written)
    starred = written.removeprefix(_ONLY_IN_TOP)
    spaced = _spaced(bare)
    spaced = spaced[starred.startswith("*") : len(spaced) - starred.endswith("*")]
    letters = bare.replace(" ", "")
    long_enough = len(letters) >= _GLUED_FROM_LETTERS and "*" not in written
    return _Phrase(
        spaced,
        spaced.translate(_FOLDED) if len(letters) >= _FOLD_FROM_LETTERS else "",
        max(_whole_words(spaced), key=len, default="").translate(_FOLDED),
        letters if long_enough else "",
        _grams(letters) if long_enough else frozenset(),
    )


def _whole_words(spaced: str) -> list[str]:
    words = spaced.split()
    return words[not spaced.startswith(" ") : len(words) - (not spaced.endswith(" "))]


def _spaced(text: str) -> str:
    """Each word with a space of its own on both sides, so that neighbours can be counted separately."""
    return f" {text.replace(' ', '  ')} "


def _grams(letters: str) -> frozenset[str]:
    return frozenset(letters[i : i + _GRAM] for i in range(len(letters) - _GRAM + 1))


class _Text:
    """A text to look for phrases in."""

    def __init__(self, words: Sequence[Word], forgiving: bool) -> None:
        bare = plain(" ".join(word.text for word in words)[:_MOST_LETTERS])
        self._spaced = _spaced(bare)
        self._folded = self._spaced.translate(_FOLDED) if forgiving else ""
        self._keys = set(bare.translate(_FOLDED).split())
        self._letters = bare.replace(" ", "")
        self._grams = _grams(self._letters) if forgiving else frozenset()

    def count(self, written: str) -> int:
        """How often a phrase stands in the text, look-alike letters forgiven."""
        phrase = _phrase(written)
        if phrase.key and phrase.key not in self._keys:
            return 0
        exact = self._spaced.count(phrase.spaced)
        return exact or (self._folded.count(phrase.folded) if self._folded and phrase.folded else 0)

    def holds_nearly(self, written: str) -> bool:
        """Whether a long phrase is there with its words run together or a letter misread."""
        phrase = _phrase(written)
        if not self._folded or not phrase.letters or len(phrase.letters) > len(self._letters):
            return False
        if len(phrase.grams & self._grams) < _SHARED_GRAMS * len(phrase.grams):
            return False
        if phrase.letters in self._letters:
            return True
        if len(phrase.letters) < _FUZZY_FROM_LETTERS:
            return False
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
    forgiving = page.source is not PageSource.TEXT_LAYER
    whole = _by_themselves(_Text(page.words, forgiving), sorted(written))
    outside = [word for line in page.lines if not is_running_text(line) for word in line]
    down = _by_themselves(_Text(outside, forgiving), whole)
    top = _by_themselves(_Text([word for word in outside if word.box.y0 < TOP], forgiving), down)
    found = dict.fromkeys(whole, IN_RUNNING_TEXT) | dict.fromkeys(down, FURTHER_DOWN) | dict.fromkeys(top, IN_TOP)
    return {phrase: strength for phrase, strength in found.items() if strength == IN_TOP or phrase[0] != _ONLY_IN_TOP}


def _by_themselves(text: _Text, sought: Sequence[str]) -> list[str]:
    """Those that stand in a text, and not only as a part of longer ones."""
    counts = {phrase: count for phrase in sought if (count := text.count(phrase))}
    for phrase in sought:
        if phrase not in counts and text.holds_nearly(phrase) and not _is_like_one_of(phrase, counts):
            counts[phrase] = 1
    spaced = {phrase: _phrase(phrase).spaced for phrase in counts}
    return [
        phrase
        for phrase, count in counts.items()
        if count > sum(counts[other] for other, around in spaced.items() if _is_inside(spaced[phrase], around))
    ]


def _is_like_one_of(phrase: str, found: Iterable[str]) -> bool:
    """Whether a phrase that was nearly found may be a misreading of one that was found."""
    letters = _phrase(phrase).letters
    return any(fuzz.ratio(letters, _phrase(other).letters) >= _LIKE_ENOUGH for other in found)


def _is_inside(inner: str, outer: str) -> bool:
    return inner != outer and inner in outer
