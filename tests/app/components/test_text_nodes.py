from __future__ import annotations

import pytest

from app.components.text_nodes import in_code, marked


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ("a ‹hit› here", "a <mark>hit</mark> here"),
        ("<img src=x onerror=alert(1)> ‹hit›", "&lt;img src=x onerror=alert(1)&gt; <mark>hit</mark>"),
        ("‹<b>›", "<mark>&lt;b&gt;</mark>"),
        ("a lone › and ‹ stay", "a lone › and ‹ stay"),
        ('quotes " and &', "quotes &quot; and &amp;"),
    ],
)
def test_hits_are_marked_and_nothing_else_is_markup(found: str, expected: str) -> None:
    assert marked(found) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain.pdf", "`plain.pdf`"),
        ("a`b`![x](http://e)\n# c", "`a'b'![x](http://e) # c`"),
        ("", ""),
    ],
)
def test_text_cannot_leave_its_code_span(text: str, expected: str) -> None:
    assert in_code(text) == expected
