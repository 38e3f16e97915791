from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.masking.redaction import Mode, redact, redact_value
from pipeline.types import JsonValue

W9, STATEMENT = DOC_TYPES["w9"], DOC_TYPES["bank_statement"]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("SSN 123-45-6789 refused", "SSN ***-**-6789 refused"),
        ("123-45-6789, 12-3456789", "***-**-6789, **-***6789"),
        ("card 4111 1111 1111 1111", "card **** **** **** 1111"),
        ("DE89 3704 0044 0532 0130 00", "**** **** **** **** **30 00"),
        ("account number 45698", "account number *****"),  # too short for a rest of four
        ("XXX-XX-4915", "***-**-4915"),
        ("to jo.doe@bank.com", "to **.***@****.***"),  # no last four of an address
        ("call (801) 555-0148", "call (***) ***-0148"),
        ("total 1,234.56 on 2024-05-17", "total 1,234.56 on 2024-05-17"),
        ("", ""),
    ],
)
def test_a_mask_keeps_the_last_four(text: str, masked: str) -> None:
    assert redact(text, "mask") == masked


def test_removed_is_told_by_its_sort() -> None:
    text = "123-45-6789 of jo@bank.com, account number 45698765"
    assert redact(text, "remove") == "[ssn] of [email], account number [account]"


def test_a_digest_is_the_same_for_the_same_number_and_key() -> None:
    one, dashed, other_key, other = (
        redact("SSN 123456789", "hash", b"k").removeprefix("SSN "),
        redact("123-45-6789", "hash", b"k"),
        redact("123-45-6789", "hash", b"l"),
        redact("123-45-6780", "hash", b"k"),
    )
    assert re.fullmatch(r"\[ssn:[0-9a-f]{12}\]", one)
    assert one == dashed
    assert len({dashed, other_key, other}) == 3


def test_a_digest_needs_a_key() -> None:
    with pytest.raises(ValueError, match="salt"):
        redact("123-45-6789", "hash")
    assert redact("nothing here", "hash") == "nothing here"


@pytest.mark.parametrize(
    ("spec", "value", "mode", "shown"),
    [
        (W9.field("ssn"), "123-45-6789", "mask", "***-**-6789"),
        (W9.field("ssn"), "123-45-6789", "remove", "[ssn]"),
        (W9.field("ssn"), None, "remove", None),  # that there is none is no secret
        (W9.field("account_numbers"), "4417 0923", "mask", "**** 0923"),
        (W9.field("name"), "Jordan Blake", "mask", "****** *****"),
        (W9.field("name"), "Jordan Blake", "remove", "[name]"),
        (W9.field("name"), "Blake Consulting LLC", "mask", "Blake Consulting LLC"),
        (W9.field("signature_date"), "2024-05-17", "remove", "2024-05-17"),
        (STATEMENT.field("opening_balance"), 1234567.89, "mask", 1234567.89),
        (STATEMENT.field("bank_name"), "Harbour Bank", "mask", "Harbour Bank"),
        (
            STATEMENT.field("transactions"),
            [{"description": "TRANSFER 123-45-6789", "amount": -5.0}],
            "mask",
            [{"description": "TRANSFER ***-**-6789", "amount": -5.0}],
        ),
        (DOC_TYPES["invoice"].field("invoice_number"), "12-3456789", "mask", "12-3456789"),  # looks like an EIN only
    ],
)
def test_a_field_of_an_export(spec: FieldSpec, value: JsonValue, mode: Mode, shown: JsonValue) -> None:
    assert redact_value(spec, value, mode) == shown


def test_a_sensitive_column_is_redacted() -> None:
    column = FieldSpec(name="iban", label="IBAN", kind=FieldKind.IDENTIFIER, required=True, sensitive=True)
    table = FieldSpec(name="payees", label="Payees", kind=FieldKind.TABLE, columns=(column,))
    assert redact_value(table, [{"iban": "AB12345678", "other": 1}, "odd"], "mask") == [
        {"iban": "******5678", "other": 1},
        "odd",
    ]


@given(st.text(max_size=60))
def test_no_text_breaks_it(text: str) -> None:
    assert len(redact(text, "mask")) == len(text)


@given(
    st.from_regex(r"\A[0-9]{3}-[0-9]{2}-[0-9]{4}\Z"),
    st.text(" abc.,:;()", max_size=9),
    st.text(" abc.,:;()", max_size=9),
)
def test_a_social_security_number_never_comes_through(number: str, before: str, after: str) -> None:
    assert number not in redact(f"{before} {number} {after}", "mask")
