"""What every OCR engine does."""

from __future__ import annotations

from typing import Protocol

from pipeline.render import Gray
from pipeline.types import Word


class OcrEngine(Protocol):
    """Reads a picture.

    Attributes:
        name: as in the settings.
        steady: whether it reads small print, faint print and scattered words as they are; with others, pictures are
            made ready first, and looked at again (`pipeline.reading.looks`).
    """

    name: str
    steady: bool

    def warm_up(self) -> None:
        """Loads what reading needs, so that processes forked from this one have it."""
        ...

    def read(self, picture: Gray, page: int, sparse: bool = False) -> list[Word]:
        """Gives the words of a picture; boxes are fractions of it, `page` goes into them.

        A word's confidence is about the share of words so marked that are right; so engines' words can be compared.
        `sparse` looks for text anywhere, in no order: for cards and photos on which no block of text is found.
        """
        ...

    def turn_needed(self, picture: Gray) -> int:
        """How many degrees clockwise the picture must be turned to stand upright: 0, 90, 180 or 270; 0 when unsure."""
        ...
