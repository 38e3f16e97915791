"""Wear and tear: what a scanner, a camera and a fax machine do to a page.

Pictures are arrays of bytes, grey (height, width) or RGB (height, width, 3). The same generator state gives the same
picture.
"""

from __future__ import annotations

import io
import math
import time
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pypdfium2
from PIL import Image, ImageDraw, ImageFont

Picture = npt.NDArray[np.uint8]

FAX_DPI = 204
"""Horizontal resolution of fax groups 3 and 4; vertically "fine" is 196, here the same."""
_LETTER_AT_FAX = (1728, 2244)
"""A fax line has 1728 dots; 11 inches down."""
_MOST_ENLARGED = 1.7
_NO_TIME = time.gmtime(0)


def rasterise(pdf: bytes, dpi: float) -> list[Picture]:
    """Renders each page of a PDF to RGB."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.render(scale=dpi / 72, rev_byteorder=True).to_numpy()[:, :, :3].copy() for page in document]
    finally:
        document.close()


def grey(picture: Picture) -> Picture:
    """The picture without colours."""
    return _bytes(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY))


def scan(picture: Picture, rng: np.random.Generator) -> Picture:
    """A page from a scanner: a little askew, soft, noisy, with dust and a lamp that is brighter on one side."""
    worn = _rotated(picture, rng.uniform(-1.3, 1.3), border=255)
    worn = _blurred(worn, rng.uniform(0.45, 0.9))
    ink = rng.uniform(20, 60)
    levels = ink + worn.astype(np.float32) * ((250 - ink) / 255)
    levels *= _like(_light(levels.shape[:2], rng, least=0.92), levels)
    levels += _like(_noise(levels.shape[:2], rng, 4.0), levels)
    return _dusty(_bytes(levels), rng)


def copied(picture: Picture, rng: np.random.Generator) -> Picture:
    """A grey page from an office copier: paper burnt out to white, eight levels of ink; it packs well as PNG."""
    stretched = (scan(grey(picture), rng).astype(np.float32) - 45) * (255 / (205 - 45))
    return _bytes(np.round(np.clip(stretched, 0, 255) / 36.43) * 36.43)


def photo(picture: Picture, rng: np.random.Generator, longest_px: int = 2200) -> Picture:
    """A page on a dark table, taken by hand: perspective, light that falls off, warm colours, soft edges.

    Args:
        picture: RGB.
        rng: the source of everything.
        longest_px: the photo's longer side.
    """
    height, width = picture.shape[:2]
    scale = longest_px / (1.16 * max(height, width))
    out_width, out_height = round(width * 1.16 * scale), round(height * 1.16 * scale)
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float32)
    inset = np.array([0.08 * width, 0.08 * height])
    shift = rng.uniform(-0.035, 0.035, (4, 2)) * (width, height)
    target = ((corners + inset + shift) * scale).astype(np.float32)
    target = _turned(target, rng.uniform(-2.0, 2.0), (out_width / 2, out_height / 2))
    warp = cv2.getPerspectiveTransform(corners, target)
    size = (out_width, out_height)
    page = cv2.warpPerspective(picture, warp, size, flags=cv2.INTER_AREA)
    sheet = np.full((height, width), 255, dtype=np.uint8)
    mask = _blurred(_bytes(cv2.warpPerspective(sheet, warp, size)), 1.0).astype(np.float32)[:, :, None] / 255
    shadow = _blurred(_bytes(np.roll(mask[:, :, 0] * 255, (9, 7), (0, 1))), 9.0).astype(np.float32)[:, :, None] / 255
    table = _table((out_height, out_width), rng) * (1 - 0.55 * shadow)
    mixed = table * (1 - mask) + (12 + page.astype(np.float32) * 0.9) * mask
    mixed *= _light((out_height, out_width), rng, least=0.68)[:, :, None] * np.array(
        (1.0, rng.uniform(0.96, 0.99), rng.uniform(0.91, 0.98)), dtype=np.float32
    )
    mixed += _noise((out_height, out_width), rng, 3.5)[:, :, None]
    return _blurred(_bytes(mixed), rng.uniform(0.5, 0.9))


def fax(picture: Picture, rng: np.random.Generator, header: str) -> Picture:
    """A page as a fax machine receives it: black and white only, speckled, a line of the sender's on top.

    Smaller sheets than letter (cards, receipts) come from a copier's glass, enlarged on a letter page.
    """
    page = _on_letter(grey(picture))
    page = _rotated(page, rng.uniform(-0.7, 0.7), border=255)
    page = _blurred(page, 0.6)
    levels = page.astype(np.float32) + _noise(page.shape[:2], rng, 14.0)
    black = _bytes(np.where(levels < rng.uniform(150, 180), 0, 255))
    specks = rng.random(black.shape)
    black[specks < 0.00012] = 0
    stamp = Image.fromarray(black)
    ImageDraw.Draw(stamp).text((60, 14), header, fill=0, font=ImageFont.load_default(26))
    return _bytes(np.where(np.asarray(stamp) < 128, 0, 255))


def as_pdf(pictures: list[Picture], dpi: float, quality: int = 55) -> bytes:
    """A PDF of JPEG pages without a text layer; it carries no dates."""
    pages = [Image.fromarray(picture) for picture in pictures]
    out = io.BytesIO()
    pages[0].save(
        out,
        "PDF",
        save_all=True,
        append_images=pages[1:],
        resolution=dpi,
        quality=quality,
        producer="scanner",
        creationDate=_NO_TIME,
        modDate=_NO_TIME,
    )
    return out.getvalue()


def as_jpeg(picture: Picture, dpi: float, quality: int = 60) -> bytes:
    """A JPEG file."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return out.getvalue()


def as_png(picture: Picture, dpi: float) -> bytes:
    """A PNG file."""
    out = io.BytesIO()
    Image.fromarray(picture).save(out, "PNG", dpi=(dpi, dpi), compress_level=6)
    return out.getvalue()


def as_tiff(pictures: list[Picture], dpi: float) -> bytes:
    """A TIFF of black and white pages, compressed as CCITT group 4 (ITU-T T.6)."""
    pages = [Image.fromarray(picture).convert("1", dither=Image.Dither.NONE) for picture in pictures]
    out = io.BytesIO()
    pages[0].save(out, "TIFF", compression="group4", save_all=True, append_images=pages[1:], dpi=(dpi, dpi))
    return out.getvalue()


def _bytes(values: npt.NDArray[Any]) -> Picture:
    return np.asarray(np.clip(values, 0, 255), dtype=np.uint8)


def _like(plane: npt.NDArray[np.float32], picture: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    return plane[:, :, None] if picture.ndim == 3 else plane


def _blurred(picture: Picture, sigma: float) -> Picture:
    return _bytes(cv2.GaussianBlur(picture, (0, 0), sigma))


def _rotated(picture: Picture, degrees: float, border: int) -> Picture:
    height, width = picture.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return _bytes(
        cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=(border, border, border))
    )


def _turned(points: npt.NDArray[np.float32], degrees: float, middle: tuple[float, float]) -> npt.NDArray[np.float32]:
    angle = math.radians(degrees)
    turn = np.array([(math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))])
    return np.asarray((points - middle) @ turn.T + middle, dtype=np.float32)


def _noise(shape: tuple[int, ...], rng: np.random.Generator, deviation: float) -> npt.NDArray[np.float32]:
    return rng.standard_normal(shape, dtype=np.float32) * np.float32(deviation)


def _light(shape: tuple[int, ...], rng: np.random.Generator, least: float) -> npt.NDArray[np.float32]:
    """Brightness from 1 at one edge or corner to `least` at the opposite one."""
    angle = rng.uniform(0, 2 * math.pi)
    across = np.linspace(-1, 1, shape[1], dtype=np.float32) * np.float32(math.cos(angle))
    down = np.linspace(-1, 1, shape[0], dtype=np.float32) * np.float32(math.sin(angle))
    slope = (across[None, :] + down[:, None]) / np.float32(abs(math.cos(angle)) + abs(math.sin(angle)))
    return np.asarray(1 - (1 - least) * (slope + 1) / 2, dtype=np.float32)


def _dusty(picture: Picture, rng: np.random.Generator) -> Picture:
    height, width = picture.shape[:2]
    for _ in range(int(rng.integers(8, 40))):
        spot = (int(rng.integers(0, width)), int(rng.integers(0, height)))
        tone = int(rng.integers(90, 200))
        cv2.circle(picture, spot, int(rng.integers(1, 3)), (tone, tone, tone), -1, cv2.LINE_AA)
    return picture


def _table(shape: tuple[int, int], rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Dark wood: streaks along the width."""
    tone = np.array((rng.uniform(48, 74), rng.uniform(36, 50), rng.uniform(26, 38)), dtype=np.float32)
    streaks = cv2.GaussianBlur(_noise(shape, rng, 60.0), (0, 0), sigmaX=45, sigmaY=1.2)
    return np.asarray(np.clip(tone + streaks[:, :, None], 8, 110), dtype=np.float32)


def _on_letter(page: Picture) -> Picture:
    width, height = _LETTER_AT_FAX
    scale = min(width / page.shape[1], height / page.shape[0], _MOST_ENLARGED)
    size = (round(page.shape[1] * scale), round(page.shape[0] * scale))
    resized = cv2.resize(page, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    sheet = np.full((height, width), 255, dtype=np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    sheet[top : top + size[1], left : left + size[0]] = resized
    return sheet
