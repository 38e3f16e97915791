"""docs/settings.md names every setting with its true default."""

from __future__ import annotations

import re

import pytest
from pydantic import AliasChoices, SecretStr

from app.settings import ROOT, Settings


def _documented() -> dict[str, str]:
    return dict(re.findall(r"^\| `([A-Z_]+)` \| (.+?) \|", (ROOT / "docs" / "settings.md").read_text(), re.MULTILINE))


@pytest.mark.parametrize("name", list(Settings.model_fields))
def test_a_setting_is_documented(name: str) -> None:
    field = Settings.model_fields[name]
    alias = field.validation_alias
    variable = str(alias.choices[0]) if isinstance(alias, AliasChoices) else f"FUSE_{name.upper()}"
    default = field.default.get_secret_value() if isinstance(field.default, SecretStr) else field.default
    told = _documented()[variable].strip("`")
    if variable in ("DATABASE_URL", "REDIS_URL"):
        assert (told, default) == ("embedded", "")
    elif name == "home":
        assert (told, default) == (".fuse` in the repository", ROOT / ".fuse")
    elif isinstance(default, bool):
        assert told == str(default).lower()
    elif isinstance(default, int | float):
        assert float(told) == default
    else:
        assert told == (default or "none")
