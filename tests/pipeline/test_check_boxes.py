"""Fields that are a box to tick: found beside the words that announce them, typed, and kept from a language model."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.doctypes.catalogue import load_type
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.entry import validate_value
from pipeline.kinds import FileKind
from pipeline.opinion.questions import Ways, asked_of
from pipeline.reading import ReadingOptions, read_pages
from pipeline.run import extract_fields
from tests.pipeline.check_box_pages import BOXES, TYPE, TYPE_FILE, consent_form


def values(pdf: bytes, doc_type: DocType = TYPE) -> dict[str, object]:
    pages = read_pages(pdf, FileKind.PDF, ReadingOptions())
    return {value.name: value.value for value in extract_fields(tuple(pages), doc_type).fields}


@pytest.mark.parametrize("behind", [False, True])
@pytest.mark.parametrize("ticked", [(), ("newsletter",), ("photographs", "insured"), tuple(BOXES)])
def test_each_box_is_ticked_or_not(ticked: tuple[str, ...], behind: bool) -> None:
    assert values(consent_form(*ticked, behind=behind)) == {name: "Yes" if name in ticked else "No" for name in BOXES}


def test_a_box_that_is_not_on_the_page_has_no_value() -> None:
    other = FieldSpec(name="other", label="Other", kind=FieldKind.CHECK_BOX, anchors=("Smoker in the household",))
    assert values(consent_form(), DocType(name="other", label="Other", fields=(other,))) == {"other": None}


def test_it_can_be_defined_in_a_file(tmp_path: Path) -> None:
    path = tmp_path / "consent.toml"
    path.write_text(TYPE_FILE)
    assert values(consent_form("insured"), load_type(path))["insured"] == "Yes"


@pytest.mark.parametrize(("entry", "value"), [("yes", "Yes"), ("X", "Yes"), ("NO", "No"), ("", None), ("false", "No")])
def test_what_a_person_may_say_of_it(entry: str, value: str | None) -> None:
    assert validate_value(TYPE.fields[0], entry) == (value, None)


def test_other_words_are_refused() -> None:
    assert validate_value(TYPE.fields[0], "maybe") == (None, "I want the newsletter must be Yes or No.")


def test_no_column_is_a_check_box() -> None:
    with pytest.raises(ValueError, match="a column can't be a check box"):
        FieldSpec(name="t", label="T", kind=FieldKind.TABLE, columns=(TYPE.fields[0],))


def test_a_model_is_not_asked_for_ticks_that_no_text_shows() -> None:
    assert asked_of(TYPE, Ways()).fields == ()
