"""A document in parts that fit into a model's context, the most useful pages first; and its beginning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from pipeline.doctypes.definition import DocType
from pipeline.extract.labels import find_labels
from pipeline.types import Page


def windows(pages: Sequence[Page], doc_type: DocType, most_characters: int) -> Iterator[str]:
    """The document's text in parts that fit, whole lines; the pages with the most labels of the type come first.

    Args:
        pages: as read.
        doc_type: whose labels count.
        most_characters: of a part; only a single line longer than that is cut.
    """
    useful = sorted(pages, key=lambda page: (-len(find_labels(page, doc_type)), page.number))
    part: list[str] = []
    length = 0
    for line in (
        line for page in useful for whole in page.text.splitlines() for line in _fitting(whole, most_characters)
    ):
        if part and length + len(line) > most_characters:
            yield "\n".join(part)
            part, length = [], 0
        part.append(line)
        length += len(line) + 1
    if part:
        yield "\n".join(part)


def first_lines(text: str, most_characters: int) -> str:
    """A text's beginning: whole lines, so that no number is cut in two; nothing, where the first one is too long.

    Args:
        text: of a document.
        most_characters: of the lines together, their ends included.
    """
    lines = text.split("\n")
    ends = accumulate(len(line) + 1 for line in lines)
    return "\n".join(line for line, end in zip(lines, ends, strict=True) if end <= most_characters)


def _fitting(line: str, most: int) -> Iterator[str]:
    """A line longer than a part is parted: nothing is left out silently."""
    for start in range(0, max(len(line), 1), most):
        yield line[start : start + most]
