"""The workbench without a browser: Streamlit's AppTest runs the entry script against a real database."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from sqlalchemy import Engine
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Button, Element

from app import wiring
from app.settings import ROOT, Settings
from db.session import engine

Opens = Callable[..., AppTest]


def html(at: AppTest) -> list[str]:
    """What the screen shows as text nodes, as HTML."""
    return [str(each.value) for each in at.get("html") if isinstance(each, Element)]


def button(at: AppTest, label: str) -> Button:
    """The button of that name."""
    return next(each for each in at.button if each.label == label)


def press(at: AppTest, label: str) -> AppTest:
    """Presses it, and shows what comes of that."""
    return button(at, label).click().run()


@pytest.fixture(autouse=True)
def _main_module() -> Iterator[None]:
    """Streamlit makes the script the process's main module, which every later child of the process would run again."""
    ours = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = ours


@pytest.fixture
def store(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """The test's database, which the workbench uses too."""
    monkeypatch.setattr(wiring, "settings", lambda: settings)
    return engine(settings.database)


@pytest.fixture
def open_screen(store: Engine) -> Iterator[Opens]:
    """Opens a screen by its name, with query parameters."""
    st.cache_data.clear()

    def opened(name: str = "queue", **params: str) -> AppTest:
        at = AppTest.from_file(str(ROOT / "app" / "main.py"), default_timeout=30)
        if name != "queue":
            at.run()
            at.switch_page(str(ROOT / "pages" / f"{name}_screen.py"))
        for key, value in params.items():
            at.query_params[key] = value
        return at.run()

    yield opened
    st.cache_data.clear()
