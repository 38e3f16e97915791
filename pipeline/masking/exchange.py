"""Putting one set of stretches in the place of another, wherever and however they are written: both ways of a mask."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.masking.person_names import ordinary_words
from pipeline.masking.sensitive import Sort
from pipeline.masking.surrogates import core, is_core, poured

_LOOSE_CORE = 7
"""From that length on a number is found with any separators, and across a line's end."""
_BETWEEN, _BETWEEN_SHORT = r"[\s().\-–—/|]{0,3}", r"[ -]?"
_BETWEEN_WORDS = r"[\s.,;&/–-]{1,4}"
_LETTERS = re.compile(r"[^\W\d_]+")
_LEAST_LONE_WORD, _LEAST_SMALL_WORD = 3, 6


@dataclass(frozen=True, slots=True)
class Pair:
    """A stretch and what is put in its place: numbers with their separators, words of names each by itself."""

    sort: Sort
    original: str
    surrogate: str

    def turned(self) -> Pair:
        """The way back."""
        return Pair(self.sort, self.surrogate, self.original)


@dataclass(frozen=True)
class Exchange:
    """All pairs in one direction.

    Attributes:
        regex: where one of them stands.
        numbers: by their cores.
        emails, words: as written, and in small letters.
        in_names: words that are exchanged within whole names only; None: all of them everywhere.
    """

    regex: re.Pattern[str]
    numbers: Mapping[str, str]
    emails: Mapping[str, str]
    words: Mapping[str, str]
    in_names: frozenset[str] | None
    _word: re.Pattern[str]

    @staticmethod
    def of(pairs: Sequence[Pair], names: Sequence[str] | None) -> Exchange | None:
        """The exchange of originals for surrogates, or None where there is nothing to exchange.

        Args:
            pairs: what for what.
            names: whole names, within which every word is exchanged; elsewhere a word is that is no ordinary one, and
                long or with a capital. None: every word is exchanged, wherever it stands.
        """
        if not pairs:
            return None
        numbers = [p for p in pairs if p.sort not in (Sort.EMAIL, Sort.NAME)]
        emails = [p for p in pairs if p.sort is Sort.EMAIL]
        words = [p for p in pairs if p.sort is Sort.NAME]
        parts = {
            "email": [_email_regex(p.original) for p in _longest_first(emails)],
            "number": [number_regex(p.original) for p in _longest_first(numbers)],
            "name": [name_regex(name) for name in sorted(names or (), key=lambda n: (-len(n), n))],
            "word": [word_regex(p.original) for p in _longest_first(words)],
        }
        return Exchange(
            re.compile("|".join(f"(?P<{kind}>{'|'.join(regexes)})" for kind, regexes in parts.items() if regexes)),
            {core(p.original): core(p.surrogate) for p in numbers},
            _forms([(p.original, p.surrogate, False) for p in emails]),
            _forms([(p.original, p.surrogate, True) for p in words]),
            None if names is None else _only_in_names(words),
            re.compile("|".join(parts["word"]) or r"(?!)"),
        )

    def replace(self, match: re.Match[str]) -> str:
        """What is put in the place of a match of `regex`."""
        text = match[0]
        if match.lastgroup == "number":
            return poured(self.numbers[core(text)], text)
        if match.lastgroup == "email":
            return self.emails.get(text) or self.emails[text.casefold()]
        if match.lastgroup == "name":
            return self._word.sub(lambda word: self._in_place_of(word[0]), text)
        if self.in_names is not None and (text.casefold() in self.in_names or not _looks_like_name(text)):
            return text
        return self._in_place_of(text)

    def _in_place_of(self, word: str) -> str:
        told = self.words.get(word)
        if told is not None:
            return told
        told = self.words.get(word.casefold(), word)
        return told.upper() if word.isupper() else told.capitalize() if word[:1].isupper() else told


def _looks_like_name(word: str) -> bool:
    """By itself: a capital, or so long that in small letters it is hardly another word (signatures, addresses)."""
    return word[0].isupper() or len(word) >= _LEAST_SMALL_WORD


def number_regex(text: str) -> str:
    """Where a number stands, whatever its separators: a short one on one line, and in no amount."""
    places = [place for place, character in enumerate(text) if is_core(character)]
    packed = core(text)
    short = len(packed) < _LOOSE_CORE
    usual = _BETWEEN_SHORT if short else _BETWEEN
    regex = re.escape(packed[0])
    for before, at, character in zip(places, places[1:], packed[1:], strict=False):
        gap = text[before + 1 : at]
        between = usual if re.fullmatch(usual, gap) else f"(?:{usual}|{re.escape(gap)})"
        regex += between + re.escape(character)
    start = "(?<![0-9A-Za-z])" if not packed[0].isdigit() else "(?<![0-9])"
    end = "(?![0-9A-Za-z])" if not packed[-1].isdigit() else "(?![0-9])"
    if short:
        start, end = r"(?<![0-9A-Za-z])(?<![0-9][.,/-])", r"(?![0-9A-Za-z])(?![.,/-][0-9])"
    return f"(?ai:{start}{regex}{end})"


def word_regex(word: str) -> str:
    """Where a word of a name stands, in any letters."""
    return rf"(?i:(?<![^\W\d_]){re.escape(word)}(?![^\W\d_]))"


def name_regex(name: str) -> str:
    """Where a whole name stands, in any letters and over a line's end."""
    return rf"(?i:(?<![^\W\d_]){_BETWEEN_WORDS.join(re.escape(w) for w in _LETTERS.findall(name))}(?![^\W\d_]))"


def _email_regex(address: str) -> str:
    return rf"(?i:(?<![\w.%+-]){re.escape(address)}(?![\w]))"


def _longest_first(pairs: Sequence[Pair]) -> list[Pair]:
    return sorted(pairs, key=lambda p: (-len(core(p.original)), -len(p.original), p.original))


def _forms(pairs: Sequence[tuple[str, str, bool]]) -> dict[str, str]:
    """What for what, as written first; then, for what can be written so, in capitals and in small letters."""
    forms = {original: surrogate for original, surrogate, _ in pairs}
    for original, surrogate, _ in (pair for pair in pairs if pair[2]):
        forms.setdefault(original.upper(), surrogate.upper())
        forms.setdefault(original.lower(), surrogate.lower())
    for original, surrogate, cased in pairs:
        forms.setdefault(original.casefold(), surrogate.lower() if cased else surrogate)
    return forms


def _only_in_names(words: Sequence[Pair]) -> frozenset[str]:
    told = {p.original.casefold() for p in words}
    return frozenset(w for w in told if w in ordinary_words() or len(w) < _LEAST_LONE_WORD)
