from __future__ import annotations

import json
import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.masking import Known, Mask, Sort
from tests.pipeline.masking.masks import MRZ, bare, mask_of


@pytest.mark.parametrize(
    ("answer", "original"),
    [
        ("900-00-0001", "123-45-6789"),
        ("900000001", "123456789"),  # a model that leaves out the dashes
        ("900 00 0001", "123 45 6789"),
        ("SSN 900-00-0001, ok", "SSN 123-45-6789, ok"),
        ("1900-00-0001", "1900-00-0001"),  # another number
        ("ROBIN ASHBY", "JORDAN BLAKE"),
        ("Ashby, Robin", "Blake, Jordan"),
        ("robin ashby", "jordan blake"),
        ("Ms Ashby's", "Ms Blake's"),
        ("PERSON1@EXAMPLE.COM", "jo@bank.com"),
        ("person10@example.com", "person10@example.com"),
        (900000001, "123456789"),
        ({"a": ["900000001", None, 2.5], "b": {"c": "Robin"}}, {"a": ["123456789", None, 2.5], "b": {"c": "Jordan"}}),
        (True, True),
        (1, 1),
        (float("nan"), None),
    ],
)  # fmt: skip
def test_a_surrogate_is_known_however_a_model_writes_it(answer: Any, original: Any) -> None:
    mask = mask_of("Account holder Jordan Blake, 123-45-6789, jo@bank.com")
    assert mask.reveal(answer) == original or answer != answer


@pytest.mark.parametrize(
    "text",
    ["123-45-6789", "123456789", "123 45 6789", "123 - 45 -\n6789", "SSN123-45-6789", "123–45–6789", "(123) 45 6789"],
)
def test_a_known_number_is_hidden_in_every_way_of_writing_and_comes_back_as_it_was(text: str) -> None:
    mask = mask_of("x", text, known=[Known("123-45-6789", Sort.SSN)])
    assert bare("123456789") not in bare(mask.hide(text))
    assert mask.reveal(mask.hide(text)) == text


@pytest.mark.parametrize(
    "text",
    ["Jordan Blake", "JORDAN BLAKE", "Blake, Jordan", "J. BLAKE", "jordan blake", "Jordan\nBlake", "Blake's", "jordan"],
)
def test_a_known_name_is_hidden_in_every_way_of_writing_and_comes_back_as_it_was(text: str) -> None:
    mask = mask_of("x", text, known=[Known("Jordan Blake", Sort.NAME)])
    assert not {"jordan", "blake"} & set(re.findall("[a-z]+", mask.hide(text).lower()))
    assert mask.reveal(mask.hide(text)) == text


def test_odd_capitals_come_back() -> None:
    text = "McDonald Mcdonald MCDONALD mcdonald d'Arcy D'ARCY"
    mask = mask_of(text, known=[Known("Ann McDonald", Sort.NAME), Known("Eve d'Arcy", Sort.NAME)])
    assert "donald" not in mask.hide(text).lower()
    assert mask.reveal(mask.hide(text)) == text


def test_a_word_that_is_also_a_label_is_hidden_within_the_name_only() -> None:
    text = "Bill to: Bill Price\nPrice 12.00 May 2024"
    mask = mask_of(text, known=[Known("Bill Price", Sort.NAME)])
    assert mask.hide(text) == "Bill to: Robin Ashby\nPrice 12.00 May 2024"


def test_a_surrogate_that_stands_in_the_document_is_passed_over() -> None:
    text = "123-45-6789 900-00-0001 ab@c.de person1@example.com Robin"
    mask = mask_of(text, known=[Known("123-45-6789", Sort.SSN), Known("Kim Oduya", Sort.NAME)])
    assert not any(pair.surrogate in text for pair in mask.pairs)
    assert mask.reveal(mask.hide(text)) == text


def test_what_a_company_calls_a_secret_is_the_sort_that_its_shape_tells() -> None:
    assert mask_of("123-45-6789", known=[Known("123-45-6789", Sort.ID_NUMBER)]).hide("123-45-6789") == "900-00-0001"


def test_a_number_is_not_looked_for_in_amounts() -> None:
    text = "Account 45698 of 45698.00, 1,45698 and 12"
    mask = mask_of(text, known=[Known("45698", Sort.ACCOUNT), Known("12", Sort.ID_NUMBER)])
    assert re.fullmatch(r"Account \d{5} of 45698.00, 1,45698 and 12", mask.hide(text))
    assert "Account 45698" not in mask.hide(text)


def test_the_same_document_gives_the_same_mask_and_masks_may_begin_apart() -> None:
    text = "Account holder Jordan Blake 123-45-6789"
    assert mask_of(text) == mask_of(text)
    others = {pair.surrogate for pair in mask_of(text, first=500).pairs}
    assert not others & {pair.surrogate for pair in mask_of(text).pairs}


def test_a_mask_is_kept_and_counts() -> None:
    text = f"Account holder Jordan Blake 123-45-6789 987-65-4321 jo@bank.com\n{MRZ}"
    mask = mask_of(text)
    again = Mask.from_json(json.loads(json.dumps(mask.to_json())))
    assert again == mask
    assert again.reveal(again.hide(text)) == text
    assert mask.sorts == {Sort.SSN: 2, Sort.EMAIL: 1, Sort.NAME: 1, Sort.MRZ: 2}


def test_an_empty_mask_hides_nothing() -> None:
    mask = Mask.of((), ())
    assert mask.hide("123-45-6789") == mask.reveal("123-45-6789") == "123-45-6789"


_DIGITS = st.text("0123456789", min_size=5, max_size=19)
_PIECES = st.one_of(
    st.text(max_size=20),
    _DIGITS,
    st.from_regex(r"\A(?:SSN )?[0-9]{3}[- ]?[0-9]{2}[- ]?[0-9]{4}\Z"),
    st.from_regex(r"\AAccount number:? [0-9A-Z]{4,6}(?:[ -][0-9]{3,4}){0,2}\Z"),
    st.from_regex(r"\A[a-z]{1,8}@[a-z]{1,8}\.com\Z"),
    st.from_regex(r"\AAccount holder [A-Z][a-z]{2,8} [A-Z][A-Za-z]{2,8}\Z"),
    st.from_regex(r"\A\([2-9][0-9]{2}\) [0-9]{3}-[0-9]{4}\Z"),
    st.sampled_from(["900-00-0001", "000000001", "Robin Ashby", "person1@example.com", MRZ, "\n", "-", ".", " "]),
)
_TEXTS = st.lists(st.tuples(_PIECES, st.sampled_from([" ", "\n", "", "-", ", "])), max_size=12).map(
    lambda parts: "".join(piece + end for piece, end in parts)
)
_KNOWN = st.lists(
    st.one_of(
        st.builds(
            Known, _DIGITS, st.sampled_from([Sort.ACCOUNT, Sort.SSN, Sort.CARD, Sort.IBAN, Sort.PHONE, Sort.MRZ])
        ),
        st.builds(Known, st.text(max_size=15), st.sampled_from(list(Sort))),
    ),
    max_size=4,
)


@settings(max_examples=100, deadline=None)
@given(texts=st.lists(_TEXTS, min_size=1, max_size=3), known=_KNOWN)
def test_what_is_hidden_comes_back(texts: list[str], known: list[Known]) -> None:
    texts = [*texts, " ".join(k.text for k in known)]
    mask = mask_of(*texts, known=known)
    for text in texts:
        assert mask.reveal(mask.hide(text)) == text
        assert mask.reveal({"a": [mask.hide(text)]}) == {"a": [text]}
    used = Counter(pair.surrogate.casefold() for pair in mask.pairs)
    assert all(count == 1 for count in used.values())
