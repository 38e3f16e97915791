from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import streamlit as st
from sqlalchemy import Engine, text

from app import auth
from app.auth import LOCAL_ADMIN, LOCAL_TENANT, Role, User
from app.settings import ROOT, Settings
from db import review_target, rules
from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.catalogue import Catalogue
from tests.db.store import reviewable
from tests.pages.conftest import Opens, button, press


def own_types_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Own types are taken from a folder, and nothing of them outlives the test."""
    for name, value in vars(Catalogue(())).items():
        monkeypatch.setattr(DOC_TYPES, name, getattr(DOC_TYPES, name) if name == "_built_in" else value)
    DOC_TYPES.watch(folder)


def test_the_effect_is_shown_before_it_is_saved(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        reviewable(connection)
        connection.exec_driver_sql("UPDATE docs SET sample_draw = 0.9")
    at = open_screen("settings")
    threshold = next(each for each in at.slider if each.label == "Threshold of W-9")
    assert threshold.value == 75
    threshold.set_value(60).run()
    said = "".join(each.value for each in at.markdown)
    assert "**0** → **1** of 1 document would pass" in said
    with store.connect() as connection:
        assert rules.get(connection, LOCAL_TENANT, 0.05).thresholds == {}
    press(at, "Save")
    with store.connect() as connection:
        assert rules.get(connection, LOCAL_TENANT, 0.05).thresholds == {"w9": 0.6}
    assert button(at, "Save").disabled


def test_precision_is_promised_only_on_enough_reviewed_documents(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        doc_id = reviewable(connection)
        connection.execute(
            text("UPDATE docs SET processing_status = 'approved', confidence = 0.9, sample_draw = 0.9 WHERE id = :id"),
            {"id": doc_id},
        )
    at = open_screen("settings")
    captions = [each.value for each in at.caption]
    assert any("of 1 approved, 1 would pass and 0 go to review. Nothing can be promised" in each for each in captions)
    with store.begin() as connection:
        columns = ", ".join(
            row[0]
            for row in connection.execute(
                text("SELECT column_name FROM information_schema.columns WHERE table_name = 'docs'")
            )
            if row[0] not in ("id", "sha256", "confidence")
        )
        connection.execute(
            text(
                f"INSERT INTO docs (sha256, confidence, {columns}) "
                f"SELECT md5(i::text), CASE WHEN i <= 9 THEN 0.5 ELSE 0.9 END, {columns} "
                "FROM docs, generate_series(1, 39) AS i"
            )
        )
        wrong = connection.execute(text("SELECT id FROM docs WHERE confidence = 0.9 LIMIT 1")).scalar_one()
        connection.execute(text("UPDATE docs SET type = 'w2' WHERE id = :id"), {"id": wrong})
    st.cache_data.clear()
    at = open_screen("settings")
    said = "".join(each.value for each in at.markdown)
    # 31 would pass, 30 of them right.
    assert "Expected precision **96.8%** (95 % interval 83.8% to 99.4%): of 40 approved, 31 would pass" in said


def test_what_random_checks_take_is_told_beside_what_would_pass(open_screen: Opens, store: Engine) -> None:
    with store.begin() as connection:
        for content in (b"one", b"two"):
            reviewable(connection, content)
        connection.execute(text("UPDATE docs SET confidence = 0.9, sample_draw = 0.5"))
    at = open_screen("settings")
    assert not any("drawn for a random check" in each.value for each in at.caption)
    at.slider(key="sampling").set_value(100).run()
    assert any("**0** of 2 documents would pass" in each.value for each in at.markdown)
    captions = [each.value for each in at.caption]
    assert "All 2 that are sure enough would be drawn for a random check." in captions


def test_the_review_target_is_stored_with_the_rules(open_screen: Opens, store: Engine) -> None:
    at = open_screen("settings")
    assert at.number_input[0].value == 24
    at.number_input[0].set_value(8.0).run()
    press(at, "Save")
    with store.connect() as connection:
        assert review_target.get(connection, LOCAL_TENANT) == 8
        assert rules.get(connection, LOCAL_TENANT, 0.05) == rules.Rules({}, 0.05), "the rules were not touched"


def test_undo_goes_back_to_the_rules_in_force(open_screen: Opens) -> None:
    at = open_screen("settings")
    at.slider[0].set_value(20).run()
    press(at, "Undo")
    assert at.slider[0].value == 0


@pytest.mark.parametrize(("rate", "shown", "said"), [(1.0, 100, "Now 100%."), (0.125, 12, "Now 12.5%.")])
def test_any_share_of_random_checks_is_shown_and_kept(
    rate: float, shown: int, said: str, open_screen: Opens, store: Engine, settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr("app.wiring.settings", lambda: settings.model_copy(update={"sampling_rate": rate}))
    at = open_screen("settings")
    assert (at.slider[0].value, at.slider[0].max) == (shown, 100)
    assert any(each.value.startswith(said) for each in at.caption)
    assert button(at, "Save").disabled, "nothing was moved"
    at.slider[1].set_value(60).run()
    press(at, "Save")
    with store.connect() as connection:
        assert rules.get(connection, LOCAL_TENANT, 0.5).sampling_rate == rate


def test_types_show_their_fields_and_wrong_files_are_told(
    open_screen: Opens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "crates.toml").write_text('name = "crates"\nlabel = 7')
    shutil.copy(ROOT / "docs" / "examples" / "delivery_note.toml", tmp_path / "own")
    own_types_in(tmp_path / "own", monkeypatch)
    assert "Threshold of Delivery note" in [each.label for each in open_screen("settings").slider]
    at = open_screen("settings", section="Document types")
    labels = [each.label for each in at.expander]
    assert "Invoice" in labels
    assert "crates.toml, label: Input should be a valid string" in at.warning[0].value
    own = at.expander[labels.index("Delivery note (your own)")]
    assert "delivery note number" in own.dataframe[0].value["Announced by"][0]
    assert own.caption[0].value == "Dates in order: Ordered on, then Delivered on."
    sums = [each.value for each in at.expander[labels.index("Invoice")].caption]
    assert any(each.startswith("Must add up: ") for each in sums)


def test_only_an_administrator_may(open_screen: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = User(LOCAL_ADMIN, LOCAL_TENANT, "Ann", Role.ANALYST)
    monkeypatch.setattr(auth, "current_user", lambda: analyst)
    at = open_screen("settings")
    assert not at.slider
    assert "Your role does not allow this" in at.error[0].value
