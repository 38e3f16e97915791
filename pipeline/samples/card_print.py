"""What identity documents carry beside their words: a portrait, fine lines under the print, labelled fields."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

from pipeline.samples.sheet import GREY, INK, Face, Sheet

_SKINS = ("#e8c4a0", "#c99a6b", "#8d5a3a", "#f0d5bd", "#5f3d28")
_HAIRS = ("#2a1c12", "#5b3a1e", "#8a8580", "#b98a48", "#16110d")
_CLOTHES = ("#27364f", "#4a2d3a", "#2f4a3c", "#3d3d45", "#6b5a3d")


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of an issuer: band and headings, paper, fine lines."""

    strong: str
    paper: str
    fine: str


def guilloche(sheet: Sheet, palette: Palette, rng: random.Random) -> None:
    """Covers the sheet with its paper colour and bundles of fine waves."""
    sheet.box(0, 0, sheet.width, sheet.height, color=None, fill=palette.paper)
    waves = rng.uniform(1.5, 3.5)
    swing = sheet.height * rng.uniform(0.05, 0.1)
    for row in range(26):
        phase = row * 0.35
        base = sheet.height * (row - 2) / 22
        steps = [sheet.width * i / 40 for i in range(41)]
        points = [(x, base + swing * math.sin(waves * 2 * math.pi * x / sheet.width + phase)) for x in steps]
        sheet.curve(points, 0.3, palette.fine)


def portrait(sheet: Sheet, x: float, y: float, width: float, height: float, look: random.Random) -> None:
    """Draws a head and shoulders in a frame; the same `look` state gives the same face."""
    skin, hair, cloth = look.choice(_SKINS), look.choice(_HAIRS), look.choice(_CLOTHES)
    long_hair = look.random() < 0.5
    middle = x + width / 2
    sheet.box(x, y, width, height, color=None, fill="#dfe5ea")
    if long_hair:
        sheet.ellipse(middle, y + height * 0.48, width * 0.30, height * 0.32, hair)
    arc = [(math.pi * i / 24) for i in range(25)]
    bottom = y + height
    sheet.shape([(middle + width * 0.46 * math.cos(a), bottom - height * 0.24 * math.sin(a)) for a in arc], cloth)
    sheet.box(middle - width * 0.09, y + height * 0.6, width * 0.18, height * 0.2, color=None, fill=skin)
    sheet.ellipse(middle, y + height * 0.37, width * 0.245, height * 0.27, hair)
    sheet.ellipse(middle, y + height * 0.445, width * 0.21, height * 0.235, skin)
    for side in (-1, 1):
        sheet.ellipse(middle + side * width * 0.085, y + height * 0.43, width * 0.028, height * 0.013, INK)
    sheet.rule(middle, y + height * 0.45, middle - width * 0.015, y + height * 0.515, 0.5, GREY)
    sheet.rule(middle - width * 0.06, y + height * 0.575, middle + width * 0.06, y + height * 0.575, 0.8, "#8c3b3b")
    sheet.box(x, y, width, height, weight=0.4, color=GREY)


def field(
    sheet: Sheet, x: float, y: float, label: str, value: str, face: Face, size: float = 7.5, label_color: str = GREY
) -> None:
    """Writes a small label with the value under it; `y` is the label's baseline."""
    sheet.text(x, y, label, face.regular, size * 0.62, color=label_color)
    sheet.text(x, y + size, value, face.bold, size)
