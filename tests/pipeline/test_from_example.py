from __future__ import annotations

import pytest

from pipeline.doctypes.catalogue import read_type
from pipeline.doctypes.definition import FieldKind
from pipeline.doctypes.from_example import DraftField, definition, draft_cues, draft_fields, guess_kind, key_of
from pipeline.run import classify_pages, extract_fields
from pipeline.types import Box, Page, PageSource, Word
from tests.pipeline.test_own_types import delivery_note

NAMED = [
    ("Delivery note number", "DN-204117"),
    ("Delivered on", "17 June 2025"),
    ("Ordered on", "3 June 2025"),
    ("Recipient", "Alder & Finch Joinery"),
    ("Depot", "Quay 4, north shed"),
]


def test_a_type_from_one_example_reads_it_again() -> None:
    pages = delivery_note()
    fields = draft_fields(NAMED, pages)
    assert [(field.name, field.kind.value, field.anchors) for field in fields] == [
        ("delivery_note_number", "identifier", ("delivery note no",)),
        ("delivered_on", "date", ("delivered on",)),
        ("ordered_on", "date", ("ordered on",)),
        ("recipient", "text", ("delivered to",)),
        ("depot", "text", ("depot",)),
    ]
    assert all(len(field.boxes) == 1 for field in fields)
    cues = draft_cues("Delivery note", fields, pages)
    assert cues == {"delivery note": 8.0, "delivered on": 2.0, "ordered on": 2.0, "delivered to": 2.0}
    own = read_type(definition("goods_note", "Delivery note", 0.8, cues, fields), "goods_note.toml")
    other = delivery_note(ordered="28 May 2025")
    assert classify_pages(other, (own,)).type == "goods_note"
    assert {value.name: value.value for value in extract_fields(other, own).fields} == {
        "delivery_note_number": "DN-204117",
        "delivered_on": "2025-06-17",
        "ordered_on": "2025-05-28",
        "recipient": "Alder & Finch Joinery",
        "depot": "Quay 4, north shed",
    }


def test_a_value_that_is_not_on_the_page_has_no_announcement() -> None:
    (field,) = draft_fields([("Driver", "Nobody Of That Name")], delivery_note())
    assert (field.boxes, field.anchors) == ((), ())


def test_a_name_that_does_not_stand_on_the_page_is_no_cue() -> None:
    assert "goods receipt" not in draft_cues("Goods receipt", [], delivery_note())


def test_fields_of_the_same_name_are_told_apart_and_nameless_ones_left_out() -> None:
    fields = draft_fields([("Date", ""), ("date ", ""), ("", "17 June 2025"), ("№ 1", "")], delivery_note())
    assert [field.name for field in fields] == ["date", "date_2", "no_1"]


def page(*placed: tuple[str, float, float]) -> Page:
    """A page of words, each with its left edge and its top; a letter is 0.01 wide, a line 0.02 high."""
    tops = sorted({top for _, _, top in placed})
    words = tuple(
        Word(text, Box(1, left, top, left + 0.01 * len(text), top + 0.02), 1.0, tops.index(top))
        for text, left, top in placed
    )
    return Page(1, 600, 600, PageSource.TEXT_LAYER, "", words)


@pytest.mark.parametrize(
    ("placed", "anchor"),
    [
        # beside it
        ((("Net", 0.1, 0.1), ("weight:", 0.14, 0.1), ("4417kg", 0.4, 0.1)), "net weight"),
        # above it, and the next column's heading does not belong to it
        ((("Net", 0.1, 0.1), ("weight", 0.14, 0.1), ("Gross", 0.5, 0.1), ("4417kg", 0.1, 0.13)), "net weight"),
        # an earlier announcement on the same line ends at its colon
        ((("Lot:", 0.1, 0.1), ("Net", 0.15, 0.1), ("weight:", 0.19, 0.1), ("4417kg", 0.28, 0.1)), "net weight"),
        # another value is no announcement
        ((("20481-77", 0.1, 0.1), ("4417kg", 0.4, 0.1)), ""),
        # too far above
        ((("Net", 0.1, 0.1), ("4417kg", 0.1, 0.3)), ""),
        # nothing at all
        ((("4417kg", 0.1, 0.3),), ""),
    ],
)
def test_the_words_that_announce_a_value(placed: tuple[tuple[str, float, float], ...], anchor: str) -> None:
    (field,) = draft_fields([("Net weight", "4417kg")], [page(*placed)])
    assert field.boxes
    assert field.anchors == ((anchor,) if anchor else ())


def test_each_place_of_a_value_gives_an_announcement() -> None:
    sheet = page(
        ("4417kg", 0.1, 0.1),
        ("Gross:", 0.1, 0.2), ("4417kg", 0.4, 0.2),
        ("Load:", 0.1, 0.3), ("4417kg", 0.4, 0.3),
    )  # fmt: skip
    (field,) = draft_fields([("Gross weight", "4417kg")], [sheet])
    assert field.anchors == ("gross", "load")
    assert field.boxes[0].y0 == pytest.approx(0.2), "the announced place is the one to show"


def test_a_similar_value_gives_none() -> None:
    sheet = page(
        ("Lot:", 0.1, 0.2), ("DE4417200031", 0.4, 0.2),
        ("Batch:", 0.1, 0.3), ("DE4417200039", 0.4, 0.3),
    )  # fmt: skip
    (field,) = draft_fields([("Lot", "DE4417200031")], [sheet])
    assert field.anchors == ("lot",)


def test_a_scan_that_is_askew_is_read_along_its_lines() -> None:
    words = []
    for row, (label, value) in enumerate([("Net weight:", "4417kg"), ("Gross weight:", "5120kg")] * 4):
        for text, left in ((label.split()[0], 0.1), (label.split()[1], 0.2), (f"{value[:-2]}{row}", 0.85)):
            top = 0.1 + 0.03 * row - 0.04 * left  # sinks by 3 % of the page's height over its width
            words.append(Word(text, Box(1, left, top, left + 0.08, top + 0.02), 1.0, row))
    askew = Page(1, 600, 600, PageSource.OCR, "", tuple(words))
    (field,) = draft_fields([("Gross", "51203")], [askew])
    assert field.anchors == ("gross weight",)
    assert field.boxes[0].y0 == pytest.approx(0.1 + 0.09 - 0.034)


@pytest.mark.parametrize(
    ("example", "kind"),
    [
        ("1,234.50", FieldKind.MONEY),
        ("€ 20", FieldKind.MONEY),
        ("17.06.2025", FieldKind.DATE),
        ("2025-06-17", FieldKind.DATE),
        ("EUR", FieldKind.CURRENCY),
        ("DN-204117", FieldKind.IDENTIFIER),
        ("8952 998210-5", FieldKind.TEXT),
        ("12", FieldKind.IDENTIFIER),
        ("Alder & Finch", FieldKind.TEXT),
        ("Quay 4, north shed", FieldKind.TEXT),
        ("", FieldKind.TEXT),
    ],
)
def test_the_kind_is_guessed_by_how_a_value_looks(example: str, kind: FieldKind) -> None:
    assert guess_kind(example) is kind


def test_a_value_over_two_lines_looks_like_an_address() -> None:
    assert guess_kind("4 Quay Street Bristol", lines=2) is FieldKind.ADDRESS


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Delivery note no.", "delivery_note_no"),
        ("Größe (m²)", "grosse_m2"),
        ("3rd party", "rd_party"),
        ("../../etc/passwd", "etc_passwd"),
        ("日付", ""),
        ("x" * 60, "x" * 40),
    ],
)
def test_a_key_is_made_of_a_label(label: str, key: str) -> None:
    assert key_of(label) == key


def test_what_a_person_typed_survives_the_file() -> None:
    odd = 'a "quoted" \\ back\nslash, tab\t, \x7f, naïve ] = #'
    field = DraftField("a", odd, FieldKind.TEXT, (odd,), odd, required=True)
    own = read_type(definition("odd", odd, 0.75, {odd: -1.5}, [field]), "odd.toml")
    assert (own.label, own.cues, own.threshold) == (odd, {odd: -1.5}, 0.75)
    spec = own.field("a")
    assert (spec.label, spec.anchors, spec.example, spec.required) == (odd, (odd,), odd, True)


def test_the_example_of_a_sensitive_field_stays_out_of_the_file() -> None:
    field = DraftField("tin", "TIN", FieldKind.IDENTIFIER, ("tin",), "123-45-6789", sensitive=True)
    told = definition("form", "Form", 0.8, {}, [field])
    assert "sensitive = true" in told
    assert "6789" not in told
