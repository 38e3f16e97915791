"""How well a page's text was read: character error rate and word recall against its true text.

Two character error rates, because neither says everything:

- `cer_in_order`, the usual one: Levenshtein distance of the whole texts, white space collapsed, over the truth's
  length. It also counts the order of lines, which on forms, tables and receipts is a matter of taste: a truth that was
  taken from a PDF gives its cells in the order in which they were drawn.
- `cer`, which does not mind the order: pieces of lines are matched with each other, longest first, after the
  "flexible character accuracy" of C. Clausner, S. Pletschacher, A. Antonacopoulos: "Flexible character accuracy measure
  for reading-order-independent evaluation", Pattern Recognition Letters 131 (2020). White space is not counted here;
  split and joined words are seen in word recall. Other than there, what finds no partner on either side is compared
  with each other in its order, so that a line read as rubbish counts once and not twice.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

_LEADERS = re.compile(r"(?:[.·_…-]\s?){4,}|(?<!\S)[.·_…]+(?!\S)")
_SAME = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "−": "-", "\u00ad": None})
_MAY_CUT_WORDS = 4
"""A piece with so many characters may be found inside a word: a space between them was missed."""


@dataclass(frozen=True, slots=True)
class TextQuality:
    """Counts of one page or, added up, of many.

    Attributes:
        characters: of the truth, without white space.
        errors: characters to insert, delete or replace, whatever the order of the lines.
        characters_in_order: of the truth, with single spaces.
        errors_in_order: the same for the text as a whole.
        words: of the truth.
        words_read: words that were read.
        words_right: words that are in both, each as often as in the one that has it less often.
    """

    characters: int = 0
    errors: int = 0
    characters_in_order: int = 0
    errors_in_order: int = 0
    words: int = 0
    words_read: int = 0
    words_right: int = 0

    @property
    def cer(self) -> float | None:
        """Character error rate without regard to the order of lines; None without true text."""
        return _share(self.errors, self.characters)

    @property
    def cer_in_order(self) -> float | None:
        """Character error rate of the text as a whole; None without true text."""
        return _share(self.errors_in_order, self.characters_in_order)

    @property
    def word_recall(self) -> float | None:
        """Share of the truth's words that were read; None without any."""
        return _share(self.words_right, self.words)

    @property
    def word_precision(self) -> float | None:
        """Share of the read words that are true; None when nothing was read."""
        return _share(self.words_right, self.words_read)

    def __add__(self, other: TextQuality) -> TextQuality:
        """The counts of both."""
        return TextQuality(
            self.characters + other.characters,
            self.errors + other.errors,
            self.characters_in_order + other.characters_in_order,
            self.errors_in_order + other.errors_in_order,
            self.words + other.words,
            self.words_read + other.words_read,
            self.words_right + other.words_right,
        )


def compare_text(truth: Sequence[str], read: Sequence[str]) -> TextQuality:
    """Compares the lines of one page.

    A truth without a single lower-case letter does not tell the case (the labels of receipts are all capitals): both
    are compared in capitals then.

    Args:
        truth: lines of true text, or cells of lines.
        read: lines as read.
    """
    true_lines, read_lines = normalised(truth), normalised(read)
    if not any(character.islower() for line in true_lines for character in line):
        true_lines, read_lines = normalised(map(str.upper, truth)), normalised(map(str.upper, read))
    true_text, read_text = " ".join(true_lines), " ".join(read_lines)
    true_words, read_words = _words(true_text), _words(read_text)
    return TextQuality(
        characters=len(_dense(true_text)),
        errors=_errors(true_lines, read_lines),
        characters_in_order=len(true_text),
        errors_in_order=Levenshtein.distance(true_text, read_text),
        words=true_words.total(),
        words_read=read_words.total(),
        words_right=(true_words & read_words).total(),
    )


def compare_pages(truth: Sequence[Sequence[str]], read: Sequence[Sequence[str]]) -> TextQuality:
    """Compares a document page by page; a page that was not read counts as empty."""
    total = TextQuality()
    for number, page in enumerate(truth):
        total += compare_text(page, read[number] if number < len(read) else ())
    return total


def normalised(lines: Iterable[str]) -> list[str]:
    """The lines as they are compared: one form per character (Unicode NFKC), one kind of quote and dash, white space
    collapsed, without the dots and dashes that lead the eye to a column, without empty lines.
    """
    plain = (unicodedata.normalize("NFKC", line.translate(_SAME)).translate(_SAME) for line in lines)
    collapsed = (" ".join(_LEADERS.sub(" ", line).split()) for line in plain)
    return [line for line in collapsed if line]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _dense(text: str) -> str:
    return text.replace(" ", "")


def _words(text: str) -> Counter[str]:
    """The words without the punctuation around them: labels set it apart with spaces, prints don't."""
    stripped = (re.sub(r"^\W+|\W+$", "", word) for word in text.split())
    return Counter(word for word in stripped if word)


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line or a part of one.

    Attributes:
        text: its characters.
        place: index of the line, index of its first character: the reading order.
    """

    text: str
    place: tuple[int, int]

    def around(self, start: int, end: int) -> list[_Piece]:
        """What is left of it when a part is taken out."""
        line, first = self.place
        sides = ((self.text[:start].rstrip(), first), (self.text[end:].lstrip(), first + end))
        return [_Piece(text, (line, place)) for text, place in sides if text]


@dataclass(frozen=True, slots=True)
class _Match:
    """Where a piece fits into a longer one, and the errors of that."""

    start: int
    end: int
    errors: int


def _errors(truth: Sequence[str], read: Sequence[str]) -> int:
    """Edits between two sets of lines, each piece of the truth matched with the read piece that explains most of it."""
    waiting = [(-len(line), (number, 0), line) for number, line in enumerate(truth)]
    heapq.heapify(waiting)
    pool = [_Piece(line, (number, 0)) for number, line in enumerate(read)]
    alone: list[_Piece] = []
    errors = 0
    while waiting:
        _, place, text = heapq.heappop(waiting)
        wanted = _Piece(text, place)
        found = _best(wanted, pool)
        if found is None:
            alone.append(wanted)
            continue
        piece, match = found
        errors += match.errors
        pool.remove(piece)
        if len(wanted.text) <= len(piece.text):
            pool += piece.around(match.start, match.end)
        else:
            for rest in wanted.around(match.start, match.end):
                heapq.heappush(waiting, (-len(rest.text), rest.place, rest.text))
    return errors + Levenshtein.distance(_joined(alone), _joined(pool))


def _joined(pieces: Iterable[_Piece]) -> str:
    return "".join(_dense(piece.text) for piece in sorted(pieces, key=lambda piece: piece.place))


def _best(wanted: _Piece, pool: Iterable[_Piece]) -> tuple[_Piece, _Match] | None:
    """The piece with the most characters right, each error taking two away; None when all have more wrong."""
    best, most = None, 0
    for piece in sorted(pool, key=lambda each: (-len(each.text), abs(each.place[0] - wanted.place[0]))):
        shorter, longer = sorted((wanted.text, piece.text), key=len)
        if len(shorter) <= most:
            break
        match = _fit(shorter, longer)
        gain = len(_dense(shorter)) - 2 * match.errors
        if gain > most:
            best, most = (piece, match), gain
    return best


def _fit(shorter: str, longer: str) -> _Match:
    """Finds the part of the longer text that is most like the shorter one, in whole words where it can."""
    found = fuzz.partial_ratio_alignment(shorter, longer)
    if found is None:
        return _Match(0, 0, len(shorter))
    start, end = found.dest_start, found.dest_end
    starts = {longer.rfind(" ", 0, start + 1) + 1, _after(longer, start)}
    ends = {longer.rfind(" ", 0, end) if " " in longer[:end] else end, _before(longer, end)}
    windows = [(a, b) for a in sorted(starts) for b in sorted(ends) if a < b]
    if len(shorter) >= _MAY_CUT_WORDS or not windows:
        windows.append((start, end))
    wanted = _dense(shorter)
    return min(
        (_Match(a, b, Levenshtein.distance(wanted, _dense(longer[a:b]))) for a, b in windows),
        key=lambda match: (match.errors, abs(match.end - match.start - len(shorter))),
    )


def _after(text: str, place: int) -> int:
    """The start of the first word that begins at a place or later."""
    if place == 0 or text[place - 1] == " ":
        return place
    space = text.find(" ", place)
    return len(text) if space < 0 else space + 1


def _before(text: str, place: int) -> int:
    """The end of the word that a place stands in or behind."""
    space = text.find(" ", max(place - 1, 0) if text[place - 1 : place] != " " else place)
    return len(text) if space < 0 else space
