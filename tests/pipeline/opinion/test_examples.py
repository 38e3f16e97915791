"""Gold examples: nobody's name in them, and values as a model should have copied them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import DocType
from pipeline.extract import extract
from pipeline.ground import locate
from pipeline.masking import Sort, known_of
from pipeline.masking.person_names import ordinary_words, words_of
from pipeline.opinion.examples import GoldExample, gold_examples
from pipeline.printed import places_of
from pipeline.samples import draw
from pipeline.types import Box, GoldDocument, JsonValue, Page
from tests.pipeline.drawn_documents import read
from tests.pipeline.test_reconcile import TEXT
from tests.pipeline.written_pages import page_of

RECEIPT = DOC_TYPES["receipt"]
PAGES = (page_of(TEXT),)
EVERYWHERE = Box(1, 0.0, 0.0, 1.0, 1.0)


def example(
    values: Mapping[str, JsonValue],
    boxes: Mapping[str, tuple[Box, ...]] | None = None,
    pages: tuple[Page, ...] = PAGES,
    doc_type: DocType = RECEIPT,
) -> GoldExample:
    (made,) = gold_examples([GoldDocument("one", pages, values, boxes or {})], doc_type)
    return made


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("name", ["bank_statement", "government_id", "w9"])
def test_an_example_shows_nothing_that_the_documents_own_prompt_hides(name: str, seed: int) -> None:
    pages, doc_type = tuple(read(draw(name, seed=seed)).reading.pages), DOC_TYPES[name]
    found = [field for field in extract(pages, doc_type) if field.value is not None]
    made = example({f.name: f.value for f in found}, {f.name: f.boxes for f in found}, pages, doc_type)
    shown = f"{made.text} {' '.join(made.values.values())}".lower()
    known = known_of(found, doc_type)
    assert known
    for secret in known:
        words = words_of(secret.text.lower()) if secret.sort is Sort.NAME else [secret.text.lower()]
        assert [word for word in words if word not in ordinary_words() and word in shown.split()] == []
    for copied in ("account_holder", "full_name", "document_number", "date_of_birth", "account_number"):
        assert set(made.values.get(copied, "").split()) <= set(made.text.split())  # hidden alike in both


def test_a_name_that_only_a_person_knew_is_hidden_too() -> None:
    pages = (page_of("First Harbor Bank\nOtto Quill\nand Lena Vandermeer\nClosing balance 1,200.00"),)
    values: dict[str, JsonValue] = {"account_holder": "Lena Vandermeer", "closing_balance": 1200.0}
    made = example(values, {}, pages, DOC_TYPES["bank_statement"])
    assert "Vandermeer" not in made.text + made.values["account_holder"]
    assert made.values["account_holder"] in made.text


def test_a_name_that_a_person_took_for_none_is_hidden_all_the_same() -> None:
    """As in the document's own prompt; "1." and "2." announce a name to the built-in engine only."""
    pages, card = tuple(read(draw("government_id", seed=0)).reading.pages), DOC_TYPES["government_id"]
    found = {field.name: field for field in extract(pages, card) if field.value is not None}
    surname, given = str(found.pop("full_name").raw).split()
    made = example({f.name: f.value for f in found.values()}, {f.name: f.boxes for f in found.values()}, pages, card)
    assert given in pages[0].text.split()
    assert not {surname, given} & set(made.text.split())
    assert "2. " in made.text


def test_a_personal_date_is_checked_before_it_is_hidden() -> None:
    """Its surrogate is no date."""
    card = DOC_TYPES["government_id"]
    fields = tuple(spec.model_copy(update={"personal": spec.name == "date_of_birth"}) for spec in card.fields)
    pages = (page_of("Driving licence\nDate of birth 16.06.1970\nExpires 30.10.2030"),)
    made = example(
        {"date_of_birth": "1970-06-16", "expiry_date": "2030-10-30"},
        {},
        pages,
        card.model_copy(update={"fields": fields}),
    )
    assert made.values["expiry_date"] == "30.10.2030"
    assert "16.06.1970" not in f"{made.text} {made.values}"
    assert made.values["date_of_birth"] in made.text


@pytest.mark.parametrize(
    ("field", "value", "marked", "copied"),
    [
        ("total", 8.56, "Total $8.56", "$8.56"),  # a person marked the whole line
        ("total", 8.56, None, "$8.56"),
        ("total", 8.0, None, "8.00"),
        ("total", 8.0, "Total $8.56", "8.00"),  # the machine's place stands for another amount
        ("total", 77.0, "Total $8.56", None),  # nobody can copy what is not printed
        ("date", "2025-03-04", None, "03/04/2025"),
        ("date", "2025-04-03", None, "03/04/2025"),  # the person read day before month
        ("date", "2025-03-05", "03/04/2025", None),
        ("vendor_name", "hollow oak grocery llc", "Hollow Oak Grocery LLC", "Hollow Oak Grocery LLC"),
        ("vendor_name", "Hollow Oak", "Hollow Oak Grocery LLC", "Hollow Oak"),
        ("vendor_name", "Birch Hill", "Hollow Oak Grocery LLC", None),
        ("vendor_name", "Hollow 0ak Grocary LLC", None, "Hollow 0ak Grocary LLC"),  # slips of the reading
        ("address", "12 Mill Road, Salem, OR 97301", "12 Mill Road Salem, OR 97301", "12 Mill Road Salem, OR 97301"),
        ("currency", "USD", "$8.56", "USD"),
        ("currency", "USD", "Salem, OR 97301", "USD"),
    ],
)  # fmt: skip
def test_a_value_is_told_as_it_is_printed_or_not_at_all(
    field: str, value: JsonValue, marked: str | None, copied: str | None
) -> None:
    boxes = {} if marked is None else {field: locate(marked, PAGES)}
    assert marked is None or boxes[field]
    made = example({"tax": 0.56, field: value}, boxes)
    assert made.values.get(field) == copied
    assert made.values["tax"] == "0.56"


def test_rows_are_left_out_with_their_lines() -> None:
    rows: JsonValue = [{"date": "2025-03-04", "description": "Rye bread", "amount": 4.9}]
    made = example({"opening_balance": 8.0, "transactions": rows}, {"transactions": (EVERYWHERE,)}, PAGES,
                   DOC_TYPES["bank_statement"])  # fmt: skip
    assert dict(made.values) == {"opening_balance": "8.00"}
    assert "Rye bread" in made.text  # the line above
    assert "Oak milk" not in made.text


def test_the_choice_is_told_and_not_the_words_that_stand_for_it() -> None:
    card = DOC_TYPES["government_id"]
    pages = (page_of("DRIVING LICENCE\nExpires 30.10.2030"),)
    boxes = {"id_type": locate("DRIVING LICENCE", pages)}
    assert example({"id_type": "driver_license"}, boxes, pages, card).values == {"id_type": "driver_license"}


def test_a_document_without_a_printed_value_is_no_example() -> None:
    assert gold_examples([GoldDocument("one", PAGES, {"total": 77.0, "currency": "USD"}, {})], RECEIPT) == ()


@pytest.mark.parametrize(
    ("field", "value", "typed", "there"),
    [
        ("total", 8.0, "8", "8.00"),
        ("total", 8.0, "8.0", "8.00"),
        ("total", 1234.5, "1234.5", "1.234,50"),
        ("total", -20.0, "-20", "(20.00)"),
        ("date", "2025-03-04", "2025-03-04", "March 4, 2025"),
        ("date", "2025-03-04", "03/04/2025", "03/04/2025"),
        ("date", "2025-03-04", "3/4/25", "4.3.2025"),
        ("vendor_name", "Birch Hill", "Birch  Hill", "BIRCH HILL"),
    ],
)
def test_a_persons_value_is_found_in_whatever_form_it_is_printed(
    field: str, value: JsonValue, typed: str, there: str
) -> None:
    pages = (page_of("8 pieces of 3\n800 points"), replace(page_of(f"It says\nhere {there} and no more", 2), number=2))
    (box,) = places_of(RECEIPT.field(field), value, typed, pages)
    words = [word for word in pages[1].words if box.x0 <= word.box.x0 and word.box.x1 <= box.x1 and word.line == 1]
    assert (box.page, " ".join(word.text for word in words)) == (2, there)


def test_an_amount_that_a_scan_has_misread_has_its_place() -> None:
    assert places_of(RECEIPT.field("total"), 8.0, "8.00", (page_of("Total B.00"),))


def test_of_several_places_the_one_as_typed_counts() -> None:
    pages = (page_of("03/04/2025\nMarch 4, 2025"),)
    spec = RECEIPT.field("date")
    assert places_of(spec, "2025-03-04", "March 4, 2025", pages)[0].y0 > 0.05
    assert places_of(spec, "2025-03-04", "2025-03-04", pages)[0].y0 < 0.05


def test_what_is_not_printed_has_no_place() -> None:
    pages = (page_of("8 pieces\n800 points\n03/05/2025"),)
    assert places_of(RECEIPT.field("total"), 8.0, "8.00", pages) == ()
    assert places_of(RECEIPT.field("date"), "2025-03-04", "2025-03-04", pages) == ()
