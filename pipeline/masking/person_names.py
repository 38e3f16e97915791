"""Names of persons in a text: what stands beside or below a label that announces one, or above an address.

No dictionary of names: `probablepeople` (a conditional random field, its weights in the wheel) tells a person from a
company, and the words of the document types' own labels and cues are no names.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import phrases

PARTICLES = frozenset(
    phrases(
        """de, la, le, du, des, del, della, da, das, dos, di, van, von, der, den, ter, zu, und, and, y, e, al,
        el, bin, binti, ibn, san, st, jr, sr, ii, iii, iv, mr, mrs, ms, miss, dr, prof"""
    )
)
"""Words within names that name nobody."""
_COMPANY = re.compile(
    r"&|\b(?:inc|incorporated|llc|l\.l\.c|ltd|limited|corp|corporation|plc|llp|lp|pllc|gmbh|ag|kg|ug|ohg|e\.?k|sarl|sas|"
    r"s\.?r\.?l|s\.?p\.?a|b\.?v|n\.v|oy|ab|aps|pty|pvt|sdn|bhd|pte|company|co|enterprises?|trading|traders?|restaurant|"
    r"stores?|mart|market|supermarket|cafe|coffee|kitchen|bistro|grill|hotel|inn|shop|pharmacy|apotheke|services?|group|"
    r"hardware|bakery|industries|industrial|foods?|electronics|books?|deli|grocery|grocers?|motors?|solutions?|systems?|"
    r"technolog\w+|consult\w+|studios?|partners|associates|suppl\w+|logistics|bank|banque|banco|union|building society|"
    r"society|trust|foundation|association|council|university|college|school|church|hospital|clinic|institute|"
    r"department|ministry|government|office|agency|authority|insurance|holdings?|capital|partnership|estates?|lettings|"
    r"community|ventures?|media|design|works|workshop|landscap\w+|survey\w+|acoustics|orchards?|robotics|instruments|"
    r"joinery|plumbing|electric\w*|roofing|printing|engineering|manufacturing|construction|builders?|gardens?|farms?|"
    r"dairy|laundry|optics|analytics|software|labs?|laborator\w+|freight|transport|travel|energy|water|power|textiles|"
    r"ceramics|cycles|furniture|interiors|architect\w*|photograph\w*|catering|cleaning|maintenance|international|"
    r"global|national|federal|state|city|county)\b\.?",
    re.IGNORECASE,
)
_LABELS = (
    "account holder",
    "account name",
    "account owner",
    "primary owner",
    "member name",
    "customer name",
    "customer",
    "card ?holder",
    "cardholder name",
    "card member",
    r"employees? name",
    "employee",
    "patient",
    "patient name",
    "insured",
    "tenant",
    "applicant",
    "borrower",
    "beneficiary name",
    "bill to",
    "billed to",
    "sold to",
    "ship to",
    "deliver to",
    "attention",
    "attn",
    "service for",
    "prepared for",
    "statement for",
    "contact",
    "contact name",
    "contact person",
    "signed by",
    "print name",
    "printed name",
    "mr",
    "mrs",
    "ms",
    "dear",
    "kontoinhaber",
)
"""What announces a person on documents of types that have no fields, beside the labels of the `personal` fields."""
_CALENDAR = phrases(
    """january, february, march, april, may, june, july, august, september, october, november, december,
    monday, tuesday, wednesday, thursday, friday, saturday, sunday"""
)
_FAR_LABELS = re.compile(
    r"employee.{0,3}s (?:first )?name|recipient.{0,3}s name|name of (?:the )?(?:patient|employee|recipient)",
    re.IGNORECASE,
)
"""On forms of boxes the name may stand lines away from these."""
_NEAR_LINES, _NOT_FAR_LINES, _FAR_LINES = 2, 5, 10
_LONGEST_NAME = 4
"""Words, particles not counted."""
_NEXT = 12
"""Characters after a name in which a legal form makes it that of a company."""
_PLACE_WORDS = re.compile(
    r"\b(?:street|road|avenue|lane|drive|boulevard|jalan|jln|taman|dataran|lorong|bandar|kampung|plaza|piazza|rue|via|calle|"
    r"usa|yes|suff|finance)\b",
    re.IGNORECASE,
)
"""In no name of a person, though the words beside them often are."""
_SHORTEST_LONE = 3
"""Letters of a name of one word: shorter ones are codes of states."""
_WORD = re.compile(r"[^\W\d_]+(?:['’.-][^\W\d_]+)*\.?")
_STREET = re.compile(r"^\s*(?:\d{1,6}[A-Za-z]?\s+[^\W\d_]|p\.?\s?o\.? box\b|apt\b|flat\b)", re.IGNORECASE)
_PLACE = re.compile(
    r"\b[A-Z]{2,4}\.?\s+[0-9](?:\s?[0-9]){4}\b|\b[0-9]{5}\s+[A-Z]{2}\b|\b[A-Z]{1,2}[0-9][A-Z0-9]?\s?[0-9][A-Z]{2}\b|^[0-9]{5}\s"
)
"""A state or country with a postal code, as OCR parts it; a British one; a European one."""
_NUMBERED = re.compile(r"^\s*(?:\d{1,2}[a-z]?|[a-z])[.:)]?\s+(?=\S)")
_GAP = re.compile(r"[\s:#.*_/-]*")
_TAGGER = threading.Lock()


def words_of(text: str) -> list[str]:
    """The words of a name, without the particles and initials."""
    words = (word.rstrip(".") for word in _WORD.findall(text))
    return [word for word in words if len(word) > 1 and word.casefold() not in PARTICLES]


def is_company(name: str) -> bool:
    """Whether a name is that of a company: by its legal form or its trade; in doubt it is not.

    Args:
        name: as printed.
    """
    return bool(_COMPANY.search(name)) or any(character.isdigit() for character in name)


@lru_cache
def ordinary_words() -> frozenset[str]:
    """Words that documents use as labels, small: one of them by itself is no name."""
    told: list[str] = [*_LABELS, *_CALENDAR, "the form copy see not valid thank you welcome"]
    for doc_type in DOC_TYPES.values():
        told += [*doc_type.cues, *doc_type.other_labels, *doc_type.tail_labels]
        specs = (*doc_type.fields, *doc_type.helpers)
        for spec in (*specs, *(column for table in specs for column in table.columns)):
            told += [*spec.anchors, spec.label]
    return frozenset(word.casefold() for phrase in told for word in re.findall(r"[^\W\d_]+", phrase))


def find_names(text: str) -> Iterator[str]:
    """The names of persons in a text, as printed.

    Args:
        text: of a page, a line per text line.
    """
    lines = text.splitlines()
    for place, line in enumerate(lines):
        yield from _announced(line, lines[place + 1 : place + 1 + _NOT_FAR_LINES])
        if _FAR_LABELS.search(line):
            yield from _first_person(lines[place + 1 : place + 1 + _FAR_LINES])
        if _is_address_near(lines[place + 1 : place + 1 + _NOT_FAR_LINES]) and _is_person(line):
            yield line.strip()


def _announced(line: str, below: Sequence[str]) -> Iterator[str]:
    """The name beside a label, or below it where nothing stands beside."""
    body = _NUMBERED.sub("", line)
    match = _labels().match(body)
    if match is None:
        return
    rest = body[match.end() :]
    gap = _GAP.match(rest)
    rest = rest[gap.end() :] if gap else rest
    least = 1 if match["one"] else 2
    beside = _leading_name(rest, least)
    if beside is not None:
        yield beside
        return
    for distance, candidate in enumerate(below):
        name = _whole_name(candidate, least)
        if name is not None and (distance < _NEAR_LINES or _is_person(candidate)):
            yield name
            return


def _first_person(lines: Sequence[str]) -> Iterator[str]:
    """The first person; where the model knows none, the first line that may be one: rare names it takes for firms."""
    maybe = [name for line in lines if (name := _whole_name(line, 2)) is not None]
    yield from [name for name in maybe if _is_said_to_be_person(name)][:1] or maybe[:1]


def _leading_name(text: str, least: int) -> str | None:
    """The words a text begins with that may be a name."""
    end, count, at = 0, 0, 0
    for match in _WORD.finditer(text):
        # Only a space, or the comma of "surname, given names", stands between the words of a name.
        if not re.fullmatch(r"\s*|,\s*", text[at : match.start()]) or count == _LONGEST_NAME or not _may_name(match[0]):
            break
        at = match.end()
        count += match[0].casefold().rstrip(".") not in PARTICLES
        end = match.end()
    name = text[:end].strip()
    by_itself = count == 1 and len(name) < _SHORTEST_LONE
    unlikely = by_itself or not words_of(name) or _COMPANY.search(text[: end + _NEXT]) or _PLACE_WORDS.search(name)
    return None if count < least or unlikely else name


def _whole_name(line: str, least: int) -> str | None:
    body = line.strip()
    name = _leading_name(body, least)
    return name if name is not None and len(name) == len(body) else None


def _is_person(line: str) -> bool:
    """Whether a whole line is a person's name, by itself."""
    name = _whole_name(line, 2)
    return name is not None and _is_said_to_be_person(name)


@lru_cache(maxsize=4096)
def _is_said_to_be_person(name: str) -> bool:
    # The model was made with names in ordinary letters; and its tagger is one for the whole process.
    import probablepeople  # type: ignore[import-untyped]  # a quarter of a second that most processes don't need

    with _TAGGER:
        tags = probablepeople.parse(name.title() if name.isupper() else name)
    return all(not tag.startswith("Corporation") for _, tag in tags)


def _may_name(word: str) -> bool:
    bare = word.rstrip(".").casefold()
    return bare in PARTICLES or (word[0].isupper() and (len(bare) == 1 or bare not in ordinary_words()))


def _is_address_near(lines: Sequence[str]) -> bool:
    """Whether a street with a number follows, and then a place with a postal code; other columns may stand between."""
    street = next((place for place, line in enumerate(lines) if _STREET.match(line)), None)
    return street is not None and any(_PLACE.search(line) for line in lines[street:])


@lru_cache
def _labels() -> re.Pattern[str]:
    """Labels of persons; those of the group "one" announce a part of a name, which may be one word."""
    types = tuple(DOC_TYPES.values())
    # Helpers are the parts that a name is made of: a surname, given names.
    parts = {anchor for t in types for spec in t.helpers if spec.personal for anchor in spec.anchors}
    whole = {anchor for t in types for spec in t.fields if spec.personal for anchor in spec.anchors} - parts
    either = "|".join([*map(re.escape, _longest_first(whole)), *_longest_first(_LABELS)])
    one = "|".join(map(re.escape, _longest_first(parts)))
    return re.compile(rf"(?:(?P<whole>{either})|(?P<one>{one}))(?:\s*\([^)\n]*\))?(?![^\W_])", re.IGNORECASE)


def _longest_first(phrases: Iterable[str]) -> list[str]:
    return sorted(phrases, key=lambda phrase: (-len(phrase), phrase))
