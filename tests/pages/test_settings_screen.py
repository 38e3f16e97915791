from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app import auth
from app.auth import LOCAL_ADMIN, LOCAL_TENANT, Role, User
from app.settings import ROOT
from db import rules
from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.catalogue import Catalogue
from tests.db.store import reviewable
from tests.pages.conftest import Opens


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
    next(each for each in at.button if each.label == "Save").click().run()
    with store.connect() as connection:
        assert rules.get(connection, LOCAL_TENANT, 0.05).thresholds == {"w9": 0.6}
    assert next(each for each in at.button if each.label == "Save").disabled


def test_undo_goes_back_to_the_rules_in_force(open_screen: Opens) -> None:
    at = open_screen("settings")
    at.slider[0].set_value(20).run()
    next(each for each in at.button if each.label == "Undo").click().run()
    assert at.slider[0].value == 0


def test_types_show_their_fields_and_wrong_files_are_told(
    open_screen: Opens, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "crates.toml").write_text('name = "crates"\nlabel = 7')
    shutil.copy(ROOT / "docs" / "examples" / "delivery_note.toml", tmp_path / "own")
    for name, value in vars(Catalogue(())).items():  # so that nothing of it outlives this test
        monkeypatch.setattr(DOC_TYPES, name, getattr(DOC_TYPES, name) if name == "_built_in" else value)
    DOC_TYPES.watch(tmp_path / "own")
    at = open_screen("settings")
    labels = [each.label for each in at.expander]
    assert "Invoice" in labels
    assert "Delivery note (your own)" in labels
    assert "Threshold of Delivery note" in [each.label for each in at.slider]
    assert "crates.toml, label: Input should be a valid string" in at.warning[0].value
    shown = at.expander[labels.index("Delivery note (your own)")].dataframe[0].value
    assert "delivery note number" in shown["Announced by"][0]


def test_only_an_administrator_may(open_screen: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = User(LOCAL_ADMIN, LOCAL_TENANT, "Ann", Role.ANALYST)
    monkeypatch.setattr(auth, "current_user", lambda: analyst)
    at = open_screen("settings")
    assert not at.slider
    assert "Your role does not allow this" in at.error[0].value
