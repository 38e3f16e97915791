"""Numbers that can be told to be wrong by themselves: check digits, and ranges that are never given out."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NumberCheck:
    """A check of a number by itself.

    Attributes:
        passes: whether a number may be right; True for what is not such a number at all.
        sentence: what is wrong otherwise, with `{label}` for the field.
    """

    passes: Callable[[str], bool]
    sentence: str


def is_iban(text: str) -> bool:
    """Whether an IBAN's check digits hold: ISO 13616, by ISO 7064 MOD 97-10."""
    packed = re.sub(r"\s", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", packed):
        return False
    return int("".join(str(int(c, 36)) for c in packed[4:] + packed[:4])) % 97 == 1


def is_routing_number(text: str) -> bool:
    """Whether an American bank's routing number holds: nine digits, weights 3, 7, 1 (ABA)."""
    digits = re.sub(r"\D", "", text)
    return len(digits) == 9 and sum(int(d) * w for d, w in zip(digits, (3, 7, 1) * 3, strict=True)) % 10 == 0


def is_luhn(text: str) -> bool:
    """Whether a payment card's number holds (ISO/IEC 7812-1, annex B)."""
    digits = [int(d) for d in reversed(re.sub(r"\D", "", text))]
    total = sum(digit if i % 2 == 0 else sum(divmod(2 * digit, 10)) for i, digit in enumerate(digits))
    return len(digits) >= 12 and total % 10 == 0


def may_be_ssn(text: str) -> bool:
    """Whether a social security number may have been given out: no area 000, 666 or 9xx, no group 00, no serial 0000.

    Source: Social Security Administration, POMS RM 10201.035.
    """
    digits = re.sub(r"\D", "", text)
    area, group, serial = digits[:3], digits[3:5], digits[5:]
    return len(digits) == 9 and area not in ("000", "666") and area < "900" and group != "00" and serial != "0000"


def may_be_ein(text: str) -> bool:
    """Whether it has nine digits and a prefix: none begins with 00. (Other prefixes are given out as years go by.)"""
    digits = re.sub(r"\D", "", text)
    return len(digits) == 9 and not digits.startswith("00")


def _iban_if_it_looks_like_one(text: str) -> bool:
    packed = re.sub(r"\s", "", text)
    return is_iban(packed) if re.match(r"[A-Z]{2}\d{2}[A-Z0-9]{11}", packed) else True


CHECKS: dict[str, NumberCheck] = {
    "iban": NumberCheck(_iban_if_it_looks_like_one, "{label}: the check digits of this IBAN do not hold."),
    "aba": NumberCheck(is_routing_number, "{label}: the check digit of this routing number does not hold."),
    "luhn": NumberCheck(is_luhn, "{label}: the check digit of this card number does not hold."),
    "ssn": NumberCheck(may_be_ssn, "{label}: no such social security number is given out."),
    "ein": NumberCheck(may_be_ein, "{label}: no employer number begins with these digits."),
}
"""By the name that a field's definition gives."""
