"""Workers with a language model beside the built-in engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from app import wiring
from app.settings import Settings
from pipeline import child
from tests.pipeline.engines.scripted_server import Turn, serving
from tests.workers.llm_worker import Workers


@pytest.fixture
def working(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Gives a context manager: a worker whose model's server takes these turns."""
    child.start_server()

    @contextmanager
    def work(*turns: Turn, **changes: Any) -> Iterator[Workers]:
        with serving(*turns) as script:
            ours = settings.model_copy(
                update={"llm": "ollama", "llm_url": script.address, "llm_seconds": 5.0, "backoff_s": 0.01, **changes}
            )
            monkeypatch.setattr(wiring, "settings", lambda: ours)
            yield Workers(ours, script)

    return work
