"""Who may import whom, as the design says, read from the source of every module."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.settings import ROOT

OURS = ("app", "db", "pages", "pipeline", "workers")


@dataclass(frozen=True)
class Rule:
    """What the modules whose names start with `who` may import.

    Attributes:
        who: a package or module.
        may: ours that it may import (itself too); None: all of ours but `never`.
        never: packages and modules it never imports, ours or not.
    """

    who: str
    may: tuple[str, ...] | None
    never: tuple[str, ...] = ()


PURE = ("streamlit", "rq", "redis", "sqlalchemy", "psycopg", "fastapi", "starlette", "uvicorn")
SEEN_BY_PAGES = ("db", "app", "pipeline.types", "pipeline.metrics", "pipeline.doctypes")

# The first rule that fits a module is its rule.
RULES = (
    Rule("app.settings", ()),
    Rule("app.telemetry", ("pipeline.masking.redaction",)),
    Rule("pipeline", ("pipeline",), PURE),
    Rule("db", ("db", "pipeline.types", "pipeline.errors", "pipeline.metrics", "app.settings"), ("streamlit",)),
    Rule("workers", ("workers", "pipeline", "db", "app.settings", "app.telemetry", "app.wiring"), ("streamlit",)),
    Rule("pages", SEEN_BY_PAGES, ("app.api", "pages", "workers")),
    Rule("app.components", SEEN_BY_PAGES, ("app.api", "pages", "workers")),
    Rule("app", None, ("workers.stages",)),
)


def within(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


def imports_of(path: Path, module: str) -> Iterator[str]:
    """The modules that a file imports, with full names; `from a import b` gives `a.b`."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = package.split(".")
                base = ".".join([*parts[: len(parts) - node.level + 1], *filter(None, [base])])
            yield from (f"{base}.{alias.name}" for alias in node.names)


def reads_environment(path: Path) -> bool:
    """Setting a variable, for what runs in a process of its own, is not reading."""
    names = {"environ", "getenv", "environb", "putenv"}
    tree = list(ast.walk(ast.parse(path.read_text())))
    set_only = {id(node.value) for node in tree if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)}
    return any(
        (isinstance(node, ast.Attribute) and node.attr in names and id(node) not in set_only)
        or (isinstance(node, ast.ImportFrom) and node.module == "os" and names & {alias.name for alias in node.names})
        for node in tree
    )


def modules(root: Path) -> Iterator[tuple[str, Path]]:
    for folder in OURS:
        for path in sorted((root / folder).rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


def breaches(root: Path) -> list[str]:
    found = []
    for module, path in modules(root):
        rule = next(rule for rule in RULES if within(module, rule.who))
        for imported in imports_of(path, module):
            ours = imported.split(".")[0] in OURS
            own_page = rule.who == "pages" and within(imported, module)
            forbidden = any(within(imported, name) for name in rule.never) and not own_page
            unlisted = ours and rule.may is not None and not any(within(imported, name) for name in (*rule.may, module))
            if forbidden or unlisted:
                found.append(f"{module} imports {imported}")
        if within(module, "pipeline") and reads_environment(path):
            found.append(f"{module} reads the environment")
    return found


def test_modules_import_only_what_the_design_allows() -> None:
    assert sum(1 for _ in modules(ROOT)) > 30
    assert breaches(ROOT) == []


@pytest.mark.parametrize(
    ("where", "source", "expected"),
    [
        ("pipeline/a.py", "from db import jobs", ["pipeline.a imports db.jobs"]),
        ("pipeline/a.py", "import sqlalchemy as sa", ["pipeline.a imports sqlalchemy"]),
        ("pipeline/a.py", "def f():\n    from redis.client import Redis", ["pipeline.a imports redis.client.Redis"]),
        ("pipeline/a.py", "import os\nx = os.environ", ["pipeline.a reads the environment"]),
        ("pipeline/a.py", "from os import getenv", ["pipeline.a reads the environment"]),
        ("pipeline/a.py", "import os\nos.environ['TMPDIR'] = '/private'", []),
        ("pipeline/sub/a.py", "from .. import types\nfrom ..types import Word", []),
        ("pipeline/sub/a.py", "from ...db import jobs", ["pipeline.sub.a imports db.jobs"]),
        ("db/a.py", "from pipeline.types import Word\nfrom pipeline.errors import Rejected", []),
        ("db/a.py", "from pipeline import types", []),
        ("db/a.py", "from pipeline import ocr", ["db.a imports pipeline.ocr"]),
        ("db/a.py", "from app.wiring import settings", ["db.a imports app.wiring.settings"]),
        ("workers/a.py", "from pipeline import run\nfrom db import jobs\nfrom app import wiring", []),
        ("workers/a.py", "from app.api import problems", ["workers.a imports app.api.problems"]),
        ("workers/a.py", "import streamlit as st", ["workers.a imports streamlit"]),
        ("pages/a.py", "from app.components import viewer\nfrom db import documents\nimport streamlit", []),
        ("pages/a.py", "from pages.b import draw", ["pages.a imports pages.b.draw"]),
        ("pages/a.py", "from workers.stages import ocr", ["pages.a imports workers.stages.ocr"]),
        ("app/components/a.py", "import workers.queues", ["app.components.a imports workers.queues"]),
        ("app/settings.py", "from app import auth", ["app.settings imports app.auth"]),
        ("app/settings.py", "import pydantic", []),
        ("app/a.py", "from workers.queues import wake\nfrom pipeline import child", []),
    ],
)  # fmt: skip
def test_a_breach_is_seen(tmp_path: Path, where: str, source: str, expected: list[str]) -> None:
    path = tmp_path / where
    path.parent.mkdir(parents=True)
    path.write_text(source)
    assert breaches(tmp_path) == expected


def test_no_two_files_share_a_name() -> None:
    assert shared_names(ROOT) == {}


def test_a_shared_name_is_seen(tmp_path: Path) -> None:
    for where in ("app/a.py", "db/a.py", "db/b.py", "app/__init__.py", "db/__init__.py", "tests/db/conftest.py"):
        path = tmp_path / where
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert shared_names(tmp_path) == {"a.py": ["app/a.py", "db/a.py"]}


def shared_names(root: Path) -> dict[str, list[str]]:
    places = defaultdict(list)
    for folder in (*OURS, "tests"):
        for path in sorted((root / folder).rglob("*.py")):
            if path.name not in ("__init__.py", "__main__.py", "conftest.py"):
                places[path.name].append(path.relative_to(root).as_posix())
    return {name: where for name, where in places.items() if len(where) > 1}
