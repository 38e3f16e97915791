"""What a person changed in a table, cell by cell, as far as rows can be matched."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

from app.components.wording import NOT_KNOWN, counted
from pipeline.doctypes import FieldSpec

CellText = Callable[[FieldSpec | None, Any], str]
Row = Mapping[str, Any]
Kind = Literal["cell", "added", "removed"]
_MOST = 30


@dataclass(frozen=True, slots=True)
class TableChange:
    """A change: where ("row 3, Amount"), what stood and stands there, and of a cell or a row."""

    where: str
    before: str
    after: str
    kind: Kind = field(default="cell", compare=False)


def table_changes(
    spec: FieldSpec | None, before: Sequence[Row], after: Sequence[Row], text: CellText
) -> list[TableChange]:
    """The changes between two states of a table; of very many, the first ones and how many more there are.

    Args:
        spec: the table's definition, if there is one.
        before, after: its rows.
        text: how a cell is shown.
    """
    columns = {} if spec is None else {column.name: column for column in spec.columns}
    found = list(_changes(columns, before, after, text))
    if len(found) <= _MOST:
        return found
    return [*found[:_MOST], TableChange(f"{counted(len(found) - _MOST, 'more change')}", "…", "…")]


def changes_in_short(before: Sequence[Row], after: Sequence[Row]) -> str:
    """How much differs between two states of a table, e.g. "3 cells changed, 1 row added"; "" for nothing."""
    kinds: Counter[str] = Counter(change.kind for change in _changes({}, before, after, lambda spec, value: str(value)))
    told = (
        f"{counted(kinds[kind], one)} {verb}"
        for kind, one, verb in (("cell", "cell", "changed"), ("added", "row", "added"), ("removed", "row", "removed"))
        if kinds[kind]
    )
    return ", ".join(told)


def _changes(
    columns: Mapping[str, FieldSpec], before: Sequence[Row], after: Sequence[Row], text: CellText
) -> Iterator[TableChange]:
    old, new = ([json.dumps(row, sort_keys=True) for row in rows] for rows in (before, after))
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            continue
        both = min(old_to - old_from, new_to - new_from)
        for place in range(both):
            yield from _cells(columns, new_from + place, before[old_from + place], after[new_from + place], text)
        for place in range(old_from + both, old_to):
            yield TableChange(f"row {place + 1} removed", _row_text(columns, before[place], text), NOT_KNOWN, "removed")
        for place in range(new_from + both, new_to):
            yield TableChange(f"row {place + 1} added", NOT_KNOWN, _row_text(columns, after[place], text), "added")


def _cells(
    columns: Mapping[str, FieldSpec], place: int, before: Row, after: Row, text: CellText
) -> Iterator[TableChange]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            column = columns.get(name)
            yield TableChange(
                f"row {place + 1}, {column.label if column else name}",
                text(column, before.get(name)),
                text(column, after.get(name)),
            )


def _row_text(columns: Mapping[str, FieldSpec], row: Row, text: CellText) -> str:
    return ", ".join(text(columns.get(name), value) for name, value in row.items() if value is not None)
