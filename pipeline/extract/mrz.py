"""The machine-readable zone of travel documents, ICAO Doc 9303 parts 3 to 6: TD1 (3 x 30), TD2 (2 x 36), TD3 (2 x 44).

OCR confuses letters and digits; the zone says which place holds which, and check digits (weights 7, 3, 1) say
whether the reading is right.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.types import Page, Word

_TO_DIGIT = str.maketrans({"O": "0", "Q": "0", "D": "0", "U": "0", "I": "1", "L": "1", "Z": "2", "S": "5", "G": "6",
                           "B": "8", "A": "4", "T": "7"})  # fmt: skip
_TO_LETTER = str.maketrans({"0": "O", "1": "I", "2": "Z", "5": "S", "8": "B", "6": "G"})
_FILLER_LIKE = str.maketrans(dict.fromkeys("«‹{([¢€_-", "<"))
_MIN_FILLERS = 3


@dataclass(frozen=True, slots=True)
class Mrz:
    """What a zone says.

    Attributes:
        document_code: its first letters, e.g. "P" for a passport, "ID", "IR".
        issuer, nationality: ISO 3166 alpha-3 (or one-letter "D").
        surname, given_names: as written, fillers as spaces.
        number: the document number.
        birth, expiry: None where they are no dates.
        sex: "M", "F", "X".
        valid: which of "number", "birth", "expiry" pass their check digit.
        words: the words it was read from.
    """

    document_code: str
    issuer: str
    nationality: str
    surname: str
    given_names: str
    number: str
    birth: date | None
    expiry: date | None
    sex: str
    valid: frozenset[str]
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a zone's fields begin, as (line, character); a check digit follows number, birth and expiry."""

    number: tuple[int, int]
    birth: tuple[int, int]
    sex: tuple[int, int]
    expiry: tuple[int, int]
    nationality: tuple[int, int]
    names: tuple[int, int]


_TD1 = _Places(number=(0, 5), birth=(1, 0), sex=(1, 7), expiry=(1, 8), nationality=(1, 15), names=(2, 0))
_TD2_TD3 = _Places(number=(1, 0), birth=(1, 13), sex=(1, 20), expiry=(1, 21), nationality=(1, 10), names=(0, 5))


def check_digit(text: str) -> int:
    """The check digit of a field: 0-9 as they are, A-Z as 10 to 35, filler as 0, weights 7, 3, 1."""
    total = 0
    for place, character in enumerate(text):
        value = 0 if character == "<" else int(character, 36)
        total += value * (7, 3, 1)[place % 3]
    return total % 10


def read_mrz(pages: Sequence[Page], today: date) -> Mrz | None:
    """The zone on the pages, or None."""
    for page in pages:
        lines = _zone_lines(page)
        for count in (3, 2):
            for start in range(len(lines) - count + 1):
                mrz = _parse(lines[start : start + count], today)
                if mrz is not None:
                    return mrz
    return None


def _zone_lines(page: Page) -> list[tuple[str, tuple[Word, ...]]]:
    """Lines that look like a zone's: letters, digits and fillers only, long, top to bottom."""
    found = []
    for line in page.lines:
        text = "".join(word.text for word in line).translate(_FILLER_LIKE).upper().replace("&", "<")
        text = re.sub(r"[^A-Z0-9<]", "", text)
        if len(text) >= 24 and (text.count("<") >= _MIN_FILLERS or re.search(r"\d{6}\d[MFX<]\d{6}", text)):
            found.append((text, tuple(line)))
    return found


def _parse(lines: Sequence[tuple[str, tuple[Word, ...]]], today: date) -> Mrz | None:
    texts = [text for text, _ in lines]
    words = tuple(word for _, line in lines for word in line)
    longest = max(map(len, texts))
    if len(lines) == 3:
        return _read([_fit(t, 30) for t in texts], _TD1, words, today) if 26 <= longest <= 34 else None
    if longest < 32:
        return None
    upper, lower = (_fit(t, 36 if longest < 40 else 44) for t in texts)
    if not upper[0].isalpha() or upper.count("<") < _MIN_FILLERS or not re.match(r"[A-Z0-9<]{9}", lower):
        return None
    return _read([upper, lower], _TD2_TD3, words, today)


def _fit(text: str, length: int) -> str:
    """A line of the wanted length: fillers at the end are what OCR gets wrong most."""
    if len(text) > length:
        while len(text) > length and "<<" in text:
            place = max(text.rfind("<<<"), text.rfind("<<"))
            text = text[:place] + text[place + 1 :]
        return text[:length]
    if text.endswith("<") or "<<<" not in text:
        return text.ljust(length, "<")
    place = text.rfind("<<<")
    return text[:place] + "<" * (length - len(text)) + text[place:]


def _read(lines: list[str], places: _Places, words: tuple[Word, ...], today: date) -> Mrz | None:
    """The zone's fields; None when neither date passes its check digit: then it is no zone."""
    number, number_ok = _checked(_at(lines, places.number, 9), _at(lines, places.number, 10)[9], digits_only=False)
    birth, birth_ok = _checked(_at(lines, places.birth, 6), _at(lines, places.birth, 7)[6])
    expiry, expiry_ok = _checked(_at(lines, places.expiry, 6), _at(lines, places.expiry, 7)[6])
    if not (birth_ok or expiry_ok):
        return None
    surname, given = _names(_at(lines, places.names, 44))
    return Mrz(
        document_code=lines[0][0:2].replace("<", ""),
        issuer=lines[0][2:5].translate(_TO_LETTER).replace("<", ""),
        nationality=_at(lines, places.nationality, 3).translate(_TO_LETTER).replace("<", ""),
        surname=surname,
        given_names=given,
        number=number,
        birth=_birth(birth, today),
        expiry=_expiry(expiry),
        sex=_sex(_at(lines, places.sex, 1)),
        valid=_valid(number_ok, birth_ok, expiry_ok),
        words=words,
    )


def _at(lines: list[str], place: tuple[int, int], length: int) -> str:
    line, start = place
    return lines[line][start : start + length]


def _checked(field: str, digit: str, digits_only: bool = True) -> tuple[str, bool]:
    """A field and whether its check digit holds; confused characters are mended where that makes it hold."""
    wanted = digit.translate(_TO_DIGIT)
    if digits_only:
        field = field.translate(_TO_DIGIT)
    if not wanted.isdigit():
        return field.replace("<", ""), False
    for candidate in (field, *_mended(field)):
        if re.fullmatch(r"[A-Z0-9<]+", candidate) and check_digit(candidate) == int(wanted):
            return candidate.replace("<", ""), True
    return field.replace("<", ""), False


def _mended(field: str) -> list[str]:
    """The field with its tail, then all of it, then single places read as digits; then single places as letters."""
    mended = [
        field[0] + field[1:].translate(_TO_DIGIT),
        field[:2] + field[2:].translate(_TO_DIGIT),
        field.translate(_TO_DIGIT),
    ]
    for table in (_TO_DIGIT, _TO_LETTER):
        mended += [
            field[:i] + c.translate(table) + field[i + 1 :] for i, c in enumerate(field) if c.translate(table) != c
        ]
    return mended


def _names(text: str) -> tuple[str, str]:
    """SURNAME<<GIVEN<NAMES<<<: fillers that OCR took for K, C or L at the end are dropped."""
    text = text.translate(_TO_LETTER)
    if "<<" not in text.rstrip("<"):
        text = re.sub(r"(?<=[A-Z])(?:[KC]<|<[KC])(?=[A-Z])", "<<", text, count=1)
    surname, _, given = text.partition("<<")
    given = re.split(r"<<", given)[0]
    return surname.replace("<", " ").strip(), given.replace("<", " ").strip()


def _sex(character: str) -> str:
    return character if character in "MF" else "X"


def _birth(digits: str, today: date) -> date | None:
    born = _date(digits, 2000)
    return born if born is not None and born <= today else _date(digits, 1900)


def _expiry(digits: str) -> date | None:
    century = 1900 if digits[:1] == "9" else 2000
    return _date(digits, century)


def _date(digits: str, century: int) -> date | None:
    try:
        return date(century + int(digits[0:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return None


def _valid(number: bool, birth: bool, expiry: bool) -> frozenset[str]:
    return frozenset(name for name, ok in (("number", number), ("birth", birth), ("expiry", expiry)) if ok)
