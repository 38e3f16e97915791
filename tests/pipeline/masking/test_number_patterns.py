from __future__ import annotations

import pytest

from pipeline.masking import Sort
from pipeline.masking.number_patterns import find_numbers
from tests.pipeline.masking.masks import MRZ


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("SSN 123-45-6789", [("123-45-6789", Sort.SSN)]),
        ("on file: 123-45-6789.", [("123-45-6789", Sort.SSN)]),  # its shape is enough
        ("ITIN 912-78-1234", [("912-78-1234", Sort.SSN)]),
        ("Social security number\n123 45 6789", [("123 45 6789", Sort.SSN)]),
        ("123 45 6789", []),  # cells of a table
        ("SSN: 123456789", [("123456789", Sort.SSN)]),
        ("Order 123456789", []),  # nine digits alone say nothing
        ("1 2 3 - 4 5 - 6 7 8 9", [("1 2 3 - 4 5 - 6 7 8 9", Sort.SSN)]),  # a form's boxes
        ("XXX-XX-4915", [("XXX-XX-4915", Sort.SSN)]),
        ("EIN 12-3456789", [("12-3456789", Sort.EIN)]),
        ("Employer identification number 123456789", [("123456789", Sort.EIN)]),
        ("Routing number: 021000021", [("021000021", Sort.ROUTING)]),
        ("Account number 8952 998210-5", [("8952 998210-5", Sort.ACCOUNT)]),  # a check digit of its own
        ("Konto-Nr. 4471290-K.", [("4471290-K", Sort.ACCOUNT)]),
        ("Routing number: 021000022", []),  # its check digit is wrong
        ("Sort code 94-65-90", [("94-65-90", Sort.ROUTING)]),
        ("94-65-90", []),
        ("Card 4111 1111 1111 1111", [("4111 1111 1111 1111", Sort.CARD)]),
        ("4111111111111111", [("4111111111111111", Sort.CARD)]),
        ("4111111111111112", []),  # no card: by Luhn
        ("3782 822463 10005", [("3782 822463 10005", Sort.CARD)]),
        ("IBAN DE89 3704 0044 0532 0130 00 BIC", [("DE89 3704 0044 0532 0130 00", Sort.IBAN)]),
        ("BE68 5390 0754 7034 BIC", [("BE68 5390 0754 7034", Sort.IBAN)]),  # a word after a full group
        ("Account number 27167566", [("27167566", Sort.ACCOUNT)]),
        ("Account number (see instructions)\n1212645154", [("1212645154", Sort.ACCOUNT)]),
        ("List account number(s) here (optional)\n4417 0923", [("4417 0923", Sort.ACCOUNT)]),
        ("acct: 4417-0923-11", [("4417-0923-11", Sort.ACCOUNT)]),
        ("Account 2024-05-17", []),  # a date
        ("Account balance 1,234,567.89", []),
        ("card ending XXXX1234", [("XXXX1234", Sort.ACCOUNT)]),
        ("Employee ID\n137994", [("137994", Sort.ID_NUMBER)]),
        ("Passport No. L26471141", [("L26471141", Sort.ID_NUMBER)]),
        ("jo.doe@bank.example.com", [("jo.doe@bank.example.com", Sort.EMAIL)]),
        ("Call (801) 555-0148.", [("(801) 555-0148", Sort.PHONE)]),
        ("+44 20 7946 0958", [("+44 20 7946 0958", Sort.PHONE)]),
        ("Telephone 01632 960065", [("01632 960065", Sort.PHONE)]),
        (MRZ, [(line, Sort.MRZ) for line in MRZ.split("\n")]),
        ("INV-2024-0117 2024-05-17 1,250.00 433534 60 x 60 OR 97201-1234", []),
        ("47d09446-1b42-4843-bb1b-123456789012", []),
        ("2024-05-17T10:20:30.123456+00:00", []),
        ("192.168.100.200:6379", []),
        ("", []),
    ],
)  # fmt: skip
def test_what_is_recognised(text: str, found: list[tuple[str, Sort]]) -> None:
    assert [(text[f.start : f.end], f.sort) for f in find_numbers(text)] == found
