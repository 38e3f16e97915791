"""What is said where views, targets and own types are set."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from db import saved_views
from tests.acceptance.screens import says, shows_no_trace
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.slow]


def test_a_view_that_cannot_be_saved_says_why(page: Page, workbench: System) -> None:
    page.goto(f"{workbench.url}/queue?type=w9%00")
    page.get_by_role("button", name="Save view").click()
    name, save = (
        page.get_by_role("textbox", name="Name of the view"),
        page.get_by_role("button", name="Save", exact=True),
    )
    save.click()
    says(page, "Give the view a name first.", "A view of the same name is replaced.")
    name.fill("Mine")
    save.click()
    says(page, "The view is saved.")
    views = "SELECT name, params FROM saved_views"
    assert workbench.rows(views) == [("Mine", {"type": ["w9"]})]
    page.goto(f"{workbench.url}/queue?type=invoice&sort=newest")
    page.get_by_role("button", name="Save view").click()
    name.fill("Mine")
    save.click()
    says(page, "The view is saved.")
    assert workbench.rows(views) == [("Mine", {"type": ["invoice"], "sort": ["newest"]})], "it takes the other's place"
    with workbench.store.begin() as connection:
        for number in range(1, saved_views.MOST):
            saved_views.save(connection, LOCAL_TENANT, LOCAL_ADMIN, "queue", f"View {number}", {})
    name.fill("One too many")
    save.click()
    says(page, "You have 50 views already. Delete one you no longer use, then save again.")


def test_a_target_that_is_out_of_range_is_not_taken(page: Page, workbench: System) -> None:
    page.goto(f"{workbench.url}/settings")
    hours = page.get_by_role("spinbutton")
    hours.fill("0")
    hours.press("Enter")
    says(page, "Number is outside the allowed range. Please enter a value between 0.5 and 8760.")
    expect(page.get_by_role("button", name="Save", exact=True)).to_be_disabled()
    shows_no_trace(page)


def test_an_own_type_that_is_wrong_says_what_is(page: Page, workbench: System) -> None:
    folder = workbench.settings.doc_types_folder
    page.goto(f"{workbench.url}/settings?section=New%20type")
    says(page, "Give the type a name, and name at least one field.")
    called, key = (
        page.get_by_role("textbox", name="What people call the type"),
        page.get_by_role("textbox", name="Its key").first,  # two, while one takes the other's place
    )
    called.fill("Invoice")
    called.press("Tab")
    expect(key).to_have_value("invoice")
    table = page.get_by_test_id("stDataFrame").first
    expect(table.locator("td").first).to_be_attached()  # from then on the table takes clicks
    table.dblclick(position={"x": 90, "y": 52})
    cell = page.locator("textarea.gdg-input")
    cell.fill("Number")
    cell.press("Enter")
    expect(table.locator("td").filter(has_text="Number")).to_have_count(1)
    says(page, "There is a type of this name already. Choose another name; an own type's file is changed by hand.")
    key.fill("../crates")
    key.press("Enter")
    says(page, "name: Use small letters, digits and underscores, a letter first, at most 40 characters.")
    key.fill("crate_list")
    key.press("Enter")
    folder.write_text("a file where the folder should be")
    page.get_by_role("button", name="Save the type").click()
    says(page, "crate_list.toml can't be written:", "Nothing was saved.")
    folder.unlink()


def test_a_file_that_defines_no_type_is_told_with_its_place(page: Page, workbench: System) -> None:
    folder = workbench.settings.doc_types_folder
    told = {
        "broken.toml": ('name = "', "broken.toml is not TOML:"),
        "nameless.toml": ('name = "crates"', "nameless.toml, label: This must be there."),
        "mine.toml": (
            'name = "invoice"\nlabel = "Mine"',
            "mine.toml: there is a type invoice already. Choose another name.",
        ),
    }
    folder.mkdir()
    for filename, (content, _) in told.items():
        (folder / filename).write_text(content)

    def are_told() -> bool:
        """The catalogue looks into its folder once a second."""
        page.goto(f"{workbench.url}/settings?section=Document%20types")
        expect(page.get_by_text("A type of your own is a small file in")).to_be_visible()
        return page.get_by_text("is left out").count() == len(told)

    workbench.wait_for(are_told, 20, "the files are seen")
    says(page, *(sentence for _, sentence in told.values()))
    for filename in told:
        (folder / filename).unlink()
    folder.rmdir()
