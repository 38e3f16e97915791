"""Whether a value counts as right: the rules by which predictions are held against the truth.

Both are normalised values (`pipeline.types.JsonValue`). Each kind of field has its rule, written down for people in
docs/evaluation.md. Nothing here looks at a document.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.doctypes import DOC_TYPES
from pipeline.doctypes.definition import FieldKind
from pipeline.metrics.quality import ValueScore
from pipeline.types import JsonValue

FUZZY_F1 = 0.8
"""Token F1 from which an address or a vendor's name counts as right."""
ROW_DESCRIPTION_F1 = 0.6
"""Token F1 from which two rows with the same date and amount are the same row."""
_CENT_TOLERANCE = 0.005 + 1e-9
_UNDECOMPOSED = str.maketrans({"æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"})
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
_DASHES_AND_SPACE = ("Pd", "Zs")


@dataclass(frozen=True, slots=True)
class RowScore:
    """A table's rows against the truth's.

    Attributes:
        matched: rows that are in both, each counted once.
        predicted: rows that were given.
        truth: rows that are on the document.
    """

    matched: int
    predicted: int
    truth: int

    @property
    def precision(self) -> float | None:
        """Share of the given rows that are on the document; None when none was given."""
        return self.matched / self.predicted if self.predicted else None

    @property
    def recall(self) -> float | None:
        """Share of the document's rows that were given; None when it has none."""
        return self.matched / self.truth if self.truth else None

    @property
    def f1(self) -> float | None:
        """Their harmonic mean; None when there is no row on either side."""
        rows = self.predicted + self.truth
        return 2 * self.matched / rows if rows else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A value's score; a table's rows beside it."""

    score: ValueScore
    rows: RowScore | None = None


def compare(predicted: JsonValue, truth: JsonValue, doc_type: str, field: str) -> Comparison:
    """Holds a predicted value against the true one.

    Args:
        predicted: normalised; None: not found.
        truth: normalised; None: the document has no such field, and None is the right answer.
        doc_type: name of the document's type; its `FieldSpec` gives the rule where it has one.
        field: name of the field.
    """
    if truth is None:
        return Comparison(ValueScore(predicted is None, None))
    if isinstance(truth, list):
        rows = compare_rows(predicted if isinstance(predicted, list) else [], truth)
        return Comparison(ValueScore(rows.f1 in (None, 1.0), rows.f1), rows)
    if predicted is None:
        return Comparison(ValueScore(False, 0.0))
    rule = _RULES_BY_NAME.get(field) or _RULES[kind_of_field(doc_type, field, truth)]
    return Comparison(rule(predicted, truth))


def kind_of_field(doc_type: str, field: str, truth: JsonValue) -> FieldKind:
    """The kind that the type's definition gives, else the one that the field's name and true value suggest."""
    known = DOC_TYPES.get(doc_type)
    for spec in known.fields if known is not None else ():
        if spec.name == field:
            return spec.kind
    if isinstance(truth, int | float):
        return FieldKind.MONEY
    for ending, kind in _KINDS_BY_ENDING:
        if field.endswith(ending):
            return kind
    return FieldKind.TEXT


def tokens(text: str) -> list[str]:
    """A text's words without case, accents and punctuation; an apostrophe joins, everything else parts."""
    plain = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold().translate(_UNDECOMPOSED)
    letters = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return letters.split()


def token_f1(predicted: str, truth: str) -> float:
    """The overlap of two texts' words as bags, 0..1.

    Source: P. Rajpurkar et al., "SQuAD: 100,000+ questions for machine comprehension of text", EMNLP 2016.
    """
    said, true = Counter(tokens(predicted)), Counter(tokens(truth))
    if not said or not true:
        return float(said == true)
    return 2 * (said & true).total() / (said.total() + true.total())


def compare_rows(predicted: Sequence[Any], truth: Sequence[Any]) -> RowScore:
    """Pairs as many rows as can be paired; a row is used once.

    A pair has the same date, the same amount, and descriptions that overlap (`ROW_DESCRIPTION_F1`), as far as the true
    row names them.
    """
    fitting = [[j for j, said in enumerate(predicted) if _same_row(said, true)] for true in truth]
    return RowScore(_most_pairs(fitting), len(predicted), len(truth))


def _most_pairs(fitting: Sequence[Sequence[int]]) -> int:
    """The size of a maximum matching: augmenting paths, H. W. Kuhn (1955). `fitting[i]`: the partners i may have."""
    taken_by: dict[int, int] = {}

    def place(i: int, tried: set[int]) -> bool:
        for j in fitting[i]:
            if j in tried:
                continue
            tried.add(j)
            if j not in taken_by or place(taken_by[j], tried):
                taken_by[j] = i
                return True
        return False

    return sum(place(i, set()) for i in range(len(fitting)))


def _same_row(predicted: Any, truth: Mapping[str, Any]) -> bool:
    if not isinstance(predicted, Mapping):
        return False
    if "date" in truth and predicted.get("date") != truth["date"]:
        return False
    if "amount" in truth and not _same_amount(predicted.get("amount"), truth["amount"]):
        return False
    description = truth.get("description")
    return description is None or token_f1(str(predicted.get("description") or ""), description) >= ROW_DESCRIPTION_F1


def _same_amount(predicted: JsonValue, truth: JsonValue) -> bool:
    said, true = _number(predicted), _number(truth)
    if said is None or true is None:
        return predicted is None and truth is None
    return abs(said - true) <= _CENT_TOLERANCE


def _number(value: JsonValue) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _all_or_nothing(right: bool) -> ValueScore:
    return ValueScore(right, float(right))


def _names(predicted: JsonValue, truth: JsonValue) -> ValueScore:
    same = sorted(tokens(str(predicted))) == sorted(tokens(str(truth)))
    return ValueScore(same, token_f1(str(predicted), str(truth)))


def _texts(predicted: JsonValue, truth: JsonValue) -> ValueScore:
    return ValueScore(tokens(str(predicted)) == tokens(str(truth)), token_f1(str(predicted), str(truth)))


def _fuzzy(predicted: JsonValue, truth: JsonValue) -> ValueScore:
    overlap = token_f1(str(predicted), str(truth))
    return ValueScore(overlap >= FUZZY_F1, overlap)


def _amounts(predicted: JsonValue, truth: JsonValue) -> ValueScore:
    return _all_or_nothing(_same_amount(predicted, truth))


def _exact(predicted: JsonValue, truth: JsonValue) -> ValueScore:
    return _all_or_nothing(predicted == truth)


def _codes(predicted: JsonValue, truth: JsonValue) -> ValueScore:
    return _all_or_nothing(str(predicted).strip().casefold() == str(truth).strip().casefold())


def _identifiers(predicted: JsonValue, truth: JsonValue) -> ValueScore:
    return _all_or_nothing(_packed(str(predicted)) == _packed(str(truth)))


def _packed(text: str) -> str:
    return "".join(c for c in text.casefold() if not c.isspace() and unicodedata.category(c) not in _DASHES_AND_SPACE)


def _digits(predicted: JsonValue, truth: JsonValue) -> ValueScore:
    said, true = ("".join(c for c in str(value) if c.isdecimal()) for value in (predicted, truth))
    return _all_or_nothing(said == true) if true else _identifiers(predicted, truth)  # "applied for" has no digits


def _choices(predicted: JsonValue, truth: JsonValue) -> ValueScore:
    (said, said_detail), (true, true_detail) = (_split_choice(str(value)) for value in (predicted, truth))
    same_detail = bool(said_detail) == bool(true_detail) and token_f1(said_detail, true_detail) >= FUZZY_F1
    return ValueScore(said == true and same_detail, token_f1(str(predicted), str(truth)))


def _split_choice(text: str) -> tuple[str, str]:
    """ "Other (Nonprofit corporation)" -> "other", "Nonprofit corporation"."""
    head, _, detail = text.partition("(")
    return " ".join(head.casefold().split()), detail.removesuffix(")").strip()


_Rule = Callable[[JsonValue, JsonValue], ValueScore]
_RULES: dict[FieldKind, _Rule] = {
    FieldKind.TEXT: _texts,
    FieldKind.NAME: _names,
    FieldKind.ADDRESS: _fuzzy,
    FieldKind.DATE: _exact,
    FieldKind.MONEY: _amounts,
    FieldKind.CURRENCY: _codes,
    FieldKind.IDENTIFIER: _identifiers,
    FieldKind.CHOICE: _choices,
    FieldKind.CHECK_BOX: _exact,
    FieldKind.TABLE: _exact,
}
_RULES_BY_NAME: dict[str, _Rule] = {"ssn": _digits, "ein": _digits, "vendor_name": _fuzzy, "bank_name": _texts}
_KINDS_BY_ENDING = (
    ("date", FieldKind.DATE),
    ("number", FieldKind.IDENTIFIER),
    ("currency", FieldKind.CURRENCY),
    ("address", FieldKind.ADDRESS),
    ("name", FieldKind.NAME),
)
