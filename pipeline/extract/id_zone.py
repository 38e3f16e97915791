"""What the machine-readable zone says, beside what is printed above it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date

from pipeline.dates import DateOrder, find_dates
from pipeline.extract.candidate import found
from pipeline.extract.layout import letters, text_of
from pipeline.extract.mrz import Mrz
from pipeline.types import FieldValue, Page, Word

_TRANSLITERATED = str.maketrans({
    "Ä": "AE", "Æ": "AE", "Å": "AA", "Ð": "D", "Ö": "OE", "Ø": "OE", "Œ": "OE", "Þ": "TH", "Ü": "UE", "ß": "SS",
    "Ñ": "N", "Ł": "L", "Đ": "D", "'": "", "’": "", "-": " ",
})  # fmt: skip
"""ICAO Doc 9303 part 3, section 6: letters that become others in the zone; of the rest the accents are dropped."""
_LEAST_LIKE_CODE = 5
"""A word that begins as the country's three letters names the nationality if it has so many."""


def fields_of_zone(mrz: Mrz, pages: Sequence[Page], labelled: Mapping[str, FieldValue], order: DateOrder
                   ) -> list[FieldValue]:  # fmt: skip
    """The zone's fields.

    Args:
        mrz: as read.
        pages: the printed form of a name, a day or a nationality is preferred where it says the same.
        labelled: what the labels announced.
        order: of numeric dates.
    """
    sure = {name: 0.99 if name in mrz.valid else 0.5 for name in ("number", "birth", "expiry")}
    words = mrz.words
    lines = [[word for word in line if word not in words] for page in pages for line in page.lines]
    values = [_name(mrz, lines)]
    if mrz.number:
        values.append(found("document_number", mrz.number, words, sure["number"]))
    if mrz.birth is not None:
        born = _printed_day(mrz.birth, lines, order)
        values.append(found("date_of_birth", born.isoformat(), words, sure["birth"]))
    if mrz.expiry is not None:
        values.append(found("expiry_date", mrz.expiry.isoformat(), words, sure["expiry"]))
    if mrz.sex in ("M", "F"):
        values.append(found("sex", mrz.sex, words, 0.95))
    if "nationality" not in labelled and mrz.nationality:
        printed = _printed_nationality(mrz, lines)
        values.append(printed or found("nationality", mrz.nationality, words, 0.8))
    if "id_type" not in labelled:
        values.append(found("id_type", "passport" if mrz.document_code[:1] == "P" else "id_card", words, 0.9))
    return [value for value in values if value is not None]


def _name(mrz: Mrz, lines: Sequence[Sequence[Word]]) -> FieldValue | None:
    """The name, with the letters it is printed with where surname and given names are found above the zone."""
    name = f"{mrz.given_names} {mrz.surname}".strip()
    if not name:
        return None
    sure = 0.9 if len(mrz.valid) >= 2 else 0.7
    parts = [_printed_name(part, lines) for part in (mrz.given_names, mrz.surname) if part]
    if not all(parts):
        return found("full_name", name, mrz.words, sure)
    words = [word for part in parts for word in part]
    return found("full_name", text_of(words).strip(" ,."), words, 0.97)


def _printed_name(name: str, lines: Sequence[Sequence[Word]]) -> list[Word]:
    length = len(name.split())
    for line in lines:
        for size in {length, 1}:
            for start in range(len(line) - size + 1):
                words = list(line[start : start + size])
                if _as_in_zone(text_of(words)) == letters(name):
                    return words
    return []


def _as_in_zone(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.upper().translate(_TRANSLITERATED))
    return letters("".join(c for c in plain if not unicodedata.combining(c)))


def _printed_day(birth: date, lines: Sequence[Sequence[Word]], order: DateOrder) -> date:
    """The birth with the century that is printed: the zone has two digits of the year."""
    printed = {day.value for line in lines for day in find_dates(text_of(line), order)}
    other = birth.replace(year=birth.year - 100) if (birth.month, birth.day) != (2, 29) else birth
    return other if other in printed and birth not in printed else birth


def _printed_nationality(mrz: Mrz, lines: Sequence[Sequence[Word]]) -> FieldValue | None:
    """A line of its own that begins as the country's code: UTO is "UTOPIAN"."""
    for line in filter(None, lines):
        text = text_of(line)
        alone = len(line) == 1 or line[1].text in ("/", "·", "-")
        begins = _as_in_zone(line[0].text).startswith(mrz.nationality.lower())
        if alone and begins and len(mrz.nationality) == 3 and len(line[0].text) >= _LEAST_LIKE_CODE and text.isupper():
            return found("nationality", text, line, 0.75)
    return None
