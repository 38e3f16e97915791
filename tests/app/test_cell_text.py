from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cell_text import csv_text, is_dangerous, xlsx_text

LEADS = ["", " ", "\t", "\r", "\n", "\u00a0", "\u200b", "\ufeff", "x;", "x\n", "x\t"]
FORMULAS = [*"=+-@＝＋－＠﹢﹣", "=cmd|' /C calc'!A0", "@SUM(1)", "-2+3"]


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("  =1+1", "'  =1+1"),
        ("\u200b=1+1", "'\u200b=1+1"),  # zero-width space
        ("＝1+1", "'＝1+1"),  # full width
        ("+49 30 1234", "'+49 30 1234"),
        ("-2+3", "'-2+3"),
        ("\tx", "'\tx"),
        ("a;=1+1", "a;'=1+1"),  # a new cell, where Excel parts cells by semicolons
        ("a\n=1+1", "a\n'=1+1"),
        ("-12.50", "-12.50"),  # a number stays one
        ("2024-03-15", "2024-03-15"),
        ("a-b=c", "a-b=c"),
        ("", ""),
    ],
)
def test_a_formula_becomes_text(text: str, safe: str) -> None:
    assert csv_text(text) == safe


@given(st.builds("".join, st.lists(st.one_of(st.text(), st.sampled_from(LEADS + FORMULAS)), max_size=6)))
def test_no_cell_and_no_part_of_one_begins_like_a_formula(text: str) -> None:
    for part in re.split(r"[;\t\r\n]", csv_text(text)):
        seen = unicodedata.normalize("NFKC", re.sub(r"^[\s\u200b\ufeff\u00ad\u2060\0]+", "", part))
        assert not re.match(r"[=+@]|-(?!\d{1,15}(\.\d{1,15})?$)", seen), part
    assert not csv_text(text).startswith(("\t", "\r", "\n"))


@given(st.text())
def test_what_is_not_dangerous_is_left_alone(text: str) -> None:
    if "\0" not in text and not any(is_dangerous(part) for part in re.split(r"(?<=[;\t\r\n])", text)):
        assert csv_text(text) == text


def test_a_workbook_takes_every_text() -> None:
    assert xlsx_text("a\x00b\x0bc\ufffed") == "abcd"
    assert xlsx_text("_x000D_") == "_x005F_x000D_"
    assert len(xlsx_text("x" * 40_000)) == 32_767
