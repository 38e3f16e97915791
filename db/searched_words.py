"""What is searched for in the texts of documents, as a `tsquery`.

Postgres takes "£282.01" for one word and "$282.01" for a sign and a number (its parser knows ASCII alone for certain),
so that an amount would be found only as it is printed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import ColumnElement, cast, func, text
from sqlalchemy.dialects.postgresql import TSQUERY

_SIGNS = "$£€¥₹"
_SIGN_BEFORE = re.compile(rf"[{_SIGNS}]\s?(?=\d)")
_NUMBER = re.compile(r"(?<![\w.,])(?P<first>\d{1,16}(?:\.\d+)?)(?P<more>(?:,\d{3})*(?:\.\d+)?)(?![\w,])")
_LONG = re.compile(r"[1-9]\d{3,15}\.\d+")
_MOST_NUMBERS = 20


def searched_words(typed: str) -> ColumnElement[object]:
    """What was typed into a search ("quoted phrase", -not); its amounts with any currency sign before them, or none.

    An amount of a thousand or more is found as it is typed, and typed without commas with them as well.
    """
    plain = _SIGN_BEFORE.sub("", typed)
    query: ColumnElement[object] = func.websearch_to_tsquery(text("'english'"), plain)
    for word, spellings in dict(_spelt(plain)).items():
        query = func.ts_rewrite(query, cast(f"'{word}'", TSQUERY), cast(spellings, TSQUERY))
    return query


def _spelt(plain: str) -> Iterator[tuple[str, str]]:
    """The first word of each number, and as which words it may stand in a text."""
    for number, _ in zip(_NUMBER.finditer(plain), range(_MOST_NUMBERS), strict=False):
        word = number["first"]
        is_amount = "." in word or bool(number["more"])
        spellings = _signed(word, is_amount)
        if _LONG.fullmatch(word):
            spellings = f"{spellings} | {_in_thousands(word)}"
        yield word, spellings


def _in_thousands(word: str) -> str:
    """An amount that was typed without commas, as the words that it is with them."""
    whole, _, decimals = word.partition(".")
    first, *others = f"{int(whole):,}.{decimals}".split(",")
    return " <-> ".join((f"({_signed(first, is_amount=True)})", *(f"'{group}'" for group in others)))


def _signed(word: str, is_amount: bool) -> str:
    """A minus only before what is surely an amount: else the days of dates would be found, too."""
    return " | ".join(f"'{sign}{word}'" for sign in ("", *_SIGNS, *("-" if is_amount else "")))
