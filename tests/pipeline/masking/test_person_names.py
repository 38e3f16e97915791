from __future__ import annotations

import pytest

from pipeline.masking import Sort
from pipeline.masking.mask import find_patterns


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Account holder: Jordan Blake", ["Jordan Blake"]),
        ("Account holder\nMarisol Lindqvist", ["Marisol Lindqvist"]),  # that probablepeople takes for a firm
        ("Account name\nFernhill Landscapes LLC", []),
        ("1. Surname\nINGRAM\n2. Given names\nLENA MARISOL", ["INGRAM", "LENA MARISOL"]),
        ("Bill to\nInvoice #\n433534\nRenata Marchetti", ["Renata Marchetti"]),  # another column stands between
        ("Bill to\nInvoice date\nOctober 29, 2023", []),  # labels are no names
        ("RECIPIENT'S name\n$\n24,673.21\nNICHOLS, AMANDA MICHELLE S.", ["NICHOLS, AMANDA MICHELLE S."]),
        ("Jocelyn Ingram\n2869 Nightingale Avenue\nFallbrook Mills, OR 97472", ["Jocelyn Ingram"]),
        ("Stonebridge Instruments Inc.\n9265 Nightingale Boulevard\nSilver Ferry, NY 12875", []),
        ("Employee\nPay date\n08/05/2024", []),
        ("Soil analysis\nAnnual maintenance plan", []),
    ],
)  # fmt: skip
def test_whose_name_is_recognised(text: str, names: list[str]) -> None:
    assert [known.text for known in find_patterns(text) if known.sort is Sort.NAME] == names
