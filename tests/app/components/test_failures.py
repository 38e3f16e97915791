from __future__ import annotations

import pytest
from sqlalchemy.exc import OperationalError

from app import wiring
from app.components.failures import DATABASE_AWAY, UNEXPECTED
from app.settings import Settings
from db import documents
from tests.pages.conftest import Opens, open_screen, store

__all__ = ["open_screen", "store"]


def test_a_database_that_is_away_is_a_sentence(open_screen: Opens, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: Settings) -> None:
        raise OperationalError("SELECT 1", {}, Exception("no route"))

    monkeypatch.setattr(wiring, "database", away)
    at = open_screen()
    assert [each.value for each in at.error] == [DATABASE_AWAY]
    assert not at.exception


def test_what_nobody_foresaw_is_told_without_its_details(
    open_screen: Opens, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("SSN 123-45-6789")

    monkeypatch.setattr(documents, "listing", broken)
    at = open_screen("documents")
    assert [each.value for each in at.error] == [UNEXPECTED]
    said = capsys.readouterr()
    assert "ValueError" in said.out + said.err
    assert "123-45" not in said.out + said.err
