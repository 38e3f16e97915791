from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from app import type_drafting
from app.auth import current_user
from app.settings import Settings
from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.catalogue import Catalogue, load_type
from pipeline.types import Page
from tests.db.store import reviewable
from tests.pages.conftest import Opens, button, html, press
from tests.pipeline.test_own_types import delivery_note

ROWS = {
    "Note number": "DN-204117",
    "Delivered on": "17 June 2025",
    "Recipient": "Alder & Finch Joinery",
    "Driver": "Nobody <b>at</b> all",
}


@pytest.fixture
def example(store: Engine) -> str:
    """A delivery note that was read."""
    with store.begin() as connection:
        doc_id = reviewable(connection)
        put_page(connection, doc_id, delivery_note()[0])
    return doc_id


def put_page(connection: Any, doc_id: str, page: Page) -> None:
    connection.execute(
        text("UPDATE pages SET content = CAST(:content AS jsonb) WHERE doc_id = :id"),
        {"content": json.dumps(page.to_json()), "id": doc_id},
    )


@pytest.fixture
def folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of own types, which the catalogue watches for this test."""
    for name, value in vars(Catalogue(())).items():
        monkeypatch.setattr(DOC_TYPES, name, getattr(DOC_TYPES, name) if name == "_built_in" else value)
    DOC_TYPES.watch(settings.doc_types_folder)
    return settings.doc_types_folder


def edit(at: AppTest, table: str, rows: dict[int, dict[str, Any]]) -> None:
    """Types into cells of a table; rows beyond its last are added."""
    editor = next(each for each in at.data_editor if str(each.key).startswith(f"new-type-{table}-"))
    there = len(editor.value)
    at.session_state[editor.key] = {
        "edited_rows": {number: row for number, row in rows.items() if number < there},
        "added_rows": [row for number, row in rows.items() if number >= there],
        "deleted_rows": [],
    }
    at.run()


def named(at: AppTest, label: str) -> None:
    next(each for each in at.text_input if each.label == "What people call the type").set_value(label).run()


def filled_in(open_screen: Opens) -> AppTest:
    at = open_screen("settings", section="New type")
    named(at, "Delivery note")
    edit(at, "fields", {n: {"Field": name, "Value on the page": value} for n, (name, value) in enumerate(ROWS.items())})
    return press(at, "Find on the page")


def shown(at: AppTest, table: str) -> Any:
    return next(each.value for each in at.data_editor if str(each.key).startswith(f"new-type-{table}-"))


def test_a_type_is_made_tried_and_saved(open_screen: Opens, example: str, folder: Path) -> None:
    at = filled_in(open_screen)
    table = shown(at, "fields")
    assert list(table["Kind"]) == ["identifier", "date", "text", "text"]
    assert list(table["Announced by"]) == ["delivery note no", "delivered on", "delivered to", ""]
    assert list(table["Found"]) == ["page 1", "page 1", "page 1", "not found"]
    assert dict(zip(*shown(at, "cues").T.values.tolist(), strict=True))["delivery note"] == 8
    drawn = "".join(html(at))
    assert f"/api/docs/{example}/pages/1.jpg" in drawn
    assert drawn.count('<div title="') == 3
    assert "Not found on the page: Driver" in drawn

    edit(at, "fields", {0: {"Announced by": "note number, delivery note no", "Required": True}})
    assert press(at, "Try it on this document").success[0].value.startswith("The document is taken for this type")
    tried = next(each.value for each in at.dataframe if "Would read" in each.value.columns)
    assert list(tried["Would read"])[:3] == ["DN-204117", "2025-06-17", "Alder & Finch Joinery"]

    assert press(at, "Save the type").success[0].value.startswith("Saved.")
    saved = load_type(folder / "delivery_note.toml")
    assert saved.field("note_number").anchors == ("note number", "delivery note no")
    assert saved.field("note_number").required
    assert [path.name for path in folder.iterdir()] == ["delivery_note.toml"]


def test_what_a_person_has_corrected_stays_when_more_is_found(open_screen: Opens, example: str, folder: Path) -> None:
    at = filled_in(open_screen)
    edit(at, "fields", {
        1: {"Kind": "text", "Announced by": "brought on"},
        4: {"Field": "Depot", "Value on the page": "Quay 4, north shed"},
    })  # fmt: skip
    table = shown(press(at, "Find on the page"), "fields")
    assert list(table["Announced by"]) == ["delivery note no", "brought on", "delivered to", "", "depot"]
    assert table["Kind"][1] == "text"


@pytest.mark.parametrize("key", ["invoice", "unknown"])
def test_a_built_in_name_is_refused(open_screen: Opens, example: str, folder: Path, key: str) -> None:
    at = filled_in(open_screen)
    next(each for each in at.text_input if each.label == "Its key").set_value(key).run()
    assert any("There is a type of this name already" in each for each in html(at))
    assert button(at, "Save the type").disabled


def test_a_key_that_leads_elsewhere_is_refused(open_screen: Opens, example: str, folder: Path) -> None:
    at = filled_in(open_screen)
    next(each for each in at.text_input if each.label == "Its key").set_value("../outside").run()
    assert any("name: Use small letters, digits and underscores" in each for each in html(at))


def test_without_documents_an_example_is_asked_for(open_screen: Opens) -> None:
    assert "upload an example first" in open_screen("settings", section="New type").info[0].value


TOLD = 'name = "crate_list"\nlabel = "Crate list"\n[[fields]]\nname = "lot"\nlabel = "Lot"\nkind = "text"\n'


def test_a_file_that_is_there_is_never_replaced(settings: Settings, store: Engine, folder: Path) -> None:
    user = current_user()
    path = type_drafting.save(TOLD, "crate_list", user, settings)
    assert tomllib.loads(path.read_text())["label"] == "Crate list"
    path.write_text("name = ")  # somebody's broken file: the catalogue does not know its name
    with pytest.raises(type_drafting.NameTaken):
        type_drafting.save(TOLD, "crate_list", user, settings)
    assert path.read_text() == "name = "
    with store.connect() as connection:
        events = connection.execute(text("SELECT action, details FROM audit_events")).all()
    assert [tuple(event) for event in events] == [("doc_type_added", {"type": "crate_list"})]


def test_a_saved_type_is_listed_at_once(settings: Settings, store: Engine, folder: Path) -> None:
    assert "crate_list" not in list(DOC_TYPES)
    type_drafting.save(TOLD, "crate_list", current_user(), settings)
    assert "crate_list" in list(DOC_TYPES)


def test_review_shows_the_values_of_a_type_that_is_younger_than_the_last_look(
    open_screen: Opens, store: Engine, example: str, folder: Path
) -> None:
    """A worker may have read a document of it within that second."""
    open_screen("review", doc=example)
    folder.mkdir(parents=True)
    (folder / "crate_list.toml").write_text(TOLD)
    with store.begin() as connection:
        connection.execute(text("UPDATE docs SET type = 'crate_list', version = version + 1"))
    at = open_screen("review", doc=example)
    assert [each.label for each in at.text_input][:1] == ["Lot"]
    assert not any("No values are read" in each.value for each in at.caption)


def test_a_folder_that_cannot_be_written_is_told(settings: Settings, store: Engine, folder: Path) -> None:
    user = current_user()
    folder.parent.mkdir(parents=True)
    folder.write_text("a file in its place")
    with pytest.raises(type_drafting.FolderNotWritable, match="Nothing was saved"):
        type_drafting.save(TOLD, "crate_list", user, settings)
