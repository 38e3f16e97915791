"""Bar codes, drawn by the library that reads them, on pages as scanners and phones give them."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
import zxingcpp

from pipeline.reading.codes import find_codes
from pipeline.render import Gray
from pipeline.types import Page, PageSource

LICENCE = "@\n\x1e\rANSI 636000100002DL00410278ZV03190008DLDAQT64235789\nDCSSAMPLE\nDBB06061986\nDBA12102027\n"
KINDS = {
    "PDF417": (zxingcpp.BarcodeFormat.PDF417, LICENCE),
    "QR Code": (zxingcpp.BarcodeFormat.QRCode, "https://example.org/pay?ref=4711"),
    "Code 128": (zxingcpp.BarcodeFormat.Code128, "INV-2024-0815"),
}


def page_with(kind: str) -> Gray:
    made, text = KINDS[kind]
    code = np.array(zxingcpp.create_barcode(text, made).to_image(scale=4))
    page = np.full((1650, 1275), 250, np.uint8)
    page[600 : 600 + code.shape[0], 200 : 200 + code.shape[1]] = code
    return page


def slanted(page: Gray) -> Gray:
    around = cv2.getRotationMatrix2D((640, 800), 4.0, 1.0)
    return np.asarray(cv2.warpAffine(page, around, (1275, 1650), borderValue=250), np.uint8)


def noisy(page: Gray) -> Gray:
    blurred = cv2.GaussianBlur(page, (0, 0), 0.8)
    return np.clip(blurred + np.random.default_rng(2).normal(0, 12, page.shape), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "how",
    [lambda p: p, slanted, noisy, lambda p: np.rot90(p, 1), lambda p: np.rot90(p, 2)],
    ids=["as drawn", "slanted", "noisy", "on its side", "upside down"],
)
def test_codes_are_read(kind: str, how) -> None:  # type: ignore[no-untyped-def]
    (code,) = find_codes(how(page_with(kind)), 2)
    assert code.format == kind
    assert code.text == KINDS[kind][1]
    assert code.box.page == 2


def test_a_code_stands_where_it_is() -> None:
    (code,) = find_codes(page_with("QR Code"), 1)
    assert code.box.x0 == pytest.approx(200 / 1275, abs=0.02)
    assert code.box.y0 == pytest.approx(600 / 1650, abs=0.02)


def test_what_a_code_says_can_be_stored_and_read_again() -> None:
    page = np.full((600, 900), 255, np.uint8)
    drawn = np.array(zxingcpp.create_barcode(b"AB\x00C\xe9\x1e", zxingcpp.BarcodeFormat.QRCode).to_image(scale=5))
    page[50 : 50 + drawn.shape[0], 50 : 50 + drawn.shape[1]] = drawn
    codes = find_codes(page, 1)
    assert len(codes) == 1
    assert "\0" not in codes[0].text
    row = Page(1, 612, 792, PageSource.OCR, "", (), codes=codes).to_json()
    assert Page.from_json(json.loads(json.dumps(row))).codes[0].text == codes[0].text


@pytest.mark.parametrize("shape", [(1, 1), (5, 4000), (400, 400)])
def test_no_code_is_no_code(shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 255, shape, dtype=np.uint8)
    assert find_codes(noise, 1) == ()
