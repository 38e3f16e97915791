"""The heading of a table: one to three lines of text that name its columns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.extract.candidates import Rows, in_groups
from pipeline.extract.layout import letters, text_of
from pipeline.money import looks_like_money, parse_money
from pipeline.types import Box, Word

_LIKE_ENOUGH = 88.0
_MOST_LINES = 3
_LINE_GAP = 1.3
"""Letter heights between two lines of a heading, at most."""
_NUMBER_GAP, _TEXT_GAP = 0.4, 0.9
"""A gap of so many letter heights parts two columns: beside a number, and between words."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; one that no anchor names is there to keep its cells out of the others."""

    spec: FieldSpec | None
    box: Box


@dataclass(frozen=True, slots=True)
class Heading:
    """The columns that a heading names.

    Attributes:
        columns: left to right.
        lines: how many rows of the page the heading takes.
    """

    columns: tuple[Column, ...]
    lines: int


def find_heading(spec: FieldSpec, page: Rows, first: int) -> Heading | None:
    """The heading that begins at a row of a page: at least two of the table's columns, a required one among them.

    Args:
        spec: a TABLE.
        page: with its rows.
        first: index of the row.
    """
    words = _words_of(spec)
    if not any(letters(word.text) in words for word in page.rows[first]):
        return None
    best: Heading | None = None
    block: list[Word] = []
    for lines in range(1, _MOST_LINES + 1):
        if first + lines > len(page.rows):
            break
        row = page.rows[first + lines - 1]
        if _has_amounts(row) or (block and _gap(block, row, page) > _LINE_GAP):
            break
        block.extend(row)
        columns = _columns(spec, block, page)
        if _named(columns) > (_named(best.columns) if best is not None else 0):
            best = Heading(tuple(columns), lines)
    return best


def cells_of(row: Sequence[Word], page: Rows) -> list[list[Word]]:
    """A row in parts as columns hold them: words of a text stand nearer to each other than to a number."""
    parts: list[list[Word]] = []
    for word in row:
        if parts:
            last = parts[-1][-1]
            apart = _is_figure(last, word) and not (in_groups(last, word, page.em_x) and looks_like_money(word.text))
            gap = _NUMBER_GAP if apart else _TEXT_GAP
            if word.box.x0 - last.box.x1 <= gap * page.em_x:
                parts[-1].append(word)
                continue
        parts.append([word])
    return parts


def _has_amounts(row: Sequence[Word]) -> bool:
    """Whether a row is none of a heading: a year in the margin beside it may be."""
    numbers = [word for word in row if parse_money(word.text) is not None]
    return len(numbers) > 1 or any(looks_like_money(word.text) for word in numbers)


def _is_figure(left: Word, right: Word) -> bool:
    """Whether two words are apart if one of them is a number in a column: "shelf 80 cm" has none."""
    numbers = [parse_money(word.text) is not None for word in (left, right)]
    return all(numbers) or any(looks_like_money(word.text) for word in (left, right))


def _gap(block: Sequence[Word], row: Sequence[Word], page: Rows) -> float:
    return (min(word.box.y0 for word in row) - max(word.box.y1 for word in block)) / page.em_y


def _named(columns: Sequence[Column]) -> int:
    """How many columns are known; 0 where they are too few for a table."""
    named = [column.spec for column in columns if column.spec is not None]
    return len(named) if len(named) >= 2 and any(each.required for each in named) else 0


def _columns(spec: FieldSpec, block: Sequence[Word], page: Rows) -> list[Column]:
    """The columns of a block of words, each column of the table at most once, the best fitting first."""
    stacks = _stacks(spec, block, page)
    anchors = [(column.name, column.anchors) for column in spec.columns] + [("", spec.other_columns)]
    scores = sorted(
        (
            (score, i, name)
            for i, stack in enumerate(stacks)
            for name, phrases in anchors
            if (score := max(_likeness(text, phrases) for text in _readings(stack))) >= _LIKE_ENOUGH
        ),
        reverse=True,
    )
    known: dict[int, str] = {}
    for _, i, name in scores:
        if i not in known and (not name or name not in known.values()):
            known[i] = name
    specs = {column.name: column for column in spec.columns}
    return [
        Column(specs.get(known.get(i, "")), Box.around([word.box for word in stack])) for i, stack in enumerate(stacks)
    ]


def _stacks(spec: FieldSpec, block: Sequence[Word], page: Rows) -> list[list[Word]]:
    """Words that stand beside or above each other, left to right."""
    stacks: list[list[Word]] = []
    for row in _lines(block):
        for part in (each for cell in cells_of(row, page) for each in _split(spec, cell)):
            left, right = part[0].box.x0, part[-1].box.x1
            touching = [stack for stack in stacks if _overlap(stack, left, right)]
            for stack in touching[1:]:
                touching[0].extend(stack)
                stacks.remove(stack)
            if touching:
                touching[0].extend(part)
            else:
                stacks.append(list(part))
    return sorted(stacks, key=lambda stack: min(word.box.x0 for word in stack))


def _lines(block: Sequence[Word]) -> Iterator[list[Word]]:
    line: list[Word] = []
    for word in block:
        if line and word.box.x0 < (line[-1].box.x0 + line[-1].box.x1) / 2:
            yield line
            line = []
        line.append(word)
    if line:
        yield line


def _overlap(stack: Sequence[Word], left: float, right: float) -> bool:
    start, end = min(word.box.x0 for word in stack), max(word.box.x1 for word in stack)
    return min(end, right) - max(start, left) > 0.3 * min(end - start, right - left)


def _split(spec: FieldSpec, cell: list[Word]) -> list[list[Word]]:
    """A line that names nothing exactly, in parts that do: "Quantity Rate per" is three columns."""
    if len(cell) < 2 or _exact(spec, cell):
        return [cell]
    parts = _exact_parts(spec, cell)
    named = sum(_exact(spec, part) for part in parts)
    return parts if named > 1 or (named and _best(spec, cell) < _LIKE_ENOUGH) else [cell]


def _exact_parts(spec: FieldSpec, cell: list[Word]) -> list[list[Word]]:
    parts: list[list[Word]] = []
    rest: list[Word] = []
    i = 0
    while i < len(cell):
        length = next((n for n in (3, 2, 1) if i + n <= len(cell) and _exact(spec, cell[i : i + n])), 0)
        if not length:
            rest.append(cell[i])
            i += 1
            continue
        if rest:
            parts.append(rest)
            rest = []
        parts.append(cell[i : i + length])
        i += length
    return [*parts, rest] if rest else parts


def _all_anchors(spec: FieldSpec) -> tuple[tuple[str, ...], ...]:
    return (*(column.anchors for column in spec.columns), spec.other_columns)


def _exact(spec: FieldSpec, words: Sequence[Word]) -> bool:
    text = letters(text_of(words))
    return any(text in _plain(anchors) for anchors in _all_anchors(spec))


def _best(spec: FieldSpec, words: Sequence[Word]) -> float:
    return max(_likeness(text_of(words), anchors) for anchors in _all_anchors(spec))


def _words_of(spec: FieldSpec) -> frozenset[str]:
    return _words_in(tuple(column.anchors for column in spec.columns))


@lru_cache(maxsize=64)
def _words_in(anchors: tuple[tuple[str, ...], ...]) -> frozenset[str]:
    """The words, and the whole phrases without spaces, that a column may be named with."""
    phrases = [phrase for each in anchors for phrase in each]
    return frozenset(letters(text) for phrase in phrases for text in (phrase, *phrase.split()))


def _readings(stack: Sequence[Word]) -> list[str]:
    """A heading's text as a whole, and line by line where it has several."""
    lines = [text_of(line) for line in _lines(sorted(stack, key=lambda w: (round(w.box.y0, 2), w.box.x0)))]
    whole = re.sub(r"-\s", "", " ".join(lines))
    return [whole, *lines] if len(lines) > 1 else [whole]


@lru_cache(maxsize=8192)
def _likeness(text: str, anchors: tuple[str, ...]) -> float:
    """How much a heading is like a column's anchors, 0..100: of two that fit as well the longer is a little better,
    then the earlier.
    """
    plain = letters(text)
    return max((fuzz.ratio(plain, a) + 0.05 * len(a) - 0.001 * i for a, i in _plain(anchors).items()), default=0.0)


@lru_cache(maxsize=256)
def _plain(anchors: tuple[str, ...]) -> dict[str, int]:
    """The anchors by their letters, with their places."""
    return {letters(anchor): i for i, anchor in reversed(list(enumerate(anchors)))}


def is_number(column: Column) -> bool:
    """Whether a column holds amounts or counts."""
    return column.spec is not None and column.spec.kind is FieldKind.MONEY
