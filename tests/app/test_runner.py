"""The runner keeps programs running, and leaves nothing behind."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import pytest

from app import runner as runner_module
from app.runner import MARK, LogTail, Program, Runner, describe_exit, leftovers, read_procfile, stop_leftovers


@dataclass
class Bench:
    """Runs programs that are written as Python source."""

    home: Path
    told: list[tuple[str, str]] = field(default_factory=list)
    runners: list[Runner] = field(default_factory=list)

    def run(self, verbose: bool = False, **sources: str) -> Runner:
        programs = [Program(name, (sys.executable, "-u", "-c", source)) for name, source in sources.items()]
        runner = Runner(
            programs,
            home=self.home,
            env=dict(os.environ),
            cwd=self.home,
            logs=self.home,
            tell=lambda name, line: self.told.append((name, line)),
            verbose=verbose,
        )
        self.runners.append(runner)
        runner.start()
        return runner

    def log(self, name: str) -> str:
        return (self.home / f"{name}.log").read_text()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    for runner in bench.runners:
        runner.stop(grace_s=0.0)


def until(fulfilled: Callable[[], object], runner: Runner | None = None, within_s: float = 15.0) -> None:
    deadline = time.monotonic() + within_s
    while not fulfilled():
        assert time.monotonic() < deadline, "it did not come true in time"
        if runner is not None:
            runner.check()
        time.sleep(0.02)


OBEDIENT = "import time; print('up', flush=True)\nwhile True: time.sleep(60)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\n" + OBEDIENT
PARENT = (  # its child leaves its session, and its grandchild ignores SIGTERM
    "import subprocess, sys, time\n"
    f"subprocess.Popen([sys.executable, '-u', '-c', {STUBBORN!r}], start_new_session=True)\n" + OBEDIENT
)


def test_a_procfile_names_programs_with_variables_and_copies(tmp_path: Path) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text("# what runs\n\nweb: serve --port $PORT 'two words'\nocr-worker: work $KIND\n")
    assert read_procfile(procfile, {"PORT": "8501", "KIND": "ocr"}, {"ocr-worker": 2}) == [
        Program("web", ("serve", "--port", "8501", "two words")),
        Program("ocr-worker.1", ("work", "ocr")),
        Program("ocr-worker.2", ("work", "ocr")),
    ]


def test_programs_stop_when_asked(bench: Bench) -> None:
    runner = bench.run(a=OBEDIENT, b=OBEDIENT)
    until(lambda: "up" in bench.log("a") and "up" in bench.log("b"))
    assert len(list(leftovers(bench.home))) == 2
    assert runner.stop(grace_s=10.0) == []
    assert list(leftovers(bench.home)) == []


def test_what_does_not_stop_is_killed_when_its_time_is_over(bench: Bench) -> None:
    runner = bench.run(stubborn=STUBBORN, obedient=OBEDIENT)
    until(lambda: "up" in bench.log("stubborn"))
    started = time.monotonic()
    assert runner.stop(grace_s=1.0) == ["stubborn"]
    assert 1.0 <= time.monotonic() - started < 5.0
    assert list(leftovers(bench.home)) == []


def test_a_hurry_cuts_the_wait_short(bench: Bench) -> None:
    runner = bench.run(stubborn=STUBBORN)
    until(lambda: "up" in bench.log("stubborn"))
    started = time.monotonic()
    runner.stop(grace_s=30.0, hurry=lambda: time.monotonic() - started > 0.5)
    assert time.monotonic() - started < 5.0


def test_children_of_children_are_stopped_too(bench: Bench) -> None:
    runner = bench.run(parent=PARENT)
    until(lambda: bench.log("parent").count("up") == 2)
    assert len(list(leftovers(bench.home))) == 2
    runner.stop(grace_s=5.0)
    assert list(leftovers(bench.home)) == []


def test_a_program_that_ends_is_started_again_later_each_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "_BACKOFF_S", (0.1, 0.4))
    runner = bench.run(short="print('up', flush=True); raise SystemExit('gone wrong')", steady=OBEDIENT)
    until(lambda: bench.log("short").count("up") == 4, runner)
    ends = [line for name, line in bench.told if "ended" in line and name == "short"]
    assert len(ends) >= 3
    assert "exit code 1" in ends[0]
    assert "gone wrong" in ends[0]
    assert bench.log("steady").count("up") == 1


def test_a_killed_program_is_started_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "_BACKOFF_S", (0.1,))
    runner = bench.run(a=OBEDIENT)
    until(lambda: "up" in bench.log("a"))
    next(leftovers(bench.home)).send_signal(signal.SIGKILL)
    until(lambda: bench.log("a").count("up") == 2, runner)
    assert any("killed by SIGKILL" in line for _, line in bench.told)


def test_the_first_that_ended_is_named(bench: Bench) -> None:
    runner = bench.run(good=OBEDIENT, bad="print('no such module'); raise SystemExit(3)")
    until(lambda: runner.first_ended() is not None)
    ended = runner.first_ended()
    assert ended is not None
    program, code, last_words = ended
    assert (program.name, code, last_words) == ("bad", 3, "no such module")


CHATTY = (
    "import sys, time\n"
    'print(\'{"level": "info", "event": "quiet"}\')\n'
    'print(\'{"level": "warning", "event": "redis_away", "error": "TimeoutError"}\')\n'
    "print('ERROR:    Exception in ASGI application')\n"
    "print('just a line')\n"
    "print('up', flush=True)\n"
    "time.sleep(60)"
)


@pytest.mark.parametrize(
    ("verbose", "expected"),
    [
        (False, ["warning redis_away error=TimeoutError", "ERROR:    Exception in ASGI application"]),
        (
            True,
            [
                "info quiet",
                "warning redis_away error=TimeoutError",
                "ERROR:    Exception in ASGI application",
                "just a line",
                "up",
            ],
        ),
    ],
)
def test_the_person_sees_warnings_and_more_when_asked(bench: Bench, verbose: bool, expected: list[str]) -> None:
    runner = bench.run(verbose=verbose, chatty=CHATTY)
    until(lambda: "up" in bench.log("chatty"))
    runner.check()
    assert bench.told == [("chatty", line) for line in expected]


def test_a_flood_of_warnings_is_counted_not_told(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner_module, "_QUIET_S", 0.5)
    runner = bench.run(loud="print('ERROR again\\n' * 100 + 'up', flush=True); import time; time.sleep(60)")
    until(lambda: "up" in bench.log("loud"))
    until(lambda: len(bench.told) == 6, runner)
    assert [line for _, line in bench.told[:5]] == ["ERROR again"] * 5
    assert bench.told[5][1].startswith("(95 more warnings in ")


def test_what_a_killed_runner_left_is_found_and_stopped(bench: Bench) -> None:
    bench.run(a=OBEDIENT, stubborn=STUBBORN)
    until(lambda: "up" in bench.log("a") and "up" in bench.log("stubborn"))
    assert stop_leftovers(bench.home, grace_s=0.5) == 2
    assert list(leftovers(bench.home)) == []


def test_processes_of_another_home_are_not_touched(bench: Bench, tmp_path: Path) -> None:
    bench.run(a=OBEDIENT)
    until(lambda: "up" in bench.log("a"))
    assert stop_leftovers(tmp_path / "another", grace_s=0.5) == 0
    assert [process.environ()[MARK] for process in leftovers(bench.home)] == [str(bench.home)]


def test_a_log_is_followed_by_whole_lines_and_kept_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.log"
    path.write_text("of the last run\n")
    tail = LogTail(path)
    assert (tmp_path / "a.1.log").read_text() == "of the last run\n"
    with path.open("a") as writer:
        print("one\ntw", end="", file=writer, flush=True)
        assert tail.new_lines() == ["one"]
        print("o", file=writer, flush=True)
        assert tail.new_lines() == ["two"]
        monkeypatch.setattr(runner_module, "_LONGEST_LOG_BYTES", 10)
        print("three", file=writer, flush=True)
        assert tail.new_lines() == ["three"]
        assert path.stat().st_size == 0
        print("four", file=writer, flush=True)
        assert tail.new_lines() == ["four"]
    assert path.read_text() == "four\n"


@pytest.mark.parametrize(
    ("code", "words"),
    [(0, "exit code 0"), (3, "exit code 3"), (-9, "killed by SIGKILL"), (-250, "killed by signal 250")],
)
def test_exit_codes_in_words(code: int, words: str) -> None:
    assert describe_exit(code) == words


def test_no_zombies_are_left(bench: Bench) -> None:
    runner = bench.run(a=OBEDIENT)
    until(lambda: "up" in bench.log("a"))
    pid = next(leftovers(bench.home)).pid
    runner.stop(grace_s=5.0)
    assert not psutil.pid_exists(pid)
