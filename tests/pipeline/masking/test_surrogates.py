from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from pipeline.check_digits import is_iban, is_luhn, is_routing_number, may_be_ein, may_be_ssn
from pipeline.masking import Known, Sort, surrogates
from tests.pipeline.masking.masks import MRZ, bare, mask_of


@pytest.mark.parametrize(
    ("original", "sort", "surrogate"),
    [
        ("123-45-6789", Sort.SSN, "900-00-0001"),
        ("12-3456789", Sort.EIN, "00-0000001"),
        ("jo@bank.com", Sort.EMAIL, "person1@example.com"),
        ("Jordan Blake", Sort.NAME, "Robin Ashby"),
        ("BLAKE, JORDAN", Sort.NAME, "ASHBY, ROBIN"),
    ],
)
def test_surrogates_of_a_fixed_look(original: str, sort: Sort, surrogate: str) -> None:
    mask = mask_of(f"it is {original}!", known=[Known(original, sort)])
    assert mask.hide(f"it is {original}!") == f"it is {surrogate}!"


def shape(character: str) -> str:
    return "9" if character.isdigit() else "A" if character.isupper() else "a" if character.islower() else character


@pytest.mark.parametrize(
    ("original", "sort", "is_none"),
    [
        ("4111 1111 1111 1111", Sort.CARD, is_luhn),
        ("DE89 3704 0044 0532 0130 00", Sort.IBAN, is_iban),
        ("GB29NWBK60161331926819", Sort.IBAN, is_iban),
        ("021000021", Sort.ROUTING, is_routing_number),
        ("123 45 6789", Sort.SSN, may_be_ssn),
        ("123456789", Sort.EIN, may_be_ein),
        ("AB-4417 0923", Sort.ACCOUNT, None),
        ("599339A81", Sort.ID_NUMBER, None),
        ("(801) 555-9148", Sort.PHONE, None),
        (MRZ.split("\n")[0], Sort.MRZ, None),
        (MRZ.split("\n")[1], Sort.MRZ, None),
    ],
)
def test_surrogates_keep_the_shape_and_nothing_else(original: str, sort: Sort, is_none: Any) -> None:
    hidden = mask_of(original, known=[Known(original, sort)]).hide(original)
    assert [shape(c) for c in hidden] == [shape(c) for c in original]
    assert hidden != original
    assert bare(hidden)[-4:] != bare(original)[-4:]
    assert is_none is None or not is_none(hidden)


@pytest.mark.parametrize(
    ("sort", "original", "holds"),
    [
        (Sort.CARD, "4111111111111111", is_luhn),
        (Sort.ROUTING, "021000021", is_routing_number),
        (Sort.IBAN, "DE89370400440532013000", is_iban),
        (Sort.SSN, "123456789", may_be_ssn),
        (Sort.EIN, "123456789", may_be_ein),
    ],
)
def test_no_surrogate_is_somebodys_number(sort: Sort, original: str, holds: Callable[[str], bool]) -> None:
    made = list(islice(surrogates.numbers(sort, original, 1), 300))
    assert [number for number in made if holds(number)] == []
    assert len(set(made)) == 300


@pytest.mark.parametrize("number", ["900000001", "12340001"])
def test_a_surrogate_never_ends_like_its_original(number: str) -> None:
    made = islice(surrogates.numbers(Sort.SSN, number, 1), 20_000)
    assert not any(each[-4:] == number[-4:] for each in made)
