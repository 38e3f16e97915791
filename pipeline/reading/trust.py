"""Whether a page's text layer says what the page shows.

Cheap signs come first; they are enough for nearly every page. Where they leave a doubt, a strip of the page is read by
OCR and compared: a strip costs about a fifth of the page.
"""

from __future__ import annotations

import bisect
import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

from rapidfuzz import fuzz
from rapidfuzz.distance import Indel

from pipeline.ocr import find_engine
from pipeline.reading.drawn import Drawn
from pipeline.reading.options import ReadingOptions
from pipeline.reading.textlayer import TextLayer
from pipeline.render import Gray
from pipeline.types import Word

_MIN_CHARACTERS = 20
_MAX_BAD_SHARE = 0.05
_MAX_HIDDEN_SHARE = 0.5
_UNDERLAID = 0.5
_SHOWN = 0.9
_STRIP = 0.08
_STRIP_MARGIN = 0.004
_AGREES = 0.98
_AGREES_IN_DOUBT = 0.9
"""Layers made by Tesseract agree by 0.96 to 0.99 with our OCR on scans, and have about three times its errors. So a
layer must agree better where OCR is sure, and less where it is not."""
_SURE = 0.95
_UNSURE = 0.8
_MIN_LETTERS = 60
_LIKE_LANGUAGE = 0.65
_LATIN_SHARE = 0.8
_LETTERS = dict(zip("etaoinshrdlucmfwygpbvkxqjz",
                    (12.5, 8, 8, 7.5, 7.4, 7.2, 6.5, 3, 6.3, 4.1, 4.4, 3.4, 3.3, 2.6, 1.8, 1.2, 1.2, 1.5, 2.2, 1.3, 1.2,
                     0.6, 0.3, 0.4, 0.3, 0.3), strict=True))  # fmt: skip
"""How often each letter stands in text: a mean of English, Spanish, French, German and Italian, in percent."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is made of a text layer.

    Attributes:
        good: whether its words are taken.
        why: in words that continue "Read as text:" or "Read by OCR:".
        words: its words; their confidence is what a comparison with OCR gave, if one was made.
    """

    good: bool
    why: str
    words: tuple[Word, ...]


def unreadable(layer: TextLayer) -> str | None:
    """What shows without looking at the page that a layer can't be used; None when nothing does."""
    if layer.characters < _MIN_CHARACTERS:
        return f"its text layer has only {layer.characters} characters"
    if layer.bad > _MAX_BAD_SHARE * layer.characters:
        return f"{layer.bad / layer.characters:.0%} of its text layer's characters don't map to letters"
    return None


def judge(layer: TextLayer, seen: Sequence[Word], shown_share: float, drawn: Drawn) -> Verdict | None:
    """Decides on a layer by what can be told without OCR; None when in doubt.

    Args:
        layer: nothing makes it `unreadable`.
        seen: its words that can be seen on the page.
        shown_share: see `drawn.shown_share`; 1 for a page without pictures.
        drawn: what else is on the page.
    """
    hidden = len(layer.words) - len(seen)
    if hidden > _MAX_HIDDEN_SHARE * len(layer.words) or not seen:
        return Verdict(False, "most of its text layer can't be seen on the page", ())
    if not like_language(" ".join(word.text for word in seen)):
        return None
    if drawn.covered >= _UNDERLAID and shown_share < _SHOWN:
        return None
    return Verdict(True, _count(layer, hidden), tuple(seen))


def compare(layer: TextLayer, seen: Sequence[Word], picture: Gray, number: int, options: ReadingOptions) -> Verdict:
    """Decides on a layer by reading the strip of the page that holds most of its words.

    It is kept when it agrees with what OCR reads there, or when OCR is unsure of what it reads and the layer looks like
    language.

    Args:
        layer: the layer in doubt.
        seen: its words that can be seen on the page; at least one.
        picture: the page, at the resolution for OCR.
        number: its number.
        options: how to read.

    Raises:
        EngineMissing: there is no engine.
    """
    strip = _fullest_strip(seen)
    top = max(0.0, min(word.box.y0 for word in strip) - _STRIP_MARGIN)
    bottom = min(1.0, max(word.box.y1 for word in strip) + _STRIP_MARGIN)
    height = picture.shape[0]
    band = picture[int(top * height) : max(int(top * height) + 1, int(bottom * height))]
    read = find_engine(options.engine, options.language).read(band, number)
    alike = similarity([word.text for word in strip], [word.text for word in read])
    percent = f"{alike:.0%}"
    hidden = len(layer.words) - len(seen)
    letters = sum(len(word.text) for word in read)
    sure = sum(len(word.text) * word.confidence for word in read) / letters if letters else 0.0
    if alike >= (_AGREES if sure >= _SURE else _AGREES_IN_DOUBT):
        words = tuple(replace(word, confidence=min(word.confidence, alike)) for word in seen)
        return Verdict(True, f"{_count(layer, hidden)}, and a strip read by OCR agrees with it ({percent})", words)
    enough = 2 * letters >= sum(len(word.text) for word in strip)
    if enough and sure < _UNSURE and like_language(" ".join(word.text for word in seen)):
        words = tuple(replace(word, confidence=min(word.confidence, _UNSURE)) for word in seen)
        return Verdict(True, f"{_count(layer, hidden)}, and OCR is less sure of what stands there", words)
    return Verdict(False, f"its text layer is not what the page shows (a strip of it agrees by {percent})", ())


def like_language(text: str) -> bool:
    """Whether letters are as frequent as in a European language; text of few letters can't be told from one.

    Fonts that map glyphs to wrong letters (often shifted by a constant) give another picture. Numbers don't count.
    Text in other scripts is not like it, and so is compared with what the page shows.
    """
    letters = [character for character in text.casefold() if character.isalpha()]
    if len(letters) < _MIN_LETTERS:
        return True
    counts = Counter(letters)
    latin = sum(count for letter, count in counts.items() if letter < "\u0250")
    if latin < _LATIN_SHARE * len(letters):
        return False
    along = sum(counts[letter] * share for letter, share in _LETTERS.items())
    lengths = sqrt(sum(count**2 for count in counts.values())) * sqrt(sum(share**2 for share in _LETTERS.values()))
    return along / lengths >= _LIKE_LANGUAGE


def similarity(one: Sequence[str], other: Sequence[str]) -> float:
    """How alike the characters of two readings are, 0..1; whichever is better: in their order, or word by word."""
    in_order = Indel.normalized_similarity("".join(one), "".join(other))
    return max(in_order, fuzz.token_sort_ratio(" ".join(one), " ".join(other)) / 100)


def _fullest_strip(words: Sequence[Word]) -> list[Word]:
    """The words of the strip, 8 % of the page's height, that holds most letters."""
    ordered = sorted(words, key=_middle)
    middles = [_middle(word) for word in ordered]
    letters = [0, *itertools.accumulate(len(word.text) for word in ordered)]
    ends = [bisect.bisect_right(middles, middle + _STRIP) for middle in middles]
    start = max(range(len(ordered)), key=lambda i: letters[ends[i]] - letters[i])
    return ordered[start : ends[start]]


def _middle(word: Word) -> float:
    return (word.box.y0 + word.box.y1) / 2


def _count(layer: TextLayer, hidden: int) -> str:
    unseen = f"; {hidden} words in it can't be seen on the page and were left out" if hidden else ""
    return f"its text layer has {layer.characters} characters{unseen}"
