from __future__ import annotations

import pytest
from sqlalchemy import Engine

from app import auth
from app.auth import LOCAL_ADMIN, LOCAL_TENANT, Role, User
from db import rules
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


def test_only_an_administrator_may(open_screen: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    analyst = User(LOCAL_ADMIN, LOCAL_TENANT, "Ann", Role.ANALYST)
    monkeypatch.setattr(auth, "current_user", lambda: analyst)
    at = open_screen("settings")
    assert not at.slider
    assert "Your role does not allow this" in at.error[0].value
