"""A PDF that is written on by hand: what stands where, in which letters, seen or not."""

from __future__ import annotations

import io

import pikepdf
from pikepdf import Array, Dictionary, Name
from reportlab.pdfbase._fontdata import encodings, widthsByFontGlyph

_GLYPHS = encodings["WinAnsiEncoding"]
_WIDTHS = widthsByFontGlyph["Helvetica"]
LOOKS = dict(zip("аеорсухіԁո", "aeopcyxidn", strict=True))
"""Cyrillic and Armenian letters that are drawn as the Latin ones they look like."""


class Paper:
    """A PDF that is written on. Lengths in points from the lower left corner of what was drawn."""

    def __init__(self, data: bytes) -> None:
        self.pdf = pikepdf.open(io.BytesIO(data))
        self._fonts = 0

    def __enter__(self) -> Paper:
        return self

    def __exit__(self, *error: object) -> None:
        self.pdf.close()

    def done(self) -> bytes:
        """The file."""
        out = io.BytesIO()
        self.pdf.save(out, deterministic_id=True)
        return out.getvalue()

    def size(self, page: int = 0) -> tuple[float, float]:
        """Width and height of a page, without the margin below."""
        _, _, x1, y1 = map(float, self.pdf.pages[page].mediabox)
        return x1, y1

    def write(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 6,
        *,
        page: int = 0,
        way: str = "0 g",
        turned: bool = False,
        said: str | None = None,
    ) -> None:
        """Writes lines, as small as they must be to fit the page, but not above `size`.

        Args:
            x, y: where the first one begins.
            text: the lines; what isn't in Helvetica is drawn as a letter of it, and is text all the same.
            size: of the letters.
            page: which one.
            way: operators before the text: colour, render mode, spacing.
            turned: whether it runs upwards.
            said: what the glyphs say where that is not what they show; as long as `text`.
        """
        lines = text.split("\n")
        room = (self.size(page)[1] if turned else self.size(page)[0]) - x - 4
        size = min(size, *(room * 1000 / max(_width(line), 1) for line in lines))
        font, codes = self._font(page, said or text, text)
        direction = "0 1 -1 0" if turned else "1 0 0 1"
        drawn = b""
        for number, line in enumerate(lines):
            start = sum(len(each) + 1 for each in lines[:number])
            told = (said or text)[start : start + len(line)]
            place = (x + number * size * 1.3, y) if turned else (x, y - number * size * 1.3)
            inked = "".join(f"{codes[pair]:02x}" for pair in zip(told, line, strict=True))
            set_up = f"q {way} BT {font} {size:.3f} Tf {direction} {place[0]:.2f} {place[1]:.2f} Tm"
            drawn += f"{set_up} <{inked}> Tj ET Q\n".encode()
        self.put(drawn, page)

    def put(self, operators: bytes, page: int = 0) -> None:
        """Draws."""
        self.pdf.pages[page].contents_add(self.pdf.make_stream(operators))

    def resource(self, kind: str, name: str, item: pikepdf.Object, page: int = 0) -> None:
        """Adds what operators name."""
        resources = self.pdf.pages[page].obj.Resources
        if kind not in resources:
            resources[kind] = Dictionary()
        resources[kind][name] = item

    def add_page(self, first: bool) -> int:
        """A blank page like the first one, before or behind the others; gives its place."""
        like = self.pdf.pages[0]
        blank = Dictionary(Type=Name.Page, MediaBox=like.mediabox, Resources=Dictionary())
        place = 0 if first else len(self.pdf.pages)
        self.pdf.pages.insert(place, pikepdf.Page(self.pdf.make_indirect(blank)))
        return place

    def annotate(self, annotation: Dictionary, page: int = 0) -> pikepdf.Object:
        """Adds an annotation."""
        made = self.pdf.make_indirect(annotation)
        there = self.pdf.pages[page].obj
        there.Annots = Array([*there.get("/Annots", Array()), made])
        return made

    def _font(self, page: int, said: str, shown: str) -> tuple[str, dict[tuple[str, str], int]]:
        """A font whose glyphs say what they are to: (what it says, what it shows) -> code."""
        pairs = [pair for pair in dict.fromkeys(zip(said, shown, strict=True)) if pair[1] != "\n"]
        codes = {pair: code for code, pair in enumerate(pairs, 33)}
        glyphs = [_glyph(look) for _, look in pairs]
        says = "\n".join(f"<{code:02x}> <{says.encode('utf-16-be').hex()}>" for (says, _), code in codes.items())
        cmap = (
            "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapType 2 def\n"
            "1 begincodespacerange <00> <ff> endcodespacerange\n"
            f"{len(codes)} beginbfchar\n{says}\nendbfchar\nendcmap end end"
        )
        self._fonts += 1
        widths = [0 if _is_narrow(says) else _WIDTHS[glyph] for (says, _), glyph in zip(pairs, glyphs, strict=True)]
        font = Dictionary(
            Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica, FirstChar=33, LastChar=32 + len(codes),
            Widths=Array(widths),
            Encoding=Dictionary(Type=Name.Encoding, Differences=Array([33, *(Name("/" + glyph) for glyph in glyphs)])),
            ToUnicode=self.pdf.make_stream(cmap.encode()),
        )  # fmt: skip
        name = f"/Attack{self._fonts}"
        self.resource("/Font", name, self.pdf.make_indirect(font), page)
        return name, codes


def _is_narrow(character: str) -> bool:
    return (
        character in "\u200b\u200c\u200d\u2060\ufeff\u202d\u202e\u202c"
        or "\ufe00" <= character <= "\ufe0f"
        or character > "\uffff"
    )


def _glyph(look: str) -> str:
    """The glyph that shows a character: its own, the one it looks like, or just some letter."""
    if _is_narrow(look):
        return "space"
    if "\uff01" <= look <= "\uff5e":
        look = chr(ord(look) - 0xFEE0)
    look = LOOKS.get(look, look)
    return str(_GLYPHS[ord(look)]) if ord(look) < 127 else "o"


def _width(line: str) -> float:
    return sum(0 if _is_narrow(c) else float(_WIDTHS[_glyph(c)]) for c in line)
