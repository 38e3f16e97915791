"""The two revisions of IRS form W-9 in use, as blank forms: what is printed, and where it is filled in.

Source: fw9.pdf of the IRS, revisions March 2024 and October 2018 (works of the US government, not protected by
copyright in the United States: 17 U.S.C. 105). Page 1 only. The printed words and rules stand in the `.tsv` files
beside this one; they are drawn in Helvetica, each run squeezed to the width it has in the form's own typeface.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.samples.sheet import HELVETICA, INK, WHITE, Sheet

CHECK_BOX_SIDE_PT = 8.0
COMB_CELL_PT = (14.4, 24.0)
"""Width and height of one digit's cell."""
SSN_CELLS_X = (417.6, 432.0, 446.4, 475.2, 489.6, 518.4, 532.8, 547.2, 561.6)
EIN_CELLS_X = (417.6, 432.0, 460.8, 475.2, 489.6, 504.0, 518.4, 532.8, 547.2)

_FONTS = {"R": HELVETICA.regular, "B": HELVETICA.bold, "I": HELVETICA.italic, "BI": HELVETICA.bold_italic}


@dataclass(frozen=True, slots=True)
class BlankW9:
    """One revision.

    Attributes:
        revision: as the file of its print is named, e.g. "2024_03".
        check_boxes: top left corner of each classification's box, by its key in `draw_w9`; "foreign" is line 3b's.
        blanks: left end of the baseline where each field is written.
        ssn_top, ein_top: upper edge of the comb boxes.
    """

    revision: str
    check_boxes: dict[str, tuple[float, float]]
    blanks: dict[str, tuple[float, float]]
    ssn_top: float
    ein_top: float

    def print_on(self, sheet: Sheet) -> None:
        """Draws the blank form on a letter-size sheet."""
        for kind, x, y, *rest in _print_of(self.revision):
            _PRINTERS[kind](sheet, float(x), float(y), rest)


MARCH_2024 = BlankW9(
    revision="2024_03",
    check_boxes={
        "individual": (73.0, 180.3),
        "c_corporation": (180.0, 180.3),
        "s_corporation": (252.0, 180.3),
        "partnership": (324.0, 180.3),
        "trust": (388.8, 180.3),
        "llc": (73.0, 193.5),
        "other": (73.0, 230.0),
        "foreign": (440.6, 263.0),
    },
    blanks={
        "name": (61.6, 128.5),
        "business_name": (61.6, 152.8),
        "llc_code": (429.0, 201.0),
        "other_text": (164.0, 237.6),
        "exempt_payee_code": (552.0, 202.2),
        "address": (61.6, 296.6),
        "city_state_zip": (61.6, 320.6),
        "account_numbers": (61.6, 344.8),
        "requester": (392.8, 301.5),
        "signature": (150.0, 596.5),
        "signature_date": (412.0, 596.0),
    },
    ssn_top=372.0,
    ein_top=420.0,
)

OCTOBER_2018 = BlankW9(
    revision="2018_10",
    check_boxes={
        "individual": (65.8, 159.5),
        "c_corporation": (180.0, 158.0),
        "s_corporation": (252.0, 158.0),
        "partnership": (324.0, 158.0),
        "trust": (396.0, 158.0),
        "llc": (65.8, 183.5),
        "other": (65.8, 230.5),
    },
    blanks={
        "name": (61.6, 104.8),
        "business_name": (61.6, 128.8),
        "llc_code": (426.0, 190.2),
        "other_text": (163.5, 237.2),
        "exempt_payee_code": (550.0, 178.4),
        "address": (61.6, 260.8),
        "city_state_zip": (61.6, 284.8),
        "account_numbers": (61.6, 308.8),
        "requester": (392.8, 265.5),
        "signature": (150.0, 560.5),
        "signature_date": (414.0, 560.0),
    },
    ssn_top=336.0,
    ein_top=384.0,
)


@cache
def _print_of(revision: str) -> tuple[tuple[str, ...], ...]:
    rows = (Path(__file__).parent / f"w9_{revision}.tsv").read_text(encoding="utf-8").splitlines()
    return tuple(tuple(row.split("\t")) for row in rows if not row.startswith("#"))


def _rule(sheet: Sheet, x: float, y: float, rest: list[str]) -> None:
    width, height, weight = map(float, rest)
    sheet.rule(x, y, x + width, y + height, weight)


def _box(sheet: Sheet, x: float, y: float, rest: list[str]) -> None:
    width, height, weight = map(float, rest)
    sheet.box(x, y, width, height, weight=weight)


def _band(sheet: Sheet, x: float, y: float, rest: list[str]) -> None:
    sheet.box(x, y, float(rest[0]), float(rest[1]), color=None, fill=INK)


def _triangle(sheet: Sheet, x: float, y: float, rest: list[str]) -> None:
    width, height = float(rest[0]), float(rest[1])
    sheet.shape([(x, y), (x + width, y + height / 2), (x, y + height)], INK)


def _text(sheet: Sheet, x: float, y: float, rest: list[str]) -> None:
    width, size, style, words = rest
    font, _, white = style.partition("-")
    sheet.text(x, y, words, _FONTS[font], float(size), fit_pt=float(width), color=WHITE if white else INK)


def _up(sheet: Sheet, x: float, y: float, rest: list[str]) -> None:
    width, size, style, words = rest
    sheet.text_up(x, y, words, _FONTS[style], float(size), float(width))


_PRINTERS = {"rule": _rule, "box": _box, "band": _band, "triangle": _triangle, "text": _text, "up": _up}
