"""What quick or unsure hands do in Review: a key pressed twice, a mark taken back, a zoom that was too much."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import FloatRect, Page, expect

from pipeline.samples import draw
from tests.acceptance.conftest import Opens
from tests.acceptance.screens import id_of, line_1, review
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
IN_A_FIELD = "() => document.activeElement.closest('[class*=st-key-field-]') !== null"


@pytest.fixture(scope="module", autouse=True)
def documents(workbench: System) -> None:
    """Four W-9s with a text layer."""
    for seed in range(1, 5):
        assert workbench.upload(draw("w9", "digital", seed).data, f"w9-{seed}.pdf").status_code == 202
    workbench.wait_until_done(120)


def approved(workbench: System) -> int:
    return len(workbench.rows("SELECT 1 FROM docs WHERE processing_status = 'approved'"))


def test_approve_pressed_twice_approves_one(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "w9-1.pdf"))
    page.wait_for_function(IN_A_FIELD)
    page.keyboard.press("Control+Enter")
    page.wait_for_timeout(150)  # as quick as a hand that slips
    page.keyboard.press("Control+Enter")
    expect(page.locator(".fuse-title").first).not_to_have_text("w9-1.pdf")
    page.wait_for_function(IN_A_FIELD)
    page.wait_for_timeout(1000)  # a second approval would have come by then
    assert approved(workbench) == 1
    page.keyboard.press("Control+Enter")
    workbench.wait_for(lambda: approved(workbench) == 2, 20, "the next press is one of its own")


def test_a_mark_goes_with_the_text_that_was_marked(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "w9-3.pdf"))
    page.get_by_role("textbox", name="Address (line 5)").click()
    elsewhere = page.locator(".box.active").first.bounding_box()
    assert elsewhere is not None
    line_1(page).click()
    true, place = line_1(page).input_value(), page.locator(".box.active").first.bounding_box()
    mark(page, elsewhere)
    expect(line_1(page)).not_to_have_value(true)
    expect(page.locator(".box.active .tag").first).to_contain_text("marked by you")
    page.keyboard.press("Control+z")
    expect(line_1(page)).to_have_value(true)
    expect(page.locator(".box.active .tag").first).not_to_contain_text("marked by you")
    assert page.locator(".box.active").first.bounding_box() == place


def mark(page: Page, box: FloatRect) -> None:
    page.mouse.move(box["x"] - 3, box["y"] - 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 3, box["y"] + box["height"] + 2, steps=5)
    page.mouse.up()


def test_a_wide_field_is_zoomed_to_and_back(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "w9-4.pdf"))
    line_1(page).click()
    zoom = page.locator(".bar .zoom")
    expect(zoom).to_have_text("100 %")
    page.keyboard.press("F4")
    expect(zoom).to_have_text(re.compile(r"^(1[3-9]\d|2\d\d|300) %$"))
    page.keyboard.press("F4")
    expect(zoom).to_have_text("100 %")


def test_numbers_that_were_shown_are_hidden_on_the_next_document(workbench: System, open_page: Opens) -> None:
    page = review(open_page(), workbench, id_of(workbench, "w9-4.pdf"))
    page.wait_for_function(IN_A_FIELD)
    page.keyboard.press("Alt+m")
    expect(page.locator("html")).to_have_class(re.compile("fuse-revealed"))
    page.keyboard.press("Alt+n")
    expect(page.locator(".fuse-title").first).not_to_have_text("w9-4.pdf")
    expect(page.locator("html")).not_to_have_class(re.compile("fuse-revealed"))
