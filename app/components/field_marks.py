"""How sure the machine is of each value, beside the label of its editor.

A label of Streamlit's is plain text, and an element of its own for each mark would double what the browser has to draw
for the next document. So the marks are one style sheet: it writes them behind the labels.
"""

from __future__ import annotations

from collections.abc import Sequence

from app.components.field_entries import FormField, Seen
from app.components.wording import percent

_SIGNS = {"sure": "✓ ", "doubt": "! "}
"""For those who can't tell the hues apart."""


def said(each: FormField) -> str:
    """What is said of a field's value: how sure the machine is, or that it is a person's, or missing."""
    if each.level == "human":
        return "by a person"
    if each.value is None:
        return "missing" if each.level == "doubt" else "not found"
    confidence = percent(each.stored.confidence if each.stored else None)
    return f"{confidence} · {len(each.value)} rows" if isinstance(each.value, list) else confidence


def mark(each: FormField) -> str:
    """As `said`, with a sign."""
    return said(each) if each.value is None else _SIGNS.get(each.level, "") + said(each)


def marks_style(fields: Sequence[FormField], seen: Seen) -> str:
    """The style sheet that marks the labels of a form's editors, as HTML.

    Nothing of the document is in it. What a mark looks like stands in `workbench.css`.
    """
    rules = (
        f'.st-key-{seen.key(each.spec.name)} {{ --mark: "{mark(each)}"; --hue: var(--fuse-{each.level}) }}'
        for each in fields
    )
    return f"<style>{' '.join(rules)}</style>"
