"""Hostile uploads, row by row: each is taken harmlessly or refused with a code, and leaves nothing behind."""

from __future__ import annotations

import os
import re
import socket
import time
from email.message import Message
from pathlib import Path

import psutil
import pytest
from fastapi.testclient import TestClient
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import text

from app.client import files_in
from app.console import CommandFailed
from app.settings import ROOT, Settings
from db.session import engine
from pipeline.intake import display_name
from tests.attacks import files
from tests.pipeline.seeds import seeds
from tests.pipeline.test_fuzz import outcome
from tests.pipeline.test_intake import pdf, picture, png_header

NAMES = [
    *(
        "../../etc/cron.d/x",
        "..\\..\\x",
        "/abs",
        "C:\\x",
        "%2e%2e%2fx",
        "..%c0%afx",
        "....//....//x",
        "\\\\host\\share\\x",
    ),
    *("file:///etc/passwd", "~root/x", "$(id)", "`id`", "x; rm -rf /", "x|y", "x\0.pdf", "x\r\nSet-Cookie: a=b"),
    *("x\ty", "x\u202efdp.exe", "x\u200b\u200dy", "x\ufeffy", "🙂" * 300, ".", "..", "", " ", "...", "CON", "NUL.pdf"),
    *("-rf", "--help", "<script>alert(1)</script>", "' OR 1=1 --", "x" * 3000, "é" * 300, "e\u0301" * 300, '"quoted"'),
    *("a=b;c", "*?", "x\x7fy", "\ud800x"),
]
"""40 names: paths, encodings, controls, direction marks, names that systems keep for themselves."""


class Door:
    """Uploads, and what each leaves behind."""

    def __init__(self, api: TestClient, settings: Settings, temporary: Path) -> None:
        self.api, self._settings, self._temporary = api, settings, temporary

    def send(self, data: bytes, name: str = "scan.pdf", content_type: str = "application/pdf") -> str:
        """The code of the refusal, or "" for a file that was taken."""
        answer = self.api.post("/api/upload", files={"file": (name, data, content_type)})
        assert answer.status_code in (202, 413, 415, 422), answer.text
        assert list(self._temporary.iterdir()) == [], "no temporary file is left"
        return "" if answer.status_code == 202 else str(answer.json()["error"]["code"])

    def count(self, table: str) -> int:
        with engine(self._settings.database).connect() as connection:
            return int(connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())

    def audited(self) -> list[str]:
        query = "SELECT details->>'code' FROM audit_events WHERE action = 'upload_refused' ORDER BY id"
        with engine(self._settings.database).connect() as connection:
            return [str(row[0]) for row in connection.execute(text(query))]

    def stored(self) -> list[Path]:
        return sorted(self._settings.home.rglob("original"))

    def refuses(self, data: bytes, name: str = "scan.pdf") -> str:
        """Sends what must be refused: no row, no file, one line in the audit trail; gives the code."""
        before = (self.count("docs"), self.stored(), self.audited())
        code = self.send(data, name)
        assert code, "it was taken"
        assert (self.count("docs"), self.stored(), self.audited()) == (before[0], before[1], [*before[2], code])
        return code

    def still_works(self) -> None:
        """The next good file is taken."""
        assert self.send(pdf(), "next.pdf") == ""


@pytest.fixture
def door(api: TestClient, settings: Settings, temporary: Path) -> Door:
    return Door(api, settings, temporary)


def test_a01_names_that_lead_elsewhere(door: Door, settings: Settings) -> None:
    assert len(NAMES) == 40
    for number, name in enumerate(NAMES):
        encodable = name.encode("utf-8", "replace").decode()
        assert door.send(pdf() + b"%% %d" % number, encodable or "x") == "", repr(name)
    shown = [document["filename"] for document in door.api.get("/api/docs", params={"limit": 200}).json()["documents"]]
    assert len(shown) == 40
    assert all(re.fullmatch(r"[\w .()-]{1,120}", name) for name in shown)
    key = r"t/[0-9a-f-]{36}/[0-9a-f]{2}/[0-9a-f]{64}/original"
    assert all(re.search(f"/{key}$", path.as_posix()) for path in door.stored())
    assert all(path.resolve().is_relative_to(settings.blob_folder.resolve()) for path in door.stored())


@given(st.text(max_size=400))
def test_a01_any_name_is_safe_to_show(name: str) -> None:
    shown = display_name(name)
    assert re.fullmatch(r"[\w .()-]{1,120}", shown)
    assert not shown.startswith((".", "-"))


@pytest.mark.parametrize("name", NAMES, ids=range(40))
def test_a02_a_name_can_not_break_the_download(door: Door, name: str) -> None:
    answer = door.api.post("/api/upload", files={"file": (name.encode("utf-8", "replace").decode() or "x", pdf())})
    headers = door.api.get(f"/api/docs/{answer.json()['document_id']}/original").headers
    parsed = Message()
    parsed["Content-Disposition"] = headers["content-disposition"]
    assert parsed.get_content_disposition() == "attachment"
    assert re.fullmatch(r"[A-Za-z0-9_ .()-]{1,130}", parsed.get_filename() or "")
    assert "set-cookie" not in headers


@pytest.mark.parametrize(
    ("data", "name", "downloaded"),
    [
        (picture("PNG"), "a.pdf.exe", "a.pdf.exe.png"),
        (pdf(), "a.exe", "a.exe.pdf"),
        (pdf(), "a.PDF ", "a.PDF"),
        (picture("JPEG"), "a.jpeg", "a.jpeg"),
        (picture("TIFF"), "a", "a.tif"),
        (picture("PNG"), "a.html", "a.html.png"),
    ],
)
def test_a03_the_content_decides_and_the_download_is_named_for_it(
    door: Door, data: bytes, name: str, downloaded: str
) -> None:
    doc_id = door.api.post("/api/upload", files={"file": (name, data)}).json()["document_id"]
    headers = door.api.get(f"/api/docs/{doc_id}/original").headers
    assert headers["content-disposition"] == f'attachment; filename="{downloaded}"'


@pytest.mark.parametrize("content_type", ["image/png", "text/html", "application/x-msdownload", "x", "image/svg+xml"])
def test_a04_a_content_type_may_lie(door: Door, content_type: str) -> None:
    assert door.send(pdf(), "a.pdf", content_type) == ""
    assert door.send(b"<html></html>", "a.html", content_type) == "unsupported_type"
    [document] = door.api.get("/api/docs").json()["documents"]
    original = door.api.get(f"/api/docs/{document['id']}/original")
    assert original.headers["content-type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_file"), (b"x", "unsupported_type"), (b"%", "unsupported_type"), (b"%PDF-1.7", "corrupt")],
)
def test_a09_next_to_nothing(door: Door, data: bytes, code: str) -> None:
    assert door.refuses(data) == code
    door.still_works()


@pytest.mark.parametrize("name", ["pdf digital", "pdf scan", "png", "jpeg", "tiff LZW", "tiff fax"])
def test_a10_cut_at_each_twentieth(door: Door, name: str) -> None:
    """Mutations by the hundred are in tests/pipeline/test_fuzz.py."""
    data = seeds()[name]
    codes = [door.send(data[: len(data) * cut // 20]) for cut in range(20)]
    assert set(codes) <= {"", "empty_file", "corrupt", "unsupported_type"}
    assert codes[0] == "empty_file"
    door.still_works()


@pytest.mark.parametrize(
    ("user", "owner", "code"),
    [("u", "o", "encrypted"), ("", "o", ""), ("", "", "")],
    ids=["user", "owner only", "empty"],
)
def test_a11_passwords(door: Door, user: str, owner: str, code: str) -> None:
    """One that opens without a password is taken: its owner may have forbidden copying, but sent it to be read."""
    assert door.send(files.locked_pdf(user, owner)) == code


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (pdf() + b"PK\x03\x04" + b"\0" * 200, ""),
        (b"PK\x03\x04" + b"\0" * 200 + pdf(), "unsupported_type"),
        (b"<html><script>alert(1)</script></html>" + pdf(), ""),
        (b"GIF89a=1;alert(1)//" + pdf(), "unsupported_type"),
        (b"MZ" + b"\0" * 100 + pdf(), "unsupported_type"),
        (picture("PNG") + b"<?php system($_GET['c']); ?>", ""),
        (b"\0" * 900 + pdf(), ""),
        (b"#!/bin/sh\nrm -rf /\n" + b"x" * 70_000 + pdf(), "unsupported_type"),
    ],
    ids=["pdf+zip", "zip+pdf", "html+pdf", "gif+js+pdf", "exe+pdf", "png+php", "header at 900", "header at 70,000"],
)
def test_a12_polyglots(door: Door, data: bytes, code: str) -> None:
    assert door.send(data) == code
    for document in door.api.get("/api/docs").json()["documents"]:
        headers = door.api.get(f"/api/docs/{document['id']}/original").headers
        assert headers["content-type"] == "application/octet-stream"
        assert headers["content-disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "a.png"),
        (b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'/>", "a.png"),
        (b"<!DOCTYPE html><html><body>x</body></html>", "a.pdf"),
        (b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', "a.pdf"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100, "a.jpg"),
        (files.image("WEBP"), "a.png"),
        (files.image("BMP"), "a.tif"),
        (files.image("GIF"), "a.png"),
        (files.image("JPEG2000"), "a.jpg"),
        (b"From: a@example.com\nSubject: x\n\nhello", "a.pdf"),
    ],
    ids=["svg", "svg in xml", "html", "xxe", "heic", "webp", "bmp", "gif", "jpeg 2000", "eml"],
)
def test_a13_other_formats_under_our_names(door: Door, data: bytes, name: str) -> None:
    assert door.refuses(data, name) == "unsupported_type"


@pytest.mark.parametrize("name", ["a.pdf", "a.docx", "a.zip"])
def test_a14_archives(door: Door, name: str) -> None:
    assert (
        door.refuses(b"PK\x03\x04\x14\0\0\0\x08\0" + b"[Content_Types].xml" + b"\0" * 500, name) == "unsupported_type"
    )


@pytest.mark.parametrize(
    ("data", "code", "pages"),
    [
        (pdf(100), "", 100),
        (pdf(101), "too_many_pages", 0),
        (files.pdf_with_tree(b"3 0 R 2 0 R", b"40", 1), "", None),
        (files.pdf_with_tree(b"2 0 R 2 0 R", b"40", 0), "corrupt", 0),
        (files.pdf_with_tree(b"3 0 R", b"2000000000", 1), "", 1),
        (files.pdf_with_tree(b"3 0 R", b"-5", 1), "", 1),
        (files.pdf_with_tree(b"", b"999999999", 0), "corrupt", 0),
        (files.pdf_with_tree(b" ".join(b"%d 0 R" % n for n in range(3, 10_003)), b"1", 10_000), "", 1),
    ],
    ids=["100", "101", "loop beside a page", "loop only", "count 2e9", "count -5", "no kids", "count 1 of 10,000"],
)
def test_a15_page_counts(door: Door, data: bytes, code: str, pages: int | None) -> None:
    started = time.monotonic()
    assert door.send(data) == code
    assert time.monotonic() - started < 5
    if pages is not None and not code:
        assert door.api.get("/api/docs").json()["documents"][0]["page_count"] == pages


@pytest.mark.parametrize(
    "data",
    [
        files.pdf_with_stream(files.packed_zeros(1_000_000_000, 3), b"[/FlateDecode /FlateDecode /FlateDecode]"),
        files.pdf_with_object_stream_bomb(1_000_000_000),
        files.pdf_with_picture_bomb(60_000),
    ],
    ids=["stream in stream in stream", "object stream", "picture"],
)
def test_a16_decompression_bombs(door: Door, data: bytes) -> None:
    """What is small and unpacks to gigabytes: this process does not grow, whatever the child does."""
    assert len(data) < 3_000_000
    rss = psutil.Process().memory_info().rss
    door.send(data)
    ended = outcome(data, ocr=False)
    assert ended in ("accepted", "degraded", "rejected: too_complex", "rejected: corrupt", "limit: memory_limit",
                     "limit: time_limit") or ended.startswith("crashed, contained"), ended  # fmt: skip
    assert psutil.Process().memory_info().rss - rss < 50_000_000
    door.still_works()


@pytest.mark.parametrize(
    "data",
    [
        files.png_flood(20_000),
        png_header(2**31 - 1, 2**31 - 1),
        files.jpeg_claiming(65_500),
        files.tiff(1, (10**6, 10**6)),
    ],
    ids=["png 20,000", "png 2^31", "jpeg 65,500", "tiff 1e6"],
)
def test_a17_pixel_floods_are_refused_by_their_header(door: Door, data: bytes) -> None:
    started = time.monotonic()
    assert door.refuses(data) in ("too_many_pixels", "corrupt")
    assert time.monotonic() - started < 2


def test_a17_a_huge_page_is_drawn_smaller(door: Door) -> None:
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 14400 14400] >>"
    data = files.pdf_of([files.CATALOGUE, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page])
    assert door.send(data) == ""
    assert outcome(data) == "accepted"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (files.tiff(100), ""),
        (files.tiff(101), "too_many_pages"),
        (files.tiff(10_000), "too_many_pages"),
        (files.tiff(3, loop=True), ""),
        (files.image("PNG", save_all=True, append_images=[Image.new("RGB", (60, 40))] * 200), ""),
    ],
    ids=["100", "101", "10,000", "loop", "animated png"],
)
def test_a18_frames(door: Door, data: bytes, code: str) -> None:
    started = time.monotonic()
    assert door.send(data) == code
    assert time.monotonic() - started < 5


def test_a19_nothing_in_a_pdf_is_run_or_fetched(door: Door) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        server.setblocking(False)
        data = files.active_pdf(server.getsockname()[1])
        answer = door.api.post("/api/upload", files={"file": ("a.pdf", data)})
        assert answer.status_code == 202
        assert door.api.get(f"/api/docs/{answer.json()['document_id']}/pages/1.jpg").status_code == 200
        assert outcome(data) == "accepted"
        with pytest.raises(BlockingIOError):
            server.accept()
    headers = door.api.get(f"/api/docs/{answer.json()['document_id']}/original").headers
    assert headers["content-disposition"].startswith("attachment")


def test_a21_a_hundred_names_for_the_same_bytes(door: Door) -> None:
    assert [door.send(pdf(), f"{number}.pdf") for number in range(100)] == [""] * 100
    assert (door.count("docs"), door.count("jobs"), len(door.stored())) == (1, 1, 1)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "TIFF"])
def test_a22_a_served_page_tells_nothing_about_its_maker(door: Door, form: str) -> None:
    exif = Image.Exif()
    exif[0x013B] = "SECRET author"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    data = files.image(form, exif=exif, **({"comment": b"SECRET remark"} if form == "JPEG" else {}))
    assert b"SECRET" in data
    doc_id = door.api.post("/api/upload", files={"file": ("a", data)}).json()["document_id"]
    served = door.api.get(f"/api/docs/{doc_id}/pages/1.jpg").content
    assert b"SECRET" not in served
    assert b"Exif" not in served


def test_a23_postscript_is_not_taken_and_not_run(door: Door) -> None:
    assert door.refuses(b"%!PS-Adobe-3.0\n(/etc/passwd) (r) file\nshowpage\n", "a.pdf") == "unsupported_type"
    assert door.refuses(files.image("EPS"), "a.pdf") == "unsupported_type"
    in_a_pdf = files.pdf_of(
        [
            files.CATALOGUE,
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 100] /Resources << /XObject << /P 4 0 R >> >> >>",
            b"<< /Type /XObject /Subtype /PS /Length 20 >>\nstream\n(x) run showpage    \nendstream",
        ]
    )
    assert door.send(in_a_pdf) == ""
    sources = [
        path for folder in ("app", "pages", "pipeline", "workers", "db") for path in (ROOT / folder).rglob("*.py")
    ]
    called = re.compile(r"""["'](gs|ghostscript|convert|magick|mogrify|identify|ps2pdf)["']\s*[,\]]""")
    assert len(sources) > 100
    assert [path.name for path in sources if called.search(path.read_text())] == []


@pytest.mark.parametrize("name", ["pdf JPEG 2000", "pdf JBIG2"])
def test_a24_broken_codec_streams_are_contained(name: str, temporary: Path) -> None:
    data = seeds()[name]
    first = data.index(b"stream\n", data.index(b"/XObject /Subtype /Image")) + 7
    last = data.index(b"\nendstream", first)
    before = set(psutil.Process().children(recursive=True))
    for number in range(25):
        at = first + (last - first) * number // 25
        broken = data[:at] + bytes(byte ^ 0xFF for byte in data[at : at + 1 + number]) + data[at + 1 + number :]
        assert outcome(broken, ocr=False), number
    assert set(psutil.Process().children(recursive=True)) == before
    assert list(temporary.iterdir()) == []


def test_a25_links_and_pipes_are_not_sent(tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (tmp_path / "private.pdf").write_bytes(pdf())
    (folder / "good.pdf").write_bytes(pdf())
    (folder / "link.pdf").symlink_to(tmp_path / "private.pdf")
    (folder / "loop.pdf").symlink_to(folder / "loop.pdf")
    os.mkfifo(folder / "pipe.pdf")
    assert [path.name for path in files_in([folder])] == ["good.pdf"]
    with pytest.raises(CommandFailed, match="not a file"):
        files_in([folder / "pipe.pdf"])
