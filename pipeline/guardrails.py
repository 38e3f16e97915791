"""What a stranger's text may not do to a language model: hidden and control characters go, orders are noticed.

This is the weaker half. What holds is outside the model: a schema, no tool with a side effect, a value only where it
stands on the page, and the built-in engine's value before the model's (`pipeline.reconcile`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.types import Page

_ROLE_TOKENS = re.compile(
    r"<\|[^|<>\n]{0,40}\|>|<<\s*/?\s*sys\s*>>|\[/?inst\]|</?s>|</?(?:system|assistant|user|tool|tool_call|document)\b[^<>\n]{0,80}>|"
    r"^\s*(?:system|assistant|human|user)\s*:\s*(?=\S)",
    re.IGNORECASE | re.MULTILINE,
)
_FENCE = re.compile(r"`{3,}|~{3,}")
_KEPT_CONTROLS = "\n\t"
_HIDDEN = frozenset(("Cf", "Cc", "Co", "Cn"))
"""Categories of characters that nobody sees: zero width, bidirectional, tags, private use."""

_ORDERS_BY_KIND = {
    "drop the rules": (
        r"\b(?:ignore|disregard|forget|override|bypass)\b.{0,30}"
        r"\b(?:previous|prior|above|earlier|preceding|all|any|these|those|your|the)\b.{0,30}"
        r"\b(?:instruction|prompt|rule|direction|message|context|text|guideline|schema|field|value)s?\b"
    ),
    "drop what is above": r"\b(?:ignore|disregard|forget)\b.{0,15}\b(?:the above|everything|all of the)\b",
    "be another": (
        r"\b(?:you are now|act as|pretend to be|from now on,? you|system prompt|developer mode|jailbreak)\b|"
        r"\bnew (?:instruction|rule|task)s?\s*:"
    ),
    "a model must": (
        r"\b(?:ai|llm|language model|assistant|chatbot|gpt|model|extractor|parser|bot)s?\b.{0,40}"
        r"\b(?:must|should|shall|please|has to|have to)\b.{0,60}"
        r"\b(?:return|output|respond|answer|reply|extract|report|set|use|write|approve|classify)\b"
    ),
    "answer this": (
        r"\b(?:return|output|respond with|answer with|reply with|print|set|report)\b.{0,40}"
        r"\b(?:instead of|as the (?:total|name|number|value|amount)|for (?:every|each|all) fields?)\b"
    ),
    "approve": (
        r"\b(?:auto-?approve|mark (?:this|it|the document) as (?:approved|verified|valid|correct)|"
        r"confidence\s*(?:of|to|is|=|:)\s*(?:1(?:\.0)?\b|100 ?%))"
    ),
    "call a tool": r"\b(?:get_gold_examples|tool_calls?|function_call)\b|\"arguments\"\s*:\s*\{",
    "German": (
        r"\b(?:ignoriere?n?|missachte|vergiss)\b.{0,40}\b(?:anweisung(?:en)?|vorherige[nrs]?|obige[nrs]?|regeln)\b"
    ),
    "French": r"\b(?:ignore[zr]?|oublie[zr]?)\b.{0,40}\b(?:instructions?|consignes?|précédentes?)\b",
    "Spanish": r"\b(?:ignor[ae]|olvid[ae])\b.{0,40}\b(?:instrucciones|anteriores|reglas)\b",
    "Italian": r"\b(?:ignora|dimentica)\b.{0,40}\b(?:istruzioni|precedenti|regole)\b",
    "Portuguese": r"\b(?:ignore|esqueça|desconsidere)\b.{0,40}\b(?:instruções|anteriores|regras)\b",
    "Dutch": r"\b(?:negeer|vergeet)\b.{0,40}\b(?:instructies|vorige|bovenstaande|regels)\b",
    "others": r"忽略.{0,10}(?:指令|指示|说明)|無視.{0,10}指示|игнорируй.{0,30}инструкции",
}
"""What orders to a model look like; a document speaks to people, and of amounts."""
_ORDERS = tuple(re.compile(pattern, re.IGNORECASE) for pattern in _ORDERS_BY_KIND.values())


def cleaned(text: str) -> str:
    """The text as a model may read it: what is invisible, speaks a server's own language or fences text off is gone.

    Args:
        text: of a document.
    """
    visible = "".join(c for c in unicodedata.normalize("NFKC", text) if _is_visible(c))
    return _FENCE.sub(" ", _ROLE_TOKENS.sub(" ", visible))


def has_hidden_characters(text: str) -> bool:
    """Whether some characters of a text are there for machines only."""
    return any(not _is_visible(c) and c != "\u00ad" for c in text)


def orders_in(text: str) -> tuple[str, ...]:
    """The stretches of a text that speak to a model instead of to a person; none in an honest document.

    Args:
        text: as read; line breaks may stand anywhere in an order.
    """
    flat = " ".join(cleaned(text).split())
    return tuple(match[0] for pattern in _ORDERS for match in pattern.finditer(flat))


def is_suspicious(pages: Sequence[Page]) -> bool:
    """Whether a document speaks to a model: such a one always goes to a person."""
    return any(has_hidden_characters(page.text) or orders_in(page.text) for page in pages)


def _is_visible(character: str) -> bool:
    return character in _KEPT_CONTROLS or unicodedata.category(character) not in _HIDDEN
