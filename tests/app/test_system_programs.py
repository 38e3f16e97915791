"""Installing what the system lacks, with a pretended apt-get."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.console import CommandFailed
from app.system_programs import POPPLER, TESSERACT, install, missing


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole PATH; we are root."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr("app.system_programs.os.geteuid", lambda: 0)
    _script(folder / "env", '[ "$1" = DEBIAN_FRONTEND=noninteractive ] && shift; exec "$@"')
    return folder


def _script(path: Path, content: str) -> None:
    path.write_text(f"#!/bin/sh\n{content}\n")
    path.chmod(0o755)


def _apt(machine: Path, on_install: str) -> None:
    _script(machine / "apt-get", f'echo "apt-get $*"\n[ "$1" = update ] && exit 1\n{on_install}')


def test_what_is_missing_is_installed_without_questions(machine: Path, tmp_path: Path) -> None:
    assert missing([POPPLER]) == [POPPLER]
    _apt(machine, f'echo "#!/bin/sh" > {machine}/pdftoppm; /bin/chmod +x {machine}/pdftoppm')
    install([POPPLER], tmp_path / "logs" / "install.log")  # a failing update alone is no reason to give up
    assert missing([POPPLER]) == []
    assert (tmp_path / "logs" / "install.log").read_text().splitlines() == [
        "apt-get update",
        "apt-get install -y --no-install-recommends poppler-utils",
    ]


@pytest.mark.parametrize(
    ("on_install", "sentence"),
    [("exit 100", "Poppler could not be installed"), ("exit 0", "Poppler was installed but is not found")],
)
def test_what_could_not_be_installed_is_told_with_the_command(
    machine: Path, tmp_path: Path, on_install: str, sentence: str
) -> None:
    _apt(machine, on_install)
    with pytest.raises(CommandFailed, match=sentence) as failure:
        install([POPPLER], tmp_path / "install.log")
    assert "Run: apt-get update && apt-get install -y poppler-utils" in str(failure.value)


@pytest.mark.parametrize(
    ("languages", "complete"), [("eng osd", True), ("eng", False), ("deu osd", False), ("eng osd deu", True)]
)
def test_tesseract_counts_only_with_its_languages(machine: Path, languages: str, complete: bool) -> None:
    _script(machine / "tesseract", f"for word in {languages}; do echo $word; done")
    assert (missing([TESSERACT]) == []) is complete
