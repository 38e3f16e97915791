"""Fields of any type by its definition alone: labels, candidates, ranking, sums. No code knows the type."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.confidence import doubted
from pipeline.doctypes.definition import DocType, FieldKind, FieldSpec
from pipeline.extract.candidate import found
from pipeline.extract.choices import find_check_box, find_choice
from pipeline.extract.features import Surroundings
from pipeline.extract.locale import currency_of_document
from pipeline.extract.parted import parted
from pipeline.extract.places import address_near
from pipeline.extract.ranking import Ranked, rank
from pipeline.extract.scene import Scene
from pipeline.extract.sums import Choice, amounts_of, choose_together, has_label, holds, makes_sum
from pipeline.extract.table import find_table
from pipeline.types import FieldValue, Page, Word

_SURE_BY_SUM = 0.97
"""The engine's score of an amount that makes a sum hold with two others."""


def fields_of_type(pages: Sequence[Page], doc_type: DocType, today: date) -> list[FieldValue]:
    """The fields that are found, by the type's definition.

    Args:
        pages: as read, with level lines.
        doc_type: the type.
        today: dates after it are less likely.
    """
    pages = [parted(page) for page in pages if page.words]
    if not pages:
        return []
    scene = Scene.of(pages, doc_type)
    ranked = {
        spec.name: rank(spec, Surroundings(scene, scene.candidates(spec.kind), today))
        for spec in (*doc_type.fields, *doc_type.helpers)
    }
    required = frozenset(spec.name for spec in doc_type.fields if spec.required)
    chosen = choose_together(ranked, doc_type.sums, required)
    summed = _in_sums(doc_type, chosen)
    doubts = _doubts(doc_type, chosen, scene)
    values = []
    for spec in doc_type.fields:
        best = chosen.get(spec.name)
        if best is not None:
            value = _value(spec, ranked[spec.name], best, spec.name in summed)
            values.append(doubted(value, doubts[spec.name]) if spec.name in doubts else value)
    values += _computed(doc_type, chosen)
    return [*values, *_of_other_kinds(scene, pages, doc_type, values)]


def _value(spec: FieldSpec, ranked: Sequence[Ranked], best: Ranked, in_sum: bool) -> FieldValue:
    """The chosen candidate; what says the same elsewhere on the document speaks for it too."""
    sure = sum(each.probability for each in ranked if each.candidate.value == best.candidate.value)
    value = best.candidate.value
    if spec.kind is FieldKind.MONEY and isinstance(value, float):
        value = round(value, 2)
    return found(spec.name, value, best.candidate.words, max(sure, _SURE_BY_SUM) if in_sum else min(sure, 0.99))


def _in_sums(doc_type: DocType, chosen: Choice) -> set[str]:
    """The fields whose amounts make a sum hold."""
    return {
        name for rule in doc_type.sums if makes_sum(rule, chosen) for name in rule.names if chosen.get(name) is not None
    }


def _computed(doc_type: DocType, chosen: Choice) -> list[FieldValue]:
    """Amounts that are not printed, of those that are: the tax, where it is told as central and state tax."""
    values = []
    for rule in doc_type.sums:
        parts = [each for name in rule.needed if (each := chosen.get(name)) is not None and has_label(each)]
        if rule.computed and chosen.get(rule.total) is None and len(parts) == len(rule.needed):
            whole = sum(value for part in parts if isinstance(value := part.candidate.value, int | float))
            words = [word for part in parts for word in part.candidate.words]
            values.append(found(rule.total, round(whole, 2), words, min(part.probability for part in parts)))
    return values


def _doubts(doc_type: DocType, chosen: Choice, scene: Scene) -> dict[str, str]:
    """What speaks against chosen values: field -> code of the finding."""
    doubts = {}
    for spec in doc_type.fields:
        best = chosen.get(spec.name)
        if best is not None and spec.kind is FieldKind.DATE and not best.candidate.exact and not scene.dates.sure:
            doubts[spec.name] = "ambiguous_date"
    for rule in doc_type.sums:
        named = [each for name in rule.names if (each := chosen.get(name)) is not None]
        if all(map(has_label, named)) and holds(rule, amounts_of(chosen)) is False:
            doubts |= dict.fromkeys((rule.total, *rule.needed), "sum_mismatch")
    return doubts


def _of_other_kinds(
    scene: Scene, pages: Sequence[Page], doc_type: DocType, values: Sequence[FieldValue]
) -> list[FieldValue]:
    """Fields that are no single candidate: the currency, addresses, tables, choices, check boxes, labelled text."""
    found_values = []
    amounts = frozenset(s.name for s in (*doc_type.fields, *doc_type.helpers) if s.kind is FieldKind.MONEY)
    for spec in doc_type.fields:
        match spec.kind:
            case FieldKind.CURRENCY:
                value = _currency(spec.name, pages)
            case FieldKind.ADDRESS:
                value = address_near(spec, scene, next((v for v in values if v.name == "vendor_name"), None))
            case FieldKind.TABLE:
                value = find_table(spec, scene, amounts)
            case FieldKind.CHOICE:
                value = find_choice(spec, scene)
            case FieldKind.CHECK_BOX:
                value = find_check_box(spec, pages)
            case _:
                value = None
        if value is not None:
            found_values.append(value)
    return found_values


def _currency(name: str, pages: Sequence[Page]) -> FieldValue | None:
    code = currency_of_document("\n".join(page.text for page in pages))
    if code is None:
        return None
    return found(name, code, _telling(code, pages), 0.93)


def _telling(code: str, pages: Sequence[Page]) -> list[Word]:
    """The first word that names the currency; the first amount where only the country tells it."""
    signs = {"USD": "$", "GBP": "£", "EUR": "€", "INR": "₹", "JPY": "¥", "MYR": "RM", "AUD": "$", "CAD": "$"}
    words = [word for page in pages for word in page.words]
    named = [word for word in words if code in word.text or signs.get(code, code) in word.text]
    amounts = [word for word in words if any(c.isdigit() for c in word.text) and "." in word.text]
    return (named or amounts or words)[:1]
