from __future__ import annotations

import numpy as np
import pytest

from pipeline.errors import Corrupt
from pipeline.kinds import FileKind
from pipeline.reading import ReadingOptions, read_pages
from pipeline.render import open_document
from pipeline.types import PageSource
from tests.pipeline.seeds import seeds

OPTIONS = ReadingOptions(second="off", profile="fast")


@pytest.mark.parametrize("name", ["jpeg", "jpeg progressive"])
def test_half_a_jpeg_is_read_as_far_as_it_goes_and_says_so(name: str) -> None:
    whole = seeds()[name]
    [page] = read_pages(whole, FileKind.JPEG, OPTIONS)
    [half] = read_pages(whole[: len(whole) // 2], FileKind.JPEG, OPTIONS)
    assert page.source is PageSource.OCR
    assert half.source is PageSource.CUT
    assert "lower part" in half.why
    assert 0 < len(half.words) < len(page.words)


def test_the_upper_half_of_half_a_jpeg_is_that_of_the_whole() -> None:
    whole = seeds()["jpeg"]
    pictures = []
    for data in (whole, whole[: len(whole) // 2]):
        with open_document(data, FileKind.JPEG) as document:
            pictures.append(document.gray(1, 100))
            assert document.damaged(1) == (data != whole)
    top = slice(0, pictures[0].shape[0] // 4)
    assert np.array_equal(pictures[0][top], pictures[1][top])
    assert not np.array_equal(*pictures)


@pytest.mark.parametrize("name", ["png", "tiff LZW", "tiff JPEG"])
def test_half_of_another_picture_is_refused(name: str) -> None:
    data = seeds()[name]
    kind = FileKind(name.split()[0])
    with pytest.raises(Corrupt), open_document(data[: len(data) // 2], kind) as document:
        document.check()
