"""Identity documents: the bar code and the machine-readable zone first, then labelled fields, then what the dates
must be.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date

from pipeline.dates import DateOrder, find_dates, likely_order
from pipeline.doctypes.definition import DocType
from pipeline.extract.aamva import fields_of_bar_code
from pipeline.extract.candidate import found
from pipeline.extract.choices import named_choice
from pipeline.extract.id_card import IdCard, ends_label, written
from pipeline.extract.id_names import name_on
from pipeline.extract.id_places import address_on, authority_on
from pipeline.extract.id_zone import fields_of_zone
from pipeline.extract.layout import letters, spanned, text_of
from pipeline.extract.mrz import Mrz, read_mrz
from pipeline.types import FieldValue, Page, Word

_LEAST_AGE = 14
"""Years: on a card without labels, an earlier date is taken for the birth."""
_NUMBER_FORMS = {
    "social_security_card": re.compile(r"\d{3}-\d{2}-\d{4}"),
    "driver_license": re.compile(r"(?=(?:.*\d){6})[A-Z0-9][A-Z0-9-]{6,14}"),
}
"""How the number of a document looks that may stand without a label."""
_Accept = Callable[[Sequence[Word]], tuple[str, list[Word]] | None]


def fields_of_id(pages: Sequence[Page], doc_type: DocType) -> list[FieldValue]:
    """The fields of an identity document.

    Args:
        pages: as read, with level lines; two for a card's two sides.
        doc_type: the definition, whose anchors announce the fields.
    """
    today = date.today()
    mrz = read_mrz(pages, today)
    order = likely_order(page.text for page in pages)
    values: dict[str, FieldValue] = {}
    for page in pages:
        for value in _fields_on(page, doc_type, order, mrz):
            values.setdefault(value.name, value)
    if mrz is not None:
        values |= {value.name: value for value in fields_of_zone(mrz, pages, values, order)}
    values |= {value.name: value for value in fields_of_bar_code(pages, values)}
    for value in _dates_by_order(pages, values, order, today, mrz):
        values.setdefault(value.name, value)
    return list(values.values())


def _fields_on(page: Page, doc_type: DocType, order: DateOrder, mrz: Mrz | None) -> list[FieldValue]:
    def day(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
        return _day(words, order)

    zone = set(mrz.words) if mrz is not None else set()
    card = IdCard.of(page if not zone else _without(page, zone), doc_type)
    kind = named_choice(doc_type.field("id_type"), [page])
    address = address_on(card) if mrz is None or mrz.document_code[:1] != "P" else None
    readers: tuple[FieldValue | None, ...] = (
        kind,
        _value(card, "document_number", ("4d", "5"), _number) or _lone_number(card, kind),
        name_on(card, address),
        _value(card, "date_of_birth", ("3",), day),
        _value(card, "issue_date", ("4a",), day),
        _value(card, "expiry_date", ("4b",), day),
        _value(card, "sex", ("15",), _sex),
        address,
        authority_on(card, str(kind.value) if kind is not None else None),
        _nationality(card),
    )
    return [value for value in readers if value is not None]


def _without(page: Page, words: set[Word]) -> Page:
    return replace(page, words=tuple(word for word in page.words if word not in words))


def _value(card: IdCard, name: str, numbers: Sequence[str], accept: _Accept) -> FieldValue | None:
    """The first acceptable text beside a field's label, or below it, or beside its field number."""
    for label, words, beside in card.labelled(name):
        answer = accept(words)
        if answer is not None:
            return found(name, answer[0], answer[1], (0.92 if beside else 0.9) * label.score)
    for number in numbers:
        for words in card.numbered(number):
            # What stands right behind the number counts: "5 DD 123" is no licence's number.
            answer = accept(words)
            if answer is not None:
                return found(name, answer[0], answer[1], 0.85)
    return None


def _number(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
    for word in words[:3]:
        text = re.sub(r"[^A-Za-z0-9-]", "", word.text)
        if sum(c.isdigit() for c in text) >= 4 and len(text) >= 6 and not find_dates(word.text):
            return text, [word]
    return None


def _lone_number(card: IdCard, kind: FieldValue | None) -> FieldValue | None:
    """Without a label: the highest word in its form that no label announces as something else."""
    form = _NUMBER_FORMS.get(str(kind.value)) if kind is not None else None
    if form is None:
        return None
    for row in card.rows.rows:
        for i, word in enumerate(row):
            text = word.text.strip(".,:*#")
            if form.fullmatch(text) and not find_dates(text) and not (i and card.is_label(row[i - 1])):
                return found("document_number", text, [word], 0.6)
    return None


def _day(words: Sequence[Word], order: DateOrder) -> tuple[str, list[Word]] | None:
    words = list(words)[:6]
    dates = find_dates(_one_language(words), order)
    return (dates[0].value.isoformat(), spanned(words, dates[0].start, dates[0].end)) if dates else None


def _one_language(words: Sequence[Word]) -> str:
    """The text with one of two months: "08 MAR /MARS 2022"; characters stay where they are."""
    return re.sub(r"([A-Za-z]{3,})\s*/\s*[A-Za-z]+\.?", lambda m: m[1] + " " * (len(m[0]) - len(m[1])), text_of(words))


_SEXES = {"m": "M", "male": "M", "mm": "M", "f": "F", "female": "F", "w": "F", "ff": "F", "x": "X"}


def _sex(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
    """M, F or X among the first words, also behind the local language's: "KVK/F"."""
    for word in words[:3]:
        for part in reversed(re.split(r"[/|]", word.text)):
            if letters(part) in _SEXES:
                return _SEXES[letters(part)], [word]
    return None


def _nationality(card: IdCard) -> FieldValue | None:
    for label, words, beside in card.labelled("nationality"):
        if not words or (beside and not ends_label(label, words[0], card.rows.em_x)):
            continue
        kept = [word for word in words if not any(c.isdigit() for c in word.text)]
        text = written(kept)
        if letters(text) and text[:1].isupper():
            return found("nationality", text, kept, 0.9 * label.score)
    return None


def _dates_by_order(pages: Sequence[Page], known: dict[str, FieldValue], order: DateOrder, today: date, mrz: Mrz | None
                    ) -> list[FieldValue]:  # fmt: skip
    """Without labels: of the dates on the card the first is the birth, the last the expiry, one between the issue."""
    dates: dict[date, list[Word]] = {}
    zone = set(mrz.words) if mrz is not None else set()
    for page in pages:
        for line in page.lines:
            words = [w for w in line if w not in zone]
            for seen in find_dates(_one_language(words), order):
                dates.setdefault(seen.value, spanned(words, seen.start, seen.end))
    birth, expiry = (_known_day(known, name) for name in ("date_of_birth", "expiry_date"))
    values = []
    if birth is None and dates and (first := min(dates)).year < today.year - _LEAST_AGE:
        birth = first
        values.append(found("date_of_birth", first.isoformat(), dates[first], 0.6))
    if expiry is None and len(dates) >= 2 and (last := max(dates)) != birth:
        expiry = last
        values.append(found("expiry_date", last.isoformat(), dates[last], 0.5))
    if len(dates) == 1 and known.get("id_type") is not None and known["id_type"].value == "social_security_card":
        only = next(iter(dates))
        values.append(found("issue_date", only.isoformat(), dates[only], 0.8))
    between = [d for d in dates if birth is not None and expiry is not None and birth < d < expiry and d <= today]
    if between:
        issued = max(between)
        values.append(found("issue_date", issued.isoformat(), dates[issued], 0.6))
    return values


def _known_day(known: dict[str, FieldValue], name: str) -> date | None:
    value = known[name].value if name in known else None
    return date.fromisoformat(value) if isinstance(value, str) else None
