"""Documents drawn by code, with their truth: to try the product, to test it with real files, to train its classifier.

Everything on them is made up. The same (type, variant, seed) gives the same bytes on the same versions of the
libraries, and the same content in every variant.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np

from pipeline.samples import degrade
from pipeline.samples.draw_bank_statement import LAYOUTS, draw_bank_statement
from pipeline.samples.draw_form_1099 import draw_form_1099
from pipeline.samples.draw_government_id import draw_government_id, draw_passport
from pipeline.samples.draw_invoice import draw_invoice
from pipeline.samples.draw_other import draw_other
from pipeline.samples.draw_pay_stub import draw_pay_stub
from pipeline.samples.draw_receipt import draw_receipt
from pipeline.samples.draw_utility_bill import draw_utility_bill
from pipeline.samples.draw_w2 import draw_w2
from pipeline.samples.draw_w9 import draw_w9, draw_w9_on
from pipeline.samples.invoice_layouts import INVOICE_LAYOUTS
from pipeline.samples.receipt_layouts import RECEIPT_LAYOUTS
from pipeline.samples.sheet import Drawing
from pipeline.samples.w9_forms import MARCH_2024, OCTOBER_2018
from pipeline.types import JsonValue

_DRAWERS: dict[str, Callable[[random.Random], Drawing]] = {
    "w9": draw_w9,
    "bank_statement": draw_bank_statement,
    "government_id": draw_government_id,
    "invoice": draw_invoice,
    "receipt": draw_receipt,
    "w2": draw_w2,
    "form_1099": draw_form_1099,
    "pay_stub": draw_pay_stub,
    "utility_bill": draw_utility_bill,
    "other": draw_other,
}
LAYOUTS_DRAWN: Mapping[str, Mapping[str, Callable[[random.Random], Drawing]]] = {
    "bank_statement": LAYOUTS,
    "invoice": INVOICE_LAYOUTS,
    "receipt": RECEIPT_LAYOUTS,
}
"""Hands by type and name, for measuring how extraction fares with layouts that it was not made with."""
DOC_TYPES_DRAWN = tuple(_DRAWERS)
"""Every type of `pipeline.doctypes`."""
VARIANTS = ("digital", "scan", "photo", "fax")
"""digital: PDF with a text layer. scan: PDF of pictures, PNG or JPEG. photo: JPEG, or PDF of photos. fax: TIFF."""

_SCAN_FILES = ("pdf", "png", "jpg")
_SCAN_DPI = 200
_CARD_SCAN_DPI = 300
_CARD_LONGEST_PX = 2200
"""A page whose longer side has fewer pixels at 300 dpi is a card, a passport page or a receipt: scanned finer."""
_DOZEN: tuple[tuple[str, str, Callable[[random.Random], Drawing]], ...] = (
    ("w9", "digital", partial(draw_w9_on, MARCH_2024)),
    ("w9", "scan", partial(draw_w9_on, OCTOBER_2018)),
    ("bank_statement", "digital", LAYOUTS["us_sections"]),
    ("bank_statement", "fax", LAYOUTS["uk"]),
    ("government_id", "photo", draw_passport),
    ("invoice", "digital", draw_invoice),
    ("receipt", "scan", draw_receipt),
    ("w2", "scan", draw_w2),
    ("form_1099", "digital", draw_form_1099),
    ("pay_stub", "photo", draw_pay_stub),
    ("utility_bill", "scan", draw_utility_bill),
    ("other", "digital", draw_other),
)


DOZEN = len(_DOZEN)


@dataclass(frozen=True, slots=True)
class Sample:
    """A drawn document.

    Attributes:
        filename: e.g. "w9-jordan-blake.pdf".
        data: the file.
        doc_type: a name of `DOC_TYPES_DRAWN`.
        truth: field values as in the manifests of labelled documents (ISO dates, plain numbers, signed transaction
            amounts, None for a field that is not on the document); {} for a type that is only classified.
        variant: a name of `VARIANTS`.
        layout: issuer's hand: a name of `LAYOUTS_DRAWN`, or the type's where it has one hand only.
    """

    filename: str
    data: bytes
    doc_type: str
    truth: dict[str, JsonValue]
    variant: str
    layout: str


def draw(doc_type: str, variant: str = "digital", seed: int = 0, layout: str | None = None) -> Sample:
    """Draws one document.

    Args:
        doc_type: a name of `DOC_TYPES_DRAWN`.
        variant: a name of `VARIANTS`.
        seed: chooses typeface and content; and the hand where `layout` does not.
        layout: a name of `LAYOUTS_DRAWN[doc_type]`: hands beside those of the samples, to measure with.

    Raises:
        ValueError: no such type, variant or layout.
    """
    if doc_type not in _DRAWERS:
        raise ValueError(f"No document type {doc_type!r} is drawn; choose from {', '.join(DOC_TYPES_DRAWN)}.")
    if variant not in VARIANTS:
        raise ValueError(f"No variant {variant!r}; choose from {', '.join(VARIANTS)}.")
    if layout is not None and layout not in LAYOUTS_DRAWN.get(doc_type, {}):
        raise ValueError(f"No layout {layout!r} of type {doc_type!r} is drawn.")
    drawer = _DRAWERS[doc_type] if layout is None else LAYOUTS_DRAWN[doc_type][layout]
    drawing = drawer(random.Random(f"{layout or doc_type} {seed}"))
    return _sample(doc_type, variant, seed, drawing, layout)


def draw_dozen(seed: int = 7) -> list[Sample]:
    """Draws twelve documents: all ten types, W-9 (both revisions) and bank statement twice; five crisp, seven worn."""
    return list(draw_dozen_one_by_one(seed))


def draw_dozen_one_by_one(seed: int = 7) -> Iterator[Sample]:
    """Draws the same twelve documents, each when it is asked for."""
    for place, (doc_type, variant, drawer) in enumerate(_DOZEN):
        yield _sample(doc_type, variant, seed, drawer(random.Random(f"{doc_type} {seed} {place}")))


def _sample(doc_type: str, variant: str, seed: int, drawing: Drawing, layout: str | None = None) -> Sample:
    name = f"{doc_type.replace('_', '-')}-{drawing.subject}"
    data, ending = (drawing.pdf, "pdf") if variant == "digital" else _worn(drawing.pdf, doc_type, variant, seed)
    return Sample(f"{name}.{ending}", data, doc_type, drawing.truth, variant, layout or doc_type)


def _worn(pdf: bytes, doc_type: str, variant: str, seed: int) -> tuple[bytes, str]:
    """The file of a worn variant and its ending."""
    rng = np.random.default_rng([seed, DOC_TYPES_DRAWN.index(doc_type), VARIANTS.index(variant)])
    if variant == "fax":
        return _faxed(pdf, rng)
    pages = degrade.rasterise(pdf, _SCAN_DPI)
    dpi = _SCAN_DPI
    if max(pages[0].shape) * _CARD_SCAN_DPI / _SCAN_DPI < _CARD_LONGEST_PX:
        pages, dpi = degrade.rasterise(pdf, _CARD_SCAN_DPI), _CARD_SCAN_DPI
    if variant == "photo":
        return _photographed(pages, rng)
    coloured = doc_type == "government_id"
    container = _SCAN_FILES[(seed + DOC_TYPES_DRAWN.index(doc_type)) % 3] if len(pages) == 1 else "pdf"
    if container == "png":
        return degrade.as_png(degrade.copied(pages[0], rng), dpi), "png"
    worn = [degrade.scan(page if coloured else degrade.grey(page), rng) for page in pages]
    return (degrade.as_pdf(worn, dpi), "pdf") if container == "pdf" else (degrade.as_jpeg(worn[0], dpi), "jpg")


def _photographed(pages: list[degrade.Picture], rng: np.random.Generator) -> tuple[bytes, str]:
    photos = [degrade.photo(page, rng) for page in pages]
    if len(photos) == 1:
        return degrade.as_jpeg(photos[0], 72), "jpg"
    return degrade.as_pdf(photos, _SCAN_DPI), "pdf"


def _faxed(pdf: bytes, rng: np.random.Generator) -> tuple[bytes, str]:
    pages = degrade.rasterise(pdf, degrade.FAX_DPI)
    sender = f"FROM 555-01{rng.integers(0, 100):02d}"
    worn = [
        degrade.fax(page, rng, f"{sender}      PAGE {number:03d}/{len(pages):03d}")
        for number, page in enumerate(pages, start=1)
    ]
    return degrade.as_tiff(worn, degrade.FAX_DPI), "tif"
