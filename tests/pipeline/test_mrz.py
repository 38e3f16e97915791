from __future__ import annotations

from datetime import date

import pytest

from pipeline.extract.mrz import check_digit, read_mrz
from tests.pipeline.test_ground import page

TODAY = date(2026, 1, 1)
# The specimens of ICAO Doc 9303, parts 4, 5 and 6.
TD3 = ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")
TD1 = ("I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<")
TD2 = ("I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6")


@pytest.mark.parametrize(("text", "digit"), [("L898902C3", 6), ("740812", 2), ("120415", 9), ("D23145890", 7)])
def test_check_digits(text: str, digit: int) -> None:
    assert check_digit(text) == digit


@pytest.mark.parametrize(("lines", "number"), [(TD3, "L898902C3"), (TD1, "D23145890"), (TD2, "D23145890")])
def test_the_published_specimens(lines: tuple[str, ...], number: str) -> None:
    mrz = read_mrz([page("UTOPIA", *lines)], TODAY)
    assert mrz is not None
    assert (mrz.surname, mrz.given_names, mrz.number) == ("ERIKSSON", "ANNA MARIA", number)
    assert (mrz.birth, mrz.expiry, mrz.sex) == (date(1974, 8, 12), date(2012, 4, 15), "F")
    assert (mrz.issuer, mrz.nationality) == ("UTO", "UTO")
    assert mrz.valid == {"number", "birth", "expiry"}


@pytest.mark.parametrize(
    "lower",
    [
        "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10",  # O for 0
        "L898902C36UTO74O8I22F1204159ZE184226B<<<<<10",  # O for 0, I for 1
        "L898902C36UTO7408122F1204159ZE184226B<<<<10",  # a filler lost
        "L898902C36UTO7408122F1204159ZE184226B<<<<<<10",  # one too many
        "L898902C3 6UTO7408122F 1204159ZE184226B<<<<<10",  # spaces
    ],
)
def test_what_ocr_confuses_is_mended_by_check_digits(lower: str) -> None:
    mrz = read_mrz([page(TD3[0], lower)], TODAY)
    assert mrz is not None
    assert (mrz.number, mrz.birth, mrz.expiry) == ("L898902C3", date(1974, 8, 12), date(2012, 4, 15))


def test_a_wrong_digit_is_not_mended_away() -> None:
    mrz = read_mrz([page(TD3[0], TD3[1].replace("L898902C36", "L898902C39"))], TODAY)
    assert mrz is not None
    assert mrz.valid == {"birth", "expiry"}


@pytest.mark.parametrize("lines", [("Dear Sir or Madam",), ("P<" + "<" * 42, "<" * 44), ("1234567890" * 4, "x" * 44)])
def test_other_text_is_no_zone(lines: tuple[str, ...]) -> None:
    assert read_mrz([page(*lines)], TODAY) is None
