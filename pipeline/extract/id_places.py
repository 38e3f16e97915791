"""The holder's address and the issuing authority on an identity document."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from pipeline.extract.candidate import found
from pipeline.extract.candidates import parts_of
from pipeline.extract.id_card import IdCard, ends_label, written
from pipeline.extract.layout import letters, text_of
from pipeline.extract.us_states import STATES
from pipeline.types import FieldValue, Word

_US_TOWN = re.compile(r"(?:\b|,)[A-Z]{2},? ?\d{5,6}(?:-?\d{4})?\W*$")
_HOUSE_NUMBER = re.compile(r"^\d{1,6}[A-Za-z]?$")
_POSTCODE = re.compile(r"\b\d{4,6}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\b[A-Z]\d[A-Z] ?\d[A-Z]\d\b")
_STREET = re.compile(
    r"\b(street|st|road|rd|avenue|ave|lane|ln|drive|dr|blvd|way|place|court|ct|\w*str(?:\.|aße|asse)|rue|via|calle)\b",
    re.IGNORECASE,
)
_OFFICE = re.compile(
    r"\b(department of|dept\.? of|ministry|ministerio|minist[eè]re|embassy|consulate|"
    r"passport (?:office|service|agency)|home office|police|polizei|policja|"
    r"poliisi|pol[ií]c[ií]a|pr[eé]fecture|pr[eé]fet|mairie|comune di|questura|"
    r"ayuntamiento|gemeente|burgemeester|stadt|kreis|landkreis|magistrat|bezirk\w*|bundesdruckerei|dvla|dmv|"
    r"secretary of state|immigration|interior|traffic (?:office|authority)|licen[cs]ing (?:office|authority)|"
    r"authority|bureau|directorate|starosta|prezydent|\w*departament\w*|government of)\b",
    re.IGNORECASE,
)
_COUNTRY = re.compile(
    r"\b(united states of america|republic|kingdom|commonwealth|federation|r[eé]publique|bundesrepublik)\b",
    re.IGNORECASE,
)
_LONGEST_NAME = 7
"""Words; what names an office in more of them, or in small letters, is a sentence about the card."""
_LIKE_A_STATE = 88.0
_HEAD, _BESIDE_TITLE = 0.15, 0.12
"""The name of a state that issues a licence stands at the top of the page, or so near to the licence's title."""


def address_on(card: IdCard) -> FieldValue | None:
    """The address: by its label or field number, else the lines that end in a state and a ZIP code."""
    for label, words, beside in card.labelled("address"):
        if words and (not beside or ends_label(label, words[0], card.rows.em_x)):
            lines = [words, *_following(card, words)]
            if any(c.isdigit() for line in lines for c in text_of(line)):
                return _address(lines, 0.88)
    for words in card.numbered("8"):
        lines = [words, *_following(card, words)]
        if words and any(_POSTCODE.search(text_of(line)) for line in lines):
            return _address(lines, 0.9)
    return _american(card)


def _address(lines: Sequence[Sequence[Word]], sure: float) -> FieldValue:
    words = [word for line in lines for word in line]
    return found("address", " ".join(map(written, lines)), words, sure)


def _following(card: IdCard, words: Sequence[Word]) -> list[list[Word]]:
    """The lines below the first one of an address, up to a label or the postcode's."""
    lines: list[list[Word]] = []
    last: Sequence[Word] = words
    while len(lines) < 3 and not _POSTCODE.search(text_of(last[1:])):
        last = card.below(last)
        if not last or card.is_label(last[0]):
            break
        lines.append(list(last))
    return lines


def _american(card: IdCard) -> FieldValue | None:
    rows = card.rows.rows
    for i, row in enumerate(rows):
        for part in parts_of([word for word in row if not card.is_label(word)], card.rows.em_x):
            if not _US_TOWN.search(text_of(part)):
                continue
            for above in reversed(rows[max(0, i - 3) : i]):
                street = _street(card, above, part[0])
                if street:
                    return _address([street, part], 0.85)
    return None


def _street(card: IdCard, row: Sequence[Word], below: Word) -> list[Word]:
    """The words of a row above the town's that are a street: from the house number on, or with a street's word."""
    words = [word for word in row if not card.is_label(word)]
    for i, word in enumerate(words):
        if _HOUSE_NUMBER.match(word.text) and len(words) - i >= 2 and abs(word.box.x0 - below.box.x0) < 0.15:
            return words[i:]
    named = words and _STREET.search(text_of(words)) and abs(words[0].box.x0 - below.box.x0) < 0.05
    return words if named else []


def authority_on(card: IdCard, id_type: str | None) -> FieldValue | None:
    """Who issued the document: as its label or field number says, an office that is named, the state of a licence, the
    country of a card.
    """
    for label, words, beside in card.labelled("issuing_authority"):
        if words and (not beside or ends_label(label, words[0], card.rows.em_x)) and (value := _named(words, 0.9)):
            return value
    for words in card.numbered("4c"):
        if value := _named(words, 0.9):
            return value
    return _office(card) or (_state(card) if id_type == "driver_license" else None) or _country(card, id_type)


def _named(words: Sequence[Word], sure: float) -> FieldValue | None:
    text = written(words)
    capital = sum(word.text[:1].isupper() for word in words) >= 0.5 * len(words)
    return found("issuing_authority", text, words, sure) if len(letters(text)) > 3 and capital else None


def _office(card: IdCard) -> FieldValue | None:
    for row in card.rows.rows:
        for part in parts_of([word for word in row if not card.is_label(word)], card.rows.em_x):
            sentence = len(part) > _LONGEST_NAME or any(w.text[:1].islower() and len(w.text) > 3 for w in part)
            if _OFFICE.search(text_of(part)) and not sentence:
                words = [word for word in part if not any(c.isdigit() for c in word.text)]
                return found("issuing_authority", written(words), words, 0.65)
    return None


def _state(card: IdCard) -> FieldValue | None:
    """The state whose name stands in the head of a licence; else the highest letters beside the title."""
    for row in card.rows.rows:
        for state in STATES:
            length = len(state.split())
            for start in range(len(row) - length + 1):
                words = row[start : start + length]
                like = fuzz.ratio(letters(text_of(words)), letters(state)) >= _LIKE_A_STATE
                if like and (words[0].box.y0 < _HEAD or _near_title(card, words[0])):
                    return found("issuing_authority", state.upper(), words, 0.85)
    return _head(card)


def _near_title(card: IdCard, word: Word) -> bool:
    return any(label.field == "id_type" and abs(word.box.y0 - label.box.y0) < _BESIDE_TITLE for label in card.labels)


def _head(card: IdCard) -> FieldValue | None:
    heads = [
        words
        for row in card.rows.rows
        if (words := [w for w in row if not card.is_label(w) and re.fullmatch(r"[A-Z]{3,}", w.text)])
        and any(len(w.text) > 3 for w in words)
        and _near_title(card, words[0])
    ]
    if not heads:
        return None
    best = max(heads, key=lambda words: words[0].box.y1 - words[0].box.y0)
    return found("issuing_authority", text_of(best), best, 0.6)


def _country(card: IdCard, id_type: str | None) -> FieldValue | None:
    """The country in the head of a card that names no office."""
    if id_type not in ("residence_permit", "id_card", "passport_card"):
        return None
    for row in card.rows.rows[:4]:
        for part in parts_of(row, card.rows.em_x):
            if _COUNTRY.search(text_of(part)):
                return found("issuing_authority", written(part), part, 0.6)
    return None
