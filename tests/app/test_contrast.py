"""Text stands out from what is behind it by 4.5:1 or more (WCAG 2.2, 1.4.3), in the theme and in our own styles."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

import pytest

from app.settings import ROOT

CSS = (ROOT / "app" / "components" / "workbench.css").read_text()
THEME = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())["theme"]


def luminance(colour: str) -> float:
    shares = [value / 255 for value in bytes.fromhex(colour[1:])]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def own_colour(name: str, scheme: str) -> str:
    found = re.search(rf"--{name}: light-dark\((#\w{{6}}), (#\w{{6}})\)", CSS)
    assert found is not None
    return found[1 if scheme == "light" else 2]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out(scheme: str) -> None:
    theme: Mapping[str, str] = THEME[scheme]
    assert contrast(theme["primaryColor"], "#ffffff") >= 4.5, "a primary button's label and its key hint"
    for behind in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        for name in ("fuse-faint", "fuse-chosen", "fuse-doubt"):
            assert contrast(own_colour(name, scheme), behind) >= 4.5, (name, behind)
        assert contrast(theme["textColor"], behind) >= 4.5


def test_what_streamlit_fades_is_not_faded() -> None:
    for place in ('[data-testid="stCaptionContainer"]', '[data-testid^="stBaseButton-"] kbd'):
        rule = re.search(rf"^{re.escape(place)} {{ (.*?) }}", CSS, re.MULTILINE)
        assert rule is not None
        assert "opacity: 1;" in rule[1]
