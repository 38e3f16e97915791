"""What is said on Upload about files that are not taken."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from app.upload_batch import BROKEN_OFF, TURNED_AWAY
from pipeline.samples import draw
from tests.acceptance.screens import blank_pdf, says
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240), pytest.mark.slow]


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
    with page.expect_response("**/files_not_sent.js*"):
        page.goto(f"{workbench.url}/upload")
    drop(page, page.get_by_test_id("stFileUploaderDropzone"), paths)
    for name in ("dropped.pdf", "inside.pdf"):
        expect(line_of(page, name)).to_contain_text(TOO_LARGE)


def test_a_file_whose_transfer_breaks_off_is_told_beside_those_that_come(page: Page, workbench: System) -> None:
    page.goto(f"{workbench.url}/upload")
    chooser = page.locator("input[type=file]")
    files: list[FilePayload] = [
        {"name": name, "mimeType": "application/pdf", "buffer": name.encode()}
        for name in ("torn-1.pdf", "whole.pdf", "torn-2.pdf", "unwanted.pdf")
    ]

    def transfer(route: Route) -> None:
        if b"torn-1" in (route.request.post_data_buffer or b""):
            route.abort("connectionreset")
        elif b"torn-2" in (route.request.post_data_buffer or b""):
            route.fulfill(status=502)
        elif b"unwanted" in (route.request.post_data_buffer or b""):
            route.fulfill(status=403)
        else:
            route.continue_()

    page.route("**/upload_file/**", transfer)
    chooser.set_input_files(files)
    for name in ("torn-1.pdf", "torn-2.pdf"):
        expect(line_of(page, name)).to_contain_text(BROKEN_OFF)
    expect(line_of(page, "unwanted.pdf")).to_contain_text(TURNED_AWAY.format(403))
    expect(line_of(page, "whole.pdf")).to_contain_text("This is not a PDF, PNG, JPEG or TIFF file.")
    page.unroute("**/upload_file/**")
    chooser.set_input_files(files[:1])
    expect(line_of(page, "torn-1.pdf").filter(has_text="This is not a PDF")).to_have_count(1)
    page.reload()
    expect(line_of(page, "torn-2.pdf")).to_contain_text(BROKEN_OFF)


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
