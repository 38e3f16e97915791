"""The editor of a table's rows: transactions, line items. A Streamlit component (v2) of our own.

Rows are added, moved and removed without a rerun, and sums are checked as one types. What is changed is kept as a draft
by the page viewer; Save and Approve take the rows from there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from app.components.browser_code import loader, style
from app.components.field_entries import FormField, Seen
from pipeline.doctypes import FieldKind, FieldSpec

_DATE_PLACEHOLDER = "YYYY-MM-DD"
_WIDTH_KINDS = {FieldKind.DATE: "date", FieldKind.MONEY: "money"}
_COMPARED = ("subtotal", "total", "tax")
"""Amounts of the document that what the rows add up to is compared with."""
_COMPONENT = st.components.v2.component(
    "fuse_rows_editor", html='<div class="rows"></div>', css=style("rows_editor"), js=loader("rows_editor")
)


def rows_editor(
    each: FormField,
    seen: Seen,
    rows: Sequence[Mapping[str, Any]],
    wrong: tuple[int, str] | None = None,
    stored: Mapping[str, Any] | None = None,
) -> None:
    """Draws the editor.

    Args:
        each: the table's field.
        seen: the form it belongs to.
        rows: what it starts from: the stored rows, or a draft's.
        wrong: row, counted from 0, and column of the cell that must be mended.
        stored: field -> the document's value, with which the rows are compared where the form does not show it.
    """
    amounts = {name: value for name, value in (stored or {}).items() if name in _COMPARED}
    _COMPONENT(
        key=seen.key(each.spec.name),
        data={
            "doc": seen.doc_id,
            "field": each.spec.name,
            "token": seen.prefix,
            "prefix": f"st-key-{seen.prefix}",
            "columns": [_column(column) for column in each.spec.columns],
            "rows": list(rows),
            "stored": each.value or [],
            "rule": rule_of(each.spec),
            "amounts": {name: value for name, value in amounts.items() if isinstance(value, int | float)},
            "wrong": {"row": wrong[0], "column": wrong[1]} if wrong else None,
        },
    )


def rule_of(spec: FieldSpec) -> dict[str, str] | None:
    """How a table's rows are checked in the browser: a running balance, or quantity times price; None: not at all."""
    names = {column.name for column in spec.columns}
    if {"amount", "balance"} <= names:
        return {
            "kind": "balance", "amount": "amount", "balance": "balance",
            "opening": "opening_balance", "closing": "closing_balance",
        }  # fmt: skip
    if {"quantity", "unit_price", "amount"} <= names:
        return {"kind": "product", "quantity": "quantity", "price": "unit_price", "amount": "amount"}
    return None


def _column(column: FieldSpec) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": column.label,
        "kind": _WIDTH_KINDS.get(column.kind, "text"),
        "placeholder": _DATE_PLACEHOLDER if column.kind is FieldKind.DATE else "",
    }
