"""Surrogates: they look like what they stand for, and hold nothing of it.

Characters are poured into the shape of the original: digit for digit, letter for letter, everything else as it stands.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from itertools import count, product

from pipeline.check_digits import is_iban, is_luhn, is_routing_number
from pipeline.doctypes.definition import phrases
from pipeline.masking.sensitive import Sort

_HIDDEN_DIGITS = "*•"
"""What stands on a page for digits that are not told; they stay."""
_GIVEN = phrases(
    """Robin, Jamie, Taylor, Morgan, Casey, Jordan, Riley, Avery, Quinn, Rowan, Alexis, Dana, Devon, Ellis, Emery,
    Finley, Harley, Hayden, Jesse, Kendall, Lane, Logan, Marley, Micah, Parker, Peyton, Reese, Remy, Sage,
    Shiloh, Skyler, Tatum, Toby, Tracy, Drew, Kerry"""
)
_SURNAMES = phrases(
    """Ashby, Calder, Denholm, Elwood, Farnham, Garland, Hartwell, Ingleby, Kirkwood, Langley, Marlow, Norwood,
    Oakley, Pemberton, Radley, Selwyn, Thorne, Upton, Wakefield, Yardley, Barlow, Colby, Dunford, Eastman,
    Fairley, Gresham, Holbrook, Kempton, Lindley, Merton, Newbury, Ormsby, Prescott, Ridley, Stanton, Tilden,
    Wexley, Winslow, Ainsley, Birkett"""
)
_SYLLABLES = ("Bar", "Cor", "Del", "Fen", "Gar", "Hol", "Kel", "Lan", "Mor", "Nor", "Pel", "Ros", "Sel", "Tor", "Wen")
_ENDINGS = ("by", "dale", "ford", "ham", "ley", "low", "ton", "well", "wick", "worth")


def core(text: str) -> str:
    """What of a number tells it apart: its letters (as capitals) and digits."""
    return "".join(c for c in text if is_core(c)).upper()


def is_core(character: str) -> bool:
    """Whether a character is poured; separators and whatever is not ASCII stay as they are."""
    return (character.isascii() and character.isalnum()) or character in _HIDDEN_DIGITS


def poured(characters: str, shape: str) -> str:
    """Characters in the shape of a text: its separators, and its capitals and small letters.

    Args:
        characters: a core, as long as that of the shape.
        shape: the text whose separators are kept.
    """
    source = iter(characters)
    return "".join(_like(next(source), c) if is_core(c) else c for c in shape)


def numbers(sort: Sort, original: str, first: int) -> Iterator[str]:
    """The surrogates that a number may get, as cores, best first, without end.

    Args:
        sort: of the number.
        original: its core; the classes of its characters are kept.
        first: where the count begins.
    """
    for n in count(first):
        made = _number(sort, original, n)
        if made != original and made[-4:] != original[-4:]:
            yield made


def email_addresses(first: int) -> Iterator[str]:
    """`person1@example.com` and so on: a domain that belongs to nobody (RFC 2606)."""
    return (f"person{n}@example.com" for n in count(first))


def given_names(first: int) -> Iterator[str]:
    """First names that don't tell a sex."""
    return _from(_GIVEN, first)


def surnames(first: int) -> Iterator[str]:
    """Last names."""
    return _from(_SURNAMES, first)


def _from(names: tuple[str, ...], first: int) -> Iterator[str]:
    """Names from a place on, then made up ones without end: masks that begin at other places share few."""
    yield from names[(first - 1) % len(names) :]
    for length in count(1):
        for parts in product(_SYLLABLES, repeat=length):
            for ending in _ENDINGS:
                yield "".join(parts).capitalize() + ending


def _number(sort: Sort, original: str, n: int) -> str:
    digits = original.isdigit()
    if sort is Sort.SSN and digits and len(original) == 9 and n < 1_000_000:
        # No number of the 900s is given out; those with the group 00 are no ITIN either.
        return f"9{n // 10_000:02d}00{n % 10_000:04d}"
    if sort is Sort.EIN and digits and len(original) == 9 and n < 10_000_000:
        return f"00{n:07d}"
    if sort is Sort.PHONE and digits and len(original) >= 10:
        # 555-0100 to 555-0199 are kept for fiction (North American Numbering Plan).
        return _stream(f"phone {n // 100}", original[:-7]) + f"55501{n % 100:02d}"
    made = _stream(f"{sort} {n}", original)
    if sort is Sort.IBAN or (sort is Sort.ACCOUNT and is_iban(original)):
        return _with_wrong_check(original[:2] + "00" + made[4:])
    if sort is Sort.MRZ and original[0] in "PIACV" and original[1:4].isalpha():
        return original[0] + made[1:]
    holds = is_luhn if sort is Sort.CARD else is_routing_number if sort is Sort.ROUTING else None
    if holds is not None and holds(made):
        return made[:-1] + str((int(made[-1]) + 1) % 10) if made[-1].isdigit() else made
    return made


def _with_wrong_check(iban: str) -> str:
    return iban if not is_iban(iban) else iban[:2] + "01" + iban[4:]


def _stream(seed: str, shape: str) -> str:
    """Characters of the shape's classes: they look like any, for a model copies 48302917 better than 00000001."""
    made: list[str] = []
    for block in count():
        for byte in hashlib.sha256(f"{seed} {block}".encode()).digest():
            if len(made) == len(shape):
                return "".join(made)
            like = shape[len(made)]
            if like.isdigit():
                # A number that begins with 0 may come back without it.
                made.append(str(byte % 9 + 1) if not made and like != "0" else str(byte % 10))
            else:
                made.append(like if like in _HIDDEN_DIGITS or _is_hidden_part(shape) else chr(ord("A") + byte % 26))
    raise AssertionError


def _is_hidden_part(shape: str) -> bool:
    return re.fullmatch(r"X{2,}[0-9]{3,4}", shape) is not None


def _like(character: str, shape: str) -> str:
    return character.lower() if shape.islower() else character
