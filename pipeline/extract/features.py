"""What speaks for a candidate, as numbers: the label beside it, its place, its form, its rank among the others.

The same features serve the hand-set weights and what is learned. Each is named, so that a score can be explained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from statistics import median

from pipeline.dates import find_dates
from pipeline.doctypes.definition import FieldKind, FieldSpec
from pipeline.extract.candidates import Candidate
from pipeline.extract.labels import Label
from pipeline.extract.layout import letters, text_of
from pipeline.extract.scene import Announced, Scene
from pipeline.money import looks_like_money
from pipeline.types import Box

Features = dict[str, float]

_LEGAL_FORM = re.compile(
    r"\b(inc|llc|l\.l\.c|ltd|limited|corp|corporation|plc|llp|lp|gmbh|ag|kg|ug|ohg|e\.?k|sarl|s\.a\.r\.l|s\.a|sas|s\.l|"
    r"s\.?r\.?l|s\.?p\.?a|b\.?v|n\.v|oy|ab|aps|pty|pvt|sdn|bhd|s/b|pte)\b\.?",
    re.IGNORECASE,
)
_TRADE = re.compile(
    r"\b(company|co|enterprises?|trading|traders?|restaurant|restoran|ristorante|stores?|mart|market|supermarket|hypermarket|"
    r"cafe|café|coffee|kitchen|bistro|bar|grill|hotel|inn|shop|pharmacy|farmasi|apotheke|services?|group|hardware|bakery|"
    r"industries|foods?|electronics|book\w*|stationer\w*|deli|grocery|grocer|petrol|station|motors?|cash & carry|"
    r"solutions|technologies|consulting|studios?|partners|associates|supplies|logistics)\b",
    re.IGNORECASE,
)
_NUMBER_SIGN = re.compile(r"^(?:no|nr|num|number|nummer|n|nº|n°|№|nro|numéro|numero|número)?[.:#°º]*$", re.IGNORECASE)
_POSTAL = re.compile(
    r"\b(street|st|road|rd|avenue|ave|lane|drive|blvd|jalan|jln|taman|\w*stra(?:ß|ss)e|\w*str|rue|via|calle|"
    r"p\.?o\.? box|suite|chowk|nagar|marg|plot|industrial area|sector|piazza|avenida|\w{4,}laan|\w{4,}straat)\b|"
    r"\b\d{5,6}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b",
    re.IGNORECASE,
)
_SAME_COLUMN = 0.02
"""Of the page's width."""
_BELOW_NAME = 4
"""Lines below a name in which its address or number stands."""
_PHONE = re.compile(r"^\+?[\d().-]{9,}$")
_ADDRESS = re.compile(
    r"\b(street|str|st|road|rd|avenue|ave|lane|drive|blvd|jalan|jln|taman|lorong|\w*stra(?:ß|ss)e|rue|via|calle|"
    r"postfach|p\.?o\.? box|suite|floor|tel|fax|phone|email|www|http)\b|@|\d{5}",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is asked of all candidates of a kind at once.

    Attributes:
        scene: the document.
        every: all candidates of the kind.
        today: for dates.
    """

    scene: Scene
    every: Sequence[Candidate]
    today: date


def features(candidate: Candidate, spec: FieldSpec, around: Surroundings) -> Features:
    """The features of a candidate for a field; those that are 0 may be absent.

    Args:
        candidate: of the field's kind.
        spec: the field.
        around: the document, and the other candidates.
    """
    found = _of_labels(candidate, spec, around.scene) | _of_place(candidate, around.scene)
    of_kind = _OF_KIND.get(spec.kind)
    if of_kind is not None:
        found |= of_kind(candidate, around)
    return {name: value for name, value in found.items() if value}


def _of_labels(candidate: Candidate, spec: FieldSpec, scene: Scene) -> Features:
    """A label beside counts; one above only where none of the field's stands beside: twice named is no surer."""
    beside, above = scene.beside(candidate.words), scene.above(candidate.words)
    own_beside = _own(beside, spec)
    own = {
        "label beside": own_beside,
        "label above": 0.0 if own_beside else _own(above, spec),
        "other label beside": _other(beside, spec),
        "other label above": _other(above, spec),
        "part of a label": _share_of_other_labels(candidate, spec, scene),
        "below the sums": float(scene.is_in_tail(candidate.words[0])),
    }
    mine = [each.label for each in (beside, above) if each is not None and each.label.field == spec.name]
    if mine:
        own["first choice of labels"] = max(1.0 - label.rank / max(len(spec.anchors), 1) for label in mine)
    return own


def _share_of_other_labels(candidate: Candidate, spec: FieldSpec, scene: Scene) -> float:
    """How much of a candidate other labels take: "Freight" is one, and a part of "Northgate Freight Ltd"."""
    foreign = sum(len(word.text) for word in candidate.words if _belongs_elsewhere(scene.labelled(word), spec))
    return foreign / max(sum(len(word.text) for word in candidate.words), 1)


def _belongs_elsewhere(label: Label | None, spec: FieldSpec) -> bool:
    return label is not None and label.field != spec.name


def _own(announced: Announced | None, spec: FieldSpec) -> float:
    if announced is None or announced.label.field != spec.name:
        return 0.0
    return announced.strength * announced.label.score


def _other(announced: Announced | None, spec: FieldSpec) -> float:
    return announced.strength if announced is not None and announced.label.field != spec.name else 0.0


def _of_place(candidate: Candidate, scene: Scene) -> Features:
    first = candidate.words[0].box
    down = (first.page - 1 + first.y0) / max(len(scene.pages), 1)
    return {"down the document": down, "at the right": float(candidate.words[-1].box.x1 > 0.6)}


def _of_amount(candidate: Candidate, around: Surroundings) -> Features:
    value = _number(candidate)
    sure = [abs(_number(each)) for each in around.every if each.exact]
    text = "".join(word.text for word in candidate.words)
    return {
        "two decimals": float(candidate.exact),
        "currency sign": float(bool(re.search(r"[$£€₹¥]|\bRM|USD|EUR|GBP", text))),
        "largest": float(candidate.exact and abs(value) == max(sure, default=abs(value))),
        "said in words": float(abs(value) in around.scene.said_in_words),
        "repeated": float(sum(other == value for other in sure) > 1),
        "zero": float(value == 0),
        "other amounts on the row": min(_on_the_row(candidate, around) - 1, 3.0),
        "high letters": _height(candidate, around),
    }


def _of_date(candidate: Candidate, around: Surroundings) -> Features:
    day = date.fromisoformat(str(candidate.value))
    days = [date.fromisoformat(str(each.value)) for each in around.every]
    return {
        "only one order fits": float(candidate.exact),
        "earliest": float(day == min(days)),
        "latest": float(day == max(days)),
        "first one": float(candidate is around.every[0]),
        "repeated": float(days.count(day) > 1),
        "inside a longer word": float(bool(re.match(r"[^\W\d]{1,6}\d", candidate.words[0].text))),
        "implausible": float(not date(1990, 1, 1) <= day <= around.today),
    }


def _of_number(candidate: Candidate, around: Surroundings) -> Features:
    text = str(candidate.value)
    digits = sum(c.isdigit() for c in text)
    return {
        "digits": digits / len(text),
        "short": float(len(text) < 4),
        "long": float(len(text) > 16),
        "letters before digits": float(bool(re.match(r"^[A-Z]{1,6}[-/]?\d", text))),
        "a date": float(bool(find_dates(text))),
        "an amount": float(looks_like_money(text)),
        "a phone number": float(bool(_PHONE.match(text))),
        "in brackets": float(candidate.words[0].text.startswith("(")),
        "behind a number sign": float(_behind_number_sign(candidate, around)),
    }


def _behind_number_sign(candidate: Candidate, around: Surroundings) -> bool:
    word = candidate.words[0]
    if word.text.startswith("#"):
        return True
    before = around.scene.before(word)
    return before is not None and bool(_NUMBER_SIGN.match(before.text))


def _of_name(candidate: Candidate, around: Surroundings) -> Features:
    text = str(candidate.value)
    lines = [each for each in around.every if each.page == candidate.page]
    plain = letters(text)
    return {
        "first line": float(candidate is around.every[0]),
        "one of the first lines": max(0.0, 1.0 - lines.index(candidate) / 6) if candidate.page == 1 else 0.0,
        "top of the first page": float(candidate.page == 1 and candidate.words[0].box.y0 < 0.2),
        "legal form": float(bool(_LEGAL_FORM.search(text))),
        "trade": float(bool(_TRADE.search(text))),
        "high letters": _height(candidate, around),
        "capitals": float(text.upper() == text),
        "small letters": float(text.lower() == text),
        "digits": sum(c.isdigit() for c in text) / len(text),
        "an address": float(_is_address(text, text_of(candidate.words))),
        "long": float(len(text) > 45),
        "short": float(len(plain) < 5),
        "address below": float(_has_address_below(candidate, lines)),
        "misread": 1.0 - sum(word.confidence for word in candidate.words) / len(candidate.words),
        "ends with a colon": float(candidate.words[-1].text.endswith(":")),
        "repeated": float(sum(letters(str(each.value)) == plain for each in around.every) > 1),
    }


def _is_address(name: str, raw: str) -> bool:
    """Whether a name is part of an address; the number behind a firm's name is no postcode."""
    return bool(_ADDRESS.search(name) or (_POSTAL.search(raw) and not _LEGAL_FORM.search(raw)))


def _has_address_below(candidate: Candidate, lines: Sequence[Candidate]) -> bool:
    """Whether one of the next lines that begin, end or have their middle where the name does is an address."""
    name = Box.around([word.box for word in candidate.words])
    place = lines.index(candidate)
    below = (each for each in lines[place + 1 :] if _in_column(name, Box.around([w.box for w in each.words])))
    return any(_POSTAL.search(str(each.value)) for each in islice(below, _BELOW_NAME))


def _in_column(a: Box, b: Box) -> bool:
    ends = abs(a.x0 - b.x0), abs(a.x1 - b.x1), abs(a.x0 + a.x1 - b.x0 - b.x1) / 2
    return min(ends) < _SAME_COLUMN


def _on_the_row(candidate: Candidate, around: Surroundings) -> int:
    return sum(each.row == candidate.row and each.page == candidate.page for each in around.every)


def _number(candidate: Candidate) -> float:
    return float(candidate.value) if isinstance(candidate.value, int | float) else 0.0


def _height(candidate: Candidate, around: Surroundings) -> float:
    """How much higher than usual the letters are, 0..2."""
    page = next(rows for rows in around.scene.pages if rows.page.number == candidate.page)
    height = median(word.box.y1 - word.box.y0 for word in candidate.words)
    return min(max(height / page.em_y - 1.0, 0.0), 2.0)


_OF_KIND: dict[FieldKind, Callable[[Candidate, Surroundings], Features]] = {
    FieldKind.MONEY: _of_amount,
    FieldKind.DATE: _of_date,
    FieldKind.IDENTIFIER: _of_number,
    FieldKind.NAME: _of_name,
}
