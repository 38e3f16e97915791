from __future__ import annotations

import pytest

from pipeline.check_digits import CHECKS, is_iban, is_luhn, is_routing_number, may_be_ein, may_be_ssn


@pytest.mark.parametrize(
    ("check", "right", "wrong"),
    [
        (is_iban, "GB82 WEST 1234 5698 7654 32", "GB82 WEST 1234 5698 7654 33"),
        (is_iban, "DE89370400440532013000", "DE8937040044053201300"),
        (is_routing_number, "021000021", "021000022"),
        (is_routing_number, "1110-0002-5", "11100002"),
        (is_luhn, "4111 1111 1111 1111", "4111 1111 1111 1112"),
        (is_luhn, "378282246310005", "0000"),
        (may_be_ssn, "123-45-6789", "666-45-6789"),
        (may_be_ssn, "899-01-0001", "900-01-0001"),
        (may_be_ssn, "001-01-0001", "001-00-0001"),
        (may_be_ein, "38-8211965", "00-8211965"),
        (CHECKS["iban"].passes, "123456789", "DE00370400440532013000"),
    ],
)
def test_numbers_that_can_be_told_wrong(check: object, right: str, wrong: str) -> None:
    assert callable(check)
    assert check(right)
    assert not check(wrong)
