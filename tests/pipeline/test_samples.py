"""The drawn documents: their truth stands on the page, their sums agree, their files are what they say."""

from __future__ import annotations

import datetime
import io
import random
import re
from collections import Counter
from typing import Any

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

from pipeline.doctypes import DOC_TYPES
from pipeline.samples import DOC_TYPES_DRAWN, VARIANTS, Sample, draw, draw_dozen
from pipeline.samples.amounts_and_dates import years_later
from pipeline.samples.degrade import Picture, grey, rasterise
from pipeline.samples.draw_bank_statement import LAYOUTS
from pipeline.samples.draw_government_id import draw_passport
from pipeline.samples.draw_w9 import CLASSIFICATIONS, draw_w9_on
from pipeline.samples.passport_mrz import check_digit, td3
from pipeline.samples.people import german_iban
from pipeline.samples.w9_forms import CHECK_BOX_SIDE_PT, MARCH_2024, OCTOBER_2018, BlankW9

ONE_MEGABYTE = 1_000_000
DATE_FORMATS = ("%m/%d/%Y", "%m/%d/%y", "%m-%d-%Y", "%B %d, %Y", "%b %d, %Y", "%d.%m.%Y", "%d/%m/%Y", "%d %b %Y",
                "%d %b %y", "%d %B %Y", "%Y-%m-%d")  # fmt: skip
ROW_DATE_FORMATS = (*DATE_FORMATS, "%m/%d", "%b %d")
"""A row of a statement may leave out the year."""
CURRENCY_SIGNS = {"USD": "$", "GBP": "£", "EUR": "€"}
NOT_PRINTED_AS_SUCH = {"federal_tax_classification", "id_type"}
"""The first is a check box (tested below), the second the document's title in other words."""
SEEDS = range(12)


def text_of(pdf: bytes) -> str:
    """The text layer of all pages, without white space."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        text = "".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()
    return squeezed(text)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("\ufffe", "-").upper()


def printed_forms(name: str, value: Any, date_formats: tuple[str, ...]) -> list[str]:
    """The ways in which a truth's value may stand on the page; one of them has to."""
    if isinstance(value, int | float):
        english = f"{abs(value):,.2f}"
        return [str(value)] if isinstance(value, int) else [english, english.translate(str.maketrans(",.", ".,"))]
    if name == "currency":
        return [value, CURRENCY_SIGNS[value]]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return [datetime.date.fromisoformat(value).strftime(form) for form in date_formats]
    if name in ("ssn", "ein"):
        return [value, value.replace("-", "")]
    return [value]


def missing_from(text: str, truth: dict[str, Any], date_formats: tuple[str, ...] = DATE_FORMATS) -> list[str]:
    """Names of the fields whose value is not in the text."""
    missing = []
    for name, value in truth.items():
        if value is None or name in NOT_PRINTED_AS_SUCH:
            continue
        if isinstance(value, list):
            missing += [f"{name}.{field}" for row in value for field in missing_from(text, row, ROW_DATE_FORMATS)]
        elif name in ("full_name", "address"):
            missing += [name for word in re.split(r"[ ,]+", value) if squeezed(word) not in text]
        elif not any(squeezed(form) in text for form in printed_forms(name, value, date_formats)):
            missing.append(name)
    return missing


@pytest.mark.parametrize("doc_type", DOC_TYPES_DRAWN)
def test_every_value_of_the_truth_stands_in_the_text_layer(doc_type: str) -> None:
    for seed in SEEDS:
        sample = draw(doc_type, "digital", seed)
        assert missing_from(text_of(sample.data), sample.truth) == [], f"seed {seed}"


def test_a_value_that_is_not_on_the_page_is_noticed() -> None:
    sample = draw("bank_statement", "digital", 0)
    assert missing_from(text_of(sample.data), {"closing_balance": 987654.32, "account_holder": "Nobody"}) == [
        "closing_balance",
        "account_holder",
    ]


@pytest.mark.parametrize("doc_type", DOC_TYPES_DRAWN)
@pytest.mark.parametrize("variant", VARIANTS)
def test_the_same_seed_gives_the_same_bytes(doc_type: str, variant: str) -> None:
    first, second = draw(doc_type, variant, 3), draw(doc_type, variant, 3)
    assert first == second
    assert first.truth == draw(doc_type, "digital", 3).truth


@pytest.mark.parametrize("doc_type", DOC_TYPES_DRAWN)
def test_fifty_seeds_give_fifty_documents(doc_type: str) -> None:
    assert len({draw(doc_type, "digital", seed).data for seed in range(50)}) == 50


@pytest.mark.parametrize("doc_type", DOC_TYPES_DRAWN)
@pytest.mark.parametrize("variant", VARIANTS)
def test_a_variant_opens_as_what_it_says(doc_type: str, variant: str) -> None:
    pages = page_count(draw(doc_type, "digital", 1))
    sample = draw(doc_type, variant, 1)
    assert len(sample.data) < ONE_MEGABYTE
    assert page_count(sample) == pages
    if variant == "digital":
        assert sample.filename.endswith(".pdf")
        assert len(text_of(sample.data)) > 80
    elif sample.filename.endswith(".pdf"):
        assert text_of(sample.data) == ""
    else:
        picture = Image.open(io.BytesIO(sample.data))
        endings = {"PNG": "png", "JPEG": "jpg", "TIFF": "tif"}
        assert picture.format in endings
        assert sample.filename.endswith(endings[str(picture.format)])
        assert (picture.format == "TIFF") == (variant == "fax")
        assert min(picture.size) > 500
    if variant == "fax":
        with Image.open(io.BytesIO(sample.data)) as fax:
            assert fax.mode == "1"
            assert fax.info["compression"] == "group4"


def test_scans_come_as_pdf_png_and_jpeg() -> None:
    endings = {draw("w2", "scan", seed).filename.rsplit(".", 1)[1] for seed in range(3)}
    assert endings == {"pdf", "png", "jpg"}


def test_a_worn_page_differs_from_the_crisp_one_but_shows_the_same_page() -> None:
    crisp = grey(rasterise(draw("w9", "digital", 2).data, 200)[0])
    worn = np.asarray(Image.open(io.BytesIO(draw("w9", "scan", 2).data)).convert("L"))
    assert worn.shape == crisp.shape
    assert not np.array_equal(worn, crisp)
    small = [cv2.resize(page, (68, 88), interpolation=cv2.INTER_AREA).astype(np.float32) for page in (crisp, worn)]
    likeness = cv2.matchTemplate(small[0], small[1], cv2.TM_CCOEFF_NORMED)
    assert float(likeness[0, 0]) > 0.7


def page_count(sample: Sample) -> int:
    if sample.filename.endswith(".pdf"):
        document = pypdfium2.PdfDocument(sample.data)
        try:
            return len(document)
        finally:
            document.close()
    with Image.open(io.BytesIO(sample.data)) as picture:
        return int(getattr(picture, "n_frames", 1))


def test_the_dozen_covers_every_type_and_variant() -> None:
    dozen = draw_dozen()
    counts = Counter(sample.doc_type for sample in dozen)
    assert len(dozen) == 12
    assert set(counts) == set(DOC_TYPES) == set(DOC_TYPES_DRAWN)
    assert counts["w9"] == counts["bank_statement"] == 2
    assert {sample.variant for sample in dozen} == set(VARIANTS)
    assert len({sample.filename for sample in dozen}) == 12
    assert {sample.filename.rsplit(".", 1)[1] for sample in dozen} == {"pdf", "png", "jpg", "tif"}
    assert [page_count(sample) for sample in dozen if sample.variant == "fax"] == [2]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_sums_of_a_statement_agree(layout: str) -> None:
    for seed in SEEDS:
        truth: dict[str, Any] = LAYOUTS[layout](random.Random(seed)).truth
        rows = truth["transactions"]
        amounts = [round(row["amount"] * 100) for row in rows]
        cents = {
            name: round(truth[name] * 100) for name in truth if name.endswith(("balance", "deposits", "withdrawals"))
        }
        assert sum(a for a in amounts if a > 0) == cents["total_deposits"]
        assert -sum(a for a in amounts if a < 0) == cents["total_withdrawals"]
        assert cents["opening_balance"] + sum(amounts) == cents["closing_balance"]
        running = cents["opening_balance"]
        for row, amount in zip(rows, amounts, strict=True):
            running += amount
            assert row["balance"] is None or round(row["balance"] * 100) == running
            assert truth["statement_start_date"] <= row["date"] <= truth["statement_end_date"]


def test_statement_layouts_print_balances_per_row_or_not() -> None:
    sections: Any = LAYOUTS["us_sections"](random.Random(1)).truth["transactions"]
    table: Any = LAYOUTS["us_single_table"](random.Random(1)).truth["transactions"]
    assert all(row["balance"] is None for row in sections)
    assert all(row["balance"] is not None for row in table)


@pytest.mark.parametrize("form", [MARCH_2024, OCTOBER_2018], ids=lambda form: form.revision)
def test_the_cross_of_a_w9_is_in_the_box_of_its_classification(form: BlankW9) -> None:
    seen = set()
    for seed in range(40):
        drawing = draw_w9_on(form, random.Random(seed))
        kind = str(drawing.truth["federal_tax_classification"])
        page = grey(rasterise(drawing.pdf, 144)[0])
        ticked = [box for box in CLASSIFICATIONS if ink_in_box(page, form, box) > 0.05]
        assert [CLASSIFICATIONS[box] for box in ticked] == [kind.split(" (")[0]], f"seed {seed}"
        seen.add(kind)
    assert len({kind.split(" (")[0] for kind in seen}) == len(CLASSIFICATIONS)


def ink_in_box(page: Picture, form: BlankW9, box: str) -> float:
    """Share of dark pixels well inside the frame of a check box, on a page of 144 dpi."""
    x, y = form.check_boxes[box]
    inset, far = 1.5, CHECK_BOX_SIDE_PT - 1.5
    inside = page[round((y + inset) * 2) : round((y + far) * 2), round((x + inset) * 2) : round((x + far) * 2)]
    return float((inside < 128).mean())


@pytest.mark.parametrize("doc_type", [name for name, kind in DOC_TYPES.items() if kind.fields])
def test_a_truth_names_the_fields_of_its_type_and_keeps_their_rules(doc_type: str) -> None:
    specs = {spec.name: spec for spec in DOC_TYPES[doc_type].fields}
    for seed in SEEDS:
        truth = draw(doc_type, "digital", seed).truth
        assert set(truth) <= set(specs)
        for name, spec in specs.items():
            value = truth.get(name)
            assert value is not None or not spec.required, f"{name} is required"
            if value is not None and spec.pattern:
                assert re.fullmatch(spec.pattern, str(value)), name
            if value is not None and spec.choices:
                stem = str(value).split(" (")[0] if spec.choices_take_detail and value not in spec.choices else value
                assert stem in spec.choices, name


@pytest.mark.parametrize(
    ("doc_type", "has_truth"),
    [("invoice", True), ("receipt", True), ("w2", False), ("form_1099", False), ("pay_stub", False),
     ("utility_bill", False), ("other", False)],
)  # fmt: skip
def test_types_that_are_only_classified_have_no_truth(doc_type: str, has_truth: bool) -> None:
    assert bool(draw(doc_type).truth) is has_truth


def test_the_sums_of_an_invoice_agree() -> None:
    for seed in SEEDS:
        truth: Any = draw("invoice", "digital", seed).truth
        amounts = [round(item["amount"] * 100) for item in truth["line_items"]]
        assert sum(amounts) == round(truth["subtotal"] * 100)
        assert round((truth["subtotal"] + truth["tax"]) * 100) == round(truth["total"] * 100)
        assert amounts == [round(item["quantity"] * item["unit_price"] * 100) for item in truth["line_items"]]


@pytest.mark.parametrize(
    ("field", "digit"),
    [
        ("520727", "3"),  # ICAO Doc 9303 part 3, appendix A: a date
        ("AB2134<<<", "5"),  # the same, a document number
        ("L898902C3", "6"),  # part 4, the specimen's number
        ("740812", "2"),
        ("120415", "9"),
        ("ZE184226B<<<<<", "1"),
        ("<<<<<<<<<<<<<<", "0"),
    ],
)
def test_check_digits_are_those_of_icao(field: str, digit: str) -> None:
    assert check_digit(field) == digit


def test_the_specimen_of_icao_is_written_as_published() -> None:
    lines = td3(
        issuer="UTO",
        surname="Eriksson",
        given_names="Anna Maria",
        document_number="L898902C3",
        nationality="UTO",
        birth=datetime.date(1974, 8, 12),
        sex="F",
        expiry=datetime.date(2012, 4, 15),
        personal_number="ZE184226B",
    )
    assert lines == ("P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10")


def test_a_name_without_a_place_in_the_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="A-Z"):
        td3(issuer="UTO", surname="Łoś", given_names="Jan", document_number="A1", nationality="UTO",
            birth=datetime.date(1990, 1, 1), sex="M", expiry=datetime.date(2030, 1, 1))  # fmt: skip


def test_a_drawn_passport_carries_the_zone_of_its_truth() -> None:
    for seed in SEEDS:
        drawing = draw_passport(random.Random(seed))
        text = text_of(drawing.pdf)
        zone = re.search(r"P<([A-Z<]{42})([A-Z0-9<]{9})(\d)([A-Z]{3})(\d{6})(\d)([FM])(\d{6})(\d)", text)
        assert zone is not None
        _, number, number_check, _, birth, birth_check, sex, expiry, expiry_check = zone.groups()
        truth = drawing.truth
        assert number.rstrip("<") == truth["document_number"]
        assert f"{datetime.date.fromisoformat(str(truth['date_of_birth'])):%y%m%d}" == birth
        assert f"{datetime.date.fromisoformat(str(truth['expiry_date'])):%y%m%d}" == expiry
        assert sex == truth["sex"]
        checks = [check_digit(field) for field in (number, birth, expiry)]
        assert checks == [number_check, birth_check, expiry_check]


def test_an_iban_has_its_check_digits() -> None:
    for seed in SEEDS:
        iban = german_iban(random.Random(seed)).replace(" ", "")
        moved = iban[4:] + iban[:4]
        assert len(iban) == 22
        assert int("".join(str(int(c, 36)) for c in moved)) % 97 == 1


def test_a_leap_day_moves_to_the_28th() -> None:
    assert years_later(datetime.date(2024, 2, 29), 4) == datetime.date(2028, 2, 28)
    assert years_later(datetime.date(2024, 3, 1), 4) == datetime.date(2028, 3, 1)


@pytest.mark.parametrize(("doc_type", "variant"), [("tax_return", "digital"), ("w9", "carbon_copy")])
def test_an_unknown_type_or_variant_is_refused_with_the_choices(doc_type: str, variant: str) -> None:
    with pytest.raises(ValueError, match=r"choose from .*(w9|digital)"):
        draw(doc_type, variant)
