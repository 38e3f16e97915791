"""The holder's name on an identity document: by labels, by field numbers, or by where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.extract.candidate import found
from pipeline.extract.id_card import IdCard, ends_label, written
from pipeline.extract.layout import letters
from pipeline.types import Box, FieldValue, Word

_WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:[-'’][^\W\d_]+)*")
_MOST_WORDS = 6
_IN_LINE = 2.5
"""Letter heights by which lines of one block may begin apart."""
_ABOVE_ADDRESS = 2.2
"""Letter heights between a name and the address below it, at most."""


def name_on(card: IdCard, address: FieldValue | None) -> FieldValue | None:
    """The holder's full name, given names first.

    Args:
        card: the page.
        address: where it was found; on licences and cards the name stands above it.
    """
    surname, given = _labelled(card, "surname"), _labelled(card, "given_names")
    if surname and given and surname[0] is not given[0]:
        return _whole(given, surname, 0.92)
    whole = _labelled(card, "full_name")
    if whole:
        return found("full_name", _in_reading_order(written(whole)), whole, 0.9)
    by_number = _numbered(card)
    if by_number is not None:
        return by_number
    return _above(card, address.boxes) if address is not None and address.boxes else None


def _labelled(card: IdCard, field: str) -> list[Word]:
    for label, words, beside in card.labelled(field):
        if words and beside and not ends_label(label, words[0], card.rows.em_x):
            continue
        name = name_words(words)
        if name:
            return name
    return []


def _numbered(card: IdCard) -> FieldValue | None:
    """By field numbers 1 and 2; where OCR lost one of the two small digits, by the line below or above the other."""
    surname, given = (name_words(card.named(number)) for number in ("1", "2"))
    if surname and not given:
        given = name_words(card.below(surname))
    elif given and not surname:
        surname = next(_lines_above(card, Box.around([word.box for word in given])), [])
    return _whole(given, surname, 0.9) if surname and given else None


def _above(card: IdCard, boxes: Sequence[Box]) -> FieldValue | None:
    """The one or two lines above the address: the whole name, or the given names below the surname."""
    lines = list(_lines_above(card, boxes[0]))[:2]
    if len(lines) == 2 and len(lines[0]) <= 3:
        return _whole(lines[0], lines[1], 0.8)
    if lines and len(lines[0]) >= 2:
        return found("full_name", _in_reading_order(written(lines[0])), lines[0], 0.75)
    return None


def _lines_above(card: IdCard, box: Box) -> Iterator[list[Word]]:
    """Names in the lines above a box that begin where it begins, upwards, as far as they follow closely."""
    em_x, em_y = card.rows.em_x, card.rows.em_y
    top = box.y0
    for row in reversed(card.rows.rows):
        if not row or row[0].box.y0 >= top - 0.3 * em_y or row[0].box.page != box.page:
            continue
        in_line = [i for i, w in enumerate(row) if abs(w.box.x0 - box.x0) < _IN_LINE * em_x and not card.is_label(w)]
        if not in_line:
            continue
        name = name_words(row[in_line[0] :])
        if not name or any(card.is_label(word) for word in name) or top - name[0].box.y1 > _ABOVE_ADDRESS * em_y:
            return
        yield name
        top = name[0].box.y0


def name_words(words: Sequence[Word]) -> list[Word]:
    """The leading words that can be parts of a name; none where they are no name."""
    kept: list[Word] = []
    for word in words[:_MOST_WORDS]:
        if not _WORD.fullmatch(word.text.strip(",.")):
            break
        kept.append(word)
    return kept if len(letters(written(kept))) > 1 else []


def _whole(given: Sequence[Word], surname: Sequence[Word], sure: float) -> FieldValue:
    first = found("full_name", None, given, sure)
    last = found("full_name", None, surname, sure)
    weaker = min((first, last), key=lambda value: value.confidence or 0.0)
    return replace(
        weaker,
        value=f"{written(given)} {written(surname)}",
        raw=f"{last.raw} {first.raw}",
        boxes=last.boxes + first.boxes,
    )


def _in_reading_order(name: str) -> str:
    """Given names first: "LIN, MEI-HUA" is Mei-Hua Lin."""
    surname, comma, given = name.partition(",")
    return f"{given.strip()} {surname.strip()}" if comma and given.strip() else name
