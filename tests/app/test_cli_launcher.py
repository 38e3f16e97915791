"""The shell launcher `./fuse`: finds a Python, makes and keeps the virtual environment, hands over."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import ROOT

MAIN = "import os, sys; print('cwd', os.getcwd()); print('args', sys.argv[1:]); print('python', sys.prefix)"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A repository in small, in a folder with a space in its name: no packages, and an app that tells how it began."""
    root = tmp_path / "a clone"
    (root / "app").mkdir(parents=True)
    (root / "app" / "__main__.py").write_text(MAIN)
    for name in ("requirements.txt", "requirements-dev.txt", "constraints.txt"):
        (root / name).touch()
    shutil.copy(ROOT / "fuse", root / "fuse")
    return root


def fuse(clone: Path, *arguments: str, cwd: Path | None = None, **env: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "FUSE_PYTHON": sys.executable, "PIP_NO_INDEX": "1", **env}
    environment = {key: value for key, value in environment.items() if value}
    command = [str(clone / "fuse"), *arguments]
    return subprocess.run(command, cwd=cwd or clone, env=environment, capture_output=True, text=True, check=False)


def test_the_first_use_sets_up_and_later_ones_do_not(clone: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "app").mkdir(parents=True)
    (elsewhere / "app" / "__main__.py").write_text("raise SystemExit('the wrong app')")

    first = fuse(clone, "add", "a file.pdf", cwd=elsewhere)
    assert first.returncode == 0, first.stderr
    assert "Making .venv with Python 3" in first.stderr
    assert "✓ Packages" in first.stderr
    assert first.stdout.splitlines() == [
        f"cwd {elsewhere}",
        "args ['add', 'a file.pdf']",
        f"python {clone / '.venv'}",
    ]

    second = fuse(clone, "up")
    assert (second.returncode, second.stderr) == (0, "")

    (clone / "requirements.txt").write_text("# another list\n")
    third = fuse(clone, "up")
    assert "✓ Packages" in third.stderr
    assert "Making .venv" not in third.stderr

    for_tests = fuse(clone, "test", "-k", "w9")
    assert "requirements-dev.txt" in for_tests.stderr
    assert "args ['test', '-k', 'w9']" in for_tests.stdout

    (clone / ".venv" / "bin" / "python").unlink()  # as after an upgrade of the system's Python
    mended = fuse(clone, "up")
    assert mended.returncode == 0, mended.stderr
    assert "Making .venv" in mended.stderr


def test_it_can_be_called_through_a_link(clone: Path, tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "fuse").symlink_to(clone / "fuse")
    done = subprocess.run(
        [str(tmp_path / "bin" / "fuse"), "doctor"],
        env={**os.environ, "FUSE_PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"python {clone / '.venv'}" in done.stdout


def test_a_package_that_cannot_be_had_is_told_and_not_taken_for_installed(clone: Path) -> None:
    (clone / "requirements.txt").write_text("no-such-package-as-this==1\n")
    for _ in range(2):
        done = fuse(clone, "up")
        assert done.returncode == 1
        assert "No matching distribution found for no-such-package-as-this" in done.stderr
        assert "✗ The packages could not be installed" in done.stderr
        assert done.stdout == ""


def _path_with(folder: Path, **scripts: str) -> str:
    """A PATH with the standard programs, but no Python except what `scripts` say."""
    folder.mkdir()
    for name in ("bash", "uname", "dirname", "readlink", "cat", "cksum", "env", "id", "mktemp", "tail", "rm"):
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    for name, content in scripts.items():
        script = folder / name
        script.write_text(f"#!/bin/sh\n{content}\n")
        script.chmod(0o755)
    return str(folder)


UNABLE = """case "$*" in
--version) echo Python 3.12.1 ;;
*"-m venv"*) exit 1 ;;
esac"""


@pytest.mark.parametrize(
    ("scripts", "sentence"),
    [
        pytest.param({}, "none is on the PATH", id="no Python at all"),
        pytest.param({"python3": "exit 1"}, "none is on the PATH", id="too old a Python"),
        pytest.param({"python3": UNABLE}, "The virtual environment can't be made", id="a folder that can't be written"),
    ],
)
def test_without_a_fitting_python_it_says_what_to_do(
    clone: Path, tmp_path: Path, scripts: dict[str, str], sentence: str
) -> None:
    done = fuse(clone, "up", PATH=_path_with(tmp_path / "bin", **scripts), FUSE_PYTHON="")
    assert done.returncode == 1
    assert sentence in done.stderr


def test_a_python_that_was_named_must_fit(clone: Path) -> None:
    done = fuse(clone, "up", FUSE_PYTHON="/bin/false")
    assert done.returncode == 1
    assert "FUSE_PYTHON=/bin/false is not a Python 3.11, 3.12 or 3.13." in done.stderr


NO_VENV = """case "$*" in
*ensurepip*) [ -f installed ] ;;
*python%d*) echo python3.12-venv ;;
*--version*) echo Python 3.12.1 ;;
*"-m venv"*) exit 1 ;;
esac"""


def test_debians_missing_venv_is_named_to_a_user_without_sudo(clone: Path, tmp_path: Path) -> None:
    path = _path_with(tmp_path / "bin", python3=NO_VENV, **{"apt-get": "exit 0", "sudo": "exit 1"})
    (tmp_path / "bin" / "id").unlink()
    (tmp_path / "bin" / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "bin" / "id").chmod(0o755)
    done = fuse(clone, "up", PATH=path, FUSE_PYTHON="")
    assert done.returncode == 1
    assert "Run: sudo apt-get install -y python3.12-venv" in done.stderr


def test_debians_missing_venv_is_installed_where_that_needs_no_password(clone: Path, tmp_path: Path) -> None:
    log = tmp_path / "apt"
    path = _path_with(tmp_path / "bin", python3=NO_VENV, **{"apt-get": f'echo "$@" >> "{log}"', "sudo": 'shift; "$@"'})
    done = fuse(clone, "up", PATH=path, FUSE_PYTHON="")
    assert log.read_text().splitlines()[-1] == "install -y python3.12-venv"
    assert "Installing python3.12-venv" in done.stderr
