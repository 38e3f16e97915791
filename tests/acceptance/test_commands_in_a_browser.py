"""Commands that drive a browser over a running system: the latency bench and the pictures in the documentation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from app.settings import ROOT
from pipeline.samples import draw
from tests.faults.system import System

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def run(workbench: System, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "app", *arguments, "--server", workbench.url]
    home = {"FUSE_HOME": str(workbench.settings.home)}
    return subprocess.run(command, cwd=ROOT, env=os.environ | home, capture_output=True, text=True, check=False)


def test_the_latency_bench(workbench: System) -> None:
    done = run(workbench, "bench", "ui", "-s", "3", "-n", "3", "--pace", "4")
    assert done.returncode == 0, done.stderr
    assert "its first doubtful field has the focus" in done.stdout
    [(approved,)] = workbench.rows("SELECT count(*) FROM docs WHERE processing_status = 'approved'")
    assert int(str(approved)) >= 3 + 2, "the measured one, and the others beside"


def test_pictures_of_every_screen(workbench: System, tmp_path: Path) -> None:
    workbench.upload(draw("bank_statement", "digital", 1).data, "statement.pdf")
    workbench.wait_until_done()
    done = run(workbench, "screenshots", "--out", str(tmp_path))
    assert done.returncode == 0, done.stderr
    names = {file.stem for file in tmp_path.glob("*.png")}
    assert {"queue", "review", "review-dark", "upload", "documents", "quality", "operations", "settings"} <= names
    for file in tmp_path.glob("*.png"):
        assert len(Image.open(file).convert("L").getcolors() or range(99)) > 20, f"{file.name} shows something"
