"""What every OCR engine does."""

from __future__ import annotations

from typing import Protocol

from pipeline.render import Gray
from pipeline.types import Word


class OcrEngine(Protocol):
    """Reads a picture."""

    name: str

    def read(self, picture: Gray, page: int, sparse: bool = False) -> list[Word]:
        """Gives the words of a picture; boxes are fractions of it, `page` goes into them.

        `sparse` looks for text anywhere, in no order: for cards and photos on which no block of text is found.
        """
        ...
