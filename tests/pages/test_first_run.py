from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, text
from streamlit.testing.v1 import AppTest

from app import sample_batch
from app.settings import ROOT
from pipeline import child
from pipeline.errors import ChildCrashed
from pipeline.samples import DOZEN, Sample, draw, draw_dozen_one_by_one
from tests.pages.conftest import Opens, press


def two_samples() -> Iterator[Sample]:
    for doc_type in ("invoice", "receipt"):
        yield draw(doc_type)


@pytest.fixture
def at(open_screen: Opens) -> AppTest:
    """A screen of an installation without documents."""
    return open_screen("operations")


def add_samples(at: AppTest) -> AppTest:
    return press(at, "Add the dozen sample documents")


def names(store: Engine) -> set[str]:
    with store.connect() as connection:
        return set(connection.execute(text("SELECT filename FROM docs")).scalars())


def test_the_samples_are_added_and_followed_on_upload(
    at: AppTest, store: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_batch, "draw_dozen_one_by_one", two_samples)
    add_samples(at)
    assert at.header[0].value == "Upload"
    at.switch_page(str(ROOT / "pages" / "upload_screen.py"))  # AppTest does not follow st.switch_page from run to run
    end = time.monotonic() + 30
    while len(names(store)) < 2 and time.monotonic() < end:
        at.run()
    assert names(store) == {sample.filename for sample in two_samples()}
    assert "of 2 finished" in at.run().markdown[0].value


@pytest.mark.parametrize("screen", ["review", "documents"])
def test_an_empty_installation_explains_itself_on_other_screens_too(open_screen: Opens, screen: str) -> None:
    assert "Welcome to Fuse" in [each.value for each in open_screen(screen).subheader]


def test_samples_that_cannot_be_drawn_are_told(at: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*_: object, **__: object) -> None:
        raise ChildCrashed

    monkeypatch.setattr(child, "run", crash)
    add_samples(at)
    assert "nothing was added" in at.error[0].value
    assert at.subheader[0].value == "Welcome to Fuse"


def test_they_are_those_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """The drawing itself is tested with the samples; here it is only not to be another one."""
    asked: list[object] = []
    monkeypatch.setattr(child, "run", lambda work, **_: asked.append(work))
    assert sample_batch.draw_samples(lambda *_: None) == []
    assert asked == [draw_dozen_one_by_one]
    assert DOZEN == 12
