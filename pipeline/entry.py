"""What a person types into a field, made a normalised value, or a sentence that says what is expected."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from rapidfuzz import fuzz, process

from pipeline.dates import DateOrder, parse_date
from pipeline.doctypes.definition import NOT_TICKED, TICKED, FieldKind, FieldSpec
from pipeline.money import CURRENCY_CODES, parse_money
from pipeline.types import JsonValue

Checked = tuple[JsonValue, str | None]
"""(value, None), or (None, the sentence)."""

_LIKE_ENOUGH = 85.0
_MAX_LENGTH = 2000


def validate_value(spec: FieldSpec, entry: Any, order: DateOrder = "MDY") -> Checked:
    """Checks and normalises an entry for a field.

    Args:
        spec: the field.
        entry: text as typed, a number, or a list of rows (dicts) for a table; None and "" mean "not there".
        order: in which the document writes its dates, for one that is typed as it is printed.

    Returns:
        (normalised value, None), or (None, a sentence saying what is expected).
    """
    if entry is None or (isinstance(entry, str) and not entry.strip()):
        return None, None
    if spec.kind is FieldKind.TABLE:
        return _table(spec, entry, order)
    if spec.kind is FieldKind.MONEY and isinstance(entry, int | float) and isfinite(entry):
        return float(entry), None  # as text, 1.125 would be one thousand one hundred and twenty-five
    text = " ".join("".join(c if c.isprintable() else " " for c in str(entry)).split())
    if len(text) > _MAX_LENGTH:
        return None, f"{spec.label}: at most {_MAX_LENGTH} characters."
    if spec.kind is FieldKind.DATE:
        return _date(spec, text, order)
    value, sentence = _BY_KIND.get(spec.kind, _text)(spec, text)
    if sentence is None and spec.pattern and not re.fullmatch(spec.pattern, str(value)):
        return None, f"{spec.label} must look like {spec.pattern_hint or spec.pattern}."
    return value, sentence


def _text(spec: FieldSpec, text: str) -> Checked:
    return text, None


def _date(spec: FieldSpec, text: str, order: DateOrder) -> Checked:
    parsed = parse_date(text, order)
    if parsed is None:
        return None, f"{spec.label} must be a date, such as 2024-03-31 or March 31, 2024."
    return parsed.isoformat(), None


def _money(spec: FieldSpec, text: str) -> Checked:
    amount = parse_money(text)
    if amount is None:
        return None, f"{spec.label} must be an amount, such as 1,234.50 or -20."
    return amount, None


def _currency(spec: FieldSpec, text: str) -> Checked:
    code = text.upper()
    if not re.fullmatch("[A-Z]{3}", code):
        return None, f"{spec.label} must be a currency code of three letters, such as {CURRENCY_CODES[0]}."
    return code, None


def _identifier(spec: FieldSpec, text: str) -> Checked:
    return grouped(text, spec.pattern), None


def _choice(spec: FieldSpec, text: str) -> Checked:
    exact = {choice.lower(): choice for choice in spec.choices}
    if text.lower() in exact:
        return exact[text.lower()], None
    if spec.choices_take_detail:
        detailed = re.fullmatch(r"(?P<choice>.+?)\s*\((?P<detail>.+)\)", text)
        if detailed and detailed["choice"].lower() in exact:
            return f"{exact[detailed['choice'].lower()]} ({detailed['detail']})", None
    begun = [choice for choice in spec.choices if len(text) > 1 and choice.lower().startswith(text.lower())]
    if len(begun) == 1:
        return begun[0], None
    near = process.extractOne(text, spec.choices, scorer=fuzz.ratio, score_cutoff=_LIKE_ENOUGH, processor=str.lower)
    if near is None:
        return None, f"{spec.label} must be one of: {', '.join(spec.choices)}."
    return near[0], None


def _check_box(spec: FieldSpec, text: str) -> Checked:
    by_word = {TICKED.lower(): TICKED, "true": TICKED, "x": TICKED, NOT_TICKED.lower(): NOT_TICKED, "false": NOT_TICKED}
    value = by_word.get(text.lower())
    return value, None if value else f"{spec.label} must be {TICKED} or {NOT_TICKED}."


def _table(spec: FieldSpec, entry: Any, order: DateOrder) -> Checked:
    if not isinstance(entry, Sequence) or isinstance(entry, str) or not all(isinstance(row, Mapping) for row in entry):
        return None, f"{spec.label} must be a list of rows."
    names = {column.name for column in spec.columns}
    for number, row in enumerate(entry, 1):
        if unknown := set(row) - names:
            return None, f"{spec.label}, row {number}: there is no column {sorted(unknown)[0]}."
    if wrong := first_wrong_cell(spec, entry, order):
        return None, f"{spec.label}, row {wrong.row + 1}: {wrong.sentence}"
    return [{column.name: _cell(column, row, order)[0] for column in spec.columns} for row in entry], None


@dataclass(frozen=True, slots=True)
class WrongCell:
    """A cell of a table that is not valid: its row, counted from 0, its column's name, and what is expected."""

    row: int
    column: str
    sentence: str


def first_wrong_cell(spec: FieldSpec, entry: Any, order: DateOrder = "MDY") -> WrongCell | None:
    """The first cell of a table, row by row, that `validate_value` refuses; None: all are valid, or it is no table."""
    rows = entry if isinstance(entry, list) and all(isinstance(row, Mapping) for row in entry) else []
    for number, row in enumerate(rows):
        for column in spec.columns:
            _, sentence = _cell(column, row, order)
            if sentence is not None:
                return WrongCell(number, column.name, sentence)
    return None


def _cell(column: FieldSpec, row: Mapping[str, Any], order: DateOrder) -> Checked:
    value, sentence = validate_value(column, row.get(column.name), order)
    if sentence is None and column.required and value is None:
        return None, f"{column.label} is missing."
    return value, sentence


def grouped(text: str, pattern: str | None) -> str:
    r"""Digits typed without their hyphens get those that a pattern such as `\d{3}-\d{2}-\d{4}` asks for."""
    groups = [int(size) for size in re.findall(r"\\d\{(\d+)\}", pattern or "")]
    digits = re.sub(r"[\s-]", "", text)
    if not groups or not digits.isdigit() or len(digits) != sum(groups):
        return text
    starts = [sum(groups[:i]) for i in range(len(groups))]
    return "-".join(digits[start : start + size] for start, size in zip(starts, groups, strict=True))


_BY_KIND: dict[FieldKind, Callable[[FieldSpec, str], Checked]] = {
    FieldKind.MONEY: _money,
    FieldKind.CURRENCY: _currency,
    FieldKind.IDENTIFIER: _identifier,
    FieldKind.CHOICE: _choice,
    FieldKind.CHECK_BOX: _check_box,
}
