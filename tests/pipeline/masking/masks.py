"""Masks for the tests of masking, and what tells texts apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.masking import Known, Mask
from pipeline.masking.mask import find_patterns

MRZ = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10"


def mask_of(*texts: str, known: Sequence[Known] = (), first: int = 1) -> Mask:
    """With our own recognisers only, so that it is the same where presidio is installed."""
    return Mask.of(texts, known, first, finders=[find_patterns])


def bare(text: str) -> str:
    return re.sub(r"[^0-9a-z]", "", unicodedata.normalize("NFKD", text).lower())
