from __future__ import annotations

from datetime import date

import pytest

from pipeline.dates import DateOrder, find_dates, likely_order, parse_date


@pytest.mark.parametrize(
    ("text", "order", "iso"),
    [
        ("2024-03-05", "MDY", "2024-03-05"),
        ("03/05/2024", "MDY", "2024-03-05"),
        ("03/05/2024", "DMY", "2024-05-03"),
        ("10/07/24", "MDY", "2024-10-07"),
        ("07-27-2022", "MDY", "2022-07-27"),
        ("20/02/2024", "MDY", "2024-02-20"),  # no twentieth month
        ("05.03.2024", "MDY", "2024-03-05"),  # dots: day first
        ("March 5, 2024", "MDY", "2024-03-05"),
        ("Dec 20, 2023", "DMY", "2023-12-20"),
        ("29 August 2021", "MDY", "2021-08-29"),
        ("04 JUL 1967", "MDY", "1967-07-04"),
        ("3rd March 2024", "MDY", "2024-03-03"),
        ("12. März 2024", "DMY", "2024-03-12"),
        ("1 février 2020", "DMY", "2020-02-01"),
        ("01/15/85", "MDY", "1985-01-15"),
        ("02/30/2024", "MDY", None),
        ("13/13/2024", "MDY", None),
        ("soon", "MDY", None),
        ("on 03/05/2024", "MDY", None),  # more than a date
        ("", "MDY", None),
    ],
)
def test_one_date(text: str, order: DateOrder, iso: str | None) -> None:
    parsed = parse_date(text, order)
    assert (parsed.isoformat() if parsed else None) == iso


@pytest.mark.parametrize(
    "text",
    [
        "for October 1, 2022 to October 31, 2022",
        "10/01/2022 - 10/31/2022",
        "from 10/01/2022 thru 10/31/2022.",
        "01.10.2022 bis 31.10.2022",
        "2022-10-01/2022-10-31",
    ],
)
def test_the_dates_of_a_period(text: str) -> None:
    assert [found.value for found in find_dates(text)] == [date(2022, 10, 1), date(2022, 10, 31)]


def test_a_field_number_is_no_day() -> None:
    assert [found.value for found in find_dates("3. 16.06.1970 OSTRAVIK")] == [date(1970, 6, 16)]


def test_an_ambiguous_date_says_so() -> None:
    assert [found.ambiguous for found in find_dates("03/05/2024 03/25/2024 March 5, 2024")] == [True, False, False]


@pytest.mark.parametrize(
    ("texts", "order"),
    [(["25/03/2024", "03/04/2024"], "DMY"), (["03/25/2024"], "MDY"), (["03/04/2024"], "MDY"), (["03.04.2024"], "DMY")],
)
def test_a_document_tells_its_order(texts: list[str], order: DateOrder) -> None:
    assert likely_order(texts) == order
