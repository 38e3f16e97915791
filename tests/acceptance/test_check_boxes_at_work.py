"""A box to tick is ticked in the form, by key or from the page, kept as a draft and stored."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.acceptance.conftest import Opens
from tests.acceptance.screens import id_of, kept, review
from tests.faults.system import System
from tests.pipeline.check_box_pages import TYPE_FILE, consent_form

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


def test_a_box_is_ticked_by_a_key_kept_and_stored(workbench: System, open_page: Opens) -> None:
    folder = workbench.settings.home / "doctypes"
    folder.mkdir(exist_ok=True)
    (folder / "consent.toml").write_text(TYPE_FILE)
    workbench.upload(consent_form("insured"), "consent.pdf")
    workbench.wait_until_done(60)
    doc_id = id_of(workbench, "consent.pdf")
    page = review(open_page(), workbench, doc_id)
    newsletter = page.get_by_role("checkbox", name="I want the newsletter")
    insured = page.get_by_role("checkbox", name="Insured by the employer")
    expect(insured).to_be_checked()
    expect(newsletter).not_to_be_checked()
    newsletter.focus()
    expect(page.locator(".box.active")).to_have_count(1)
    page.keyboard.press("Space")
    kept(page)
    page.reload()
    expect(newsletter).to_be_checked()
    newsletter.focus()  # the viewer listens once it shows the field's place
    expect(page.locator(".box.active")).to_have_count(1)
    page.keyboard.press("Alt+z")
    expect(newsletter).not_to_be_checked()
    page.keyboard.press("Space")
    insured.focus()
    page.keyboard.press("Space")
    kept(page)
    page.keyboard.press("Control+s")
    expect(page.get_by_text("Saved 2 values.")).to_be_visible()
    stored = dict(workbench.rows("SELECT name, value FROM fields WHERE doc_id = :id", id=doc_id))
    assert stored == {"newsletter": "Yes", "photographs": "No", "insured": "No"}
    (folder / "consent.toml").unlink()
