"""Broken files: whatever is done to a valid file, it is taken, read in part, or refused with a code.

`./fuse test tests/pipeline/test_fuzz.py --fuzz 5000` tries more of them, and others each time.
"""

from __future__ import annotations

import gc
import tempfile
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from pipeline import child
from pipeline.child import Limits
from pipeline.errors import ChildCrashed, Rejected, StageFailed
from pipeline.types import Page, PageSource
from tests.conftest import FUZZ_CASES
from tests.pipeline.confined_reading import read
from tests.pipeline.mutations import MUTATIONS, Mutation
from tests.pipeline.seeds import seeds

LIMITS = Limits(wall_s=60.0)
GROWTH_BYTES = 50_000_000
OCR_EACH = 10
"""OCR sees pixels, not the file, and takes most of the time: it reads each tenth file only."""


def outcome(data: bytes, ocr: bool = True) -> str:
    """How a file ends, as a word or two."""
    pages: list[Page] = []
    try:
        child.run(read, data, ocr, limits=LIMITS, on_item=pages.append)
    except Rejected as refusal:
        return f"rejected: {refusal.code}"
    except ChildCrashed as crash:
        assert "signal" in crash.detail, f"an error of ours: {crash.detail}"
        return f"crashed, contained: {crash.detail}"
    except StageFailed as failure:
        return f"limit: {failure.code}"
    degraded = any(page.source in (PageSource.DAMAGED, PageSource.CUT) for page in pages)
    return "degraded" if degraded else "accepted"


@pytest.fixture(scope="module")
def cases(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--fuzz"))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    child.start_server(with_models=True)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_the_seeds_are_valid(temporary: Path) -> None:
    assert {name: outcome(data, ocr=False) for name, data in seeds().items()} == dict.fromkeys(seeds(), "accepted")


@pytest.mark.timeout(36_000)  # each case has its own limit
def test_a_broken_file_is_taken_read_in_part_or_refused(
    cases: int, temporary: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    me = psutil.Process()
    outcomes: Counter[str] = Counter()
    slowest = 0.0
    for data in seeds().values():
        outcome(data, ocr=False)
    gc.collect()
    rss, children = me.memory_info().rss, set(me.children(recursive=True))

    @settings(
        max_examples=cases,
        derandomize=cases == FUZZ_CASES,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
    )
    @given(st.sampled_from(sorted(seeds())), MUTATIONS)
    def check(name: str, mutations: list[Mutation]) -> None:
        nonlocal slowest
        data = seeds()[name]
        for mutation in mutations:
            data = mutation.apply(data)
        started = time.monotonic()
        ended = outcome(data, ocr=outcomes.total() % OCR_EACH == 0)
        slowest = max(slowest, time.monotonic() - started)
        outcomes[f"{name.split()[0]}: {ended}"] += 1

    check()
    gc.collect()
    grown = me.memory_info().rss - rss
    with capsys.disabled():
        print(f"\n{outcomes.total()} broken files, slowest {slowest:.1f} s, memory {grown / 1e6:+.0f} MB")
        print("\n".join(f"{count:6}  {ended}" for ended, count in sorted(outcomes.items())))
    assert grown < GROWTH_BYTES
    assert set(me.children(recursive=True)) == children
    assert list(temporary.iterdir()) == []
    assert slowest < LIMITS.wall_s + 5
