from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.evaluate.manifest import Labelled, ManifestError, load_manifest

W9 = '{"id": "a", "file": "w9/a.pdf", "doc_type": "w9", "truth": {"ein": null, "name": "Ann"}, "born_digital": true}'
BILL = '{"file": "b.png", "type": "utility_bill", "truth": null}'
BROKEN = '{"id": "r1", "file": "r1.pdf", "doc_type": "robust", "truth": null, "expected": {"outcome": "reject"}}'


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    return tmp_path / "manifest.jsonl"


def test_what_a_manifest_says(manifest: Path) -> None:
    manifest.write_text(f"\ufeff{W9}\r\n\n{BILL}\n{BROKEN}\n", encoding="utf-8")
    folder = manifest.parent
    assert load_manifest(manifest) == (
        Labelled("a", "w9/a.pdf", folder / "w9/a.pdf", "w9", {"ein": None, "name": "Ann"}, born_digital=True),
        Labelled("b.png", "b.png", folder / "b.png", "utility_bill", {}),
        Labelled("r1", "r1.pdf", folder / "r1.pdf", None, {}, expected="reject"),
    )


@pytest.mark.parametrize(
    ("doc_type", "limit", "ids"),
    [
        (None, None, ["a", "b.png", "r1"]),
        (None, 2, ["a", "b.png"]),
        (None, 9, ["a", "b.png", "r1"]),
        ("utility_bill", None, ["b.png"]),
        ("robust", 1, ["r1"]),
    ],
)
def test_a_part_of_it(manifest: Path, doc_type: str | None, limit: int | None, ids: list[str]) -> None:
    manifest.write_text("\n".join([W9, BILL, BROKEN]))
    assert [one.id for one in load_manifest(manifest, doc_type, limit)] == ids


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{'id': 1}", "line 2: this is not JSON"),
        ("[1, 2]", "line 2: a JSON object is expected"),
        ('{"doc_type": "w9"}', 'line 2: "file" is missing'),
        ('{"file": 3, "doc_type": "w9"}', 'line 2: "file" is missing'),
        ('{"file": "a.pdf"}', 'line 2: "doc_type" is missing'),
        ('{"file": "a.pdf", "doc_type": "w9", "truth": [1]}', 'line 2: "truth" must be an object'),
        ('{"file": "a.pdf", "doc_type": "robust"}', "must be one of accept, accept_degraded, reject, either"),
        ('{"file": "a.pdf", "doc_type": "robust", "expected": {"outcome": "x"}}', "must be one of accept"),
        ('{"file": "a.pdf", "doc_type": "robust", "expected": {"outcome": []}}', "must be one of accept"),
    ],
)
def test_a_wrong_line_is_named(manifest: Path, line: str, sentence: str) -> None:
    manifest.write_text(f"{W9}\n{line}\n")
    with pytest.raises(ManifestError) as error:
        load_manifest(manifest)
    assert sentence in str(error.value)


@pytest.mark.parametrize(
    ("content", "doc_type", "sentence"),
    [
        (None, None, "can't be read: No such file or directory"),
        (b"", None, "holds no documents"),
        (b" \n\n", None, "holds no documents"),
        (b"\xff\xfe\x00", None, "is not UTF-8 text"),
        (W9.encode(), "invoice", "holds no document of the type invoice. It holds: w9."),
    ],
)
def test_a_manifest_of_no_use(manifest: Path, content: bytes | None, doc_type: str | None, sentence: str) -> None:
    if content is not None:
        manifest.write_bytes(content)
    with pytest.raises(ManifestError) as error:
        load_manifest(manifest, doc_type)
    assert sentence in str(error.value)
