"""Identity documents: the machine-readable zone first, then labelled fields, then what the dates must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date

from pipeline.dates import DateOrder, find_dates, likely_order
from pipeline.extract.candidate import found
from pipeline.extract.layout import Anchor, find, in_box, letters, right_of, text_of, until_gap
from pipeline.extract.mrz import Mrz, read_mrz
from pipeline.extract.us_states import STATES
from pipeline.types import FieldValue, Page, Word

_KINDS = (
    ("passport_card", ("passport card",)),
    (
        "driver_license",
        (
            "driver license",
            "driver licence",
            "driver's license",
            "drivers license",
            "driving licence",
            "operator license",
            "permis de conduire",
            "führerschein",
            "commercial driver license",
        ),
    ),
    (
        "residence_permit",
        ("permanent resident", "resident card", "residence permit", "aufenthaltstitel", "employment authorization"),
    ),
    ("social_security_card", ("social security",)),
    (
        "id_card",
        (
            "identity card",
            "identification card",
            "personalausweis",
            "id card",
            "carte nationale d'identité",
            "carta d'identità",
            "documento nacional de identidad",
            "identitätskarte",
        ),
    ),
    ("passport", ("passport", "passeport", "reisepass", "pasaporte", "passport/passeport")),
)
_NUMBER = (
    "4d DL",
    "4d LIC",
    "4d Customer Identifier",
    "4d LIC #",
    "LIC #",
    "DL #",
    "DL NO",
    "DLN",
    "LIC NO",
    "license no",
    "licence no",
    "passport no",
    "passport card no",
    "document no",
    "document number",
    "card no",
    "id no",
    "USCIS#",
    "ID number",
    "license number",
    "passport number",
    "no du passeport",
    "ausweis-nr",
    "4d",
    "DL",
)
_SURNAME = ("surname", "surname/nom", "last name", "family name", "name/nachname", "1 surname", "LN", "nom", "name")
_GIVEN = ("given names", "given name", "given names/prénoms", "first name", "forenames", "prénoms", "vornamen", "FN")
_BIRTH = ("date of birth", "3 DOB", "DOB", "birth date", "geburtsdatum", "date de naissance", "born")
_ISSUED = ("date of issue", "4a ISS", "ISS", "issued", "date of issue/date de délivrance", "issue date", "4a")
_EXPIRES = (
    "date of expiry",
    "date of expiration",
    "4b EXP",
    "EXP",
    "expires",
    "expires on",
    "expiry date",
    "gültig bis",
    "card expires",
    "4b",
    "expiration date",
)
_SEX = ("sex", "15 SEX", "sex/sexe", "gender", "geschlecht")
_AUTHORITY = ("authority", "issuing authority", "authority/autorité", "behörde", "ausstellende behörde")
_NATIONALITY = ("nationality", "nationality/nationalité", "staatsangehörigkeit", "country of birth/nationality")
_LABEL_WORDS = {
    letters(word)
    for group in (_NUMBER, _SURNAME, _GIVEN, _BIRTH, _ISSUED, _EXPIRES, _SEX, _AUTHORITY, _NATIONALITY)
    for phrase in group
    for word in re.split(r"[\s/]+", phrase)
} | {
    "type",
    "code",
    "place",
    "of",
    "class",
    "hgt",
    "eyes",
    "wgt",
    "hair",
    "rest",
    "end",
    "donor",
    "dd",
    "lieu",
    "height",
}
_STREET = re.compile(r"^\d{1,6}[A-Za-z]?$")
_ZIP = re.compile(r"^\d{5}(-?\d{4})?$")
_Accept = Callable[[Sequence[Word]], tuple[str, list[Word]] | None]


def fields_of_id(pages: Sequence[Page]) -> list[FieldValue]:
    """The fields of an identity document."""
    today = date.today()
    mrz = read_mrz(pages, today)
    order = likely_order(page.text for page in pages)
    values: dict[str, FieldValue] = {}
    for page in pages:
        for value in _labelled_fields(page, order, today):
            values.setdefault(value.name, value)
    if mrz is not None:
        values |= {value.name: value for value in _zone_fields(mrz, values)}
    for value in _dates_by_order(pages, values, order, today, mrz):
        values.setdefault(value.name, value)
    return list(values.values())


def _zone_fields(mrz: Mrz, labelled: dict[str, FieldValue]) -> list[FieldValue]:
    """What the zone says; a labelled value that says the same has the better place and both speak for it."""
    sure = {name: 0.99 if name in mrz.valid else 0.5 for name in ("number", "birth", "expiry")}
    words = mrz.words
    name = f"{mrz.given_names} {mrz.surname}".strip()
    values = []
    if mrz.number:
        values.append(found("document_number", mrz.number, words, sure["number"]))
    if name:
        values.append(found("full_name", name, words, 0.9 if len(mrz.valid) >= 2 else 0.7))
    if mrz.birth is not None:
        values.append(found("date_of_birth", mrz.birth.isoformat(), words, sure["birth"]))
    if mrz.expiry is not None:
        values.append(found("expiry_date", mrz.expiry.isoformat(), words, sure["expiry"]))
    if mrz.sex in ("M", "F"):
        values.append(found("sex", mrz.sex, words, 0.95))
    if "nationality" not in labelled and mrz.nationality:
        values.append(found("nationality", mrz.nationality, words, 0.8))
    if "id_type" not in labelled:
        kind = {"P": "passport"}.get(mrz.document_code[:1], "id_card")
        values.append(found("id_type", kind, words, 0.9))
    return values


def _labelled_fields(page: Page, order: DateOrder, today: date) -> list[FieldValue]:
    def day(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
        return _day(words, order)

    readers: tuple[FieldValue | None, ...] = (
        _kind(page),
        _beside(page, "document_number", _NUMBER, _number) or _numbered(page, "document_number", "5", _first_number),
        _name(page),
        _beside(page, "date_of_birth", _BIRTH, day) or _numbered(page, "date_of_birth", "3", day),
        _beside(page, "issue_date", _ISSUED, day) or _numbered(page, "issue_date", "4a", day),
        _beside(page, "expiry_date", _EXPIRES, day) or _numbered(page, "expiry_date", "4b", day),
        _beside(page, "sex", _SEX, _sex),
        _address(page),
        _authority(page),
        _beside(page, "nationality", _NATIONALITY, _capitals),
    )
    return [value for value in readers if value is not None]


def _kind(page: Page) -> FieldValue | None:
    for kind, phrases in _KINDS:
        for anchor in find(page, phrases):
            if anchor.score >= 0.86:
                return found("id_type", kind, anchor.words, 0.95 * anchor.score)
    return None


def _beside(page: Page, name: str, labels: Sequence[str], accept: _Accept) -> FieldValue | None:
    """The first acceptable text right of a label, or below it."""
    for anchor in _good(find(page, labels)):
        for words, sure in ((_right(page, anchor), 0.92), (_below(page, anchor), 0.9)):
            answer = accept(words)
            if answer is not None:
                return found(name, answer[0], answer[1], sure * anchor.score)
    return None


def _good(anchors: list[Anchor]) -> list[Anchor]:
    """Short labels ("DL", "4b") must match to the letter, or half the page is one."""
    return [a for a in anchors if a.score >= (0.99 if len(letters(text_of(a.words))) <= 4 else 0.84)]


def _right(page: Page, anchor: Anchor) -> list[Word]:
    return until_gap(right_of(page, anchor.box, 0.45), 0.12)


def _below(page: Page, anchor: Anchor) -> list[Word]:
    """The next line under a label that starts about where the label starts."""
    box = anchor.box
    height = max(box.y1 - box.y0, 0.012)
    area = in_box(page.words, box.x0 - 0.03, box.y1 - 0.2 * height, box.x0 + 0.42, box.y1 + 4.5 * height)
    starts = [w for w in area if w.box.x0 < box.x1 + 0.05]
    if not starts:
        return []
    top = min(starts, key=lambda w: w.box.y0)
    row = [w for w in area if w.box.y0 < top.box.y1 and w.box.y1 > top.box.y0]
    return until_gap(sorted(row, key=lambda w: w.box.x0), 0.05)


def _number(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
    for word in words[:4]:
        text = re.sub(r"[^A-Za-z0-9-]", "", word.text)
        if sum(c.isdigit() for c in text) >= 4 and len(text) >= 6 and not find_dates(word.text):
            return text, [word]
    return None


def _first_number(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
    """A number right behind its label: on US licences a 5 stands before the audit number, "5 DD 123"."""
    return _number(words[:1])


def _day(words: Sequence[Word], order: DateOrder) -> tuple[str, list[Word]] | None:
    words = list(words)[:6]
    # Bilingual months: "08 MAR /MARS 2022".
    text = re.sub(r"([A-Za-z]{3,})\s*/\s*[A-Za-z]+\.?", lambda m: m[1] + " " * (len(m[0]) - len(m[1])), text_of(words))
    dates = find_dates(text, order)
    if not dates:
        return None
    position, used = 0, []
    for word in words:
        if position < dates[0].end and position + len(word.text) > dates[0].start:
            used.append(word)
        position += len(word.text) + 1
    return dates[0].value.isoformat(), used


def _sex(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
    for word in words[:3]:
        text = letters(word.text)
        if text in ("m", "male", "mm"):
            return "M", [word]
        if text in ("f", "female", "w", "ff"):
            return "F", [word]
    return None


def _capitals(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
    kept = [
        w for w in words if len(w.text) > 1 and letters(w.text) not in _LABEL_WORDS and any(c.isalpha() for c in w.text)
    ]
    kept = [w for w in kept if w.text.upper() == w.text or w.text.istitle()]
    return (text_of(kept).strip(" .,:"), kept) if kept else None


def _name(page: Page) -> FieldValue | None:
    """Surname and given names by their labels; on licences by the numbers 1 and 2 before them."""
    surname = _beside(page, "full_name", _SURNAME, _name_words)
    given = _beside(page, "full_name", _GIVEN, _name_words)
    if surname is None or given is None:
        surname = _numbered(page, "full_name", "1", _name_words)
        given = _numbered(page, "full_name", "2", _name_words)
    if surname is None or given is None or surname.boxes == given.boxes:
        return None
    parts = [value.parts for value in (surname, given) if value.parts is not None]
    weaker = min(parts, key=lambda p: p.product)
    return FieldValue(
        "full_name",
        f"{given.value} {surname.value}",
        f"{surname.raw} {given.raw}",
        surname.boxes + given.boxes,
        weaker.product,
        weaker,
    )


def _numbered(page: Page, name: str, number: str, accept: _Accept) -> FieldValue | None:
    """The text right of a field's number, as driving licences print it (ISO/IEC 18013-1: 1 surname, 2 given names,
    3 birth, 4a issue, 4b expiry, 4c authority, 5 number).
    """
    for word in page.words:
        if word.text.strip(".").lower() != number:
            continue
        answer = accept(until_gap(right_of(page, word.box, 0.4), 0.08))
        if answer is not None:
            return found(name, answer[0], answer[1], 0.85)
    return None


def _name_words(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
    kept: list[Word] = []
    for word in words:
        text = word.text.strip(",.")
        if not re.fullmatch(r"[^\W\d_][^\W\d_'’.-]*(?:[-'’][^\W\d_]+)*", text) or letters(text) in _LABEL_WORDS:
            break
        kept.append(word)
    text = text_of(kept).strip(" ,.")
    return (text, kept) if len(text) > 1 else None


def _address(page: Page) -> FieldValue | None:
    """The line that begins with a house number, and the line below that ends with a ZIP code."""
    lines = [list(line) for line in page.lines]
    for i, line in enumerate(lines):
        if not any(_ZIP.match(w.text.strip(".,")) for w in line[-2:]) or len(line) < 2:
            continue
        for above in reversed(lines[max(0, i - 3) : i]):
            street = _from_house_number(above)
            if street and abs(street[0].box.x0 - line[0].box.x0) < 0.15:
                words = [*street, *line]
                return found("address", text_of(words), words, 0.85)
    return None


def _from_house_number(line: Sequence[Word]) -> list[Word]:
    for i, word in enumerate(line):
        if _STREET.match(word.text) and len(line) - i >= 3 and word.text not in ("8", "1", "2"):
            return list(line[i:])
    return []


def _authority(page: Page) -> FieldValue | None:
    """The named authority, else the state in whose name a licence is issued: its head."""
    named = _beside(page, "issuing_authority", _AUTHORITY, _office) or _numbered(
        page, "issuing_authority", "4c", _office
    )
    if named is not None:
        return named
    for line in page.lines:
        for state in STATES:
            if letters(state) in letters(text_of(line)) and line[0].box.y0 < 0.5:
                words = [w for w in line if letters(w.text) and letters(w.text) in letters(state)]
                if words:
                    return found("issuing_authority", state.upper(), words, 0.85)
    return _head_of_licence(page)


def _office(words: Sequence[Word]) -> tuple[str, list[Word]] | None:
    kept = [w for w in words if re.search(r"[^\W\d_]{2}", w.text) and w.text.upper() == w.text]
    text = text_of(kept).strip(" .,:")
    return (text, kept) if len(text) > 3 else None


def _head_of_licence(page: Page) -> FieldValue | None:
    """The highest letters at the top of a driving licence, beside its title."""
    titles = [phrase for kind, phrases in _KINDS if kind == "driver_license" for phrase in phrases]
    title = next((a for a in find(page, titles) if a.score >= 0.86), None)
    if title is None:
        return None
    heads = []
    for line in page.lines:
        words = [w for w in line if w not in title.words and re.fullmatch(r"[A-Z][A-Z]{3,}", w.text)]
        if words and abs(words[0].box.y0 - title.box.y0) < 0.12:
            heads.append(words)
    if not heads:
        return None
    best = max(heads, key=lambda words: words[0].box.y1 - words[0].box.y0)
    return found("issuing_authority", text_of(best), best, 0.6)


def _dates_by_order(pages: Sequence[Page], known: dict[str, FieldValue], order: DateOrder, today: date, mrz: Mrz | None
                    ) -> list[FieldValue]:  # fmt: skip
    """Without labels: of the dates on the card the first is the birth, the last the expiry, one between the issue."""
    dates: dict[date, list[Word]] = {}
    zone = set(mrz.words) if mrz is not None else set()
    for page in pages:
        for line in page.lines:
            words = [w for w in line if w not in zone]
            answer = _day(words, order) if words else None
            if answer is not None:
                dates.setdefault(date.fromisoformat(answer[0]), answer[1])
    birth, expiry = (_known_day(known, name) for name in ("date_of_birth", "expiry_date"))
    values = []
    if birth is None and dates and (first := min(dates)).year < today.year - 14:
        birth = first
        values.append(found("date_of_birth", first.isoformat(), dates[first], 0.6))
    if expiry is None and len(dates) >= 2 and (last := max(dates)) != birth:
        expiry = last
        values.append(found("expiry_date", last.isoformat(), dates[last], 0.5))
    between = [d for d in dates if birth is not None and expiry is not None and birth < d < expiry and d <= today]
    if between:
        issued = max(between)
        values.append(found("issue_date", issued.isoformat(), dates[issued], 0.6))
    return values


def _known_day(known: dict[str, FieldValue], name: str) -> date | None:
    value = known[name].value if name in known else None
    return date.fromisoformat(value) if isinstance(value, str) else None
