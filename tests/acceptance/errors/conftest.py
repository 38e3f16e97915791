"""What each file of this folder begins with, and what none may leave in the log."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

from pipeline.samples import draw
from tests.acceptance.conftest import Opens
from tests.acceptance.screens import id_of, post, shows_no_trace
from tests.faults.system import System


@pytest.fixture(scope="module", autouse=True)
def documents(workbench: System) -> Iterator[None]:
    """Six W-9s, two statements, and an invoice that is approved already; all with a text layer.

    At the end the log is looked at: whatever a screen or the API did not expect is in it.
    """
    log = workbench.logs / "web.log"
    before = len(log.read_text())
    for seed in range(1, 7):
        assert workbench.upload(draw("w9", "digital", seed).data, f"w9-{seed}.pdf").status_code == 202
    for seed in (3, 5):
        workbench.upload(draw("bank_statement", "digital", seed).data, f"statement-{seed}.pdf")
    workbench.upload(draw("invoice", "digital", 1).data, "invoice.pdf")
    workbench.wait_until_done(120)
    post(workbench, id_of(workbench, "invoice.pdf"), "approve")
    yield
    since = log.read_text()[before:]
    assert [line for line in since.splitlines() if "screen_failed" in line or '"unexpected"' in line] == []
    assert "Traceback" not in since


@pytest.fixture
def page(open_page: Opens) -> Iterator[Page]:
    """A window in which no trace shows at the end either."""
    opened = open_page()
    yield opened
    shows_no_trace(opened)
