"""What a stranger's text may not do to a language model: hidden and control characters go, orders are noticed.

This is the weaker half. What holds is outside the model: a schema, no tool with a side effect, a value only where it
stands on the page, and the built-in engine's value before the model's (`pipeline.reconcile`).

Orders are looked for in the text as it is, with look-alike letters made the Latin ones, as bare letters (so that
spaces, dots and hyphens between them hide nothing), and in what its base64 says. Every pattern is bounded, so that the
time goes with the text's length.
"""

from __future__ import annotations

import base64
import re
import unicodedata
from collections.abc import Iterator, Sequence
from itertools import groupby

from pipeline.model_orders import BACK, BARE_ORDERS, ORDERS, PROMPT_PIECES
from pipeline.types import Page

_ROLE_TOKENS = re.compile(
    r"<\|[^|<>\n]{0,40}\|>|<<[ \t]{0,9}/?[ \t]{0,9}sys[ \t]{0,9}>>|\[/?inst\]|</?s>|"
    r"</?(?:start_of_turn|end_of_turn|system|assistant|user|human|tool|tool_call|tool_response|function|function_call|"
    r"think|instructions?|example|context|prompt|untrusted|data|document)\b[^<>\n]{0,80}>",
    re.IGNORECASE,
)
"""What separates the parts of a prompt in some server's language, or in ours."""
_ROLES = re.compile(r"^[ \t]*(?:system|assistant|human|user)[ \t]*:[ \t]*(?=\S)", re.IGNORECASE | re.MULTILINE)
"""A turn of a conversation; on an honest till's receipt, who was at the till."""
_HALF_TOKENS = re.compile(r"<\||\|>|<<(?=sys)|(?<=sys)>>", re.IGNORECASE)
_FENCE = re.compile(r"`{3,}|~{3,}")
_KEPT_CONTROLS = "\n\t\r\f\v"
_HIDDEN = frozenset(("Cf", "Cc", "Co", "Cn"))
"""Categories of characters that nobody sees: zero width, bidirectional, tags, private use."""
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
"""Letters and marks that show nothing, whatever their category says."""
_NEEDED = re.compile(r"[\u00ad\u061c\u200e\u200f\ufe0e\ufe0f]|(?<=[\u0600-\u0dff])[\u200c\u200d]")
_MOST_PASSES = 4

_THIN = 3
_WITHOUT_END = 100
_LEAST_BASE64 = 16
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/_-]{16,}={0,2} ?)+(?:[A-Za-z0-9+/_-]{1,15}={0,2})?")
_PLAIN_BASE64 = {ord("-"): "+", ord("_"): "/", ord("="): None}
_MOST_BASE64 = 64
"""So many runs of a text are unpacked, and so many parts of a run by themselves."""

_LATIN = str.maketrans(
    "авеёкмнорстухіїјѕԁԛԝһӏгпқ" "αβγεηικνορτυχωϲ" "ɑɡıȷℓᴀᴄᴅᴇᴊᴋᴍɴᴏᴘʀᴛᴜᴠᴡᴢ" "ƅһᏟօսո",
    "abeekmhopctyxiijsdqwhlrnk" "abyenikvoptuxwc" "agijlacdejkmnoprtuvwz" "bhcoun",
)  # fmt: skip
"""Small letters of other scripts that look like Latin ones. Source: Unicode's confusables (UTS 39), the common ones."""
_LEET = str.maketrans("013457@$!|", "oieastasil")
_RIGHT_TO_LEFT = re.compile(r"[\u0590-\u08ff]")
_NOT_LETTERS = re.compile(r"[^a-z]+")
_DIVIDED = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011] (?=[^\W\d_])")


def cleaned(text: str) -> str:
    """The text as a model may read it: what is invisible, speaks a server's own language or fences text off is gone.

    Args:
        text: of a document.
    """
    text = _visible(text)
    for _ in range(_MOST_PASSES):  # what is taken out of the middle of a token may leave another one
        text, count = _ROLE_TOKENS.subn(" ", text)
        if not count:
            break
    return _FENCE.sub(" ", _ROLES.sub(" ", _HALF_TOKENS.sub(" ", text)))


def has_hidden_characters(text: str) -> bool:
    """Whether some characters of a text are there for machines only.

    Args:
        text: as read; what scripts written from the right, joined letters and divided words need is none.
    """
    return any(not _is_visible(c) for c in set(_NEEDED.sub("", text)))


def orders_in(text: str) -> tuple[str, ...]:
    """The stretches of a text that speak to a model instead of to a person; none in an honest document.

    Args:
        text: as read; line breaks may stand anywhere in an order.
    """
    visible = _visible(text)
    tokens = tuple(match[0] for match in _ROLE_TOKENS.finditer(visible))
    # Tokens inside an order part it no more than line breaks do.
    flat = " ".join(cleaned(text).split())
    return (*tokens, *_in_flat(flat), *_in_base64(flat), *_turned(visible), *_without_end(flat))


def answers_back(value: str) -> bool:
    """Whether a value that a model gave is no copy of a field: it talks about the question, or is made of markup.

    Args:
        value: as the model gave it.
    """
    visible = _visible(value)
    flat = " ".join(visible.split()).lower()
    return bool(_ROLE_TOKENS.search(visible) or BACK.search(flat) or PROMPT_PIECES.search(flat) or orders_in(value))


def is_suspicious(pages: Sequence[Page]) -> bool:
    """Whether a document speaks to a model: such a one always goes to a person."""
    # Joined: an order may begin on one page and end on the next.
    return speaks_to_a_model("\n".join(page.text for page in pages))


def speaks_to_a_model(text: str) -> bool:
    """As `is_suspicious`, of a text."""
    return has_hidden_characters(text) or bool(orders_in(text))


def _in_flat(flat: str) -> Iterator[str]:
    """Orders in a text without line breaks, and in what it looks like."""
    small = flat.lower()
    latin = _latin(small)
    readings = [small, latin]
    if _RIGHT_TO_LEFT.search(small):  # files keep its letters in either order
        readings.append(" ".join(word[::-1] for word in small.split()))
    for each in dict.fromkeys(readings):
        for order in ORDERS:
            yield from order.find(each)
    bare, leet = (_NOT_LETTERS.sub("", each) for each in (latin, latin.translate(_LEET)))
    for each in dict.fromkeys((bare, bare[::-1], leet)):
        yield from (match[0] for match in BARE_ORDERS.finditer(each))


def _latin(small: str) -> str:
    """The text with look-alike letters made Latin ones, without accents and divisions at the ends of lines."""
    if not small.isascii():
        apart = unicodedata.normalize("NFKD", small.translate(_LATIN))
        small = "".join(c for c in apart if not unicodedata.combining(c))
    return _DIVIDED.sub("", small)


def _turned(text: str) -> Iterator[str]:
    """Orders that run up or down a page: each of their letters was read as a line."""
    letters = [line for line in text.lower().splitlines() if len(line) <= _THIN]
    for each in (letters, letters[::-1]):
        yield from (match[0] for match in BARE_ORDERS.finditer(_NOT_LETTERS.sub("", "".join(each))))


def _without_end(flat: str) -> Iterator[str]:
    """Words said again and again, which lead a model astray."""
    for word, run in groupby(flat.split()):
        if len(word) > _THIN and word.isalnum() and sum(1 for _ in run) >= _WITHOUT_END:
            yield word


def _in_base64(flat: str) -> Iterator[str]:
    """Orders in what the base64 in a text says."""
    for number, run in enumerate(_BASE64.finditer(flat)):
        if number >= _MOST_BASE64:
            return
        for told in _decoded(run[0]):
            yield from _in_flat(" ".join(told.split()))


def _decoded(run: str) -> Iterator[str]:
    """What a run of base64 letters says, each of its parts by itself and all as one, where that is text."""
    parts = run.split()
    for part in dict.fromkeys(("".join(parts), *parts[:_MOST_BASE64])):
        letters = part.translate(_PLAIN_BASE64)
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        if len(letters) >= _LEAST_BASE64:
            told = base64.b64decode(letters + "=" * (-len(letters) % 4)).decode("utf-8", "ignore")
            if told.isprintable() or "\n" in told:
                yield told


def _visible(text: str) -> str:
    """In Unicode's plainest form (NFKC), without what nobody sees."""
    normal = unicodedata.normalize("NFKC", text)
    hidden = [c for c in set(normal) if not _is_visible(c)]
    return normal.translate(dict.fromkeys(map(ord, hidden))) if hidden else normal


def _is_visible(character: str) -> bool:
    if character in _BLANK or "\ufe00" <= character <= "\ufe0d" or "\U000e0100" <= character <= "\U000e01ef":
        return False  # variation selectors can carry a text of their own
    return character in _KEPT_CONTROLS or unicodedata.category(character) not in _HIDDEN
