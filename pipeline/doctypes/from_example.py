"""A document type from one example: a person names fields and what they say on a document; where those values stand
tells the words that announce them.

The draft is for a person to correct. What comes of it is the same TOML file that a person would write by hand
(docs/doctypes.md), read by the same loader.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pipeline.dates import parse_date
from pipeline.doctypes.definition import FieldKind
from pipeline.extract.layout import find, inside, letters, rows
from pipeline.extract.slant import moved, slant_of, straightened
from pipeline.ground import locate
from pipeline.money import CURRENCY_CODES, CURRENCY_SIGNS, looks_like_money, parse_money
from pipeline.types import Box, Page, Word

_LONGEST_NAME = 40
_MOST_WORDS = 6
"""Of an announcement: `pipeline.extract.labels` looks for no longer ones."""
_GAP = 2.5
"""A gap of so many letter heights ends an announcement, as in `pipeline.extract.labels`."""
_ABOVE = 3.0
"""How many letter heights above a value its heading may stand."""
_SAYS_IT_ALONE, _SPEAKS_FOR_IT = 8.0, 2.0
_TITLE_SCORE = 0.86
_MOST_PLACES = 3
"""A total stands in the summary and on the slip to cut off: so many places of a value are looked at."""


@dataclass(frozen=True, slots=True)
class DraftField:
    """A field as it was derived from an example, or as a person has corrected it.

    Attributes:
        name: its key.
        label: what people call it.
        kind: a guess by how the value looks.
        anchors: the words that announce it, best first.
        example: the value as it stands on the page.
        boxes: where; empty when it was not found.
        required: whether a document without it is not complete.
        sensitive: whether it is masked.
    """

    name: str
    label: str
    kind: FieldKind
    anchors: tuple[str, ...]
    example: str
    boxes: tuple[Box, ...] = ()
    required: bool = False
    sensitive: bool = False


def draft_fields(named: Iterable[tuple[str, str]], pages: Sequence[Page]) -> list[DraftField]:
    """Derives fields from what a person says of a document.

    Args:
        named: (what the field is called, its value as it stands on the document); those without a name are left out.
        pages: the document as read.
    """
    drafts: list[DraftField] = []
    sheets = {page.number: _Sheet.of(page) for page in pages}
    for label, example in named:
        label, example = " ".join(label.split()), " ".join(example.split())
        if label:
            drafts.append(_draft(label, example, sheets, {draft.name for draft in drafts}))
    return drafts


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A page as read, and the same with level lines, where a scan was askew."""

    page: Page
    slant: float
    level: Page

    @staticmethod
    def of(page: Page) -> _Sheet:
        slant = slant_of(page)
        return _Sheet(page, slant, straightened(page, slant))


def _draft(label: str, example: str, sheets: Mapping[int, _Sheet], taken: set[str]) -> DraftField:
    places = _places(example, [sheet.page for sheet in sheets.values()])
    announced = [(_announcement(boxes[0], sheets[boxes[0].page]), boxes) for boxes in places]
    announced.sort(key=lambda each: not each[0])
    boxes = announced[0][1] if announced else ()
    return DraftField(
        name=_free(key_of(label), taken),
        label=label,
        kind=guess_kind(example, lines=len(boxes)),
        anchors=tuple(dict.fromkeys(anchor for anchor, _ in announced if anchor)),
        example=example,
        boxes=boxes,
    )


def _places(example: str, pages: Sequence[Page]) -> list[tuple[Box, ...]]:
    """Where a value stands, the best place first: a box per line of it. Further places say the very same."""
    places: list[tuple[Box, ...]] = []
    first = ""
    while example and len(places) < _MOST_PLACES and (boxes := locate(example, pages)):
        said = letters("".join(word.text for page in pages for word in page.words if _in_any(word, boxes)))
        if first and said != first:
            break
        first = said
        places.append(boxes)
        pages = [replace(page, words=tuple(w for w in page.words if not _in_any(w, boxes))) for page in pages]
    return places


def _in_any(word: Word, boxes: Sequence[Box]) -> bool:
    return any(inside(word.box, box) for box in boxes)


def key_of(label: str) -> str:
    """A key made of what people call something: small letters, digits and underscores, a letter first; "" when there
    is nothing to make it of.
    """
    plain = unicodedata.normalize("NFKD", label.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "_", plain).strip("_").lstrip("0123456789_")[:_LONGEST_NAME].rstrip("_")


def _free(name: str, taken: set[str]) -> str:
    name = name or "field"
    numbered = (f"{name[: _LONGEST_NAME - 3]}_{number}" for number in range(2, 100))
    return name if name not in taken else next(other for other in numbered if other not in taken)


def guess_kind(example: str, lines: int = 1) -> FieldKind:
    """What kind of value a text looks like.

    Args:
        example: as it stands on the page.
        lines: how many lines it takes there.
    """
    if example.upper() in CURRENCY_CODES:
        return FieldKind.CURRENCY
    named_currency = any(sign in example.upper() for sign in (*CURRENCY_SIGNS, *CURRENCY_CODES))
    if looks_like_money(example) or (named_currency and parse_money(example) is not None):
        return FieldKind.MONEY
    if parse_date(example) is not None or parse_date(example, "DMY") is not None:
        return FieldKind.DATE
    has_digit = any(c.isdigit() for c in example)
    if has_digit and " " not in example:  # of a number in groups, an identifier would be the first group only
        return FieldKind.IDENTIFIER
    return FieldKind.ADDRESS if lines > 1 and has_digit else FieldKind.TEXT


def _announcement(box: Box, sheet: _Sheet) -> str:
    """The words that announce what stands in a box: to the left of it, else above it; "" where there are none."""
    level = moved(box, -sheet.slant)
    return _plain(_left_of(sheet.level, level)) or _plain(_above(sheet.level, level))


def _left_of(page: Page, box: Box) -> list[Word]:
    row = next((row for row in rows(page.words) if any(inside(word.box, box) for word in row)), [])
    return _last_run([word for word in row if word.box.x1 <= box.x0 + 0.003], page)


def _above(page: Page, box: Box) -> list[Word]:
    height = box.y1 - box.y0
    near = [
        word
        for word in page.words
        if word.box.y1 <= box.y0 + height / 3 and box.y0 - word.box.y1 <= _ABOVE * height
    ]  # fmt: skip
    for row in reversed(rows(near)):
        over = [word for word in row if word.box.x1 > box.x0 and word.box.x0 < box.x1]
        if over:
            end = row.index(over[-1]) + 1
            return _last_run(_until_gap(row, end, page), page)
    return []


def _until_gap(row: Sequence[Word], end: int, page: Page) -> Sequence[Word]:
    while end < len(row) and not _gap_between(row[end - 1], row[end], page):
        end += 1
    return row[:end]


def _last_run(words: Sequence[Word], page: Page) -> list[Word]:
    """The last words of a row that belong together: behind a wide gap, or behind an earlier announcement's colon."""
    run: list[Word] = []
    for word in reversed(words):
        if run and (_gap_between(word, run[0], page) or word.text.endswith(":")):
            break
        run.insert(0, word)
    return run[-_MOST_WORDS:]


def _gap_between(left: Word, right: Word, page: Page) -> bool:
    height = (right.box.y1 - right.box.y0) * page.height_pt / page.width_pt
    return right.box.x0 - left.box.x1 > _GAP * height


def _plain(words: Sequence[Word]) -> str:
    """The words as an anchor is written; "" for what can't be one, such as another value."""
    text = " ".join(word.text for word in words).lower().strip(" :;,.#*-_•|=")
    few_letters = sum(c.isalpha() for c in text) < max(2, sum(c.isdigit() for c in text))
    return "" if few_letters else text


def draft_cues(label: str, fields: Sequence[DraftField], pages: Sequence[Page]) -> dict[str, float]:
    """Phrases that speak for the type: its name, where it stands on the document, and announcements of several words.

    Args:
        label: what people call the type.
        fields: its fields.
        pages: the example.
    """
    name = " ".join(label.lower().split())
    stands = any(anchor.score >= _TITLE_SCORE for page in pages for anchor in find(page, (name,))) if name else False
    cues = {name: _SAYS_IT_ALONE} if stands else {}
    for field in fields:
        for anchor in field.anchors:
            if " " in anchor and not (stands and letters(name) in letters(anchor)):
                cues.setdefault(anchor, _SPEAKS_FOR_IT)
    return cues


def definition(name: str, label: str, threshold: float, cues: Mapping[str, float], fields: Iterable[DraftField]) -> str:
    """The TOML file of a type.

    Args:
        name: its key.
        label: what people call it.
        threshold: from which confidence on a document passes, 0..1.
        cues: phrase -> weight.
        fields: in their order.
    """
    lines = [f"name = {_quoted(name)}", f"label = {_quoted(label)}", f"threshold = {float(threshold)!r}"]
    if cues:
        lines += ["", "[cues]", *(f"{_quoted(phrase)} = {weight:g}" for phrase, weight in cues.items())]
    for field in fields:
        lines += ["", "[[fields]]", *_field_lines(field)]
    return "\n".join(lines) + "\n"


def _field_lines(field: DraftField) -> list[str]:
    lines = [f"name = {_quoted(field.name)}", f"label = {_quoted(field.label)}", f"kind = {_quoted(field.kind.value)}"]
    lines += ["required = true"] if field.required else []
    lines += ["sensitive = true"] if field.sensitive else []
    if field.anchors:
        lines.append(f"anchors = [{', '.join(map(_quoted, field.anchors))}]")
    if field.example and not field.sensitive:  # the file is read by many; a tax number has no business in it
        lines.append(f"example = {_quoted(field.example)}")
    return lines


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, but that TOML wants DEL escaped too (https://toml.io/en/v1.0.0#string)."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
