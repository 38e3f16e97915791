"""Checks on extracted fields: shapes, dates that can be, sums that add up.

A check that fails leaves a finding with a stable code and a sentence that says what to look at, and halves the
validation part of the confidence of the fields it is about.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from pipeline.check_digits import CHECKS
from pipeline.confidence import doubted
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.types import Extraction, FieldValue, Finding

_CENT = 0.011
_SSN = re.compile(r"\d{3}-\d{2}-\d{4}")
Values = dict[str, FieldValue]
Findings = Iterator[tuple[Finding, tuple[str, ...]]]
"""A finding, and the fields whose confidence it lowers."""


def check(fields: tuple[FieldValue, ...], doc_type: DocType, today: date | None = None) -> Extraction:
    """Checks the fields of a document.

    Args:
        fields: as extracted.
        doc_type: their type.
        today: for "in the future"; the current date by default.
    """
    values = {value.name: value for value in fields}
    findings: list[Finding] = []
    for rule in (*_GENERAL, *_BY_TYPE.get(doc_type.name, ())):
        for finding, about in rule(values, doc_type, today or date.today()):
            findings.append(finding)
            for name in about:
                values[name] = doubted(values[name], finding.code)
    return Extraction(tuple(values[value.name] for value in fields), tuple(findings))


def _shapes(values: Values, doc_type: DocType, today: date) -> Findings:
    """Patterns and choices of the type's definition."""
    for spec in doc_type.fields:
        text = _text(values, spec.name)
        if text is None:
            continue
        if spec.pattern and not re.fullmatch(spec.pattern, text):
            sentence = f"{spec.label} does not look like {spec.pattern_hint or spec.pattern}. Compare it with the page."
            yield Finding("bad_shape", sentence, spec.name), (spec.name,)
        if spec.choices and not _is_choice(spec, text):
            yield Finding("bad_choice", f"{spec.label}: this is none of the choices.", spec.name), (spec.name,)


def _numbers(values: Values, doc_type: DocType, today: date) -> Findings:
    """Check digits, and numbers that are never given out."""
    for spec in doc_type.fields:
        text = _text(values, spec.name)
        if text is None or spec.check is None or (spec.pattern and not re.fullmatch(spec.pattern, text)):
            continue
        if not CHECKS[spec.check].passes(text):
            sentence = CHECKS[spec.check].sentence.format(label=spec.label)
            yield Finding("bad_number", sentence, spec.name), (spec.name,)


def _doubts(values: Values, doc_type: DocType, today: date) -> Findings:
    """What extraction itself was unsure of; it has lowered the confidence already."""
    for spec in doc_type.fields:
        value = values.get(spec.name)
        for code in value.findings if value is not None else ():
            if code in _DOUBTS:
                yield Finding(code, _DOUBTS[code].format(label=spec.label), spec.name), ()


def _is_choice(spec: FieldSpec, text: str) -> bool:
    plain = re.sub(r"\s*\(.*\)$", "", text) if spec.choices_take_detail else text
    return text in spec.choices or plain in spec.choices


def _past_dates(values: Values, doc_type: DocType, today: date) -> Findings:
    """Dates of things that have happened can't lie in the future, and none lies before 1900."""
    for spec in doc_type.fields:
        day = _day(values, spec.name)
        if spec.kind is not FieldKind.DATE or day is None:
            continue
        if spec.past and day > today + timedelta(days=1):
            yield Finding("future_date", f"{spec.label} lies in the future.", spec.name), (spec.name,)
        if day.year < 1900:
            yield Finding("too_old_date", f"{spec.label} lies before 1900.", spec.name), (spec.name,)


def _ssn_elsewhere(values: Values, doc_type: DocType, today: date) -> Findings:
    """A social security number in a field that is not for one."""
    for spec in doc_type.fields:
        text = _text(values, spec.name)
        if text and spec.name in ("account_numbers", "account_number") and _SSN.fullmatch(text):
            yield (
                Finding("ssn_in_other_field", f"{spec.label} looks like a social security number.", spec.name),
                (spec.name,),
            )


def _one_tax_number(values: Values, doc_type: DocType, today: date) -> Findings:
    """A W-9 carries an SSN or an EIN, not both, not none."""
    present = [name for name in ("ssn", "ein") if _text(values, name)]
    if not present:
        yield Finding("missing_tin", "Neither a social security number nor an employer number was found.", "ssn"), ()
    if len(present) == 2:
        sentence = "Both a social security number and an employer number were found; the form takes one."
        yield Finding("both_tins", sentence, "ein"), ("ssn", "ein")


def _statement_sums(values: Values, doc_type: DocType, today: date) -> Findings:
    """opening + deposits - withdrawals = closing; the transactions add up to the same."""
    opening, closing = _number(values, "opening_balance"), _number(values, "closing_balance")
    deposits, withdrawals = _number(values, "total_deposits"), _number(values, "total_withdrawals")
    if opening is not None and closing is not None and deposits is not None and withdrawals is not None:
        gap = opening + deposits - withdrawals - closing
        if abs(gap) > _CENT:
            sentence = f"Opening balance + deposits - withdrawals is {abs(gap):.2f} off the closing balance."
            yield Finding("balance_mismatch", sentence, "closing_balance"), (
                "opening_balance", "closing_balance", "total_deposits", "total_withdrawals")  # fmt: skip
    rows = values["transactions"].value if "transactions" in values else None
    if opening is None or closing is None or not isinstance(rows, list) or not rows:
        return
    gap = opening + sum(row["amount"] for row in rows) - closing
    if abs(gap) > _CENT:
        sentence = f"The transactions found are {abs(gap):.2f} off the change of the balance; rows may be missing."
        yield Finding("transactions_mismatch", sentence, "transactions"), ("transactions",)


def _date_order(values: Values, doc_type: DocType, today: date) -> Findings:
    """Dates that must follow each other."""
    for rule in doc_type.orders:
        first, second = _day(values, rule.early), _day(values, rule.late)
        if first and second and first > second:
            yield Finding(rule.code, rule.sentence, rule.late), (rule.early, rule.late)


def _text(values: Values, name: str) -> str | None:
    value = values[name].value if name in values else None
    return value if isinstance(value, str) else None


def _number(values: Values, name: str) -> float | None:
    value = values[name].value if name in values else None
    return float(value) if isinstance(value, int | float) else None


def _day(values: Values, name: str) -> date | None:
    text = _text(values, name)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


_DOUBTS = {
    "engines_disagree": "{label}: the language model reads something else on the page.",
    "model_only": "{label}: only the language model found this. Compare it with the page.",
    "bar_code_differs": "{label}: the bar code says something else than what is printed.",
    "ambiguous_date": "{label}: day and month can't be told apart on this document.",
    "sum_mismatch": "{label} is not the sum of the other amounts on the document.",
}
_GENERAL: tuple[Callable[[Values, DocType, date], Findings], ...] = (
    _shapes, _numbers, _doubts, _past_dates, _date_order, _ssn_elsewhere)  # fmt: skip
_BY_TYPE: dict[str, tuple[Callable[[Values, DocType, date], Findings], ...]] = {
    "w9": (_one_tax_number,),
    "bank_statement": (_statement_sums,),
}
