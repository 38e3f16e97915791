"""A sheet of paper to draw on: reportlab's canvas with the origin at the top left, as documents are read."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass
from typing import Literal

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from pipeline.types import JsonValue

LETTER = (612.0, 792.0)
A4 = (595.3, 841.9)
MM = 72 / 25.4
"""Points in a millimetre."""

INK = "#000000"
GREY = "#5a5a5a"
PEN_BLUE = "#1b2f8a"
WHITE = "#ffffff"

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class Face:
    """A typeface by the names of its built-in Type-1 fonts, which every PDF reader has."""

    regular: str
    bold: str
    italic: str
    bold_italic: str


HELVETICA = Face("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique")
TIMES = Face("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic")
COURIER = Face("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique")


@dataclass(frozen=True, slots=True)
class Drawing:
    """A document as drawn, before any wear.

    Attributes:
        pdf: with a text layer.
        truth: field values, in the manifests' conventions; empty for a type that is only classified.
        subject: what tells the file from others of its type, for its name, e.g. "jordan-blake".
    """

    pdf: bytes
    truth: dict[str, JsonValue]
    subject: str


class Sheet:
    """Pages under construction. All lengths in points, y downwards from the top edge; text stands on its baseline."""

    def __init__(self, size_pt: tuple[float, float], title: str) -> None:
        self.width, self.height = size_pt
        self._out = io.BytesIO()
        self._canvas = Canvas(self._out, pagesize=size_pt, invariant=1, pageCompression=1)
        self._canvas.setTitle(title)
        self._canvas.setLineJoin(1)

    def text(
        self,
        x: float,
        y: float,
        words: str,
        font: str = HELVETICA.regular,
        size: float = 9,
        *,
        align: Align = "left",
        color: str = INK,
        fit_pt: float | None = None,
    ) -> float:
        """Writes one line.

        Args:
            x: left edge, right edge or middle, as `align` says.
            y: the baseline.
            words: what to write.
            font: name of a Type-1 font.
            size: in points.
            align: what `x` is.
            color: "#rrggbb".
            fit_pt: stretch or squeeze the letters to this width.

        Returns:
            The width written, in points.
        """
        natural = float(stringWidth(words, font, size))
        width = natural if fit_pt is None else fit_pt
        start = x - {"left": 0.0, "right": width, "center": width / 2}[align]
        run = self._canvas.beginText(start, self.height - y)
        run.setFont(font, size)
        run.setFillColor(HexColor(color))
        run.setHorizScale(100 if not natural else 100 * width / natural)
        run.textOut(words)
        self._canvas.drawText(run)
        return width

    def text_up(self, x: float, y: float, words: str, font: str, size: float, fit_pt: float | None = None) -> None:
        """Writes a line that runs upwards from (x, y)."""
        self._canvas.saveState()
        self._canvas.translate(x, self.height - y)
        self._canvas.rotate(90)
        self._canvas.setFillColor(HexColor(INK))
        run = self._canvas.beginText(0, 0)
        run.setFont(font, size)
        run.setHorizScale(100 if fit_pt is None else 100 * fit_pt / stringWidth(words, font, size))
        run.textOut(words)
        self._canvas.drawText(run)
        self._canvas.restoreState()

    def lines(
        self, x: float, y: float, rows: list[str], font: str, size: float, leading: float, color: str = INK
    ) -> float:
        """Writes lines one below the other; gives the baseline after the last."""
        for row in rows:
            self.text(x, y, row, font, size, color=color)
            y += leading
        return y

    def paragraph(self, x: float, y: float, width: float, words: str, font: str, size: float, leading: float) -> float:
        """Writes text broken to a width; gives the baseline after the last line."""
        return self.lines(x, y, simpleSplit(words, font, size, width), font, size, leading)

    def rule(self, x0: float, y0: float, x1: float, y1: float, weight: float = 0.5, color: str = INK) -> None:
        """Draws a straight line."""
        self._canvas.setStrokeColor(HexColor(color))
        self._canvas.setLineWidth(weight)
        self._canvas.line(x0, self.height - y0, x1, self.height - y1)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        weight: float = 0.5,
        color: str | None = INK,
        fill: str | None = None,
        radius: float = 0,
    ) -> None:
        """Draws a rectangle from its top left corner; `color` None leaves out the frame."""
        if fill is not None:
            self._canvas.setFillColor(HexColor(fill))
        if color is not None:
            self._canvas.setStrokeColor(HexColor(color))
            self._canvas.setLineWidth(weight)
        self._canvas.roundRect(
            x,
            self.height - y - height,
            width,
            height,
            radius,
            stroke=int(color is not None),
            fill=int(fill is not None),
        )

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, fill: str) -> None:
        """Draws a filled ellipse around its middle."""
        self._canvas.setFillColor(HexColor(fill))
        middle = self.height - y
        self._canvas.ellipse(x - radius_x, middle - radius_y, x + radius_x, middle + radius_y, stroke=0, fill=1)

    def shape(self, points: list[tuple[float, float]], fill: str) -> None:
        """Draws a filled polygon."""
        path = self._canvas.beginPath()
        path.moveTo(points[0][0], self.height - points[0][1])
        for x, y in points[1:]:
            path.lineTo(x, self.height - y)
        path.close()
        self._canvas.setFillColor(HexColor(fill))
        self._canvas.drawPath(path, stroke=0, fill=1)

    def curve(self, points: list[tuple[float, float]], weight: float, color: str, opacity: float = 1.0) -> None:
        """Draws a smooth line through points (Catmull-Rom, as cubic Bezier pieces)."""
        flipped = [(x, self.height - y) for x, y in points]
        path = self._canvas.beginPath()
        path.moveTo(*flipped[0])
        padded = [flipped[0], *flipped, flipped[-1]]
        for before, start, end, after in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
            path.curveTo(
                start[0] + (end[0] - before[0]) / 6,
                start[1] + (end[1] - before[1]) / 6,
                end[0] - (after[0] - start[0]) / 6,
                end[1] - (after[1] - start[1]) / 6,
                *end,
            )
        ink = HexColor(color)
        self._canvas.setStrokeColor(Color(ink.red, ink.green, ink.blue, alpha=opacity))
        self._canvas.setLineWidth(weight)
        self._canvas.setLineCap(1)
        self._canvas.drawPath(path, stroke=1, fill=0)
        self._canvas.setLineCap(0)
        self._canvas.setStrokeAlpha(1)

    def signature(self, x: float, y: float, width: float, rng: random.Random, color: str = PEN_BLUE) -> None:
        """Draws a scribble with a pen, the shape of a signature and no letters of a name."""
        points = [(x, y - 2)]
        step = width / 22
        for stroke in range(22):
            tall = 15 if stroke in (0, 9) else rng.choice((5, 6, 8))
            left = x + stroke * step
            points.append((left + step * rng.uniform(0.5, 0.9), y - tall * rng.uniform(0.8, 1.1)))
            points.append((left + step * rng.uniform(0.0, 0.5), y + rng.uniform(-1.5, 2.5)))
        points.append((x + width * 1.08, y - 4))
        self.curve(points, 0.9, color)

    def next_page(self) -> None:
        """Ends this page and starts another of the same size."""
        self._canvas.showPage()

    def pdf(self) -> bytes:
        """Ends the document.

        Returns:
            The PDF, the same bytes for the same strokes (no dates, a fixed id).
        """
        self._canvas.save()
        return self._out.getvalue()
