"""Each error that people can meet on the screens, in a real browser: a sentence that says what to do, no traceback."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect
from redis import Redis
from sqlalchemy import text

from app.auth import LOCAL_ADMIN, LOCAL_TENANT
from db import saved_views
from pipeline.samples import draw
from tests.acceptance.conftest import Opens
from tests.acceptance.screens import blank_pdf, id_of, kept, line_1, post, review, says, shows_no_trace, status_of
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.slow]
NOBODYS = "00000000-0000-4000-8000-00000000dead"
NO_DOCUMENT = "There is no such document. It may have been deleted; open it from the queue or the list of documents."
SOMEBODY_ELSE = (
    "Somebody else has changed this document meanwhile. Look at the newer state and repeat your change there."
)
GONE = "The stored file is gone. Upload the same file again to mend it."


@pytest.fixture(scope="module", autouse=True)
def documents(workbench: System) -> None:
    """Six W-9s, two statements, and an invoice that is approved already; all with a text layer."""
    for seed in range(1, 7):
        assert workbench.upload(draw("w9", "digital", seed).data, f"w9-{seed}.pdf").status_code == 202
    for seed in (3, 5):
        workbench.upload(draw("bank_statement", "digital", seed).data, f"statement-{seed}.pdf")
    workbench.upload(draw("invoice", "digital", 1).data, "invoice.pdf")
    workbench.wait_until_done(120)
    post(workbench, id_of(workbench, "invoice.pdf"), "approve")


@pytest.fixture
def page(open_page: Opens) -> Iterator[Page]:
    """A window in which no trace shows at the end either."""
    opened = open_page()
    yield opened
    shows_no_trace(opened)


@pytest.fixture(scope="module")
def reader(browser: Browser) -> Iterator[Page]:
    """One window for all addresses that are only looked at."""
    with browser.new_context(viewport={"width": 1440, "height": 900}) as context:
        yield context.new_page()


def choose(page: Page, what: str) -> None:
    page.get_by_role("radio", name=what, exact=True).click()


# ---- Upload


def poster() -> bytes:
    out = io.BytesIO()
    Image.new("1", (6400, 6400)).save(out, "PNG")
    return out.getvalue()


REFUSED: tuple[tuple[str, Callable[[], bytes], str], ...] = (
    ("damaged.pdf", lambda: b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\nhere it was cut off",
     "The file is damaged and can't be opened. Export or scan it again and upload the new file."),
    ("locked.pdf", lambda: blank_pdf(encryption=pikepdf.Encryption(user="a", owner="b")),
     "The PDF is locked with a password. Save a copy without the password and upload that."),
    ("empty.pdf", lambda: b"",
     "The file is empty. Choose the file again; if it is empty on your disk too, scan or export it anew."),
    ("letter.pdf", lambda: b"Dear all,", "This is not a PDF, PNG, JPEG or TIFF file. Save it in one of these formats"),
    ("letter.docx", lambda: b"PK\3\4 zipped", "This is not a PDF, PNG, JPEG or TIFF file. Save it in one of these"),
    ("long.pdf", lambda: blank_pdf(pages=101), "The document has more than 100 pages. Split it and upload the parts."),
    ("poster.png", poster, "A page's picture is larger than 40 megapixels. Scan it at 300 dpi and upload it again."),
    ("again.pdf", lambda: draw("w9", "digital", 1).data, "Known already, not read again."),
)  # fmt: skip
"""What cannot be taken, or is known: name, file, what is said beside its name."""


def test_each_file_that_is_not_taken_says_why_and_what_to_do(page: Page, workbench: System) -> None:
    known = workbench.rows("SELECT count(*) FROM docs")
    page.goto(f"{workbench.url}/upload")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "application/octet-stream", "buffer": make()} for name, make, _ in REFUSED
    ]
    page.locator("input[type=file]").set_input_files(files)
    says(page, f"{len(REFUSED)} of {len(REFUSED)} finished")
    for name, _, sentence in REFUSED:
        expect(line_of(page, name)).to_contain_text(sentence)
    assert workbench.rows("SELECT count(*) FROM docs") == known


TOO_LARGE = "The file is too large. Split it or scan it at 300 dpi in black and white, then upload it again."


def sparse(folder: Path, name: str, size_bytes: int = 53_000_000) -> Path:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    with path.open("wb") as file:
        file.truncate(size_bytes)
    return path


def test_a_file_that_is_too_large_is_told_beside_those_that_are_taken(
    page: Page, workbench: System, tmp_path: Path
) -> None:
    """The browser keeps it back: its uploader would say so only until another file is sent."""
    page.goto(f"{workbench.url}/upload")
    chooser = page.locator("input[type=file]")
    for number in range(3):  # what is sent beside it must not be lost by that
        good = tmp_path / f"good-{number}.pdf"
        good.write_text(f"no PDF at all, number {number}")
        chooser.set_input_files([sparse(tmp_path, f"huge-{number}.pdf"), good])
        expect(line_of(page, f"huge-{number}.pdf")).to_contain_text(TOO_LARGE)
        expect(line_of(page, good.name)).to_contain_text("This is not a PDF, PNG, JPEG or TIFF file.")
    chooser.set_input_files(sparse(tmp_path, "by-a-byte.pdf", 50_000_001))
    expect(line_of(page, "by-a-byte.pdf")).to_contain_text(TOO_LARGE)
    chooser.set_input_files(sparse(tmp_path, "just-so.pdf", 50_000_000))
    expect(line_of(page, "just-so.pdf")).to_contain_text("This is not a PDF, PNG, JPEG or TIFF file.")
    page.reload()
    for name in ("huge-0.pdf", "huge-2.pdf", "by-a-byte.pdf"):
        expect(line_of(page, name)).to_contain_text(TOO_LARGE)
        expect(line_of(page, name)).to_have_count(1)
    refused = workbench.rows("SELECT details->>'code' FROM audit_events WHERE action = 'upload_refused'")
    assert refused.count(("file_too_large",)) == 4


def test_of_a_folder_only_documents_are_told_as_too_large(page: Page, workbench: System, tmp_path: Path) -> None:
    sparse(tmp_path / "post", "scan.TIF")
    sparse(tmp_path / "post", "film.mp4")
    page.goto(f"{workbench.url}/upload")
    page.get_by_role("radio", name="A folder").click()
    page.locator("input[type=file][webkitdirectory]").set_input_files(tmp_path / "post")
    expect(line_of(page, "scan.TIF")).to_contain_text(TOO_LARGE)
    expect(line_of(page, "film.mp4")).to_have_count(0)


def test_what_is_dropped_is_looked_at_too(page: Page, workbench: System, tmp_path: Path) -> None:
    """A file, and a folder with one."""
    paths = [sparse(tmp_path, "dropped.pdf"), sparse(tmp_path / "post", "inside.pdf").parent]
    with page.expect_response("**/oversized_files.js*"):
        page.goto(f"{workbench.url}/upload")
    drop(page, page.get_by_test_id("stFileUploaderDropzone"), paths)
    for name in ("dropped.pdf", "inside.pdf"):
        expect(line_of(page, name)).to_contain_text(TOO_LARGE)


def drop(page: Page, onto: Locator, paths: list[Path]) -> None:
    """As a person who drags them there from another window."""
    box = onto.bounding_box()
    assert box is not None
    dragged = {"items": [], "files": [str(path) for path in paths], "dragOperationsMask": 1}
    devtools = page.context.new_cdp_session(page)
    for event in ("dragEnter", "dragOver", "drop"):
        place = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
        devtools.send("Input.dispatchDragEvent", {"type": event, **place, "data": dragged})


def line_of(page: Page, filename: str) -> Locator:
    return page.locator("[class*='st-key-line-']").filter(has_text=filename)


# ---- Addresses that were mistyped, cut off, or made to do harm

NONE_MATCHES = "No waiting document matches these filters. Take one away to see more."
ADDRESSES: tuple[tuple[str, str], ...] = (
    ("nothing", "It may have been mistyped or cut off. Choose a screen from the menu above"),
    ("queue/of/mine", "All 8 that match"),
    ("%3Cb%3E/x", "There is nothing at this address"),
    ("review?doc=nonsense", NO_DOCUMENT),
    (f"review?doc={NOBODYS}", NO_DOCUMENT),
    ("document?doc=%3Cb%3E%00", NO_DOCUMENT),
    (f"document?doc={NOBODYS}", NO_DOCUMENT),
    ("document", "Choose a document from the list."),
    ("review?type=nonsense", "Those that matched are decided. Others may wait."),
    ("queue?type=%3Cb%3E%00'--", NONE_MATCHES),
    ("queue?reason=a%22%5D%00", NONE_MATCHES),
    ("queue?confidence=1-2", NONE_MATCHES),
    (f"queue?uploader={NOBODYS}&assignee={NOBODYS}", NONE_MATCHES),
    ("queue?status=x&age=x&confidence=x&priority=12&uploader=x&assignee=x&sort=x", "All 8 that match"),
    ("documents?q=xyzzy", "No document matches. Use fewer or other words, or take a filter away."),
    ("documents?q=%00&name=%00&reason=%00&status=x&type=x&confidence=x&uploader=x&after=x", "9 documents"),
    ("quality?period=x&page=x&cell=x%00~x",
     "No reviewed document of this period is in this cell. Choose another cell or a longer period."),
    ("upload?show=x", "up to 50 MB and 100 pages each"),
    ("settings?section=x", "A document passes without a person when"),
    ("settings?section=New%20type&example=x", "Name a few fields, and type what each says on this document"),
    ("api/nothing", "There is nothing at this address."),
    ("api/docs/x/original", "The request is not valid."),
    (f"api/docs/{NOBODYS}/original", "There is no such document."),
    ("api/export?status=x", "No document matches. Take a filter away and export again."),
)  # fmt: skip


@pytest.mark.parametrize(("address", "sentence"), ADDRESSES, ids=[address for address, _ in ADDRESSES])
def test_an_address_that_means_nothing_is_told_so(reader: Page, workbench: System, address: str, sentence: str) -> None:
    reader.goto(f"{workbench.url}/{address}")
    says(reader, sentence)


# ---- Review

INVALID: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
    ("w9-1.pdf", (
        ("Date signed", "soon", "Date signed must be a date, such as 2024-03-31 or March 31, 2024."),
        ("Social security number", "12", "Social security number must look like 123-45-6789."),
    )),
    ("statement-3.pdf", (
        ("Opening balance", "a lot", "Opening balance must be an amount, such as 1,234.50 or -20."),
        ("Currency", "dollars", "Currency must be a currency code of three letters, such as USD."),
        ("Date, row 1", "soon", "Transactions, row 1: Date must be a date, such as 2024-03-31 or March 31, 2024."),
        ("Amount (+ in, - out), row 2", "", "Transactions, row 2: Amount (+ in, - out) is missing."),
    )),
)  # fmt: skip
"""Document -> field, what is typed into it, what is said then."""


@pytest.mark.parametrize(("filename", "entries"), INVALID, ids=[filename for filename, _ in INVALID])
def test_an_invalid_value_is_told_beside_its_field_which_gets_the_focus(
    page: Page, workbench: System, filename: str, entries: tuple[tuple[str, str, str], ...]
) -> None:
    review(page, workbench, id_of(workbench, filename))
    save = page.locator(".st-key-review-actions").get_by_role("button", name="Save")
    for name, typed, sentence in entries:
        field = page.get_by_role("textbox", name=name, exact=True)
        before = field.input_value()
        field.fill(typed)
        save.click()  # which has the focus from then on
        says(page, "Some values are not valid. Mend them and save again.", sentence)
        expect(innermost(page, field).filter(has_text=sentence)).to_have_count(1)
        expect(field).to_be_focused()
        expect(field).to_have_value(typed)
        field.fill(before)
    assert workbench.rows("SELECT 1 FROM corrections WHERE doc_id = :id", id=id_of(workbench, filename)) == []


def innermost(page: Page, field: Locator) -> Locator:
    """The part of the form that holds a field and what is said about it, and no other field."""
    parts = page.get_by_test_id("stVerticalBlock").filter(has=field).filter(has=page.locator(".fuse-wrong"))
    return parts.last


def test_a_decision_that_lacks_something_says_what(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "w9-2.pdf")
    with workbench.store.begin() as connection:
        connection.execute(text("UPDATE docs SET type = 'unknown' WHERE id = :id"), {"id": doc_id})
    page.goto(f"{workbench.url}/review?doc={doc_id}")
    says(page, "Choose the document's type above, so that its values are looked for; or reject it with a reason.")
    page.get_by_role("button", name="Approve").click()
    says(page, "The document's type is not known. Choose it, then approve the document.")
    page.get_by_role("button", name="Reject", exact=True).click()
    says(page, "Say why the document is rejected, then press Reject again.")
    assert status_of(workbench, doc_id) == "needs_review"


def test_what_was_typed_while_somebody_else_saved_is_offered_again(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "w9-3.pdf")
    review(page, workbench, doc_id)
    post(workbench, doc_id, "corrections", values={"business_name": "Set by a colleague"})
    line_1(page).fill("Typed")
    expect(page.locator(".bar .draft")).to_have_text("The document has changed meanwhile. Save to see what is new.")
    line_1(page).fill("Typed by me")  # what is typed after that is not waited for
    page.locator(".st-key-review-actions").get_by_role("button", name="Save").click()
    says(page, SOMEBODY_ELSE, "You had typed these values; they are not stored.", "Name (line 1): Typed by me")
    expect(page.get_by_role("textbox", name="Business name (line 2)")).to_have_value("Set by a colleague")
    expect(line_1(page)).not_to_have_value("Typed by me")
    page.get_by_role("button", name="Put my values into the form").click()
    expect(line_1(page)).to_have_value("Typed by me")
    page.keyboard.press("Control+s")
    says(page, "Saved 1 value.")
    stored = workbench.rows("SELECT name, value FROM fields WHERE doc_id = :id AND source = 'human'", id=doc_id)
    assert sorted(stored) == [("business_name", "Set by a colleague"), ("name", "Typed by me")]


def test_a_decision_that_cannot_be_taken_back_says_why(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "w9-3.pdf")
    review(page, workbench, doc_id)
    page.keyboard.press("Control+Enter")
    undo = page.locator(".st-key-undo-last button").first
    expect(undo).to_contain_text("w9-3.pdf")
    post(workbench, doc_id, "reopen")
    undo.click()
    says(page, f"It can't be taken back: {SOMEBODY_ELSE}")


def test_a_lost_connection_is_told_and_the_draft_is_kept_when_it_is_back(page: Page, workbench: System) -> None:
    doc_id = id_of(workbench, "w9-4.pdf")
    review(page, workbench, doc_id)
    page.context.set_offline(True)
    line_1(page).fill("Typed without a connection")
    expect(page.locator(".bar .draft")).to_have_text("Not kept: the connection is lost. Trying again …")
    shows_no_trace(page)
    page.context.set_offline(False)
    kept(page)
    drafts = workbench.rows("SELECT entries -> 'name' ->> 'entry' FROM drafts WHERE doc_id = :id", id=doc_id)
    assert drafts == [("Typed without a connection",)]


@pytest.mark.parametrize(
    ("part", "sentence"),
    [
        ("**/pages/1.jpg*", "This page's picture could not be loaded. Reload the page to try again."),
        ("**/api/components/*", "A part of this screen did not load. Reload the page to try again."),
    ],
    ids=["picture", "script"],
)
def test_a_part_of_the_screen_that_does_not_come_says_so(
    page: Page, workbench: System, part: str, sentence: str
) -> None:
    page.route(part, lambda route: route.abort())
    page.goto(f"{workbench.url}/review?doc={id_of(workbench, 'w9-6.pdf')}")
    told = f"- text: /{re.escape(sentence)}/"
    expect(page.get_by_role("main")).to_match_aria_snapshot(told)  # the second stands in no element of its own
    with workbench.store.begin() as connection:  # what gives the document free may be the part that is missing
        connection.execute(text("DELETE FROM review_locks"))


def test_a_dead_letter_says_what_happened_and_runs_again(page: Page, workbench: System) -> None:
    """Its file is lost; the same file uploaded again mends it."""
    doc_id = id_of(workbench, "w9-5.pdf")
    [(key,)] = workbench.rows("SELECT blob_key FROM docs WHERE id = :id", id=doc_id)
    (workbench.settings.blob_folder / str(key)).unlink()
    with Redis.from_url(workbench.settings.redis) as client:  # what was read of it would do as well
        client.delete(*client.scan_iter("fuse:reading:*"), "none")
    httpx.post(f"{workbench.url}/api/docs/{doc_id}/retry", json={"stage": "ocr"}).raise_for_status()
    workbench.wait_for(lambda: status_of(workbench, doc_id) == "error", 30, "it is a dead letter")

    page.goto(f"{workbench.url}/document?doc={doc_id}")
    says(page, GONE)
    page.get_by_role("tab", name="Whole file").click()
    choose(page, "The PDF, with text to copy")
    expect(page.get_by_test_id("stAlert").get_by_text(GONE)).to_be_visible()

    page.goto(f"{workbench.url}/queue?status=error")
    page.get_by_test_id("stCheckbox").first.click()
    page.get_by_role("radio", name="Reject").click()
    says(page, "Say why first. The reason stands at each document. Then a preview appears here.")
    page.get_by_role("radio", name="Approve").click()
    says(page, "Nothing will be done: no document is left that this can be done to.",
         "1 left out, not read to the end, so there is nothing to decide. Run it again instead: w9-5.pdf.")  # fmt: skip

    page.goto(f"{workbench.url}/operations")
    expect(page.locator("td").filter(has_text=GONE)).to_have_count(1)

    page.goto(f"{workbench.url}/review?doc={doc_id}")
    says(page, "This document could not be finished.", GONE)
    assert workbench.upload(draw("w9", "digital", 5).data, "w9-5.pdf").json()["duplicate"]
    page.get_by_role("button", name="Run again").click()
    expect(line_1(page)).to_be_visible()
    assert status_of(workbench, doc_id) == "needs_review"


# ---- Queue


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


# ---- Settings


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


def test_none_of_all_that_was_unexpected(workbench: System) -> None:
    """The log of what came before: whatever a screen or the API did not expect is in it."""
    log = (workbench.logs / "web.log").read_text()
    assert [line for line in log.splitlines() if "screen_failed" in line or '"unexpected"' in line] == []
    assert "Traceback" not in log
